"""Training data: photographs packed into one file, random crops of them, and the noise that is put on them.

All of it is batched PyTorch on the device that trains. Images are [N,3,H,W] in [0,1] (sRGB as stored); every degradation
returns (clean, noisy, level) where level [N,1,H,W] is the standard deviation of the noise on the same scale: the map.

    python -m recipes.data pack PHOTO_FOLDER photos.bin
"""
import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional as F

Sample = tuple[Tensor, Tensor, Tensor]

# ---------------------------------------------------------------------------------------------------- packing and crops


def pack(folder: Path, file: Path) -> None:
    """Writes the RGB bytes of every image below `folder`, one after the other, and their sizes into `file`.json."""
    from PIL import Image
    index = []
    with file.open("wb") as out:
        for source in sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".webp", ".png", ".jpg", ".jpeg"}):
            pixels = np.asarray(Image.open(source).convert("RGB"))
            index.append({"file": source.relative_to(folder).as_posix(), "height": pixels.shape[0], "width": pixels.shape[1]})
            out.write(pixels.tobytes())
    file.with_suffix(".json").write_text(json.dumps(index))
    print(f"{len(index)} images, {sum(entry['height'] * entry['width'] for entry in index) / 1e6:.1f} megapixels")


class Photos:
    """A packed file in memory as uint8 views [H,W,3]; `held_out` images, evenly spread, stay out of `crops`."""

    def __init__(self, file: Path, device: str, held_out: int = 12):
        index = json.loads(file.with_suffix(".json").read_text())
        flat = torch.from_numpy(np.fromfile(file, np.uint8)).to(device)
        images, start = [], 0
        for entry in index:
            size = entry["height"] * entry["width"] * 3
            images.append(flat[start:start + size].view(entry["height"], entry["width"], 3))
            start += size
        every = len(images) // held_out
        self.held_out = images[every // 2::every]
        self.training = [image for i, image in enumerate(images) if i % every != every // 2]
        self.areas = torch.tensor([float(image.shape[0] * image.shape[1]) for image in self.training])

    def crops(self, count: int, side: int, choice: Generator, halved: float = 0.25) -> Tensor:
        """[count,3,side,side]: uniform over pixels, eight flips and rotations, a share `halved` in both directions."""
        crops = []
        for image in (self.training[i] for i in torch.multinomial(self.areas, count, True, generator=choice).tolist()):
            height, width, _ = image.shape
            u = torch.rand(4, generator=choice).tolist()
            size = 2 * side if u[0] < halved and min(height, width) >= 2 * side else side
            top, left = int(u[1] * (height - size + 1)), int(u[2] * (width - size + 1))
            crop = image[top:top + size, left:left + size].permute(2, 0, 1).float() / 255
            crop = F.avg_pool2d(crop, 2) if size > side else crop
            turn = int(8 * u[3])
            crop = torch.rot90(crop, turn % 4, (1, 2))
            crops.append(crop.flip(2) if turn >= 4 else crop)
        return torch.stack(crops)


# ------------------------------------------------------------------------------------------------------------- helpers


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


def local_level(noise: Tensor, choice: Chance) -> Tensor:
    """The noise's root mean square: of the whole crop in half of the crops, in cells of 8x8 (smoothed) in the others."""
    power = noise.square().mean(1, keepdim=True)
    cells = F.avg_pool2d(F.avg_pool2d(power, 8), 3, 1, 1, count_include_pad=False)
    local = F.interpolate(cells, size=power.shape[2:], mode="bilinear")
    whole = power.mean((2, 3), keepdim=True).expand_as(power)
    return torch.where(choice.uniform(len(noise), 0, 1) < 0.5, whole, local).sqrt()


def blurred(noise: Tensor, radius: Tensor) -> Tensor:
    """Noise [N,C,H,W] through a Gaussian of `radius` [N,1,1,1] pixels (periodic), back to unit variance per plane."""
    height, width = noise.shape[2:]
    fy = torch.fft.fftfreq(height, device=noise.device)[:, None]
    fx = torch.fft.rfftfreq(width, device=noise.device)[None]
    response = torch.exp(-2 * (math.pi * radius) ** 2 * (fy ** 2 + fx ** 2))
    result = torch.fft.irfft2(torch.fft.rfft2(noise) * response, s=(height, width))
    return result / result.square().mean((2, 3), keepdim=True).sqrt()


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


def developed(clean: Tensor, noisy: Tensor, low: float, choice: Chance) -> Sample:
    """Clips and rounds to 8 bits or stores as JPEG (nine of ten, quality `low` to 100), and gives the map of what that left."""
    count = len(clean)
    stored = jpeg(noisy, choice.uniform(count, low, 100).round(), choice.uniform(count, 0, 1) < 0.5, choice)
    plain = (noisy.clamp(0, 1) * 255).round() / 255
    noisy = torch.where(choice.uniform(count, 0, 1) < 0.1, plain, stored)
    return clean, noisy, local_level(noisy - clean, choice)


# ------------------------------------------------------------------------------------------------------------ the noises


def white(clean: Tensor, choice: Chance) -> Sample:
    """White Gaussian noise, not clipped: sigma uniform in 0..55 of 255, 5 % zeros; varying over the crop in one of eight.

    One crop in eight is gray, with the same noise in all three channels and the plain sigma as its map.
    """
    count, _, height, width = clean.shape
    level = choice.uniform(count, 0, 55 / 255) * (choice.uniform(count, 0, 1) >= 0.05)
    field = F.interpolate(choice.normal(count, 1, 4, 4), (height, width), mode="bicubic").mul(0.6).exp().clamp(0.1, 3)
    level = torch.where(choice.uniform(count, 0, 1) < 0.125, (level * field).clamp(max=60 / 255), level.expand_as(field))
    noise, gray = choice.normal(*clean.shape), choice.uniform(count, 0, 1) < 0.125
    noise = torch.where(gray, noise[:, :1], noise)
    clean = torch.where(gray, mix(clean, TO_YCC)[:, :1], clean)
    return clean, clean + level * noise, level


def coloured(clean: Tensor, choice: Chance) -> Sample:
    """Noise as measured in camera JPEGs: luma correlated over 0.25..1.6 px, chroma over 0.4..3 px, dependent on the signal, then JPEG.

    Standard deviation log-uniform in 1..30 of 255, times brightness to a power of -0.5..0.5.
    """
    count, _, height, width = clean.shape
    luma = blurred(choice.normal(count, 1, height, width), choice.uniform(count, 0.25, 1.6))
    chroma = blurred(choice.normal(count, 2, height, width), choice.uniform(count, 0.4, 3)) * choice.log_uniform(count, 0.2, 1)
    noise = mix(torch.cat([luma, chroma], 1), TO_RGB)
    noise = noise / noise.square().mean((1, 2, 3), keepdim=True).sqrt()
    brightness = (mix(clean, TO_YCC)[:, :1].clamp(0, 1) + 0.05) ** choice.uniform(count, -0.5, 0.5)
    brightness = brightness / brightness.mean((2, 3), keepdim=True)
    return developed(clean, clean + choice.log_uniform(count, 1 / 255, 30 / 255) * brightness * noise, 75, choice)


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
    chroma = torch.where(choice.uniform(count, 0, 1) < 0.5, smooth, difference)[:, 1:]
    return developed(clean, clean + mix(torch.cat([difference[:, :1], chroma], 1), TO_RGB), 85, choice)


def batch(photos: Photos, count: int, side: int, shares: tuple[float, float], seed: int, step: int) -> tuple[Tensor, Tensor]:
    """(input [N,4,H,W], clean [N,3,H,W]); `shares` of white and coloured noise, the rest through the camera. Fixed by (seed, step)."""
    choice = Chance(Generator(photos.training[0].device).manual_seed(seed * 1_000_003 + step))
    clean = photos.crops(count, side, Generator().manual_seed(seed * 1_000_003 + step))
    ends = [round(count * shares[0]), round(count * (shares[0] + shares[1]))]
    parts = [make(part, choice) for make, part in zip((white, coloured, camera), clean.tensor_split(ends)) if len(part)]
    clean, noisy, level = (torch.cat(values) for values in zip(*parts))
    return torch.cat([noisy, level], 1), clean


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=["pack"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("file", type=Path, help="the .bin to write; sizes go to a .json beside it")
    given = parser.parse_args()
    pack(given.folder, given.file)


if __name__ == "__main__":
    main()
