"""Training images packed into one file, and random crops of them. The noise that is put on them: `degradations`.

    python -m recipes.data photos PHOTO_FOLDER photos.bin       # 8-bit RGB
    python -m recipes.data scans SCAN_FOLDER scans.bin          # 16-bit gray PNG

The trainings pack the data pack's `photo-train` and `medical-train` by themselves, into models/runs.
"""
import argparse
import json
import os
from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional as F

RUNS = Path(__file__).parents[1] / "runs"          # packed data and trainings; git ignores it
# Too noisy to be a target (single 1 mm slices), without a licence (wg04), or what quality is measured on.
NOT_FOR_TRAINING = ["_1mm", "wg04", "ge_head", "uih_t1"]
SUFFIXES = {".webp", ".png", ".jpg", ".jpeg"}


def pack_photos(folder: Path, file: Path) -> None:
    """Writes the RGB bytes of every image below `folder`, one after the other, and their sizes into `file`.json."""
    from PIL import Image
    pack(file, ((path.relative_to(folder), np.asarray(Image.open(path).convert("RGB")), 0, 255)
                for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES))


def pack_scans(folder: Path, file: Path, without: list[str]) -> None:
    """The stored 16-bit values of every gray PNG below `folder`, and what is black and white in each: its 0.1 and 99.9 percentile.

    Files whose name holds one of `without` stay out.
    """
    from PIL import Image

    def scans():
        for path in sorted(folder.rglob("*.png")):
            if not any(part in path.name for part in without):
                values = np.asarray(Image.open(path)).astype(np.uint16)
                yield path.relative_to(folder), values, *np.percentile(values, (0.1, 99.9))
    pack(file, scans())


def pack(file: Path, images) -> None:
    index = []
    with file.open("wb") as out:
        for name, pixels, low, high in images:
            index.append({"file": name.as_posix(), "height": pixels.shape[0], "width": pixels.shape[1], "channels": pixels.shape[2] if pixels.ndim > 2 else 1,
                          "type": pixels.dtype.name, "low": float(low), "high": float(high)})
            out.write(pixels.tobytes())
    file.with_suffix(".json").write_text(json.dumps(index))      # the same for .part and .bin
    print(f"{len(index)} images, {sum(entry['height'] * entry['width'] for entry in index) / 1e6:.1f} megapixels")


def packed(given: Path | None, what: str) -> Path:
    """The .bin to train on: the one given, or that of the data pack (HOURGLASS_DATA, or ../shared/data beside the repository), packed once."""
    if given:
        return given
    file = RUNS / f"{what}.bin"
    if not file.exists():
        folder = Path(os.environ.get("HOURGLASS_DATA") or Path(__file__).parents[3] / "shared/data") / {"photos": "photo-train", "scans": "medical-train"}[what]
        if not folder.is_dir():
            raise SystemExit(f"Expected training images in {folder}. Name a folder of data with HOURGLASS_DATA, or a packed file with --{what}.")
        RUNS.mkdir(exist_ok=True)
        part = file.with_suffix(".part")
        pack_photos(folder, part) if what == "photos" else pack_scans(folder, part, NOT_FOR_TRAINING)
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
        self.held_out = images[every // 2::every]
        self.training = [image for i, image in enumerate(images) if i % every != every // 2]
        self.weights = torch.tensor([min(most, float(pixels.shape[0] * pixels.shape[1])) for pixels, _, _ in self.training])

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
    parser.add_argument("what", choices=("photos", "scans"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("file", type=Path, help="the .bin to write; sizes go to a .json beside it")
    parser.add_argument("--without", nargs="*", default=NOT_FOR_TRAINING, help="scans: leave out files with these words in their name")
    given = parser.parse_args()
    if given.what == "photos":
        pack_photos(given.folder, given.file)
    else:
        pack_scans(given.folder, given.file, given.without)


if __name__ == "__main__":
    main()
