"""Trains a Denoiser inside a budget. Stop it at any time; the same command goes on from the last checkpoint.

    python -m recipes.denoise --minutes 95 [--device cuda --batch 128]
    python -m recipes.denoise scan --minutes 40 --start PHOTO_CHECKPOINT
    python -m recipes.denoise --eight-bits --flops 2e14 --rate 2e-4 --start CHECKPOINT
    python -m recipes.export runs/denoise-photo/last.ckpt denoise-photo-fast/model.onnx

First L1, in the last fifth larger crops and the mean square error; both as logarithms per crop, so that a decibel counts the same
at every noise level.
"""
import argparse
import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from .data import Images, packed
from .degradations import (Chance, camera, coloured, ct, film, framed, low_dose, patterned, phone, poisson, reduced, resized, rician, sharp_ct, speckle, squeezed, starved,
                           strong, ultrasound, white)
from .degradations.jpeg import TO_YCC, mix
from .degradations.level import Sample, equivalent_level
from .eight_bits import EightBit
from .network import Denoiser, as_gray, grown, load
from .training import Degradation, Mixture, arguments, fast_bfloat16, images_of, train


def gray(image: Tensor) -> Tensor:
    """Luma of [N,3,H,W], [N,1,H,W]"""
    return mix(image, TO_YCC)[:, :1]


def gray_white(clean: Tensor, choice: Chance) -> Sample:
    return white(gray(clean), choice)


def gray_coloured(clean: Tensor, choice: Chance) -> Sample:
    clean, noisy, _ = coloured(clean, choice)
    clean, noisy = gray(clean), gray(noisy)
    return clean, noisy, equivalent_level(noisy - clean, choice)


def faint_ct(clean: Tensor, choice: Chance) -> Sample:
    """CT noise on photographs of little contrast. They have no noise of their own, and structure that no scan has."""
    contrast = choice.log_uniform(len(clean), 0.05, 1)
    return ct(choice.uniform(len(clean), 0.3, 0.7) + contrast * (gray(clean) - 0.5), choice)


def taught(degrade: Degradation, teacher: Denoiser) -> Degradation:
    """As `degrade`, but what is to be answered is what `teacher` answers, at 0.6 to 1.6 times the level: to change a network and not what it does."""
    def result(clean: Tensor, choice: Chance) -> Sample:
        _, noisy, level = degrade(clean, choice)
        level = level * choice.log_uniform(len(level), 0.6, 1.6)
        with torch.no_grad():
            answer = teacher(torch.cat([noisy, level], 1).contiguous(memory_format=torch.channels_last))
        return answer, noisy, level
    return result


DEFAULT_SHARES = {
    "photo": ("white=10", "coloured=5", "camera=1"),
    "scan": ("gray_white=2", "gray_coloured=0.5", "faint_ct=2", "white=0.5", "low_dose=5.5", "ct=0.5", "rician=4", "poisson=0.5", "speckle=0.5")}


def in_gray(degrade: Degradation) -> Degradation:
    """A degradation of gray crops, for crops in colour"""
    return lambda image, choice: degrade(gray(image), choice)


def table(what: str, photos: Images, scans: Images | None, doses: Images | None, shares: Sequence[str] = (),
          teacher: Denoiser | None = None) -> list[tuple[Images, Degradation, float]]:
    """Which crops get which noise, and their shares of a batch, as "white=13"."""
    if what == "photo":
        parts = {"white": white, "strong": strong, "coloured": coloured, "reduced": reduced, "camera": camera, "phone": phone, "film": film, "squeezed": squeezed, "resized": resized,
                 "frame": framed(coloured), "pattern": patterned(white), "taught": taught(coloured, teacher)}
        parts = {name: (photos, degrade) for name, degrade in parts.items()}
    else:
        parts = {"gray_white": (photos, gray_white), "gray_strong": (photos, in_gray(strong)), "gray_coloured": (photos, gray_coloured), "gray_starved": (photos, in_gray(starved)),
                 "faint_ct": (photos, faint_ct), "white": (scans, white), "low_dose": (doses, low_dose), "ct": (scans.only("ct"), ct), "sharp_ct": (scans.only("ct"), sharp_ct),
                 "rician": (scans.only("mr"), rician), "poisson": (scans.only("xr"), poisson), "starved": (scans, starved), "speckle": (scans, speckle),
                 "ultrasound": (scans, ultrasound)}
    named = dict(share.split("=") for share in shares or DEFAULT_SHARES[what])
    if unknown := set(named) - set(parts):
        raise SystemExit(f"Expected shares of {', '.join(parts)} but received {', '.join(sorted(unknown))}.")
    return [(*parts[name], float(share)) for name, share in named.items()]


