"""Noise of the pictures that people bring: phones in the dark, film, hard compression, pictures that were resized and sharpened, frames."""
import math

import torch
from torch import Tensor
from torch.nn import functional as F

from .camera import correlated_noise, demosaicked, developed
from .jpeg import TO_RGB, TO_YCC, jpeg, mix
from .level import Chance, Sample, blurred, equivalent_level

GAMMA = 2.2


def softened(image: Tensor, radius: Tensor) -> Tensor:
    """A Gaussian of `radius` [N,1,1,1] pixels, mirrored at the borders; [N,C,H,W]"""
    reach = max(1, math.ceil(2.5 * radius.max().item()))
    at = torch.arange(-reach, reach + 1, device=image.device)
    taps = torch.exp(-0.5 * (at / radius.view(-1, 1).clamp(min=1e-3)) ** 2)
    taps = (taps / taps.sum(1, keepdim=True)).repeat_interleave(image.shape[1], 0)                   # [N*C,2*reach+1]
    flat = F.pad(image.reshape(1, -1, *image.shape[2:]), [reach] * 4, "reflect")
    flat = F.conv2d(F.conv2d(flat, taps[:, None, :, None], groups=len(taps)), taps[:, None, None], groups=len(taps))
    return flat.reshape(image.shape)


def sharpened(image: Tensor, amount: Tensor, radius: Tensor) -> Tensor:
    """Unsharp masking, as viewers and cameras do it; `amount` and `radius` [N,1,1,1]"""
    return image + amount * (image - softened(image, radius))


def phone(clean: Tensor, choice: Chance) -> Sample:
    """A small sensor in the dark: under-exposed, clipped at black, gained up, gamma without a tone curve.

    The crop is taken for the scene and darkened to 2..60 % of its light. Shot and read noise (variance a x + b; a log-uniform in 0.002..0.05 of white,
    the root of b in 0.002..0.03: Abdelhamed, Lin, Brown, CVPR 2018, "A high-quality denoising dataset for smartphone cameras", section 3) on an RGGB
    mosaic whose red and blue are weaker by the white balance; what falls below black is cut off *before* demosaicking, which lifts the
    shadows: to be answered is the same without noise. Then what a phone does: luma softened by 0..0.7 px and sharpened, chroma by 0.5..4 px (noise of large grain), JPEG 70..100.
    """
    count, _, height, width = clean.shape
    linear = clean.clamp(0, 1) ** GAMMA * choice.log_uniform(count, 0.02, 0.6)
    gains = torch.cat([choice.uniform(count, 1.5, 2.6), torch.ones(count, 1, 1, 1, device=clean.device), choice.uniform(count, 1.3, 2.4)], 1)
    sensor = linear / gains
    mosaic = sensor[:, 1:2].clone()
    mosaic[:, 0, ::2, ::2], mosaic[:, 0, 1::2, 1::2] = sensor[:, 0, ::2, ::2], sensor[:, 2, 1::2, 1::2]
    shot, read = choice.log_uniform(count, 0.002, 0.05), choice.log_uniform(count, 0.002, 0.03)
    noisy = (mosaic + (mosaic * shot + read ** 2).sqrt() * choice.normal(count, 1, height, width)).clamp(0, 1)
    develop = lambda raw: (demosaicked(raw) * gains).clamp(1e-6, 1) ** (1 / GAMMA)
    target = linear.clamp(1e-6, 1) ** (1 / GAMMA)
    difference = mix(develop(noisy) - develop(mosaic), TO_YCC)
    luma = sharpened(softened(difference[:, :1], choice.uniform(count, 0, 0.7)), choice.uniform(count, 0, 1), choice.uniform(count, 0.7, 1.5))
    chroma = softened(difference[:, 1:], choice.log_uniform(count, 0.5, 4))
    return developed(target, target + mix(torch.cat([luma, chroma], 1), TO_RGB), 70, choice)


def film(clean: Tensor, choice: Chance) -> Sample:
    """Grain of scanned film: density is uncertain by the root of density (Selwyn, The Photographic Journal 1935), so that middle tones hold
    the most and white none; three layers of their own, or one (black-and-white stock); correlated over 0.5..2 px by grain and scanner.
    """
    count, _, height, width = clean.shape
    density = -(clean.clamp(0.003, 1) ** GAMMA).log10()
    layers = blurred(choice.normal(count, 3, height, width), choice.log_uniform(count, 0.5, 2))
    layers = torch.where(choice.happens(count, 0.3), layers[:, :1].expand(-1, 3, -1, -1), layers)
    clean = clean.clamp(0, 1)
    # First order of 10^(-density / GAMMA): the exponential itself would lift the mean, which is no noise.
    noise = clean * math.log(10) / GAMMA * choice.log_uniform(count, 0.02, 0.2) * (density + 0.02).sqrt() * layers
    return developed(clean, clean + noise, 70, choice)


def squeezed(clean: Tensor, choice: Chance) -> Sample:
    """Correlated noise, then JPEG of quality 30..75, as messengers and the web store pictures."""
    noisy = clean + correlated_noise(clean, choice)
    noisy = jpeg(noisy, choice.uniform(len(clean), 30, 75).round(), choice.happens(len(clean), 0.8), choice)
    return clean, noisy, equivalent_level(noisy - clean, choice)


def resized(clean: Tensor, choice: Chance) -> Sample:
    """Noise of a picture that was shrunk or enlarged by 0.5..2 and sharpened afterwards; the factor is the same for the batch.

    Both steps are linear, so that the noise alone goes through them: white, 3..40 of 255 before, with brightness to a power of -0.5..0.5.
    """
    count, _, height, width = clean.shape
    factor = 2 ** choice.uniform(1, -1, 1).item()
    source = [max(8, round(side / factor)) for side in (height, width)]
    noise = F.interpolate(choice.normal(count, 3, *source), (height, width), mode="bicubic", antialias=True)
    noise = sharpened(noise, choice.uniform(count, 0, 1.5), choice.uniform(count, 0.7, 1.5))
    brightness = (mix(clean, TO_YCC)[:, :1].clamp(0, 1) + 0.05) ** choice.uniform(count, -0.5, 0.5)
    noise = noise * brightness / brightness.mean((2, 3), keepdim=True) * choice.log_uniform(count, 3 / 255, 40 / 255)
    return developed(clean, clean + noise, 60, choice)


def framed(degrade):
    """A degradation inside flat bars or a frame that were put round the picture afterwards: they hold no noise, and stay as they are."""
    def result(clean: Tensor, choice: Chance) -> Sample:
        clean, noisy, level = degrade(clean, choice)
        count, _, height, width = clean.shape
        colour = choice.uniform(3 * count, 0, 1).view(count, 3, 1, 1)[:, :clean.shape[1]]
        colour = torch.where(choice.happens(count, 0.7), choice.happens(count, 0.3).float().expand_as(colour), colour)     # mostly black, or white
        colour = (255 * colour).round() / 255
        bar, sides = choice.uniform(count, 0.03, 0.35), choice.happens(count, 0.5)
        rows = torch.arange(height, device=clean.device).view(1, 1, -1, 1)
        columns = torch.arange(width, device=clean.device).view(1, 1, 1, -1)
        across = (rows < bar * height) | (rows >= height - bar * height)
        along = (columns < bar * width) | (columns >= width - bar * width)
        both = choice.happens(count, 0.3)
        inside = ~(torch.where(both | ~sides, across, torch.zeros_like(across)) | torch.where(both | sides, along, torch.zeros_like(along)))
        return torch.where(inside, clean, colour), torch.where(inside, noisy, colour), level * inside
    return result
