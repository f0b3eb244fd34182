"""Writes an exported Denoiser once more, with its coarse convolutions in 8 bits (static, QuantizeLinear/DequantizeLinear).

In 8 bits: everything at a quarter of the resolution or less, and the convolutions that lead there. The half-resolution blocks,
the stem and the tail stay as they are: rounding what they add to the image is what costs quality (README.md has the table).
Weights: symmetric, a scale per output channel, 7 of 8 bits, so that two products fit the 16-bit sums of processors
without VNNI instructions. Activations: unsigned 8 bits, one range per tensor, from training photographs with white noise.

    python -m recipes.quantise MODEL_FOLDER/model.onnx --data photos.bin

Writes `model.int8.onnx` beside the model, and `variants` in its `card.json`; nothing of it where held-out images lose
too much. Quantisation as in Jacob et al., CVPR 2018, "Quantization and training of neural networks for efficient
integer-arithmetic-only inference", section 2; ranges by smallest mean square error.
"""
import argparse
import hashlib
import json
import re
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import NodeProto, TensorProto, helper, numpy_helper

from .bench import session
from .data import Images
from .evaluate import channels_of, clean, psnr, white

COARSE = r"(enc|dec|up)\.[1-9]|down\."            # outputs of export.py's convolutions
WEIGHT_LIMIT = 64                                  # 2 * 255 * 64 < 2^15
CROPS, SIDE, HIGHEST_SIGMA = 48, 128, 100          # the network is trained to 55; up to 100 nothing shall be cut off
SIGMAS, MOST_LOSS = (5, 15, 25, 50), 0.1           # dB


def noisy(photos: Images) -> list[np.ndarray]:
    """Network inputs [1,C+1,SIDE,SIDE], sigma evenly over 0..HIGHEST_SIGMA; always the same."""
    crops = photos.crops(CROPS, SIDE, torch.Generator().manual_seed(0)).numpy()
    inputs = []
    for i, crop in enumerate(crops):
        sigma = HIGHEST_SIGMA * i / (CROPS - 1)
        level = np.full((1, SIDE, SIDE), sigma / 255, np.float32)
        inputs.append(np.concatenate([crop + white(crop.shape, sigma, f"calibration {i}"), level])[None])
    return inputs


