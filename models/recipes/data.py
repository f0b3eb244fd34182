"""Training images packed into one file, and random crops of them. The noise that is put on them: `degradations`.

    python -m recipes.data photos PHOTO_FOLDER photos.bin       # 8-bit RGB
    python -m recipes.data scans SCAN_FOLDER scans.bin          # 16-bit gray PNG
    python -m recipes.data doses SCAN_FOLDER doses.bin          # CT slices and simulated noise of low doses beside each

The trainings pack the data pack's `photo-train` and `medical-train` by themselves, into models/runs.
"""
import argparse
import json
import os
from copy import copy
from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from .folders import RUNS

# Too noisy to be a target (single 1 mm slices, shoulders full of streaks), without a licence (wg04), or what quality is measured on.
NOT_FOR_TRAINING = ["_1mm", "chestabd_22", "chestabd_23", "chestabd_24", "chestabd_25", "chestabd_26", "wg04", "ge_head", "uih_t1"]
SUFFIXES = {".webp", ".png", ".jpg", ".jpeg"}


def pack_photos(folder: Path, file: Path) -> None:
    """Writes the RGB bytes of every image below `folder`, one after the other, and their sizes into `file`.json."""
    from PIL import Image
    pack(file, ((path.relative_to(folder), np.asarray(Image.open(path).convert("RGB")), 0, 255)
                for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES))


def pack_scans(folder: Path, file: Path) -> None:
    """The 16-bit values of every gray PNG below `folder`, and what is black and white in each. CT is cleaned first."""
    pack(file, ((name, cleaned_ct(stored) if name.parent.name == "ct" else stored, low, high) for name, stored, low, high in scans_of(folder)))


def scans_of(folder: Path, pattern: str = "**/*.png"):
    """What may be trained on: name below `folder`, values [H,W] uint16, and their 0.1 and 99.9 percentile."""
    from PIL import Image
    for path in sorted(folder.glob(pattern)):
        if not any(part in path.name for part in NOT_FOR_TRAINING):
            stored = np.asarray(Image.open(path)).astype(np.uint16)
            yield path.relative_to(folder), stored, *np.percentile(stored, (0.1, 99.9))


