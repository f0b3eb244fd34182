"""Noise of photographs as cameras store them: correlated, smoothed, developed and compressed."""
import torch
from torch import Tensor
from torch.nn import functional as F

from .jpeg import TO_RGB, TO_YCC, jpeg, mix
from .level import Chance, Sample, blurred, equivalent_level


def developed(clean: Tensor, noisy: Tensor, low: float, choice: Chance) -> Sample:
    """Clips and rounds to 8 bits or stores as JPEG (nine of ten, quality `low` to 100), and gives the level of what that left."""
    count = len(clean)
    stored = jpeg(noisy, choice.uniform(count, low, 100).round(), choice.happens(count, 0.5), choice)
    plain = (noisy.clamp(0, 1) * 255).round() / 255
    noisy = torch.where(choice.happens(count, 0.1), plain, stored)
    return clean, noisy, equivalent_level(noisy - clean, choice)


def correlated_noise(clean: Tensor, choice: Chance) -> Tensor:
    """Luma correlated over 0.25..1.6 px, chroma over 0.4..3 px, stronger or weaker with brightness.

    Standard deviation log-uniform in 0.7..20 of 255, times brightness to a power of -0.5..0.5.
    """
    count, _, height, width = clean.shape
    luma = blurred(choice.normal(count, 1, height, width), choice.uniform(count, 0.25, 1.6))
    chroma = blurred(choice.normal(count, 2, height, width), choice.uniform(count, 0.4, 3)) * choice.log_uniform(count, 0.2, 1)
    noise = mix(torch.cat([luma, chroma], 1), TO_RGB)
    noise = noise / noise.square().mean((1, 2, 3), keepdim=True).sqrt()
    brightness = (mix(clean, TO_YCC)[:, :1].clamp(0, 1) + 0.05) ** choice.uniform(count, -0.5, 0.5)
    brightness = brightness / brightness.mean((2, 3), keepdim=True)
    return choice.log_uniform(count, 0.7 / 255, 20 / 255) * brightness * noise


def coloured(clean: Tensor, choice: Chance) -> Sample:
    """Correlated noise as it is measured in camera JPEGs, then JPEG of quality 60..100."""
    return developed(clean, clean + correlated_noise(clean, choice), 60, choice)


def reduced(clean: Tensor, choice: Chance) -> Sample:
    """The same through a camera's own noise reduction, which leaves more of it on texture than in flat places.

    A local Wiener filter (Lee, IEEE TPAMI 1980, equation 4) on luma, 5x5 window, told 0.3 to 1.2 times the true noise power and never
    taking more than 80 %; chroma is averaged over 5x5 in half of the crops.
    """
    count = len(clean)
    noise = correlated_noise(clean, choice)
    y, *chroma = mix(clean + noise, TO_YCC).split(1, 1)
    mean = F.avg_pool2d(F.pad(y, (2, 2, 2, 2), "reflect"), 5, 1)
    variance = F.avg_pool2d(F.pad((y - mean).square(), (2, 2, 2, 2), "reflect"), 5, 1) + 1e-8
    power = mix(noise, TO_YCC)[:, :1].square().mean((1, 2, 3), keepdim=True) * choice.uniform(count, 0.3, 1.2)
    gain = torch.maximum(((variance - power) / variance).clamp(min=0), choice.uniform(count, 0.2, 0.7))
    chroma = torch.cat(chroma, 1)
    smooth = F.avg_pool2d(F.pad(chroma, (2, 2, 2, 2), "reflect"), 5, 1)
    chroma = torch.where(choice.happens(count, 0.5), smooth, chroma)
    return developed(clean, mix(torch.cat([mean + gain * (y - mean), chroma], 1), TO_RGB), 60, choice)


def jpeg_clean(clean: Tensor, choice: Chance) -> Sample:
    """No noise but JPEG of quality 60..100: an estimator must not take its blocks for noise, the level is 0."""
    count = len(clean)
    stored = jpeg(clean, choice.uniform(count, 60, 100).round(), choice.happens(count, 0.5), choice)
    return clean, stored, torch.zeros_like(clean[:, :1])


# Brooks et al., CVPR 2019, "Unprocessing images for learned raw denoising": colour matrices of four cameras (from their DNG files).
XYZ_TO_CAMERA = torch.tensor([
    [[1.0234, -0.2969, -0.2266], [-0.5625, 1.6328, -0.0469], [-0.0703, 0.2188, 0.6406]],
    [[0.4913, -0.0541, -0.0202], [-0.613, 1.3513, 0.2906], [-0.1564, 0.2151, 0.7183]],
    [[0.838, -0.263, -0.0639], [-0.2887, 1.0725, 0.2496], [-0.0627, 0.1427, 0.5438]],
    [[0.6596, -0.2079, -0.0562], [-0.4782, 1.3016, 0.1933], [-0.097, 0.1581, 0.5181]]])
