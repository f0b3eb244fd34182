"""Writes a Denoiser as ONNX: fp16 weights, fp32 arithmetic, fp32 in and out.

The graph is written node by node (a dozen lines) rather than traced, because how the image is folded to half resolution
and back decides a good part of the speed, and because the result stays readable. Three exact rewrites are offered for each
place (`--stem`, `--up`, `--tail`); `recipes/bench.py` times them and README.md has the table. The defaults are the winners.

    python -m recipes.export CHECKPOINT MODEL_FOLDER/model.onnx

The file is run on random input and must agree with PyTorch (same, fp16-rounded, weights, fp32 arithmetic) within 1e-4 before
it takes its place. A `card.json` beside the model gets the new file's size and fingerprint.
"""
import argparse
import hashlib
import json
import os
from copy import deepcopy
from itertools import count
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from .network import Denoiser, NoiseNetwork, load

OPSET, IR_VERSION = 17, 8
STEMS = ("merged", "space", "reshape")
SHUFFLES = ("crd", "dcr", "transposed", "reshape")


class Graph:
    """Collects nodes; every method returns the name of its result."""

    def __init__(self):
        self.nodes, self.initializers, self.ids = [], [], count()

    def op(self, kind: str, *inputs: str, output: str = "", **attributes) -> str:
        output = output or f"{kind.lower()}_{next(self.ids)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], output, **attributes))
        return output

    def constant(self, values: np.ndarray, name: str = "") -> str:
        name = name or f"constant_{next(self.ids)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def weight(self, values: np.ndarray, name: str) -> str:
        """Stored as fp16; the Cast is folded when a session loads the model."""
        return self.op("Cast", self.constant(values.astype(np.float16), name), output=f"{name}.fp32", to=TensorProto.FLOAT)

    def conv(self, x: str, weight: np.ndarray, name: str, stride: int = 1, pad: int = 0, kind: str = "Conv",
             bias: np.ndarray | None = None) -> str:
        more = [] if bias is None else [self.constant(bias.astype(np.float32), name.replace("weight", "bias"))]
        return self.op(kind, x, self.weight(weight, name), *more, output=name.removesuffix(".weight"),
                       kernel_shape=weight.shape[2:], strides=[stride] * 2, pads=[pad] * 4)

    def sizes(self, x: str) -> list[str]:
        """batch, height and width of `x`, each as a list of one."""
        shape = self.op("Shape", x)
        return [self.op("Slice", shape, self.size(at), self.size(at + 1)) for at in (0, 2, 3)]

    def size(self, value: int) -> str:
        return self.constant(np.int64([value]))

    def stem(self, x: str, weight: np.ndarray, name: str, how: str, bias: np.ndarray | None = None) -> str:
        """pixel_unshuffle(2), then a 3x3 convolution with `weight` [O, 4C, 3, 3] (and `bias`, for "merged")."""
        outputs, inputs = weight.shape[0], weight.shape[1] // 4
        if how == "merged":   # one 6x6 convolution of stride 2: tap (2j+dy, 2i+dx) of channel c is tap (j, i) of channel 4c+2dy+dx
            merged = weight.reshape(outputs, inputs, 2, 2, 3, 3).transpose(0, 1, 4, 2, 5, 3).reshape(outputs, inputs, 6, 6)
            return self.conv(x, merged, name, stride=2, pad=2, bias=bias)
        if how == "space":    # ONNX's SpaceToDepth orders its channels (dy, dx, c)
            weight = weight.reshape(outputs, inputs, 4, 3, 3).transpose(0, 2, 1, 3, 4).reshape(weight.shape)
            return self.conv(self.op("SpaceToDepth", x, blocksize=2), weight, name, pad=1)
        n, height, width = self.sizes(x)
        two = self.size(2)
        height, width = self.op("Div", height, two), self.op("Div", width, two)
        split = self.op("Concat", n, self.size(inputs), height, two, width, two, axis=0)
        joined = self.op("Concat", n, self.size(4 * inputs), height, width, axis=0)
        x = self.op("Transpose", self.op("Reshape", x, split), perm=[0, 1, 3, 5, 2, 4])
        return self.conv(self.op("Reshape", x, joined), weight, name, pad=1)

    def shuffle(self, x: str, weight: np.ndarray, name: str, how: str) -> str:
        """A convolution with `weight` [4O, C, k, k] (k is 1 or 3, same size), then pixel_shuffle(2)."""
        quarter, inputs, side = weight.shape[0] // 4, *weight.shape[1:3]
        if how == "transposed":   # one transposed convolution of stride 2 and side 2k: the same taps, flipped, interleaved
            taps = weight[:, :, ::-1, ::-1].reshape(quarter, 2, 2, inputs, side, side).transpose(3, 0, 4, 1, 5, 2)
            return self.conv(x, taps.reshape(inputs, quarter, 2 * side, 2 * side), name, 2, side - 1, "ConvTranspose")
        if how == "dcr":
            weight = weight.reshape(quarter, 4, inputs, side, side).transpose(1, 0, 2, 3, 4).reshape(weight.shape)
        y = self.conv(x, weight, name, pad=side // 2)
        if how in ("crd", "dcr"):
            return self.op("DepthToSpace", y, blocksize=2, mode=how.upper())
        n, height, width = self.sizes(y)
        two, c = self.size(2), self.size(quarter)
        split = self.op("Concat", n, c, two, two, height, width, axis=0)
        joined = self.op("Concat", n, c, self.op("Mul", height, two), self.op("Mul", width, two), axis=0)
        y = self.op("Transpose", self.op("Reshape", y, split), perm=[0, 1, 4, 2, 5, 3])
        return self.op("Reshape", y, joined)

    def block(self, x: str, a: np.ndarray, b: np.ndarray, name: str) -> str:
        y = self.op("Relu", self.conv(x, a, f"{name}.a.weight", pad=1))
        return self.op("Add", self.conv(y, b, f"{name}.b.weight", pad=1), x)


def to_onnx(model: Denoiser, stem: str = "merged", up: str = "crd", tail: str = "crd") -> onnx.ModelProto:
    weights = {name: value.float().numpy() for name, value in model.state_dict().items()}
    graph, last = Graph(), len(model.widths) - 1

    def blocks(y: str, name: str, level: int) -> str:
        for i in range(model.blocks[level]):
            y = graph.block(y, weights[f"{name}.{i}.a.weight"], weights[f"{name}.{i}.b.weight"], f"{name}.{i}")
        return y

    y, skips = graph.stem("input", weights["head.weight"], "head.weight", stem), []
    for k in range(last):
        skips.append(blocks(y, f"enc.{k}", k))
        y = graph.conv(skips[k], weights[f"down.{k}.weight"], f"down.{k}.weight", stride=2)
    y = blocks(y, f"enc.{last}", last)
    for k in reversed(range(last)):
        y = graph.op("Add", graph.shuffle(y, weights[f"up.{k}.weight"], f"up.{k}.weight", up), skips[k])
        y = blocks(y, f"dec.{k}", k)
    noise = graph.shuffle(y, weights["tail.weight"], "tail.weight", tail)
    image = graph.op("Slice", "input", graph.size(0), graph.size(model.image_channels), graph.size(1))
    graph.op("Sub", image, noise, output="output")

    return finished(graph, "denoiser", ["batch", model.image_channels + 1, "height", "width"],
                    ["batch", model.image_channels, "height", "width"])


def noise_to_onnx(model: NoiseNetwork) -> onnx.ModelProto:
    """The estimator, [N,C,H,W] -> [N,2,H/16,W/16]; weights in fp16, biases and what follows the last layer in fp32."""
    weights = {name: value.float().numpy() for name, value in model.state_dict().items()}
    graph = Graph()
    constant = lambda value: graph.constant(np.float32(value))

    def conv(y: str, name: str, stride: int = 1) -> str:
        weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        if name == "bank.0":
            return graph.stem(y, weight, f"{name}.weight", "merged", bias)
        return graph.conv(y, weight, f"{name}.weight", stride, weight.shape[2] // 2, bias=bias)

    mean = graph.op("AveragePool", "input", kernel_shape=[5, 5], pads=[2] * 4, count_include_pad=0)
    y = graph.op("Mul", graph.op("Sub", "input", mean), constant(model.GAIN))
    for i, stride in enumerate(model.STRIDES):
        y = conv(y, f"bank.{i}", stride)
        y = graph.op("Relu", y) if i < len(model.STRIDES) - 1 else graph.op("Mul", y, y)
    y = graph.op("AveragePool", y, kernel_shape=[4, 4], strides=[4, 4])
    y = graph.op("Log", graph.op("Add", y, constant(model.FLOOR)))
    y = graph.op("Relu", conv(y, "context.0"))
    around = graph.op("AveragePool", y, kernel_shape=[model.AROUND] * 2, pads=[model.AROUND // 2] * 4, count_include_pad=0)
    y = graph.op("Relu", graph.op("Add", conv(y, "context.1"), conv(around, "around")))
    y = conv(y, "last")
    channel = lambda at: graph.op("Slice", y, graph.size(at), graph.size(at + 1), graph.size(1))
    level = graph.op("Sub", graph.op("Exp", graph.op("Sub", channel(0), constant(3))), constant(model.OFFSET))
    weight = graph.op("Exp", graph.op("Clip", channel(1), constant(-3), constant(5)))
    graph.op("Concat", graph.op("Max", level, constant(0)), weight, output="output", axis=1)
    return finished(graph, "noise", ["batch", model.image_channels, "height", "width"], ["batch", 2, "cell_rows", "cell_columns"])


def finished(graph: Graph, name: str, input_shape: list, output_shape: list) -> onnx.ModelProto:
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    proto = helper.make_model(
        helper.make_graph(graph.nodes, name, [value("input", input_shape)], [value("output", output_shape)], graph.initializers),
        opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="hourglass-recipes")
    onnx.checker.check_model(proto, full_check=True)
    return proto


def difference(proto: onnx.ModelProto, model: nn.Module, side: int = 192) -> float:
    """The largest difference from PyTorch on random input, of what the network adds or answers."""
    rounded = deepcopy(model)
    for name, weight in rounded.named_parameters():
        if name.endswith("weight"):
            weight.data = weight.data.half().float()
    channels = proto.graph.input[0].type.tensor_type.shape.dim[1].dim_value
    x = np.random.default_rng(0).random((1, channels, side, side), np.float32)
    if isinstance(model, Denoiser):
        x[:, -1] *= 0.2
    run = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    with torch.inference_mode():
        expected = rounded(torch.from_numpy(x)).numpy()
    return float(np.abs(run.run(None, {"input": x})[0] - expected).max() / max(1, np.abs(expected).max()))


def update_card(file: Path, model: Denoiser | NoiseNetwork) -> None:
    """Writes what follows from the file and the architecture into the `card.json` in the same folder, if there is one."""
    card_file = file.with_name("card.json")
    if not card_file.exists():
        return
    card, data = json.loads(card_file.read_text()), file.read_bytes()
    card |= {"file": file.name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    card.pop("variants", None)           # of the weights that were replaced; recipes.quantise makes new ones
    card["input"] |= {"imageChannels": model.image_channels}
    if isinstance(model, Denoiser):
        card["receptiveField"] = model.receptive_field()
        card["input"] |= {"multipleOf": model.multiple_of}
    card_file.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", help="weights: .safetensors, or a training .ckpt (its EMA weights)")
    parser.add_argument("model", type=Path, help="the .onnx file to write")
    parser.add_argument("--stem", choices=STEMS, default="merged")
    parser.add_argument("--up", choices=SHUFFLES, default="crd")
    parser.add_argument("--tail", choices=SHUFFLES, default="crd")
    given = parser.parse_args()
    model = load(given.checkpoint)
    if given.model.name.endswith(".int8.onnx"):
        from .eight_bits import write_variant
        return write_variant(model, given.model)
    proto = to_onnx(model, given.stem, given.up, given.tail) if isinstance(model, Denoiser) else noise_to_onnx(model)
    apart = difference(proto, model)
    if not apart < 1e-4:
        raise SystemExit(f"The exported network differs from PyTorch by {apart:.2g}; expected less than 1e-4. {given.model} was left as it was.")
    print(f"largest difference from PyTorch: {apart:.1e}")
    given.model.parent.mkdir(parents=True, exist_ok=True)
    part = given.model.with_suffix(".part")
    onnx.save(proto, part)
    os.replace(part, given.model)
    update_card(given.model, model)


if __name__ == "__main__":
    main()
