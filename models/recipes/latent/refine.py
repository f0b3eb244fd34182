"""Trains the context network alone, on the latents of a trained analysis and in the numbers of the program.

    python -m recipes.latent.refine CHECKPOINT OUT.ckpt --minutes 6 [--anew 4]

Weights and activations are rounded and limited as `export` writes them, with a straight-through gradient, in single precision: a network
that was trained in bf16 alone may lean on differences of large activations that integers do not keep. `--anew` begins a group from nothing.
"""
import argparse
import time
from pathlib import Path

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from ..data import Images, packed
from ..training import learning_rate
from .__main__ import STEPS
from .codec import statistics
from .context import ACTIVATION, LIMIT, WEIGHT, Context, Layer
from .export import load


def rounded(value: Tensor, unit: int) -> Tensor:
    return value + ((value * unit).round() / unit - value).detach()


def as_integers(layer: Layer, x: Tensor, octave: Tensor) -> Tensor:
    """`Layer.forward` in the program's precision."""
    weight = rounded(layer.weight(), WEIGHT)
    y = F.conv2d(x, weight, layer.conv.bias, padding=layer.conv.padding) + layer.quality[:, None, None] * octave
    y = y.clamp(0, LIMIT) if layer.relu else y
    return rounded(y, ACTIVATION)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint")
    parser.add_argument("out", type=Path)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--anew", type=int, nargs="*", default=[], help="groups, 1 to 4, to begin from nothing")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(1)
    photos = Images(packed(given.photos, "photos"), "cpu")
    codec = load(given.checkpoint).requires_grad_(False)
    if given.anew:
        _, spread = statistics(list(photos.crops(100, 256, Generator().manual_seed(0))))
        fresh = Context()
        fresh.start_from(spread)
        for g in given.anew:
            codec.context.groups[g - 1] = fresh.groups[g - 1]
    context = codec.context.requires_grad_(True).train()
    Layer.forward = as_integers
    optimizer = torch.optim.AdamW(context.parameters(), lr=given.rate, betas=(0.9, 0.99), weight_decay=1e-3)
    average = [p.detach().clone() for p in context.parameters()]
    started, step, shown, losses = time.monotonic(), 0, 0.0, []
    while (spent := (time.monotonic() - started) / 60) < given.minutes:
        chance = Generator().manual_seed(9_000_000 + step)
        image = photos.crops(8, 192, chance)
        octave = (STEPS[0] + (STEPS[1] - STEPS[0]) * (torch.arange(8) + torch.rand(8, generator=chance)) / 8 - 64).reshape(-1, 1, 1, 1) / 16
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            latent = codec.analysis(image).float()
        _, cost = codec.quantised(latent.clone() / 2 ** (octave + 4), octave, True)
        rate = cost.sum((1, 2, 3)) / 192 ** 2
        loss = (rate + 0.05).log().mean()
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(spent / given.minutes, step, given.rate, 100)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(context.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, list(context.parameters()), 1 - min(0.998, (1 + step) / (10 + step)))
        step += 1
        losses.append(loss.item())
        if spent - shown > 1:
            shown = spent
            print(f"{spent:.1f} minutes, {step} steps, log rate {sum(losses) / len(losses):.4f}", flush=True)
            losses.clear()
    with torch.no_grad():
        for p, mean in zip(context.parameters(), average):
            p.copy_(mean)
    torch.save({"ema": codec.state_dict(), "step": step}, given.out)
    print(f"{step} steps, log rate {sum(losses) / max(1, len(losses)):.4f}")


if __name__ == "__main__":
    main()
