"""Weights between those of two networks of one architecture: what the second was trained for, less of what it has forgotten.

    python -m recipes.blend denoise-scan-fast/model.onnx runs/denoise-scan-4/last.ckpt runs/blend.safetensors --share 0.5

After "Robust fine-tuning of zero-shot models" (Wortsman et al., CVPR 2022, section 3, WiSE-FT): a network that was trained further from another one
can be joined to it by a line along which both do well.
"""
import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file

from .network import Denoiser, load


def blended(first: Denoiser, second: Denoiser, share: float) -> dict[str, torch.Tensor]:
    """Weights of `first`, and this share of the way to those of `second`."""
    ours, theirs = first.state_dict(), second.state_dict()
    if {name: value.shape for name, value in ours.items()} != {name: value.shape for name, value in theirs.items()}:
        raise SystemExit("Expected two networks of one architecture.")
    return {name: torch.lerp(value.float(), theirs[name].float(), share).contiguous() for name, value in ours.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("first", help="weights: .onnx, .safetensors, or a training .ckpt (its EMA weights)")
    parser.add_argument("second")
    parser.add_argument("out", type=Path, help="the .safetensors file to write")
    parser.add_argument("--share", type=float, required=True, help="of the second, 0 to 1")
    given = parser.parse_args()
    save_file(blended(load(given.first), load(given.second), given.share), given.out)


if __name__ == "__main__":
    main()
