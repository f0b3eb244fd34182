"""Multi-scale structural similarity, as a measure and in the loss of the codec.

Wang, Simoncelli, Bovik, Asilomar 2003, "Multiscale structural similarity for image quality assessment": an 11 x 11 Gaussian of 1.5 px, five scales,
contrast and structure at each and brightness at the coarsest, to the powers of section 3.2. On each of the three channels.
"""
import torch
from torch import Tensor
from torch.nn import functional as F

POWERS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
SIDE, RADIUS = 11, 1.5
LEAST = SIDE * 2 ** (len(POWERS) - 1)              # pixels a side


def local_means(image: Tensor) -> Tensor:
    """[N,C,H,W] through the Gaussian, without borders"""
    at = torch.arange(SIDE, device=image.device) - SIDE // 2
    taps = torch.exp(-0.5 * (at / RADIUS) ** 2)
    taps = (taps / taps.sum()).expand(image.shape[1], 1, -1)
    return F.conv2d(F.conv2d(image, taps[..., None], groups=len(taps)), taps[:, :, None], groups=len(taps))


def ms_ssim(a: Tensor, b: Tensor) -> Tensor:
    """Of [N,C,H,W] in [0,1], single precision, sides of at least LEAST: [N], 1 where they are the same"""
    if min(a.shape[2:]) < LEAST:
        raise ValueError(f"Expected at least {LEAST} pixels a side but received {a.shape[3]} x {a.shape[2]}")
    result = torch.ones(len(a), device=a.device)
    for scale, power in enumerate(POWERS):
        mean_a, mean_b, square_a, square_b, product = local_means(torch.cat([a, b, a * a, b * b, a * b], 1)).chunk(5, 1)
        contrast = (2 * (product - mean_a * mean_b) + 0.03 ** 2) / (square_a - mean_a ** 2 + square_b - mean_b ** 2 + 0.03 ** 2)
        if scale == len(POWERS) - 1:
            contrast = contrast * (2 * mean_a * mean_b + 0.01 ** 2) / (mean_a ** 2 + mean_b ** 2 + 0.01 ** 2)
        # A crop may be the other's negative at first; a power of what is below 0 has no gradient.
        result = result * contrast.mean((1, 2, 3)).clamp(min=1e-3) ** power
        a, b = F.avg_pool2d(a, 2), F.avg_pool2d(b, 2)
    return result
