"""Trains the noise estimator inside a budget. Stop it at any time; the same command goes on from the last checkpoint.

    python -m recipes.noise photo --minutes 30
    python -m recipes.noise scan --minutes 30
    python -m recipes.export runs/noise-photo/last.ckpt noise-photo/model.onnx

The error is that of the logarithm of the level, 1.3 times dearer when it is too low (a denoiser forgives too high a level more
easily: Guo et al., CVPR 2019, "Toward convolutional blind denoising of real photographs", section 3.3), as the likelihood of a
Laplace distribution whose scale the network gives as well (Kendall, Gal, NeurIPS 2017, section 3).
"""
import argparse

import torch
from torch import Tensor
from torch.nn import functional as F

from .data import Images
from .degradations import (Chance, camera, clean, coloured, ct, film, framed, jpeg_clean, pattern, phone, poisson, reduced, resized, rician, sharp_ct, speckle,
                           squeezed, starved, strong, ultrasound, white)
from .degradations.level import Sample, local_level
from .denoise import gray, gray_coloured, gray_white
from .network import NoiseNetwork, load
from .training import Degradation, Mixture, arguments, images_of, train


def in_gray(degrade: Degradation) -> Degradation:
    """A degradation of photographs, then its luma; the level follows from what is left of the noise."""
    def result(image: Tensor, choice: Chance) -> Sample:
        image, noisy, level = degrade(image, choice)
        image, noisy = gray(image), gray(noisy)
        return image, noisy, local_level(noisy - image) if level.any() else level
    return result


def stored(degrade: Degradation) -> Degradation:
    """Half of the crops cut off at black and white and rounded to 8 bits, as files hold them; the level stays that of the noise before."""
    def result(image: Tensor, choice: Chance) -> Sample:
        image, noisy, level = degrade(image, choice)
        return image, torch.where(choice.happens(len(image), 0.5), (255 * noisy.clamp(0, 1)).round() / 255, noisy), level
    return result


def table(what: str, photos: Images, scans: Images | None) -> list[tuple[Images, Degradation, float]]:
    """Which crops get which noise, and their shares of a batch."""
    rows = lambda images, **shares: [(images, KINDS[name], share) for name, share in shares.items()]
    if what == "photo":
        return rows(photos, white=6, strong=1.5, coloured=4, reduced=4, camera=2, phone=3, film=1, squeezed=1.5, resized=2, clean=6, jpeg_clean=5, pattern=1.5, frame=1)
    return (rows(photos, gray_white=4, gray_strong=2, gray_coloured=2, gray_reduced=1.5, gray_phone=1, gray_starved=3, gray_clean=3, gray_jpeg_clean=2, gray_pattern=1.5,
                 gray_frame=0.5) + rows(scans, white=2, strong=1, ct=1, sharp_ct=1.5, rician=2, poisson=1, speckle=0.5, ultrasound=1, starved=0.5, clean=1))


KINDS = {"white": stored(white), "strong": stored(strong), "coloured": coloured, "reduced": reduced, "camera": camera, "phone": phone, "film": film, "squeezed": squeezed,
         "resized": resized, "clean": clean, "jpeg_clean": jpeg_clean, "pattern": pattern, "frame": framed(coloured),
         "ct": ct, "sharp_ct": sharp_ct, "rician": rician, "poisson": poisson, "speckle": speckle, "ultrasound": ultrasound, "starved": starved,
         "gray_white": stored(gray_white), "gray_strong": lambda image, choice: stored(strong)(gray(image), choice), "gray_coloured": gray_coloured,
         "gray_starved": lambda image, choice: starved(gray(image), choice), "gray_pattern": lambda image, choice: pattern(gray(image), choice),
         **{f"gray_{name}": in_gray(kind) for name, kind in {"reduced": reduced, "phone": phone, "clean": clean, "jpeg_clean": jpeg_clean, "frame": framed(white)}.items()}}


def loss_of(model: NoiseNetwork, noisy: Tensor, level: Tensor) -> Tensor:
    answer, weight = model.logarithms(noisy)
    target = (F.avg_pool2d(level, model.CELL) + model.OFFSET).log()
    cost = torch.where(answer < target, 1.3, 1.0) * (answer - target).abs()
    return (weight.exp() * cost - weight).mean()


def whole(answer: Tensor) -> Tensor:
    """The level of a whole image from its cells [N,2,h,w]: their mean logarithm by weight; [N]"""
    level, weight = answer.unbind(1)
    mean = (weight * (level + NoiseNetwork.OFFSET).log()).sum((1, 2)) / weight.sum((1, 2))
    return mean.exp() - NoiseNetwork.OFFSET


def readings(model: NoiseNetwork, images: Images, levels: tuple[float, ...] = (0, 5, 25, 60)) -> dict[str, float]:
    """Mean reading in 8-bit levels for white noise on the centres of the held-out images."""
    result = {}
    for sigma in levels:
        total, centres = 0.0, images.centres(512)
        for i, image in enumerate(centres):
            image = gray(image) if image.shape[1] > model.image_channels else image
            noise = sigma / 255 * torch.randn(image.shape, generator=torch.Generator().manual_seed(i)).to(image)
            total += 255 * whole(model(image + noise)).item()
        result[f"reads_{sigma:g}"] = total / len(centres)
    return result


def fitting(state: dict[str, Tensor], model: NoiseNetwork) -> dict[str, Tensor]:
    """A state to start from; that of a colour network is summed over the colours for a gray one."""
    head = state["bank.0.weight"]
    if head.shape[1] > 4 * model.image_channels:
        state = {**state, "bank.0.weight": head.unflatten(1, (3, 4)).sum(1)}
    return state


def main() -> None:
    parser = arguments(argparse.ArgumentParser(description=__doc__.splitlines()[0]), batch=8, patch=192, rate=2e-3)
    given = parser.parse_args()
    photos, scans = images_of(given)
    mixture = Mixture(table(given.what, photos, scans), given.seed, halved=0.5, dimmed=0.4)

    def step_loss(model: NoiseNetwork, step: int, progress: float) -> tuple[Tensor, int]:
        _, noisy, level = mixture.batch(given.batch, given.patch, step)
        return loss_of(model, noisy.contiguous(memory_format=torch.channels_last), level), given.batch * given.patch ** 2

    model = NoiseNetwork(3 if given.what == "photo" else 1)
    if given.start:
        model.load_state_dict(fitting(load(given.start).state_dict(), model))
    train("noise", given, model, step_loss, lambda average: readings(average, photos))


if __name__ == "__main__":
    main()