def cleaned_ct(stored: np.ndarray) -> np.ndarray:
    """A CT slice (HU + 1024) without most of its own noise, by non-local means (Buades, Coll, Morel 2005); uint16.

    Means of three slices still hold 13 to 18 HU, as much as a low dose adds: a network that is asked to bring that back learns to keep
    noise. How much there is, is read in soft tissue, -20..120 HU: the lowest tenth of the deviations of 8 x 8 blocks.
    """
    from skimage.restoration import denoise_nl_means
    height, width = (edge // 8 * 8 for edge in stored.shape)
    blocks = stored[:height, :width].reshape(height // 8, 8, width // 8, 8).swapaxes(1, 2).reshape(-1, 64).astype(np.float32)
    soft = blocks[np.abs(blocks.mean(1) - 1074) < 70]
    noise = np.percentile(soft.std(1), 10)
    cleaned = denoise_nl_means(stored.astype(np.float32), patch_size=5, patch_distance=9, h=0.9 * noise, sigma=noise)
    return cleaned.round().clip(0, 65535).astype(np.uint16)


def pack_doses(folder: Path, file: Path, count: int = 8) -> None:
    """CT slices as above, and with each, as channels 1..count, noise of whole-slice simulations (`degradations.scan.slice_noise`), two of five by sharp kernels; int16."""
    from .degradations.level import Chance
    from .degradations.scan import NOISE_SCALE, slice_noise
    choice = Chance(Generator().manual_seed(1))

    def slices():
        for name, stored, low, high in scans_of(folder, "ct/*.png"):
            cleaned = cleaned_ct(stored).astype(np.float32)
            noise = slice_noise(torch.from_numpy(cleaned) - 1024, count, choice, sharp=0.4)
            # As if it were a slice on the scale of this one: `Images.crop` brings it back to NOISE_SCALE.
            beside = low + (high - low) * NOISE_SCALE * noise.permute(1, 2, 0).numpy()
            yield name, np.dstack([cleaned, beside]).round().clip(-32768, 32767).astype(np.int16), low, high
    pack(file, slices())


def pack(file: Path, images) -> None:
    index = []
    with file.open("wb") as out:
        for name, pixels, low, high in images:
            index.append({"file": name.as_posix(), "height": pixels.shape[0], "width": pixels.shape[1], "channels": pixels.shape[2] if pixels.ndim > 2 else 1,
                          "type": pixels.dtype.name, "low": float(low), "high": float(high)})
            out.write(pixels.tobytes())
    file.with_suffix(".json").write_text(json.dumps(index))      # the same for .part and .bin
    print(f"{len(index)} images, {sum(entry['height'] * entry['width'] for entry in index) / 1e6:.1f} megapixels")


PACKERS = {"photos": pack_photos, "scans": pack_scans, "doses": pack_doses}


def packed(given: Path | None, what: str) -> Path:
    """The .bin to train on: the one given, or that of the data pack (HOURGLASS_DATA, or ../shared/data beside the repository), packed once."""
    if given:
        return given
    file = RUNS / f"{what}.bin"
    if not file.exists():
        folder = Path(os.environ.get("HOURGLASS_DATA") or Path(__file__).parents[3] / "shared/data") / ("photo-train" if what == "photos" else "medical-train")
        if not folder.is_dir():
            raise SystemExit(f"Expected training images in {folder}. Name a folder of data with HOURGLASS_DATA, or a packed file with --{what}.")
        RUNS.mkdir(exist_ok=True)
        part = file.with_suffix(".part")
        PACKERS[what](folder, part)
        part.rename(file)
    return file


class Images:
    """A packed file in memory; `held_out` images, evenly spread, stay out of `crops`. A crop is [C,side,side], (value - low) / (high - low)."""

    def __init__(self, file: Path, device: str, held_out: int = 12, most: float = 2e6):
        """`most`: images with more pixels are drawn no oftener than one with so many."""
        index = json.loads(file.with_suffix(".json").read_text())
        flat = np.fromfile(file, np.uint8)
        images, start = [], 0
        for entry in index:
            kind = np.dtype(entry["type"])
            size = entry["height"] * entry["width"] * entry["channels"] * kind.itemsize
            pixels = flat[start:start + size].view(kind).reshape(entry["height"], entry["width"], entry["channels"])
            images.append((torch.from_numpy(pixels).to(device), entry["low"], entry["high"] - entry["low"]))
            start += size
        every = len(images) // held_out
        self.names = [entry["file"] for i, entry in enumerate(index) if i % every != every // 2]
        self.held_out = images[every // 2::every]
        self.training = [image for i, image in enumerate(images) if i % every != every // 2]
        self.weights = torch.tensor([min(most, float(pixels.shape[0] * pixels.shape[1])) for pixels, _, _ in self.training])

    def only(self, folder: str) -> "Images":
        """The same images, with crops from one folder of the pack only."""
        part = copy(self)
        part.weights = torch.tensor([weight if name.startswith(f"{folder}/") else 0 for name, weight in zip(self.names, self.weights.tolist())])
        return part

    @property
    def device(self) -> torch.device:
        return self.training[0][0].device

    @staticmethod
    def crop(image: tuple[Tensor, float, float], top: int, left: int, side: int) -> Tensor:
        """[C,side,side] on the unit range of its image"""
        pixels, low, span = image
        return (pixels[top:top + side, left:left + side].permute(2, 0, 1).float() - low) / span

    def crops(self, count: int, side: int, choice: Generator, halved: float = 0.25) -> Tensor:
        """[count,C,side,side]: uniform over pixels, eight flips and rotations, a share `halved` in both directions."""
        crops = []
        for image in (self.training[i] for i in torch.multinomial(self.weights, count, True, generator=choice).tolist()):
            height, width, _ = image[0].shape
            u = torch.rand(4, generator=choice).tolist()
            size = 2 * side if u[0] < halved and min(height, width) >= 2 * side else side
            crop = self.crop(image, int(u[1] * (height - size + 1)), int(u[2] * (width - size + 1)), size)
            crop = F.avg_pool2d(crop, 2) if size > side else crop
            turn = int(8 * u[3])
            crop = torch.rot90(crop, turn % 4, (1, 2))
            crops.append(crop.flip(2) if turn >= 4 else crop)
        return torch.stack(crops)

    def centres(self, side: int) -> list[Tensor]:
        """The middle of every held-out image, [1,C,side,side] (less where it is smaller, a multiple of 16)."""
        result = []
        for image in self.held_out:
            size = min(side, *(edge // 16 * 16 for edge in image[0].shape[:2]))
            top, left = ((edge - size) // 2 for edge in image[0].shape[:2])
            result.append(self.crop(image, top, left, size)[None])
        return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("photos", "scans", "doses"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("file", type=Path, help="the .bin to write; sizes go to a .json beside it")
    given = parser.parse_args()
    PACKERS[given.what](given.folder, given.file)


if __name__ == "__main__":
    main()