def loss_of(output: Tensor, clean: Tensor, progress: float) -> Tensor:
    """The logarithm of every crop's error; the offset, half an 8-bit level, keeps crops without noise from ruling."""
    error = output - clean
    if progress < 0.8:
        return 0.01 * (error.abs().mean((1, 2, 3)) + 0.002).log().mean()
    return 0.005 * (error.square().mean((1, 2, 3)) + 0.002 ** 2).log().mean()


def held_out_psnr(model: Denoiser, images: Images, sigma: float = 25 / 255) -> float:
    """dB, white noise of `sigma` (noisy: 20.2 dB), centres of the held-out images; the noise is the same each time."""
    total, centres = 0.0, images.centres(256)
    for i, clean in enumerate(centres):
        clean = gray(clean) if clean.shape[1] > model.image_channels else clean
        noise = sigma * torch.randn(clean.shape, generator=torch.Generator().manual_seed(i)).to(clean)
        output = model(torch.cat([clean + noise, torch.full_like(clean[:, :1], sigma)], 1)).clamp(0, 1)
        total -= 10 * math.log10(F.mse_loss(output, clean.clamp(0, 1)).item())
    return total / len(centres)


def starting(given: argparse.Namespace, mixture: Mixture) -> Denoiser:
    """The network to train, from `--start` if there is one, in 8 bits if asked for."""
    model = Denoiser(given.widths, given.blocks, 3 if given.what == "photo" else 1)
    if given.start:
        start = load(given.start)
        if isinstance(start, EightBit):
            return start.train()
        grown(as_gray(start) if start.image_channels > model.image_channels else start, model)
    if given.eight_bits:
        inputs = [torch.cat([noisy, level], 1) for _, noisy, level in (mixture.batch(16, given.patch, -1 - i) for i in range(4))]
        model = EightBit.of(model, inputs)
    return model


def main() -> None:
    parser = arguments(argparse.ArgumentParser(description=__doc__.splitlines()[0]), batch=16, patch=96, rate=2e-3)
    parser.add_argument("--late-patch", type=int, default=128, help="in the last fifth, at the same pixels per step")
    parser.add_argument("--widths", type=int, nargs="+", default=[32, 64, 128])
    parser.add_argument("--blocks", type=int, nargs="+", default=[2, 2, 2])
    parser.add_argument("--eight-bits", action="store_true", help="train the rounding in as well (eight_bits.py)")
    parser.add_argument("--shares", nargs="+", default=[], help="crops of a batch with each noise, as white=13 coloured=3 (`table`)")
    parser.add_argument("--teacher", help="weights that answer for the share `taught`")
    given = parser.parse_args()
    photos, scans = images_of(given)
    # Cleaning every slice many times takes longer than some trainings.
    wants_doses = any(share.startswith("low_dose=") for share in given.shares or DEFAULT_SHARES[given.what])
    doses = Images(packed(given.doses, "doses"), given.device, held_out=2) if wants_doses else None
    teacher = load(given.teacher).to(given.device) if given.teacher else None
    mixture = Mixture(table(given.what, photos, scans, doses, given.shares, teacher), given.seed)
    model = starting(given, mixture)

    def step_loss(model: Denoiser, step: int, progress: float) -> tuple[Tensor, int]:
        side = given.patch if progress < 0.8 else given.late_patch
        count = max(1, round(given.batch * given.patch ** 2 / side ** 2))
        clean, noisy, level = mixture.batch(count, side, step)
        with torch.autocast(given.device, torch.bfloat16, enabled=fast_bfloat16(given.device)):
            output = model(torch.cat([noisy, level], 1).contiguous(memory_format=torch.channels_last))
        return loss_of(output.float(), clean, progress), count * side * side

    def validate(average: Denoiser) -> dict[str, float]:
        return {f"{name}_psnr_{sigma}": held_out_psnr(average, images, sigma / 255)
                for name, images in (("photos", photos), ("scans", scans)) if images for sigma in ((5, 25) if given.eight_bits else (25,))}

    train("denoise", given, model, step_loss, validate)


if __name__ == "__main__":
    main()
