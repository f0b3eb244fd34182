"""The training loop: budgets, resuming, pauses; and what networks start from.

    python -m unittest discover -t . -s recipes/tests       # from models/
"""
import contextlib
import csv
import io
import subprocess
import sys
import tempfile
import unittest
from argparse import ArgumentParser
from pathlib import Path

import onnx
import torch
from torch import Generator, nn

from ..export import noise_to_onnx, to_onnx
from ..network import Denoiser, NoiseNetwork, grown, load
from ..training import arguments, train


class Line(nn.Conv2d):
    """One weight, one multiplication per pixel: 6 FLOPs in training."""

    def __init__(self):
        super().__init__(1, 1, 1, bias=False)

    def macs_per_pixel(self) -> float:
        return 1


class Loop(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name)
        self.steps = []

    def train(self, *options: str, stop_after: int | None = None) -> None:
        given = arguments(ArgumentParser(), batch=1, patch=10, rate=1e-2).parse_args(["photo", "--out", str(self.out), *options])

        def step_loss(model: Line, step: int, progress: float):
            if len(self.steps) == stop_after:
                raise KeyboardInterrupt
            self.steps.append((step, progress))
            x = torch.randn(1, 1, 10, 10, generator=Generator().manual_seed(step))
            return (model(x) - 2 * x).square().mean(), 100
        with contextlib.redirect_stdout(io.StringIO()):
            train("line", given, Line(), step_loss, lambda average: {"weight": average.weight.item()})

    def test_a_budget_of_flops_is_a_number_of_steps(self):
        self.train("--flops", "6000")
        self.assertEqual([step for step, _ in self.steps], list(range(10)))
        self.assertAlmostEqual(self.steps[5][1], 0.5)
        with (self.out / "log.csv").open() as log:
            self.assertEqual(float(list(csv.DictReader(log))[-1]["flops"]), 6000)

    def test_one_that_is_cut_off_goes_on_from_its_checkpoint_to_the_same_end(self):
        self.train("--flops", "6000")
        whole = torch.load(self.out / "last.ckpt", weights_only=True)
        (self.out / "last.ckpt").unlink()
        self.steps.clear()
        with self.assertRaises(KeyboardInterrupt):
            self.train("--flops", "6000", "--every", "0", stop_after=4)
        self.train("--flops", "6000", "--every", "0")
        self.assertEqual([step for step, _ in self.steps], list(range(10)))
        again = torch.load(self.out / "last.ckpt", weights_only=True)
        self.assertEqual(again["step"], 10)
        self.assertTrue(torch.allclose(again["model"]["weight"], whole["model"]["weight"]))

    def test_a_pause_costs_no_minutes(self):
        code = f"""
import threading, time
from pathlib import Path
from recipes import pause
pause.FOLDER = Path({str(self.out / "pause")!r})
pause.holders.__defaults__ = (pause.FOLDER,)
pause.wait.__defaults__ = (pause.FOLDER, 0.05)
pause.FOLDER.mkdir()
hold = pause.FOLDER / "by-hand"
hold.touch()
threading.Timer(1.5, hold.unlink).start()
from recipes.tests.test_training import Loop
loop = Loop()
loop.out, loop.steps = Path({str(self.out)!r}), []
loop.train("--minutes", "0.01")
print(len(loop.steps) > 0, __import__("torch").load(loop.out / "last.ckpt")["seconds"] < 1.4)
"""
        said = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True)
        self.assertEqual(said.stdout.splitlines()[-1:], ["True True"], said.stderr)

    def test_two_trainings_do_not_share_a_folder(self):
        import fcntl
        with (self.out / "lock").open("w") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            with self.assertRaises(SystemExit):
                self.train("--flops", "6000")


class Starts(unittest.TestCase):
    def image(self, channels: int) -> torch.Tensor:
        return torch.rand(1, channels, 32, 32, generator=Generator().manual_seed(3))

    def test_an_exported_file_starts_as_what_it_was_made_from(self):
        with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
            for model, proto, channels in ((Denoiser((8, 16), (1, 1)), to_onnx, 4), (NoiseNetwork(1), noise_to_onnx, 1)):
                file = f"{folder}/model.onnx"
                onnx.save(proto(model.eval()), file)
                apart = (load(file)(self.image(channels)) - model(self.image(channels))).abs().max().item()
                self.assertLess(apart, 2e-3)                    # weights of 16 bits

    def test_further_blocks_change_nothing_at_first(self):
        small, large = Denoiser((8, 16), (1, 1)), Denoiser((8, 16), (2, 3))
        with torch.inference_mode():
            self.assertTrue(torch.equal(grown(small, large)(self.image(4)), small(self.image(4))))


if __name__ == "__main__":
    unittest.main()
