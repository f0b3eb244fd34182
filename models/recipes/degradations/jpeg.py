"""What JPEG leaves of an image, as batched tensors."""
import math

import torch
from torch import Tensor
from torch.nn import functional as F

from .level import Chance

# JFIF (ITU-T T.871), section 7: YCbCr from RGB; its inverse.
TO_YCC = torch.tensor([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
TO_RGB = torch.linalg.inv(TO_YCC)


def mix(image: Tensor, matrix: Tensor) -> Tensor:
    """Applies [3,3] or [N,3,3] to the channels of [N,3,H,W]."""
    return torch.einsum("...ij,njhw->nihw" if matrix.dim() == 2 else "nij,njhw->nihw", matrix.to(image), image)


# ITU-T T.81, tables K.1 and K.2 (luminance and chrominance quantisation).
LUMA = [16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99]
CHROMA = [17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99] + 32 * [99]
TABLES = torch.tensor([LUMA, CHROMA], dtype=torch.float32).view(2, 8, 8)
_n = torch.arange(8.0)
DCT = torch.cos(math.pi * (2 * _n[None] + 1) * _n[:, None] / 16) / 2      # T.81, A.3.3, orthonormal
DCT[0] /= math.sqrt(2)


def quantised(plane: Tensor, table: Tensor) -> Tensor:
    """A plane [N,H,W] in 8-bit steps, through the 8x8 DCT rounded to multiples of `table` [N,8,8]."""
    count, height, width = plane.shape
    dct = DCT.to(plane)
    blocks = dct @ plane.view(count, height // 8, 8, width // 8, 8).transpose(2, 3) @ dct.T
    table = table[:, None, None]
    return (dct.T @ ((blocks / table).round() * table) @ dct).transpose(2, 3).reshape(count, height, width)


def jpeg(image: Tensor, quality: Tensor, halved: Tensor, choice: Chance) -> Tensor:
    """What is left of [N,3,H,W] after 8-bit baseline JPEG; `quality` as in libjpeg, chroma at half size where `halved` (both [N,1,1,1]).

    The entropy coder is lossless and left out. The block grid starts at a random place, the same for the batch.
    """
    top, left = torch.randint(0, 16, (2,), generator=choice.generator, device=image.device).tolist()
    padded = F.pad((image.clamp(0, 1) * 255).round(), (left, 16 - left, top, 16 - top), "replicate")
    y, *chroma = (mix(padded, TO_YCC) - torch.tensor([128.0, 0, 0], device=image.device).view(1, 3, 1, 1)).unbind(1)
    scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality).view(-1, 1, 1)          # libjpeg, jpeg_quality_scaling
    luma, colour = (((table * scale + 50) / 100).floor().clamp(1, 255) for table in TABLES.to(image.device))
    planes = [quantised(y, luma) + 128]
    for plane in chroma:
        small = F.interpolate(quantised(F.avg_pool2d(plane[:, None], 2)[:, 0], colour)[:, None], scale_factor=2, mode="bilinear")
        planes.append(torch.where(halved, small, quantised(plane, colour)[:, None])[:, 0])
    result = mix(torch.stack(planes, 1), TO_RGB).round().clamp(0, 255) / 255
    return result[:, :, top:top + image.shape[2], left:left + image.shape[3]]