RGB_TO_XYZ = torch.tensor([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])

# Malvar, He, Cutler, ICASSP 2004, "High-quality linear interpolation for demosaicing of Bayer-patterned color images", figure 2, in 1/16.
GREEN = [[0, 0, -2, 0, 0], [0, 0, 4, 0, 0], [-2, 4, 8, 4, -2], [0, 0, 4, 0, 0], [0, 0, -2, 0, 0]]
ROW = [[0, 0, 1, 0, 0], [0, -2, 0, -2, 0], [-2, 8, 10, 8, -2], [0, -2, 0, -2, 0], [0, 0, 1, 0, 0]]
CROSS = [[0, 0, -3, 0, 0], [0, 4, 0, 4, 0], [-3, 0, 12, 0, -3], [0, 4, 0, 4, 0], [0, 0, -3, 0, 0]]
MALVAR = torch.tensor([GREEN, ROW, [list(column) for column in zip(*ROW)], CROSS]).float()[:, None] / 16


def demosaicked(raw: Tensor) -> Tensor:
    """An RGGB mosaic [N,1,H,W] -> [N,3,H,W]."""
    green, row, column, cross = F.conv2d(F.pad(raw, (2, 2, 2, 2), "reflect"), MALVAR.to(raw)).unbind(1)
    result = raw.expand(-1, 3, -1, -1).clone()
    even, odd = slice(0, None, 2), slice(1, None, 2)
    for channel, (y, x), source in ((0, (even, odd), row), (0, (odd, even), column), (0, (odd, odd), cross),
                                    (1, (even, even), green), (1, (odd, odd), green),
                                    (2, (odd, even), row), (2, (even, odd), column), (2, (even, even), cross)):
        result[:, channel, y, x] = source[:, y, x]
    return result


def camera(clean: Tensor, choice: Chance) -> Sample:
    """Shot and read noise of a sensor, through demosaicking, colour, tone and JPEG (Brooks et al. 2019, sections 3 and 4).

    The chain is run with and without noise and the difference is added to the clean crop, so that the network learns
    to remove noise and not demosaicking errors. In half of the crops the chroma of the difference is smoothed, as cameras do.
    """
    count, _, height, width = clean.shape
    weights = torch.rand(count, 4, generator=choice.generator, device=clean.device)
    to_camera = torch.einsum("nk,kij->nij", weights / weights.sum(1, keepdim=True), XYZ_TO_CAMERA.to(clean)) @ RGB_TO_XYZ.to(clean)
    to_camera = to_camera / to_camera.sum(2, keepdim=True)                            # white stays white
    to_display = torch.linalg.inv(to_camera)
    gains = torch.cat([choice.uniform(count, 1.9, 2.4), torch.ones(count, 1, 1, 1, device=clean.device), choice.uniform(count, 1.5, 1.9)], 1)
    gains = gains / (0.8 + 0.1 * choice.normal(count, 1, 1, 1)).clamp(0.5, 1.1)
    linear = (0.5 - torch.sin(torch.asin(1 - 2 * clean.clamp(0, 1)) / 3)).clamp(min=1e-8) ** 2.2     # inverse smoothstep, gamma
    sensor = (mix(linear, to_camera) / gains).clamp(0, 1)
    red, green, blue = sensor.unbind(1)
    mosaic = green[:, None].clone()
    mosaic[:, 0, ::2, ::2], mosaic[:, 0, 1::2, 1::2] = red[:, ::2, ::2], blue[:, 1::2, 1::2]
    shot = choice.log_uniform(count, 1e-4, 0.012)
    read = (2.18 * shot.log() + 1.20 + 0.26 * choice.normal(count, 1, 1, 1)).exp()
    noise = (mosaic * shot + read).sqrt() * choice.normal(count, 1, height, width)

    def process(raw: Tensor) -> Tensor:
        rgb = mix((demosaicked(raw) * gains).clamp(0, 1), to_display).clamp(1e-8, 1) ** (1 / 2.2)
        return 3 * rgb ** 2 - 2 * rgb ** 3                                             # smoothstep

    difference = mix(process(mosaic + noise) - process(mosaic), TO_YCC)
    smooth = F.avg_pool2d(F.avg_pool2d(difference, 3, 1, 1), 3, 1, 1)
    chroma = torch.where(choice.happens(count, 0.5), smooth, difference)[:, 1:]
    return developed(clean, clean + mix(torch.cat([difference[:, :1], chroma], 1), TO_RGB), 70, choice)
