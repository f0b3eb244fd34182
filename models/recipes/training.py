"""The training loop that every recipe shares: a budget, schedule, EMA, checkpoints that resume, and a log that can be plotted.

The budget is FLOPs, or minutes. The learning rate follows the part of it that is spent: linear warm-up, then a cosine that reaches its end
with the budget. Minutes are those of the clock, without pauses (`pause.py`): on a machine that others use too they end a training early, and
FLOPs do not. Batches are a function of (seed, step), so that a resumed run sees what it would have seen.
"""
import csv
import fcntl
import math
import os
import signal
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path

import torch
from torch import Generator, Tensor, nn

from . import pause
from .data import RUNS, Images, packed
from .degradations import Chance

Degradation = Callable[[Tensor, Chance], tuple[Tensor, Tensor, Tensor]]


def arguments(parser: ArgumentParser, batch: int, patch: int, rate: float) -> ArgumentParser:
    """The options that all trainings have."""
    parser.add_argument("what", choices=("photo", "scan"), nargs="?", default="photo", help="photo: colour; scan: one channel, scans and gray photographs")
    parser.add_argument("--photos", type=Path, help="a .bin written by `recipes.data photos`; default: the data pack's")
    parser.add_argument("--scans", type=Path, help="a .bin written by `recipes.data scans`; default: the data pack's")
    parser.add_argument("--doses", type=Path, help="a .bin written by `recipes.data doses`; default: the data pack's")
    parser.add_argument("--out", type=Path, help="folder for last.ckpt and log.csv; default: models/runs/<recipe>-<what>")
    budget = parser.add_mutually_exclusive_group(required=True)
    budget.add_argument("--flops", type=float, help="budget of computation, 6 per weight and place, earlier runs included; the same on a busy machine")
    budget.add_argument("--minutes", type=float, help="budget of training time, earlier runs included")
    parser.add_argument("--start", help="weights to start from: .safetensors, or a .ckpt (its EMA weights)")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads, at most")
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--patch", type=int, default=patch)
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--warm-up", type=int, default=200, help="steps")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=float, default=5, help="minutes between checkpoints")
    return parser


def images_of(given: Namespace) -> tuple[Images, Images | None]:
    """Photographs and, where they are trained on, scans."""
    photos = Images(packed(given.photos, "photos"), given.device)
    # No scan counts for more than a slice of 512x512: four X-rays would outweigh everything else.
    return photos, Images(packed(given.scans, "scans"), given.device, most=512 ** 2) if given.what == "scan" else None


def dimmed(crops: Tensor, share: float, choice: Chance) -> Tensor:
    """A share of the crops made darker, every channel by its own factor of 0.1..1."""
    count, channels = crops.shape[:2]
    tint = torch.cat([choice.log_uniform(count, 0.5, 1) for _ in range(channels)], 1)
    return torch.where(choice.happens(count, share), crops * tint * choice.log_uniform(count, 0.2, 1), crops)


class Mixture:
    """Batches from a table of (images, degradation, share): crops, degraded part by part, in the shares of the table.

    Where a batch is smaller than the table is long, the shares come out right over several steps. `halved`: the share of crops that are
    shrunk to half their size; `dimmed`: the share that is made darker, every channel by its own factor of 0.1..1, like dark scenes in
    coloured light, which photographs that people publish seldom show.
    """

    def __init__(self, table: Sequence[tuple[Images, Degradation, float]], seed: int, halved: float = 0.25, dimmed: float = 0):
        self.table, self.seed, self.halved, self.dimmed = table, seed, halved, dimmed

    def batch(self, count: int, side: int, step: int) -> tuple[Tensor, Tensor, Tensor]:
        """(clean, noisy [N,C,side,side], level [N,1,side,side]), fixed by (seed, step)."""
        number = self.seed * 1_000_003 + step
        where, choice = Generator().manual_seed(number), Chance(Generator(self.table[0][0].device).manual_seed(number))
        total, start, share, parts = sum(row[2] for row in self.table), 0, 0.0, []
        shift = torch.rand(1, generator=where).item()
        for images, degrade, weight in self.table:
            share += weight
            end = math.floor(count * share / total + shift) if share < total else count
            if end > start:
                crops = images.crops(end - start, side, where, self.halved)
                parts.append(degrade(dimmed(crops, self.dimmed, choice) if self.dimmed else crops, choice))
            start = end
        return tuple(torch.cat(values) for values in zip(*parts))


def learning_rate(progress: float, step: int, peak: float, warm_up: int) -> float:
    """Warm-up over steps, cosine to 0.2 % of the peak over `progress` in [0,1]."""
    cosine = 0.002 + 0.998 * (1 + math.cos(math.pi * min(1.0, progress))) / 2
    return peak * cosine * min(1.0, (step + 1) / warm_up)


def fast_bfloat16(device: str) -> bool:
    """Whether products in bfloat16 are quicker than in fp32: a processor without instructions for them emulates them, ten times slower (AVX2, measured)."""
    return device != "cpu" or any(torch.cpu.get_capabilities().get(name) for name in ("avx512_bf16", "amx_bf16"))


