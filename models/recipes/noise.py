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
from .degradations import Chance, camera, clean, coloured, ct, jpeg_clean, poisson, reduced, rician, speckle, white
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


def table(what: str, photos: Images, scans: Images | None) -> list[tuple[Images, Degradation, float]]:
    """Which crops get which noise, and their shares of a batch."""
    if what == "photo":
        return [(photos, white, 5), (photos, coloured, 4), (photos, reduced, 5), (photos, camera, 2), (photos, clean, 4), (photos, jpeg_clean, 4)]
    return [(photos, gray_white, 5), (photos, gray_coloured, 2), (photos, in_gray(reduced), 2), (photos, in_gray(clean), 3),
            (photos, in_gray(jpeg_clean), 2), (scans, white, 3), (scans, ct, 2), (scans, rician, 2), (scans, poisson, 1), (scans, speckle, 1), (scans, clean, 1)]


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


def readings(model: NoiseNetwork, images: Images, levels: tuple[float, ...] = (0, 5, 25)) -> dict[str, float]:
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
