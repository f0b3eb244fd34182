"""Measures how wide a halo tiles need: tiled against whole-image inference, in steps of 8 bits.

Whole image: one run with mirrored borders of 128 pixels. Tiled: tile cores start at multiples of the core size (itself a multiple of 8),
every tile reads `halo` pixels more on each side (mirrored where the image ends), and only its core is copied.

    python -m recipes.halo model.onnx IMAGE... [--halos 16 24 32 48 64 96] [--core 128] [--threads 2]
"""
import argparse
from pathlib import Path

import numpy as np

from .bench import session
from .evaluate import clean, read, white


def tiled(run, image: np.ndarray, sigma: float, core: int, halo: int) -> np.ndarray:
    """[3,H,W] -> [3,H,W], in cores of `core` pixels with `halo` pixels around each."""
    _, height, width = image.shape
    mirrored = np.pad(image, [(0, 0), (halo, halo + -height % core), (halo, halo + -width % core)], "reflect")
    output = np.empty_like(image)
    for top in range(0, height, core):
        for left in range(0, width, core):
            tile = mirrored[:, top:top + core + 2 * halo, left:left + core + 2 * halo]
            bottom, right = min(core, height - top), min(core, width - left)
            output[:, top:top + bottom, left:left + right] = clean(run, tile, sigma, 0)[:, halo:halo + bottom, halo:halo + right]
    return output


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("images", type=Path, nargs="+")
    parser.add_argument("--sigma", type=float, nargs="+", default=[10, 25, 50])
    parser.add_argument("--halos", type=int, nargs="+", default=[16, 24, 32, 48, 64, 96])
    parser.add_argument("--core", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    run = session(given.model, given.threads)
    print("| sigma | " + " | ".join(f"halo {halo}" for halo in given.halos) + " |\n|" + "---|" * (1 + len(given.halos)))
    for sigma in given.sigma:
        worst = dict.fromkeys(given.halos, 0.0)
        for file in given.images:
            image = read(file)
            noisy = image + white(image.shape, sigma, file.stem)
            whole = clean(run, noisy, sigma / 255, 128)
            for halo in given.halos:
                difference = tiled(run, noisy, sigma / 255, given.core, halo) - whole
                worst[halo] = max(worst[halo], 255 * float(np.abs(difference).max()))
        print(f"| {sigma:g} | " + " | ".join(f"{value:.3f}" for value in worst.values()) + " |", flush=True)


if __name__ == "__main__":
    main()
