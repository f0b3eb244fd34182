"""Measures an exported model with ONNX Runtime: white noise on clean images, and real noisy/reference pairs.

White noise: float Gaussian noise is added and *not clipped*, seeded per image from its name; PSNR over RGB of the clipped
result, no border crop, mean over images. Pairs: `*_real.*` is cleaned with a constant map, `*_mean.*` is the reference.

    python -m recipes.evaluate model.onnx white FOLDER --sigma 15 25 50 [--gray-factors 1 1.5 2]
    python -m recipes.evaluate model.onnx pairs FOLDER --map 10
"""
import argparse
import zlib
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from .bench import session

SUFFIXES = {".png", ".webp", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"}


def images(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES)


def read(file: Path) -> np.ndarray:
    """RGB planes [3, H, W] in [0,1]; gray is replicated."""
    return np.asarray(Image.open(file).convert("RGB"), np.float32).transpose(2, 0, 1) / 255


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """dB for a range of 1."""
    return float(-10 * np.log10(np.mean((a.astype(np.float64) - b) ** 2)))


def margins(side: int, margin: int, multiple: int) -> tuple[int, int]:
    return margin, margin + -side % multiple


def clean(run: onnxruntime.InferenceSession, image: np.ndarray, sigma: np.ndarray | float, margin: int = 16,
          multiple: int = 16) -> np.ndarray:
    """[3,H,W] and its noise level in [0,1] (a number or [H,W]) -> [3,H,W], not clipped; borders are mirrored."""
    level = np.broadcast_to(np.float32(sigma), image.shape[1:])[None]
    pads = [margins(side, margin, multiple) for side in image.shape[1:]]
    padded = np.pad(np.concatenate([image, level]), [(0, 0), *pads], "reflect")
    output = run.run(None, {"input": padded[None].astype(np.float32)})[0][0]
    return output[:, margin:margin + image.shape[1], margin:margin + image.shape[2]]


def white(shape: tuple[int, ...], sigma: float, name: str) -> np.ndarray:
    """Gaussian noise of standard deviation sigma/255; the same for the same name, size and sigma on every machine."""
    seed = [zlib.crc32(name.encode()), round(1000 * sigma)]
    return (sigma / 255 * np.random.default_rng(seed).standard_normal(shape)).astype(np.float32)


def measure_white(run: onnxruntime.InferenceSession, folder: Path, sigma: float) -> float:
    values = []
    for file in images(folder):
        image = read(file)
        noisy = image + white(image.shape, sigma, file.stem)
        values.append(psnr(clean(run, noisy, sigma / 255).clip(0, 1), image))
    return float(np.mean(values))


def measure_gray(run: onnxruntime.InferenceSession, folder: Path, sigma: float, factor: float) -> float:
    """One gray plane with white noise, replicated to RGB; the map is `factor` times the truth; the outputs are averaged."""
    values = []
    for file in images(folder):
        image = read(file).mean(0)
        noisy = np.broadcast_to(image + white(image.shape, sigma, file.stem), (3, *image.shape))
        values.append(psnr(clean(run, noisy, factor * sigma / 255).mean(0).clip(0, 1), image))
    return float(np.mean(values))


def measure_pairs(run: onnxruntime.InferenceSession, folder: Path, level: float) -> tuple[int, float, float, float, float]:
    """Number of pairs, PSNR before, PSNR after, SSIM before, SSIM after."""
    from skimage.metrics import structural_similarity
    rows = []
    for file in (file for file in images(folder) if file.stem.endswith("_real")):
        reference = read(next(folder.glob(file.stem.removesuffix("_real") + "_mean.*")))
        noisy = read(file)
        result = clean(run, noisy, level / 255).clip(0, 1)
        ssim = lambda image: structural_similarity(image, reference, channel_axis=0, data_range=1)
        rows.append((psnr(noisy, reference), psnr(result, reference), ssim(noisy), ssim(result)))
    return len(rows), *map(float, np.mean(rows, 0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("kind", choices=("white", "pairs"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sigma", type=float, nargs="+", default=[15, 25, 50], help="white noise, of 255")
    parser.add_argument("--map", type=float, nargs="+", default=[10], help="constant noise map for pairs, of 255")
    parser.add_argument("--gray-factors", type=float, nargs="*", help="treat the images as gray; try these map factors")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    run = session(given.model, given.threads)
    if given.kind == "pairs":
        for level in given.map:
            count, before, after, ssim_before, ssim_after = measure_pairs(run, given.folder, level)
            print(f"{count} pairs, map {level:g}: {before:.2f} dB / {ssim_before:.4f} -> {after:.2f} dB / {ssim_after:.4f}", flush=True)
        return
    for sigma in given.sigma:
        for factor in given.gray_factors or []:
            print(f"gray, sigma {sigma:g}, map factor {factor:g}: {measure_gray(run, given.folder, sigma, factor):.3f} dB", flush=True)
        if not given.gray_factors:
            print(f"sigma {sigma:g}: {measure_white(run, given.folder, sigma):.3f} dB", flush=True)


if __name__ == "__main__":
    main()
