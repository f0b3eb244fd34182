"""A codec from its exported files, to train it further where its checkpoint is gone: weights of 16 bits, context network in its integers.

    python -m recipes.latent.restore MODEL_FOLDER runs/latent-1.0.0.ckpt
"""
import argparse
import struct
from pathlib import Path

import onnx
import torch
from torch import Tensor
from onnx import numpy_helper

from ..network import exported
from .codec import Codec
from .context import ACTIVATION, SIZES, WEIGHT, Context
from .transform import kernels


def order_of(transform: Tensor) -> Tensor:
    """Which channel of the transform's own order each of `transform` [192,3,16,16] is; up to its sign, which eigenvectors have by chance."""
    weight, _ = kernels()
    likeness, order = (transform.flatten(1) @ weight.flatten(1).T).abs().max(1)
    if len(order.unique()) < len(order) or likeness.min() < 0.999:
        raise SystemExit("The transform is not the one of these recipes.")
    return order


def fill(context: Context, data: bytes) -> None:
    """Takes the integers of `entropy.bin` (docs/latent-format.md; written by `export.entropy_bin`) as weights."""
    groups = struct.unpack_from("<H", data, 8)[0]
    at = 20 + 2 * groups + sum(SIZES)                      # header, sizes of groups, parity
    for layer in [*context.serial, *(part for group in context.groups for part in group)]:
        inputs, outputs, side, relu = struct.unpack_from("<HHBB", data, at)
        if (inputs, outputs, side, bool(relu)) != (layer.conv.in_channels, layer.conv.out_channels, layer.conv.kernel_size[0], layer.relu):
            raise SystemExit(f"Expected a layer of {layer.conv} but received {inputs}, {outputs}, {side}.")
        at += 8
        take = lambda count, kind, width: torch.frombuffer(bytearray(data[at:at + width * count]), dtype=kind).float()
        count = outputs * side * side * inputs
        weight = take(count, torch.int16, 2).view(outputs, side, side, inputs).permute(0, 3, 1, 2)
        layer.conv.weight.copy_(weight / WEIGHT / layer.scale)
        at += 2 * count
        layer.conv.bias.copy_(take(outputs, torch.int32, 4) / (WEIGHT * ACTIVATION))
        at += 4 * outputs
        layer.quality.copy_(16 * take(outputs, torch.int32, 4) / (WEIGHT * ACTIVATION))
        at += 4 * outputs


@torch.no_grad()
def restored(folder: Path) -> Codec:
    transform = next(torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in onnx.load(folder / "analysis.onnx").graph.initializer if tensor.name == "transform")
    codec = Codec(order_of(transform))
    codec.analysis.weight.copy_(transform)
    codec.synthesis.weight.copy_(transform)
    for part, name in ((codec.analysis, "analysis"), (codec.synthesis, "synthesis")):
        missing, unexpected = part.load_state_dict(exported(str(folder / f"{name}.onnx")), strict=False)
        if unexpected or set(missing) - {"weight", "parity"}:
            raise SystemExit(f"{name}.onnx is not of this architecture: {missing}, {unexpected}")
    fill(codec.context, (folder / "entropy.bin").read_bytes())
    return codec.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("checkpoint", type=Path)
    given = parser.parse_args()
    torch.save({"ema": restored(given.folder).state_dict()}, given.checkpoint)


if __name__ == "__main__":
    main()
