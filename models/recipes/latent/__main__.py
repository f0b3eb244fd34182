"""Trains the codec inside a budget. Stop it at any time; the same command goes on from the last checkpoint.

    python -m recipes.latent --minutes 90 --start DENOISE_PHOTO_FAST
    python -m recipes.latent --flops 5e14 --rate 3e-4 --similarity 0.5 --integers --start latent-photo         # further, from exported files
    python -m recipes.latent.export runs/latent-photo/last.ckpt latent-photo

The loss of a crop is the logarithm of its bits per pixel plus its error, so that a percent counts the same at every rate; the price of
an error follows from the step, which is drawn anew for every crop: lambda = TRADE / step^2. An error is the mean square one or, by a share
`--similarity`, what is missing to 1 of MS-SSIM, which mean squares alone train away as texture (`similarity.py`).
"""
import argparse
from pathlib import Path

import torch
from torch import Generator, Tensor

from ..data import Images, packed
from ..network import load
from ..training import arguments, fast_bfloat16, train
from .codec import Codec, statistics
from .restore import restored
from .similarity import ms_ssim

# Bits that a squared error of one step is worth. A uniform quantiser of high rate has 6 / ln 2 = 8.7; practical codecs that decide by
# rate and distortion use 3 to 5.
TRADE = 4.5
STEPS = (13, 112)
# Mean square error in levels that a missing MS-SSIM of 1 is worth, so that both terms weigh about alike: what they have to each other on
# held-out photographs as codec 1.0.0 decodes them (README.md).
SIMILARITY = 1350


def octaves(count: int, chance: Generator) -> Tensor:
    """[count,1,1,1], evenly spread over the range of steps, so that every batch has coarse and fine ones."""
    place = (torch.arange(count) + torch.rand(count, generator=chance)) / count
    return (STEPS[0] + (STEPS[1] - STEPS[0]) * place - 64).reshape(-1, 1, 1, 1) / 16


def cost(codec: Codec, image: Tensor, octave: Tensor, noise: bool, share: float = 0) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """(rate + error, bits per pixel, mean square error in levels, 1 - MS-SSIM), one per image; `share` of the error is MS-SSIM's"""
    decoded, rate = codec(image, octave, noise)
    with torch.autocast(image.device.type, enabled=False):
        decoded = decoded.float()
        square = 255 ** 2 * (decoded - image).square().mean((1, 2, 3))
        missing = 1 - ms_ssim(decoded, image) if share or not noise else torch.zeros_like(square)
    error = (1 - share) * square + share * SIMILARITY * missing
    return rate + TRADE * 3 * error / 4 ** (octave[:, 0, 0, 0] + 4), rate, square, missing


def held_out(codec: Codec, images: Images, share: float = 0, at: tuple[int, ...] = (24, 48, 72, 96)) -> dict[str, float]:
    """Bits per pixel, PSNR, MS-SSIM and mean cost of the centres of held-out photographs at four steps."""
    result, total = {}, 0.0
    for k in at:
        rows = [cost(codec, image, torch.full((1, 1, 1, 1), (k - 64) / 16), False, share) for image in images.centres(256)]
        every, rate, error, missing = (torch.cat(values) for values in zip(*rows))
        result |= {f"bpp_{k}": rate.mean().item(), f"psnr_{k}": (10 * (255 ** 2 / error).log10()).mean().item(), f"ms_ssim_{k}": 1 - missing.mean().item()}
        total += every.log().mean().item() / len(at)
    return result | {"log_cost": total}


def main() -> None:
    parser = arguments(argparse.ArgumentParser(description=__doc__.splitlines()[0]), batch=8, patch=192, rate=1e-3)
    parser.add_argument("--late-patch", type=int, default=256, help="in the last fifth, at the same pixels per step")
    parser.add_argument("--similarity", type=float, default=0, help="share of the error that is MS-SSIM's, 0..1")
    parser.add_argument("--integers", action="store_true", help="the context network in the program's numbers from the start (refine.py)")
    given = parser.parse_args()
    photos = Images(packed(given.photos, "photos"), given.device)
    order, spread = statistics(list(photos.crops(200, 256, Generator().manual_seed(0))))
    codec = Codec(order)
    codec.context.start_from(spread)
    if given.start and Path(given.start).is_dir():
        codec = restored(Path(given.start)).train()
    elif given.start:
        codec.start_from(load(given.start))
    if given.integers:
        codec.context.in_integers()

    def step_loss(codec: Codec, step: int, progress: float) -> tuple[Tensor, int]:
        side = given.patch if progress < 0.8 else given.late_patch
        count = max(1, round(given.batch * given.patch ** 2 / side ** 2))
        chance = Generator().manual_seed(given.seed * 1_000_003 + step)
        image = photos.crops(count, side, chance)
        gray = torch.rand(count, 1, 1, 1, generator=chance) < 0.05
        image = torch.where(gray, image.mean(1, keepdim=True), image)
        octave = octaves(count, chance)
        with torch.autocast(given.device, torch.bfloat16, enabled=fast_bfloat16(given.device)):
            every, *_ = cost(codec, image, octave, True, given.similarity)
        return every.log().mean(), count * side * side

    train("latent", given, codec, step_loss, lambda average: held_out(average, photos, given.similarity))


if __name__ == "__main__":
    main()
