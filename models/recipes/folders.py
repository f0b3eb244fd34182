"""Where trainings keep what they make. Imports nothing heavy: the queue and the pause need it too."""
from pathlib import Path

RUNS = Path(__file__).parents[1] / "runs"          # packed data and trainings; git ignores it
