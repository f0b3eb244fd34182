"""Measures how many mirrored pixels a whole picture needs around it: PSNR of crops of clean images with white noise, by border.

    python -m recipes.border model.onnx IMAGE... [--side 64] [--crops 60] [--borders 48 24 16 8 0] [--sigma 10 25 50]
"""
import argparse
from pathlib import Path

import numpy as np

from .bench import session
from .evaluate import channels_of, clean, read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("images", type=Path, nargs="+")
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--crops", type=int, default=60)
    parser.add_argument("--borders", type=int, nargs="+", default=[48, 24, 16, 8, 0])
    parser.add_argument("--sigma", type=float, nargs="+", default=[10, 25, 50])
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    run = session(given.model, given.threads)
    random = np.random.default_rng(2)
    gains = {sigma: dict.fromkeys(given.borders, 0.0) for sigma in given.sigma}
    pictures = [image for image in (read(file, channels_of(run)) for file in given.images) if min(image.shape[1:]) >= given.side]
    for _ in range(given.crops):
        image = pictures[random.integers(len(pictures))]
        top, left = (int(random.integers(extent - given.side + 1)) for extent in image.shape[1:])
        crop = image[:, top:top + given.side, left:left + given.side]
        for sigma in given.sigma:
            noisy = (crop + random.standard_normal(crop.shape) * (sigma / 255)).astype(np.float32)
            for border in given.borders:
                error = np.clip(clean(run, noisy, sigma / 255, border, 8), 0, 1) - crop
                gains[sigma][border] -= 10 * np.log10(np.mean(error ** 2)) / given.crops
    print("| sigma | " + " | ".join(f"border {border}" for border in given.borders) + " |\n|" + "---|" * (1 + len(given.borders)))
    for sigma, of in gains.items():
        print(f"| {sigma:g} | " + " | ".join(f"{value:.3f}" for value in of.values()) + " |", flush=True)


if __name__ == "__main__":
    main()
