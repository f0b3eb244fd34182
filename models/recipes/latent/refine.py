"""Trains the context network alone, on the latents of a trained analysis and in the numbers of the program.

    python -m recipes.latent.refine CHECKPOINT OUT.ckpt --minutes 6 [--anew 4]

Weights and activations are rounded and limited as `export` writes them, with a straight-through gradient, in single precision: a network
that was trained in bf16 alone may lean on differences of large activations that integers do not keep. `--anew` begins a group from nothing.
"""
import argparse
from pathlib import Path

import torch
from torch import Generator, Tensor

from ..data import RUNS, Images, packed
from ..training import arguments, fast_bfloat16, train
from .__main__ import octaves
from .codec import Codec, statistics
from .context import Context
from .export import load


def bits_per_pixel(codec: Codec, image: Tensor, octave: Tensor, noise: bool) -> Tensor:
    """One per image; the gradient ends at the context network."""
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=fast_bfloat16("cpu")):
        latent = codec.analysis(image).float()
    _, cost = codec.quantised(latent.clone() / 2 ** (octave + 4), octave, noise)
    return cost.sum((1, 2, 3)) / image[0, 0].numel()


def main() -> None:
    parser = arguments(argparse.ArgumentParser(description=__doc__.splitlines()[0]), batch=8, patch=192, rate=1e-3)
    parser.add_argument("checkpoint")
    parser.add_argument("result", type=Path)
    parser.add_argument("--anew", type=int, nargs="*", default=[], help="groups, 1 to 4, to begin from nothing")
    given = parser.parse_args()
    photos = Images(packed(given.photos, "photos"), "cpu")
    codec = load(given.checkpoint).requires_grad_(False)
    if given.anew:
        _, spread = statistics(list(photos.crops(100, 256, Generator().manual_seed(0))))
        fresh = Context()
        fresh.start_from(spread)
        for g in given.anew:
            codec.context.groups[g - 1] = fresh.groups[g - 1]
    context = codec.context.in_integers().requires_grad_(True)

    def step_loss(context: Context, step: int, _: float) -> tuple[Tensor, int]:
        chance = Generator().manual_seed(given.seed * 9_000_000 + step)
        image = photos.crops(given.batch, given.patch, chance)
        octave = octaves(given.batch, chance)
        codec.context = context
        return (bits_per_pixel(codec, image, octave, True) + 0.05).log().mean(), image[:, 0].numel()

    def validate(average: Context) -> dict[str, float]:
        codec.context = average
        at = lambda k: torch.full((1, 1, 1, 1), (k - 64) / 16)
        return {f"bpp_{k}": torch.cat([bits_per_pixel(codec, image, at(k), False) for image in photos.centres(256)]).mean().item()
                for k in (24, 48, 72, 96)}

    train("latent-context", given, context, step_loss, validate)
    average = torch.load((given.out or RUNS / "latent-context-photo") / "last.ckpt", weights_only=True)["ema"]
    codec.context.load_state_dict(average)
    torch.save({"ema": codec.state_dict()}, given.result)


if __name__ == "__main__":
    main()