class Threads:
    """How many CPU threads to use now: those whose core no other program wants.

    A parallel region ends with its slowest thread. On a shared machine one thread that is starved by somebody else's
    work makes the step five to ten times slower (measured at nice 10), so that a thread less is the faster choice.
    Reads Linux's `/proc/stat`; elsewhere it always answers `most`.
    """

    def __init__(self, most: int):
        self.most, self.source, self.checked = most, Path("/proc/stat"), None

    def now(self) -> int:
        if not self.source.exists():
            return self.most
        busy, idle = self.jiffies()
        if self.checked is None:
            self.checked, self.count = (busy, idle, time.process_time(), time.monotonic()), self.most
        elapsed = time.monotonic() - self.checked[3]
        if elapsed > 1:
            total = busy - self.checked[0] + idle - self.checked[1]
            others = (busy - self.checked[0]) * os.cpu_count() / max(1, total) - (time.process_time() - self.checked[2]) / elapsed
            self.count = max(1, min(self.most, os.cpu_count() - round(others + 0.15)))
            self.checked = (busy, idle, time.process_time(), time.monotonic())
        return self.count

    def jiffies(self) -> tuple[int, int]:
        times = [int(word) for word in self.source.read_text().split("\n", 1)[0].split()[1:9]]
        return sum(times) - times[3] - times[4], times[3] + times[4]


class Ending:
    """Whether the process was asked to end (SIGTERM), which a training does after the step that it is at."""

    def __init__(self):
        self.asked = False
        signal.signal(signal.SIGTERM, self.ask)

    def ask(self, *_) -> None:
        self.asked = True


Step = Callable[[nn.Module, int, float], tuple[Tensor, int]]


def train(recipe: str, given: Namespace, model: nn.Module, step_loss: Step, validate: Callable[[nn.Module], dict[str, float]]) -> None:
    """Trains until the budget is spent. One training per folder at a time; SIGTERM ends it after a checkpoint.

    step_loss(model, step, progress) gives the loss and the number of pixels it looked at; `validate` measures the EMA weights. A model
    knows its cost as `macs_per_pixel()`, and may have `parameter_groups(rate)` for the optimiser, each with how many `times` the rate it learns at.
    """
    torch.manual_seed(given.seed)
    torch.backends.nnpack.set_flags(False)     # it complains, once per convolution, about processors that it does not know
    threads = Threads(given.threads)
    model = model.to(given.device, memory_format=torch.channels_last)
    average = deepcopy(model)
    groups = model.parameter_groups(given.rate) if hasattr(model, "parameter_groups") else model.parameters()
    optimizer = torch.optim.AdamW(groups, lr=given.rate, betas=(0.9, 0.99), weight_decay=1e-4, fused=True)
    step, pixels, spent = 0, 0, 0.0
    out = given.out or RUNS / f"{recipe}-{given.what}"
    out.mkdir(parents=True, exist_ok=True)
    lock = (out / "lock").open("w")            # held until the process ends
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(f"Another training works in {out}.") from None
    last, log = out / "last.ckpt", out / "log.csv"
    if last.exists():
        saved = torch.load(last, map_location=given.device, weights_only=True)
        for name, part in {"model": model, "ema": average, "optimizer": optimizer}.items():
            part.load_state_dict(saved[name])
        step, pixels, spent = saved["step"], saved["pixels"], saved["seconds"]
    flops_per_pixel = 3 * 2 * model.macs_per_pixel()
    progress = lambda: flops_per_pixel * pixels / given.flops if given.flops else spent / (60 * given.minutes)
    started, saved_at, losses, ending = time.monotonic() - spent, spent, [], Ending()
    measured_at, measuring = time.process_time(), 0.0

    def checkpoint(last_one: bool = False) -> None:
        """Saves; measures as well, unless that would take more than a tenth of the time, as it does on a machine that others keep busy."""
        nonlocal measured_at, measuring
        part = last.with_suffix(".part")
        with part.open("wb") as file:
            torch.save({"model": model.state_dict(), "ema": average.state_dict(), "optimizer": optimizer.state_dict(),
                        "step": step, "pixels": pixels, "seconds": spent}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, last)
        begun = time.process_time()
        if not last_one and begun - measured_at < 10 * measuring:
            return
        with torch.inference_mode():
            measured = validate(average)
        measured_at = time.process_time()
        measuring = measured_at - begun
        row = {"minutes": round(spent / 60, 2), "step": step, "pixels": pixels, "flops": f"{flops_per_pixel * pixels:.4g}",
               "rate": f"{optimizer.param_groups[0]['lr']:.3g}", "loss": f"{sum(losses) / max(1, len(losses)):.6f}",
               **{name: f"{value:.3f}" for name, value in measured.items()}}
        new = not log.exists()
        with log.open("a", newline="") as out:
            writer = csv.DictWriter(out, row)
            if new:
                writer.writeheader()
            writer.writerow(row)
        print(row, flush=True)
        losses.clear()

    while progress() < 1 and not ending.asked:
        if pause.holders():
            checkpoint()
            started += pause.wait(lambda: ending.asked)
            continue
        torch.set_num_threads(threads.now())
        for group in optimizer.param_groups:
            group["lr"] = group.get("times", 1) * learning_rate(progress(), step, given.rate, given.warm_up)
        loss, looked_at = step_loss(model, step, progress())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        decay = min(0.999, (1 + step) / (10 + step))
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - decay)
        step, pixels, spent = step + 1, pixels + looked_at, time.monotonic() - started
        losses.append(loss.detach())
        if spent - saved_at > 60 * given.every:
            checkpoint()
            saved_at = spent
    checkpoint(not ending.asked)
    if ending.asked:
        raise SystemExit(128 + signal.SIGTERM)
