"""Trains a Denoiser inside a time budget. Stop it at any time; the same command goes on from the last checkpoint.

    python -m recipes.data pack PHOTO_FOLDER photos.bin
    python -m recipes.denoise --data photos.bin --out RUN_FOLDER --minutes 100 [--device cuda --batch 128]
    python -m recipes.export RUN_FOLDER/last.ckpt model.onnx

The learning rate follows the clock, not the step count: linear warm-up, then a cosine that reaches its end inside the
budget. First L1 on small crops; in the last fifth larger crops, and in the last tenth the root mean square error of each crop
(PSNR is what is measured). Batches are a function of (seed, step), so that a resumed run sees what it would have seen.
"""
import argparse
import csv
import math
import os
import time
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from .data import Photos, batch
from .network import Denoiser


def learning_rate(progress: float, step: int, peak: float, warm_up: int) -> float:
    """Warm-up over steps, cosine to 0.2 % of the peak over `progress` in [0,1]."""
    cosine = 0.002 + 0.998 * (1 + math.cos(math.pi * min(1.0, progress))) / 2
    return peak * cosine * min(1.0, (step + 1) / warm_up)


def loss_of(output: Tensor, clean: Tensor, progress: float) -> Tensor:
    if progress < 0.9:
        return F.l1_loss(output, clean)
    return (F.mse_loss(output, clean, reduction="none").mean((1, 2, 3)) + 1e-8).sqrt().mean()


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


@torch.inference_mode()
def held_out_psnr(model: Denoiser, photos: Photos, sigma: float = 25 / 255, side: int = 256) -> float:
    """dB, white noise of `sigma`, centres of the held-out photographs; the noise is the same each time."""
    total = 0.0
    for i, image in enumerate(photos.held_out):
        top, left = ((size - side) // 2 for size in image.shape[:2])
        clean = image[top:top + side, left:left + side].permute(2, 0, 1).float()[None] / 255
        noise = sigma * torch.randn(clean.shape, generator=torch.Generator().manual_seed(i)).to(clean)
        output = model(torch.cat([clean + noise, torch.full_like(clean[:, :1], sigma)], 1)).clamp(0, 1)
        total -= 10 * math.log10(F.mse_loss(output, clean).item())
    return total / len(photos.held_out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="a .bin written by recipes.data")
    parser.add_argument("--out", type=Path, required=True, help="folder for last.ckpt and log.csv")
    parser.add_argument("--minutes", type=float, required=True, help="budget of training time, earlier runs included")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads, at most")
    parser.add_argument("--widths", type=int, nargs="+", default=[48, 64, 96, 128])
    parser.add_argument("--blocks", type=int, nargs="+", default=[1, 1, 1, 2])
    parser.add_argument("--white", type=float, default=0.5, help="share of crops with white noise")
    parser.add_argument("--coloured", type=float, default=0.375, help="share with coloured noise; the rest: camera chain")
    parser.add_argument("--patch", type=int, default=96)
    parser.add_argument("--late-patch", type=int, default=128, help="in the last fifth, at the same pixels per step")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--warm-up", type=int, default=500, help="steps")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=float, default=5, help="minutes between checkpoints")
    given = parser.parse_args()

    threads = Threads(given.threads)
    torch.manual_seed(given.seed)
    photos = Photos(given.data, given.device)
    model = Denoiser(given.widths, given.blocks).to(given.device, memory_format=torch.channels_last)
    average = Denoiser(given.widths, given.blocks).to(given.device, memory_format=torch.channels_last)
    average.load_state_dict(model.state_dict())
    optimizer = torch.optim.AdamW(model.parameters(), lr=given.rate, betas=(0.9, 0.99), weight_decay=1e-4, fused=True)
    step, pixels, spent = 0, 0, 0.0
    given.out.mkdir(parents=True, exist_ok=True)
    last, log = given.out / "last.ckpt", given.out / "log.csv"
    if last.exists():
        saved = torch.load(last, map_location=given.device, weights_only=True)
        for name, part in {"model": model, "ema": average, "optimizer": optimizer}.items():
            part.load_state_dict(saved[name])
        step, pixels, spent = saved["step"], saved["pixels"], saved["seconds"]
    flops_per_pixel = 3 * 2 * model.macs_per_pixel()
    budget, started, saved_at, losses = 60 * given.minutes, time.monotonic() - spent, spent, []

    def checkpoint() -> None:
        torch.save({"model": model.state_dict(), "ema": average.state_dict(), "optimizer": optimizer.state_dict(),
                    "step": step, "pixels": pixels, "seconds": spent}, last.with_suffix(".part"))
        os.replace(last.with_suffix(".part"), last)
        row = {"minutes": round(spent / 60, 2), "step": step, "pixels": pixels, "flops": f"{flops_per_pixel * pixels:.4g}",
               "rate": f"{optimizer.param_groups[0]['lr']:.3g}", "loss": f"{sum(losses) / max(1, len(losses)):.6f}",
               "held_out_psnr_25": f"{held_out_psnr(average, photos):.3f}"}
        new = not log.exists()
        with log.open("a", newline="") as out:
            writer = csv.DictWriter(out, row)
            if new:
                writer.writeheader()
            writer.writerow(row)
        print(row, flush=True)
        losses.clear()

    while spent < budget:
        torch.set_num_threads(threads.now())
        progress = spent / budget
        side = given.patch if progress < 0.8 else given.late_patch
        count = max(1, round(given.batch * given.patch ** 2 / side ** 2))
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(progress, step, given.rate, given.warm_up)
        noisy, clean = batch(photos, count, side, (given.white, given.coloured), given.seed, step)
        with torch.autocast(given.device, torch.bfloat16):
            output = model(noisy.contiguous(memory_format=torch.channels_last))
        loss = loss_of(output.float(), clean, progress)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        decay = min(0.999, (1 + step) / (10 + step))
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - decay)
        step, pixels, spent = step + 1, pixels + count * side * side, time.monotonic() - started
        losses.append(loss.detach())
        if spent - saved_at > 60 * given.every:
            checkpoint()
            saved_at = spent
    checkpoint()


if __name__ == "__main__":
    main()