def samples(model: onnx.ModelProto, names: list[str], inputs: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Values that the named tensors take, a quarter of them, flat."""
    told = onnx.ModelProto()
    told.CopyFrom(model)
    told.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    run = session(told.SerializeToString(), 1)
    found = [[value[..., ::2, ::2].ravel() for value in run.run(names, {"input": x})] for x in inputs]
    return {name: np.concatenate(values) for name, values in zip(names, zip(*found))}


def scale_of(values: np.ndarray) -> tuple[np.float32, np.uint8]:
    """Scale and zero point of the range, a part of least..most, with the smallest mean square error (rounding and clipping)."""
    low, high = min(0.0, float(values.min())), max(1e-6, float(values.max()))
    counts, edges = np.histogram(values, 4096, (low, high))
    centres = (edges[1:] + edges[:-1]) / 2

    def error(part: float) -> float:
        clipped = np.clip(centres, part * low, part * high) - centres
        return float((counts * np.where(clipped == 0, (part * (high - low) / 255) ** 2 / 12, clipped ** 2)).sum())
    part = min(np.geomspace(1, 0.15, 24), key=error)
    scale = np.float32(part * (high - low) / 255)
    return scale, np.uint8(round(-part * low / scale))       # 0 after ReLU: the runtime merges the two


def quantised(model: onnx.ModelProto, inputs: list[np.ndarray], which: str = COARSE) -> onnx.ModelProto:
    """`model` with the convolutions whose names match `which` in 8 bits, calibrated on `inputs`."""
    graph = model.graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    casts = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Cast"}
    rectified = {node.input[0]: node.output[0] for node in graph.node if node.op_type == "Relu"}
    chosen = {node.output[0] for node in graph.node if node.op_type == "Conv" and re.match(which, node.output[0])}
    results = {rectified.get(name, name) for name in chosen}
    ends = sorted(results | {node.input[0] for node in graph.node if node.output[0] in chosen})
    scales = {name: scale_of(values) for name, values in samples(model, ends, inputs).items()}
    nodes: list[NodeProto] = []
    rounded: dict[str, str] = {}                            # tensor -> the same after rounding

    def pair(name: str) -> str:
        if name not in rounded:
            stored[f"{name}.scale"], stored[f"{name}.zero"] = map(np.asarray, scales[name])
            for kind, source, result in (("QuantizeLinear", name, f"{name}.uint8"), ("DequantizeLinear", f"{name}.uint8", f"{name}.rounded")):
                nodes.append(helper.make_node(kind, [source, f"{name}.scale", f"{name}.zero"], [result]))
            rounded[name] = f"{name}.rounded"
        return rounded[name]

    def weight(name: str) -> str:
        values = stored.pop(casts[name]).astype(np.float32)
        scale = np.maximum(np.abs(values).max((1, 2, 3)) / WEIGHT_LIMIT, 1e-8).astype(np.float32)
        stored[f"{name}.int8"] = np.round(values / scale[:, None, None, None]).astype(np.int8)
        stored[f"{name}.scale"], stored[f"{name}.zero"] = scale, np.zeros(len(scale), np.int8)
        nodes.append(helper.make_node("DequantizeLinear", [f"{name}.{part}" for part in ("int8", "scale", "zero")], [f"{name}.rounded"], axis=0))
        return f"{name}.rounded"

    weights = {node.input[1] for node in graph.node if node.output[0] in chosen}
    for old in graph.node:
        if old.output[0] in weights:
            continue                                         # the Cast of a weight that is in 8 bits now
        node = NodeProto()
        node.CopyFrom(old)
        if old.output[0] in chosen:
            node.input[:] = [pair(old.input[0]), weight(old.input[1])]
        else:
            node.input[:] = [rounded[name] if name in results else name for name in old.input]
        nodes.append(node)
        if old.output[0] in results:
            pair(old.output[0])
    result = helper.make_model(
        helper.make_graph(nodes, graph.name, graph.input, graph.output, [numpy_helper.from_array(v, k) for k, v in stored.items()]),
        opset_imports=model.opset_import, ir_version=model.ir_version, producer_name=model.producer_name)
    onnx.checker.check_model(result, full_check=True)
    return result


def losses(before: onnx.ModelProto, after: onnx.ModelProto, photos: Images) -> list[float]:
    """dB that `after` is worse at each of SIGMAS, mean over the held-out images."""
    runs, lost = [session(model.SerializeToString(), 1) for model in (before, after)], []
    for sigma in SIGMAS:
        values = []
        for i, image in enumerate(centre[0].numpy() for centre in photos.centres(256)):
            spoilt = image + white(image.shape, sigma, f"held out {i}")
            values.append([psnr(clean(run, spoilt, sigma / 255).clip(0, 1), image) for run in runs])
        first, second = np.mean(values, 0)
        lost.append(float(first - second))
    return lost


def variant(model: onnx.ModelProto, beside: Path, part: str = "") -> None:
    """Saves `model` beside the file that it is made from, and names it in the folder's `card.json`, or in that `part` of it."""
    file = beside.with_suffix(".int8.onnx")
    onnx.save(model, file)
    print(f"{file}: {file.stat().st_size} bytes")
    card_file = file.with_name("card.json")
    if card_file.exists():
        card, data = json.loads(card_file.read_text()), file.read_bytes()
        owner = card["parts"][part] if part else card
        owner["variants"] = [{"precision": "int8", "file": file.name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}]
        card_file.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="the .onnx file that `recipes.export` wrote")
    parser.add_argument("--data", type=Path, required=True, help="packed training images, to calibrate on and, those held out, to measure on")
    parser.add_argument("--which", default=COARSE, help="pattern of the convolutions to round (default: %(default)s)")
    given = parser.parse_args()
    torch.set_num_threads(1)
    model, photos = onnx.load(given.model), Images(given.data, "cpu")
    channels, expected = photos.held_out[0][0].shape[2], channels_of(session(str(given.model), 1))
    if channels != expected:
        raise SystemExit(f"Expected images of {expected} channels in {given.data} but received {channels}.")
    result = quantised(model, noisy(photos), given.which)
    lost = losses(model, result, photos)
    print("held-out images lose " + ", ".join(f"{loss:.3f} dB at sigma {sigma}" for sigma, loss in zip(SIGMAS, lost)))
    if not max(lost) < MOST_LOSS:
        raise SystemExit(f"Expected to lose less than {MOST_LOSS} dB at each. Nothing was written.")
    variant(result, given.model)


if __name__ == "__main__":
    main()
