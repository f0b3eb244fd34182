"""Holds the trainings while something else needs the machine: a bench, or a person.

    python -m recipes.pause -- npm run bench            # trainings wait between two steps until the command has ended
    touch runs/pause/$$                                 # they wait while this shell lives
    touch runs/pause/by-hand                            # they wait until the file is removed

Every file in `runs/pause` is a holder. One whose name is a number counts only while that process runs and is older than the file, so that a
holder that was killed, or a number that was given anew after a power cut, holds nothing.
"""
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from .folders import RUNS

FOLDER = RUNS / "pause"


def started(process: int) -> float | None:
    """When a process began, in seconds since 1970; None where it does not run, 0 where the system does not tell."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    except OverflowError:
        return None
    stat, boot = Path(f"/proc/{process}/stat"), Path("/proc/stat")
    if not boot.exists():
        return 0.0
    try:
        fields = stat.read_text().rpartition(")")[2].split()
        since_boot = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return since_boot + int(boot.read_text().partition("btime ")[2].split()[0])
    except (OSError, IndexError, ValueError):
        return None                                        # it ended meanwhile


def holders(folder: Path = FOLDER) -> list[str]:
    """Names of the files that hold the trainings now."""
    found = []
    for file in folder.iterdir() if folder.is_dir() else ():
        try:
            written = file.stat().st_mtime
        except OSError:
            continue                                       # removed meanwhile
        if file.name.isdecimal():
            begun = started(int(file.name))
            if begun is None or begun > written + 2:       # seconds: the clock of processes is coarse
                continue
        found.append(file.name)
    return sorted(found)


def wait(until: Callable[[], bool], folder: Path = FOLDER, every: float = 2) -> float:
    """Waits while there are holders, or `until` something else ends it; the seconds that took."""
    begun, names = time.monotonic(), holders(folder)
    if names:
        print(f"paused for {', '.join(names)}", flush=True)
        while holders(folder) and not until():
            time.sleep(every)
        print(f"goes on after {time.monotonic() - begun:.0f} s", flush=True)
    return time.monotonic() - begun


def main() -> None:
    command = sys.argv[2:] if sys.argv[1:2] == ["--"] else sys.argv[1:]
    if not command:
        raise SystemExit("Expected a command: python -m recipes.pause -- COMMAND...")
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / str(os.getpid())
    file.touch()
    try:
        raise SystemExit(subprocess.run(command).returncode)
    finally:
        file.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
