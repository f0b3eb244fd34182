"""How strong noise is, in one number that a denoiser can use; random numbers; blurred noise."""
import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

Sample = tuple[Tensor, Tensor, Tensor]
LIGHT_RADIUS = 1.5


@dataclass
class Chance:
    """Random numbers on the training device from one generator, so that a step can be repeated."""
    generator: Generator

    def uniform(self, count: int, low: float, high: float) -> Tensor:
        """[count,1,1,1]"""
        return low + (high - low) * torch.rand(count, 1, 1, 1, generator=self.generator, device=self.generator.device)

    def log_uniform(self, count: int, low: float, high: float) -> Tensor:
        return self.uniform(count, math.log(low), math.log(high)).exp()

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(*shape, generator=self.generator, device=self.generator.device)

    def happens(self, count: int, probability: float) -> Tensor:
        """[count,1,1,1] of booleans"""
        return self.uniform(count, 0, 1) < probability


def local_level(noise: Tensor) -> Tensor:
    """The equivalent white level in cells of 16x16 pixels, smoothed; [N,C,H,W] -> [N,1,H,W].

    The white noise that is as strong as `noise` at low frequencies: 4 x the standard deviation of its 4x4 block means. For
    white noise this is its sigma. The noise of camera JPEGs is correlated, and a denoiser trained on white noise serves it best
    at this level, about 2.5 times its root mean square (README.md has the measurement).
    """
    return smoothed_root(F.avg_pool2d((4 * F.avg_pool2d(noise, 4)).square().mean(1, keepdim=True), 4), noise)


def local_rms(noise: Tensor) -> Tensor:
    """The root mean square in the same cells; [N,C,H,W] -> [N,1,H,W]"""
    return smoothed_root(F.avg_pool2d(noise.square().mean(1, keepdim=True), 16), noise)


def smoothed_root(power: Tensor, noise: Tensor) -> Tensor:
    """From the mean power of cells to a map of roots of `noise`'s size"""
    cells = F.avg_pool2d(power, 3, 1, 1, count_include_pad=False)
    return F.interpolate(cells, size=noise.shape[2:], mode="bilinear").sqrt()


def equivalent_level(noise: Tensor, choice: Chance) -> Tensor:
    """`local_level` in half of the crops, in the others the same number for the whole crop."""
    local = local_level(noise)
    whole = (4 * F.avg_pool2d(noise, 4)).square().mean((1, 2, 3), keepdim=True).sqrt().expand_as(local)
    return torch.where(choice.happens(len(noise), 0.5), whole, local)


def gaussian(planes: Tensor, radius: Tensor | float) -> Tensor:
    """[N,C,H,W] through a Gaussian of `radius` [N,1,1,1] pixels, periodic."""
    height, width = planes.shape[2:]
    fy = torch.fft.fftfreq(height, device=planes.device)[:, None]
    fx = torch.fft.rfftfreq(width, device=planes.device)[None]
    response = torch.exp(-2 * (math.pi * radius) ** 2 * (fy ** 2 + fx ** 2))
    return torch.fft.irfft2(torch.fft.rfft2(planes) * response, s=(height, width))


def blurred(noise: Tensor, radius: Tensor) -> Tensor:
    """Noise [N,C,H,W] through a Gaussian of `radius` [N,1,1,1] pixels (periodic), back to unit variance per plane."""
    result = gaussian(noise, radius)
    return result / result.square().mean((2, 3), keepdim=True).sqrt()


def level_over_light(noisy: Tensor, slope: Tensor, dark: Tensor, choice: Chance) -> Tensor:
    """Sigma of noise whose variance is slope x light + dark, [N,1,H,W]; both are read 10 % wrong, as they are from one picture.

    The light is that of the noisy picture through a Gaussian of 1.5 pixels, which is what the program has (app/denoise/noise/light.ts).
    """
    light = gaussian(noisy, LIGHT_RADIUS)
    read = lambda value: value * (0.1 * choice.normal(len(noisy), 1, 1, 1)).exp()
    return (read(slope) * light + read(dark)).clamp(min=(0.5 / 255) ** 2).sqrt()
