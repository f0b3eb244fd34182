"""Makes pairs to measure on where no real ones may be used: a phone set and a fluorescence set, the same bytes everywhere and every time.

    python -m recipes.made phone GB82 OUT            # from clean photographs (the data pack's dev-bench/gb82)
    python -m recipes.made fluorescence GB82 OUT
    python -m recipes.made cleaned OUT RESULTS       # PSNR of what a program made of the noisy files, whose names begin with theirs
    python -m recipes.made check OUT                 # statistics of the pairs: PSNR, level, spectrum, dependence on brightness
    python -m recipes.evaluate MODEL pairs OUT --map 10 --noise noise-photo/model.onnx

Files are `NAME_real.png` and `NAME_mean.png`, as in the real sets. Written apart from `degradations/`, in other steps and other constants, so
that a network trained on those is not measured on its own noise; and fixed before any network was trained on noise of these kinds.

**Phone.** Scenes at a third and a tenth of their light; RGGB mosaic, variance a x + b on a scale where white is 1; cut off at black; bilinear demosaicking; white
balance, gamma 1/2.2, no tone curve; chroma softened over 1.5 px; a light unsharp mask; JPEG of quality 92, kept as PNG. The reference is
the scene through the same gamma. a and b are such that the noisy pictures have about 23 dB, as phone pairs in the dark do (22.98 dB on a set
that is kept back).

**Fluorescence.** Half of the scenes are photographs of half the size, to a power of 1.5, half are drawn: grainy round cells with a dark nucleus, and filaments, softened by 0.8 px like the light of a
microscope: so much detail that a Gaussian blur, tuned on the truth, gains 7 dB, where it gains 5 on real ones. Poisson counts with 4 to 24 photons at the brightest, ambient light of 1 %, read noise of 0.3 electrons (RMS), as photomultipliers have it, an offset, 8 bits: variance a x + b, white spectrum
(Zhang et al., CVPR 2019, "A Poisson-Gaussian denoising dataset with real fluorescence microscopy images", section 3), about 18.3 dB as single frames against the mean of hundreds.
"""
import argparse
import io
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from .evaluate import images, pairs, psnr, read

Pictures = tuple[np.ndarray, np.ndarray]


def gaussian(plane: np.ndarray, radius: float) -> np.ndarray:
    """[H,W], mirrored at the borders"""
    reach = max(1, int(np.ceil(3 * radius)))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / radius) ** 2)
    taps /= taps.sum()
    for axis in (0, 1):
        width = [(reach, reach) if side == axis else (0, 0) for side in (0, 1)]
        padded = np.pad(plane, width, "reflect")
        plane = sum(tap * np.take(padded, np.arange(i, i + plane.shape[axis]), axis) for i, tap in enumerate(taps))
    return plane


def bilinear(mosaic: np.ndarray) -> np.ndarray:
    """An RGGB mosaic [H,W] -> [3,H,W]: every missing value the mean of its nearest neighbours"""
    height, width = mosaic.shape
    rows, columns = np.arange(height)[:, None] % 2, np.arange(width)[None] % 2
    places = [(rows == 0) & (columns == 0), rows != columns, (rows == 1) & (columns == 1)]
    kernel = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]])

    def around(plane: np.ndarray) -> np.ndarray:
        padded = np.pad(plane, 1, "reflect")
        return sum(kernel[y, x] * padded[y:y + height, x:x + width] for y in range(3) for x in range(3))
    return np.stack([np.where(place, mosaic, around(mosaic * place) / around(place.astype(float))) for place in places])


TO_YCC = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])


def phone(scene: np.ndarray, light: float, random: np.random.Generator) -> Pictures:
    """[3,H,W] in [0,1] -> (noisy, reference)"""
    linear = light * scene.astype(np.float64) ** 2.2
    gains = np.array([random.uniform(1.7, 2.2), 1, random.uniform(1.5, 1.9)])[:, None, None]
    raw = linear / gains
    mosaic = raw[1].copy()
    mosaic[::2, ::2], mosaic[1::2, 1::2] = raw[0, ::2, ::2], raw[2, 1::2, 1::2]
    shot, read_noise = random.uniform(0.008, 0.018), random.uniform(0.008, 0.02)
    noisy = mosaic + np.sqrt(shot * mosaic + read_noise ** 2) * random.standard_normal(mosaic.shape)
    picture = np.clip(bilinear(np.clip(noisy, 0, 1)) * gains, 0, 1) ** (1 / 2.2)
    y, *chroma = np.tensordot(TO_YCC, picture, 1)
    y = y + 0.4 * (y - gaussian(y, 1.0))
    picture = np.tensordot(np.linalg.inv(TO_YCC), np.stack([y, *(gaussian(plane, 1.5) for plane in chroma)]), 1)
    stored = io.BytesIO()
    Image.fromarray((255 * picture.clip(0, 1)).round().astype(np.uint8).transpose(1, 2, 0)).save(stored, "jpeg", quality=92, subsampling=2)
    return np.asarray(Image.open(stored)).transpose(2, 0, 1) / 255, linear ** (1 / 2.2)


