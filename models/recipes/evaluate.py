"""Measures an exported model with ONNX Runtime: white noise on clean images, real noisy/reference pairs, noise readings.

White noise: float Gaussian noise is added and *not clipped*, seeded per image from its name; PSNR over all channels of the clipped
result, no border crop, mean over images. Pairs: `*_real.*` is cleaned with a constant map, or at what a noise network reads;
`*_mean.*` is the reference. What the application makes of a model is measured by `npm run bench -- quality`.

    python -m recipes.evaluate model.onnx white FOLDER --sigma 15 25 50 [--gray-factors 1 1.5 2]
    python -m recipes.evaluate model.onnx pairs FOLDER --map 10 [--noise NOISE_MODEL/model.onnx]
    python -m recipes.evaluate model.onnx levels FOLDER --map 4 7 10 14 18
    python -m recipes.evaluate NOISE_MODEL/model.onnx readings FOLDER --sigma 0 5 10 25 50
    python -m recipes.evaluate NOISE_MODEL/model.onnx pair-readings FOLDER
"""
import argparse
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from .bench import session

SUFFIXES = {".png", ".webp", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"}


def images(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES)


def read(file: Path, channels: int = 3) -> np.ndarray:
    """RGB planes [3, H, W] in [0,1], gray replicated; or one plane, luma of colour."""
    pixels = np.asarray(Image.open(file).convert("RGB" if channels == 3 else "L"), np.float32) / 255
    return pixels.transpose(2, 0, 1) if channels == 3 else pixels[None]


def channels_of(run: onnxruntime.InferenceSession) -> int:
    """Image channels of a denoiser: those of its output."""
    return run.get_outputs()[0].shape[1]


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """dB for a range of 1."""
    return float(-10 * np.log10(np.mean((a.astype(np.float64) - b) ** 2)))


def margins(side: int, margin: int, multiple: int) -> tuple[int, int]:
    return margin, margin + -side % multiple


def clean(run: onnxruntime.InferenceSession, image: np.ndarray, sigma: np.ndarray | float, margin: int = 16,
          multiple: int = 16) -> np.ndarray:
    """[C,H,W] and its noise level in [0,1] (a number or [H,W]) -> [C,H,W], not clipped; borders are mirrored."""
    level = np.broadcast_to(np.float32(sigma), image.shape[1:])[None]
    pads = [margins(side, margin, multiple) for side in image.shape[1:]]
    padded = np.pad(np.concatenate([image, level]), [(0, 0), *pads], "reflect")
    output = run.run(None, {"input": padded[None].astype(np.float32)})[0][0]
    return output[:, margin:margin + image.shape[1], margin:margin + image.shape[2]]


def white(shape: tuple[int, ...], sigma: float, name: str) -> np.ndarray:
    """Gaussian noise of standard deviation sigma/255; the same for the same name, size and sigma on every machine."""
    seed = [zlib.crc32(name.encode()), round(1000 * sigma)]
    return (sigma / 255 * np.random.default_rng(seed).standard_normal(shape)).astype(np.float32)


def measure_white(run: onnxruntime.InferenceSession, folder: Path, sigma: float, every: int = 1) -> float:
    values = []
    for file in images(folder)[::every]:
        image = read(file, channels_of(run))
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


def reading(run: onnxruntime.InferenceSession, image: np.ndarray) -> float:
    """What a noise network says of a whole image [C,H,W]: the equivalent white level in [0,1] (network.NoiseNetwork, noise.whole)."""
    pads = [(0, -side % 16) for side in image.shape[1:]]
    level, weight = run.run(None, {"input": np.pad(image, [(0, 0), *pads], "reflect")[None].astype(np.float32)})[0][0]
    return float(np.exp((weight * np.log(level + 0.5 / 255)).sum() / weight.sum()) - 0.5 / 255)


def measure_readings(run: onnxruntime.InferenceSession, folder: Path, sigma: float, stored: bool) -> np.ndarray:
    """One reading per image, in 8-bit levels; `stored`: of the noisy image cut off and rounded to 8 bits"""
    channels = run.get_inputs()[0].shape[1]
    values = []
    for file in images(folder):
        image = read(file, channels)
        noisy = image + white(image.shape, sigma, file.stem)
        values.append(255 * reading(run, (255 * noisy.clip(0, 1)).round() / 255 if stored else noisy))
    return np.array(values)


Pair = tuple[np.ndarray, np.ndarray]


def pairs(folder: Path, every: int = 1, channels: int = 3) -> Iterator[Pair]:
    """(noisy, reference), [C,H,W] each"""
    for file in [file for file in images(folder) if file.stem.endswith("_real")][::every]:
        yield read(file, channels), read(next(folder.glob(file.stem.removesuffix("_real") + "_mean.*")), channels)


Level = float | str | onnxruntime.InferenceSession


def told(level: Level, noisy: np.ndarray, reference: np.ndarray) -> float:
    """What a denoiser is told, in [0,1]: a number of 8-bit levels, "truth" (the equivalent white level of the difference), or what a noise network reads."""
    if isinstance(level, float):
        return level / 255
    return block_level(noisy - reference, 4) / 255 if level == "truth" else reading(level, noisy)


def measure_pair_readings(run: onnxruntime.InferenceSession, folder: Path, every: int) -> None:
    """What a noise network reads of each pair against the truth, and of the reference, in 8-bit levels"""
    rows = []
    for noisy, reference in pairs(folder, every, run.get_inputs()[0].shape[1]):
        rows.append((block_level(noisy - reference, 4), 255 * reading(run, noisy), 255 * reading(run, reference)))
    true, noisy, clean = np.array(rows).T
    ratio = np.log(noisy / true)
    print(f"{len(rows)} pairs: true {true.mean():.2f}, read {noisy.mean():.2f}, ratio {np.exp(np.median(ratio)):.3f} (median), off by a factor of "
          f"{np.exp(np.abs(ratio).mean()):.3f} (mean), {np.exp(np.abs(ratio).max()):.2f} (worst); references read {clean.mean():.2f}, most {clean.max():.2f}")


def measure_pairs(run: onnxruntime.InferenceSession, folder: Path, level: Level, every: int = 1) -> tuple[int, float, float, float, float]:
    """Number of pairs, PSNR before, PSNR after, SSIM before, SSIM after."""
    from skimage.metrics import structural_similarity
    rows = []
    for noisy, reference in pairs(folder, every, channels_of(run)):
        result = clean(run, noisy, told(level, noisy, reference)).clip(0, 1)
        ssim = lambda image: structural_similarity(image, reference, channel_axis=0, data_range=1)
        rows.append((psnr(noisy, reference), psnr(result, reference), ssim(noisy), ssim(result)))
    return len(rows), *map(float, np.mean(rows, 0))


def block_level(noise: np.ndarray, side: int) -> float:
    """`side` times the standard deviation of the means over side x side pixels, in 8-bit levels; side 4: the equivalent white level"""
    channels, height, width = (size // side * side if i else size for i, size in enumerate(noise.shape))
    blocks = noise[:, :height, :width].reshape(channels, height // side, side, width // side, side)
    return float(255 * side * blocks.mean((2, 4)).std())


def measure_levels(run: onnxruntime.InferenceSession, folder: Path, maps: list[float], every: int) -> None:
    """Of each pair: the noise's level over blocks of 1, 2, 4 and 8 pixels, and which of `maps` cleans best."""
    for noisy, reference in pairs(folder, every):
        levels = " / ".join(f"{block_level(noisy - reference, side):.1f}" for side in (1, 2, 4, 8))
        results = [psnr(clean(run, noisy, level / 255).clip(0, 1), reference) for level in maps]
        print(f"level over 1 / 2 / 4 / 8 px: {levels}; best map {maps[int(np.argmax(results))]:g} ({max(results):.2f} dB)", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("kind", choices=("white", "pairs", "levels", "readings", "pair-readings"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sigma", type=float, nargs="+", default=[15, 25, 50], help="white noise, of 255")
    parser.add_argument("--map", type=float, nargs="*", default=[10.0], help="constant noise map for pairs, of 255")
    parser.add_argument("--noise", help="pairs: also clean at what this noise network reads")
    parser.add_argument("--stored", action="store_true", help="readings: of 8-bit pictures, cut off at black and white")
    parser.add_argument("--truth", action="store_true", help="pairs: also clean at the true level")
    parser.add_argument("--gray-factors", type=float, nargs="*", help="treat the images as gray; try these map factors")
    parser.add_argument("--every", type=int, default=1, help="white, pairs: only every so many")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    run = session(given.model, given.threads)
    if given.kind == "pair-readings":
        measure_pair_readings(run, given.folder, given.every)
        return
    if given.kind == "levels":
        measure_levels(run, given.folder, given.map, given.every)
        return
    if given.kind == "pairs":
        for level in [*given.map, *([session(given.noise, given.threads)] if given.noise else []), *(["truth"] if given.truth else [])]:
            count, before, after, ssim_before, ssim_after = measure_pairs(run, given.folder, level, given.every)
            name = f"map {level:g}" if isinstance(level, float) else "the truth" if level == "truth" else "own reading"
            print(f"{count} pairs, {name}: {before:.2f} dB / {ssim_before:.4f} -> {after:.2f} dB / {ssim_after:.4f}", flush=True)
        return
    for sigma in given.sigma:
        if given.kind == "readings":
            values = measure_readings(run, given.folder, sigma, given.stored)
            print(f"sigma {sigma:g}: mean {values.mean():.2f}, least {values.min():.2f}, most {values.max():.2f}", flush=True)
            continue
        for factor in given.gray_factors or []:
            print(f"gray, sigma {sigma:g}, map factor {factor:g}: {measure_gray(run, given.folder, sigma, factor):.3f} dB", flush=True)
        if not given.gray_factors:
            print(f"sigma {sigma:g}: {measure_white(run, given.folder, sigma, given.every):.3f} dB", flush=True)


if __name__ == "__main__":
    main()
