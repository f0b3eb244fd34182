"""Writes the synthesis once more for processors: its coarse convolutions in 8 bits, as `recipes.quantise` does it for denoisers.

    python -m recipes.latent.quantise MODEL_FOLDER [--photos photos.bin]

Calibrated on training photographs, quantised with steps over the whole dial. Also rewritten, exactly: the transposed convolution of 16 x 16
taps at stride 8 becomes a convolution of 2 x 2 cells and a shuffle, which the runtime does in half the time (49 and 25 ms for 1024 x 1024).
Latents stay what they are: only pixels see this file. Nothing is written where held-out images lose too much.
"""
import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

from ..bench import session
from ..data import Images, packed
from ..evaluate import psnr
from ..quantise import COARSE, MOST_LOSS, quantised, variant
from .transform import CHANNELS, STRIDE

CROPS, SIDE, EDGE = 48, 128, 32
FINEST, COARSEST = 13, 112                     # steps of the dial, quality 100 to 1
STEPS = range(FINEST, COARSEST, 10)            # where the loss is measured


def cellwise(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same synthesis with its transposed convolution written as a convolution.

    Cells shifted by half a stride see two latents in each direction: pixel t of cell c is tap t + 8 of latent c and tap t of latent c + 1.
    """
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    at, old = next((i, node) for i, node in enumerate(graph.node) if node.op_type == "ConvTranspose")
    stored = next(tensor for tensor in graph.initializer if tensor.name == old.input[1])
    taps = numpy_helper.to_array(stored).reshape(CHANNELS, 3, 2, STRIDE, 2, STRIDE)[:, :, ::-1, :, ::-1]
    cells = taps.transpose(1, 3, 5, 0, 2, 4).reshape(3 * STRIDE ** 2, CHANNELS, 2, 2)
    graph.node.remove(old)
    graph.initializer.remove(stored)
    cut = {"cut.from": [STRIDE // 2] * 2, "cut.to": [-STRIDE // 2] * 2, "cut.axes": [2, 3]}
    graph.initializer.extend([numpy_helper.from_array(np.ascontiguousarray(cells), old.input[1]),
                              *(numpy_helper.from_array(np.int64(values), name) for name, values in cut.items())])
    for node in (helper.make_node("Slice", ["shifted", *cut], list(old.output), "cut"),
                 helper.make_node("DepthToSpace", ["cells"], ["shifted"], "shifted", blocksize=STRIDE, mode="CRD"),
                 helper.make_node("Conv", list(old.input), ["cells"], "cells", kernel_shape=[2, 2], pads=[1] * 4)):
        graph.node.insert(at, node)
    onnx.checker.check_model(result, full_check=True)
    return result


def latents(analysis, image: np.ndarray, k: int) -> np.ndarray:
    """The synthesis's input [1,193,h,w] for an image [3,H,W]: latents rounded to the step 2^(k/16), and the step."""
    step = np.float32(2 ** (k / 16))
    y = np.round(analysis.run(None, {"input": image[None]})[0] / step) * step
    return np.concatenate([y, np.full_like(y[:, :1], step)], 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="with the analysis.onnx and synthesis.onnx of `recipes.latent.export`")
    parser.add_argument("--photos", type=Path, help="a .bin written by `recipes.data photos`; default: the data pack's")
    given = parser.parse_args()
    torch.set_num_threads(1)
    photos = Images(packed(given.photos, "photos"), "cpu")
    analysis = session(str(given.folder / "analysis.onnx"), 1)
    crops = photos.crops(CROPS, SIDE, torch.Generator().manual_seed(0)).numpy()
    steps = np.linspace(FINEST, COARSEST, CROPS).round().astype(int)
    before = onnx.load(given.folder / "synthesis.onnx")
    after = quantised(cellwise(before), [latents(analysis, crop, k) for crop, k in zip(crops, steps)], COARSE)

    held_out = [image[0].numpy() for image in photos.centres(256)]
    whole, rounded = (session(model.SerializeToString(), 1) for model in (before, after))
    inside = (slice(None), slice(EDGE, -EDGE), slice(EDGE, -EDGE))
    lost = []
    for k in STEPS:
        values = []
        for image in held_out:
            x = latents(analysis, image, k)
            values.append([psnr(run.run(None, {"input": x})[0][0][inside].clip(0, 1), image[inside]) for run in (whole, rounded)])
        first, second = np.mean(values, 0)
        lost.append(first - second)
    print("held-out images lose " + ", ".join(f"{loss:.3f} dB at step {k}" for k, loss in zip(STEPS, lost)))
    if not max(lost) < MOST_LOSS:
        raise SystemExit(f"Expected to lose less than {MOST_LOSS} dB at each. Nothing was written.")
    variant(after, given.folder / "synthesis.onnx", "synthesis")


if __name__ == "__main__":
    main()
