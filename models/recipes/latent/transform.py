"""The fixed part of the codec's autoencoder: a lapped orthogonal transform of three colours, complete and invertible.

Sixteen taps at a stride of eight: Malvar and Staelin's LOT ("The LOT: transform coding without blocking effects", IEEE TASSP 1989,
section III), the odd half of its basis rotated to the KLT of a first-order process of correlation 0.95, in rows and in columns; colours
rotated to an orthonormal opponent basis, in which gray has no chroma at all. It needs no training, has no blocks, and because every basis
function is even or odd, a decoder can continue latents beyond the border of a picture exactly as the mirrored picture would have them.
"""
import math

import torch
from torch import Tensor
from torch.nn import functional as F

STRIDE, TAPS = 8, 16
CHANNELS = 3 * STRIDE * STRIDE
# White to luma, red against blue, green against both.
OPPONENT = torch.tensor([[3 ** -0.5] * 3, [0.5 ** 0.5, 0, -(0.5 ** 0.5)], [-(6 ** -0.5), 2 * 6 ** -0.5, -(6 ** -0.5)]], dtype=torch.float64)


def lapped(correlation: float = 0.95) -> tuple[Tensor, Tensor]:
    """([8,16] basis, rows from low to high frequency; [8] true where a row is odd). Shifts by 8 are orthonormal."""
    n, half = torch.arange(STRIDE, dtype=torch.float64), STRIDE // 2
    dct = torch.cos(math.pi * (n + 0.5) * n[:, None] / STRIDE) * (2 / STRIDE) ** 0.5
    dct[0] /= 2 ** 0.5
    even, odd = dct[0::2], dct[1::2]
    difference = (even - odd) / 2
    basis = torch.cat([torch.cat([difference, difference.flip(1)], 1), torch.cat([difference, -difference.flip(1)], 1)])
    distance = torch.arange(TAPS, dtype=torch.float64)
    covariance = correlation ** (distance[:, None] - distance).abs()
    _, rotation = torch.linalg.eigh(basis[half:] @ covariance @ basis[half:].T)
    basis[half:] = rotation.flip(1).T @ basis[half:]
    # Zero crossings tell the frequency.
    order = (basis[:, 1:] * basis[:, :-1] < 0).sum(1).argsort(stable=True)
    return basis[order], torch.tensor([False] * half + [True] * half)[order]


def kernels() -> tuple[Tensor, Tensor]:
    """([192,3,16,16] analysis kernels in no particular order of channels; [192] parity: 1 odd in x, 2 odd in y)."""
    basis, odd = lapped()
    weight = torch.einsum("kc,vy,ux->kvucyx", OPPONENT, basis, basis).reshape(CHANNELS, 3, TAPS, TAPS)
    parity = (odd.long() + 2 * odd.long()[:, None]).expand(3, STRIDE, STRIDE).reshape(CHANNELS)
    return weight.float(), parity


def mirrored(image: Tensor, by: int) -> Tensor:
    """Half-sample mirroring of [N,C,H,W] by `by` pixels on each side."""
    rows, columns = (torch.arange(-by, edge + by, device=image.device) for edge in image.shape[2:])
    fold = lambda index, edge: torch.where(index < 0, -1 - index, torch.where(index >= edge, 2 * edge - 1 - index, index))
    return image[:, :, fold(rows, image.shape[2])][:, :, :, fold(columns, image.shape[3])]


def continued(latent: Tensor, parity: Tensor) -> Tensor:
    """Latents [N,C,h,w] with one more position on each side, as those of the mirrored picture."""
    x, y = (1 - 2 * (parity.to(latent.device) >> bit & 1).to(latent)[:, None] for bit in (0, 1))
    latent = torch.cat([latent[..., :1] * x[..., None], latent, latent[..., -1:] * x[..., None]], 3)
    return torch.cat([latent[:, :, :1] * y[..., None], latent, latent[:, :, -1:] * y[..., None]], 2)


def analyse(image: Tensor, weight: Tensor) -> Tensor:
    """[N,3,H,W] in levels, H and W multiples of 8 -> [N,192,H/8,W/8]"""
    return F.conv2d(mirrored(image, TAPS // 4), weight, stride=STRIDE)


def synthesise(latent: Tensor, weight: Tensor, parity: Tensor) -> Tensor:
    """The inverse of `analyse`."""
    cut = STRIDE + TAPS // 4
    return F.conv_transpose2d(continued(latent, parity), weight, stride=STRIDE)[:, :, cut:-cut, cut:-cut]