def cells(side: int, random: np.random.Generator) -> np.ndarray:
    """A drawn field of round cells and filaments, [side,side] in [0,1]"""
    y, x = np.mgrid[:side, :side]
    field = np.zeros((side, side))
    for _ in range(side ** 2 // 1500):
        at, radius, bright = random.uniform(0, side, 2), random.uniform(6, 18), random.uniform(0.2, 0.7)
        distance = np.hypot(y - at[0], (x - at[1]) * random.uniform(0.7, 1.4))
        field = np.maximum(field, bright / (1 + np.exp((distance - radius) / 1.5)) * np.where(distance < 0.4 * radius, 0.35, 1))
    for _ in range(side ** 2 // 800):
        place, angle, bright = random.uniform(0, side, 2), random.uniform(0, 2 * np.pi), random.uniform(0.3, 1)
        for _ in range(int(random.uniform(20, 120))):
            angle += 0.06 * random.standard_normal()
            place = place + (np.sin(angle), np.cos(angle))
            row, column = place.astype(int)
            if 0 <= row < side and 0 <= column < side:
                field[row, column] = max(field[row, column], bright)
    texture = gaussian(random.standard_normal((side, side)), 0.8)
    field = gaussian(field, 0.8) * (1 + 0.35 * texture / texture.std()).clip(0)
    return field / np.percentile(field, 99.9)


def fluorescence(scene: np.ndarray, random: np.random.Generator) -> Pictures:
    """[H,W] in [0,1] -> (noisy, reference), [3,H,W] with three equal planes"""
    peak, scale = np.exp(random.uniform(np.log(4), np.log(24))), random.uniform(0.7, 0.95)
    photons = peak * (scene.clip(0, 1) + 0.01)
    counts = random.poisson(photons) + 0.3 * random.standard_normal(scene.shape)
    stretch = lambda values: 0.03 + scale * values / photons.max()
    noisy = (255 * stretch(counts).clip(0, 1)).round() / 255
    return np.stack(3 * [noisy]), np.stack(3 * [stretch(photons)])


def save(out: Path, name: str, made: Pictures) -> None:
    for part, picture in zip(("real", "mean"), made):
        Image.fromarray((255 * picture.clip(0, 1)).round().astype(np.uint8).transpose(1, 2, 0)).save(out / f"{name}_{part}.png")


def make(what: str, folder: Path, out: Path, side: int = 384) -> None:
    """Writes the pairs that a folder of clean photographs gives: the middle of each."""
    out.mkdir(parents=True, exist_ok=True)
    for i, file in enumerate(images(folder)):
        scene = read(file)
        top, left = ((edge - side) // 4 * 2 for edge in scene.shape[1:])
        scene = scene[:, max(0, top):max(0, top) + side, max(0, left):max(0, left) + side]
        seed = lambda kind: np.random.default_rng([zlib.crc32(file.stem.encode()), zlib.crc32(kind.encode())])
        if what == "phone":
            for name, light in (("dim", 0.33), ("dark", 0.1)):
                save(out, f"{file.stem}-{name}", phone(scene, light, seed(name)))
        else:
            small = read(file).mean(0)
            small = small[:small.shape[0] // 2 * 2, :small.shape[1] // 2 * 2].reshape(small.shape[0] // 2, 2, small.shape[1] // 2, 2).mean((1, 3))
            scene = small ** 1.5 if i % 2 else cells(288, seed("cells"))
            save(out, f"{file.stem}-{'photo' if i % 2 else 'cells'}", fluorescence(scene, seed("photons")))


def statistics(noisy: np.ndarray, reference: np.ndarray) -> dict[str, float]:
    """Of one pair [3,H,W]: PSNR in dB; equivalent white level and share of black in per cent; the power of the noise of luma in four bands of frequency, relative to
    white noise; what its variance is in the second to fifth part of the brightness, relative to the first."""
    noise = (noisy - reference)[:, :reference.shape[1] // 8 * 8, :reference.shape[2] // 8 * 8]
    luma = np.tensordot(TO_YCC[0], noise, 1)
    power = np.abs(np.fft.fft2(luma - luma.mean())) ** 2
    radius = np.hypot(np.fft.fftfreq(luma.shape[0])[:, None], np.fft.fftfreq(luma.shape[1])[None])
    bands = [power[(radius >= low) & (radius < low + 0.125)].mean() / power.mean() for low in (0.005, 0.125, 0.25, 0.375)]
    brightness = np.tensordot(TO_YCC[0], reference[:, :luma.shape[0], :luma.shape[1]], 1)
    edges = np.quantile(brightness, np.linspace(0, 1, 6))
    variances = [luma[(brightness >= low) & (brightness <= high)].var() for low, high in zip(edges, edges[1:])]
    blocks = noise.reshape(3, noise.shape[1] // 4, 4, noise.shape[2] // 4, 4).mean((2, 4))
    return {"psnr": psnr(noisy, reference), "level": 255 * 4 * blocks.std(), "black": 100 * float((noisy < 0.5 / 255).mean()),
            **{f"band {i}": band for i, band in enumerate(bands)}, **{f"variance {i}": v / variances[0] for i, v in enumerate(variances) if i}}


def check(folder: Path) -> None:
    rows = [statistics(*pair) for pair in pairs(folder)]
    print(f"{len(rows)} pairs: " + ", ".join(f"{name} {np.median([row[name] for row in rows]):.2f}" for name in rows[0]) +
          f"; mean PSNR {np.mean([row['psnr'] for row in rows]):.2f} dB")


def cleaned(folder: Path, results: Path) -> None:
    values = []
    for file in [file for file in images(folder) if file.stem.endswith("_mean")]:
        found = list(results.glob(file.stem.removesuffix("_mean") + "_real*"))
        if len(found) != 1:
            raise SystemExit(f"Expected one result of {file.stem} in {results} but found {len(found)}.")
        values.append(psnr(read(found[0]), read(file)))
    print(f"{len(values)} results: mean PSNR {np.mean(values):.2f} dB, worst {min(values):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("phone", "fluorescence", "check", "cleaned"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path, nargs="?")
    given = parser.parse_args()
    if given.what == "check":
        check(given.folder)
    elif given.out and given.what == "cleaned":
        cleaned(given.folder, given.out)
    elif given.out:
        make(given.what, given.folder, given.out)
    else:
        raise SystemExit("Expected a second folder.")


if __name__ == "__main__":
    main()
