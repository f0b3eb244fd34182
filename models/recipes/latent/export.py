"""Writes a trained codec as the program has it: two ONNX graphs and the integers of the entropy coder.

    python -m recipes.latent.export CHECKPOINT MODEL_FOLDER [--photos photos.bin]

`analysis.onnx` and `synthesis.onnx` are checked against PyTorch, `entropy.bin` is laid out in docs/latent-format.md; its tables are counted
on training images, coded as the program codes them. The parts of a `card.json` in the folder get their sizes and fingerprints.
"""
import argparse
import hashlib
import json
import os
import struct
from copy import deepcopy
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Generator, Tensor, nn

from ..data import Images, packed
from ..export import Graph, finished
from .codec import NOISE_OF_STEP, Codec
from .context import ACTIVATION, HIDDEN, MIDDLE, PER_UNIT, SCALES, SIZES, SMALLEST, STATE, WEIGHT, Context, Layer
from .transform import CHANNELS, TAPS

# lambda * step^2 of the encoder's decisions, bits per squared step; chosen on the development photographs (README.md).
RDO = 16.0
# A scale below this index is so small that another symbol than 0 costs more than it brings.
FIRST_CODED = 6
TOTAL = 1 << 16


def load(checkpoint: str) -> Codec:
    """The EMA weights of a training checkpoint."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)["ema"]
    codec = Codec(state["order"])
    codec.load_state_dict(state)
    return codec.eval()


def fixed(graph: Graph, values: Tensor, name: str) -> str:
    """The transform's own kernels stay in fp32: fp16 would cost accuracy at fine steps."""
    return graph.constant(values.numpy().astype(np.float32), name)


def analysis_to_onnx(codec: Codec) -> onnx.ModelProto:
    """[N,3,S,S] in [0,1] -> [N,192,S/8,S/8]; S a multiple of 16. Beyond its border the window is taken for gray: the halo is for that."""
    weights = {name: value.float().numpy() for name, value in codec.analysis.state_dict().items()}
    graph = Graph()
    image = graph.op("Sub", "input", graph.constant(np.float32(0.5)))
    y = graph.stem(image, weights["head.weight"], "head.weight", "merged")
    y = graph.conv(y, weights["down.0.weight"], "down.0.weight", stride=2)
    y = graph.block(y, weights["fine.a.weight"], weights["fine.b.weight"], "fine")
    y = graph.conv(y, weights["down.1.weight"], "down.1.weight", stride=2)
    for i in range(len(codec.analysis.coarse)):
        y = graph.block(y, weights[f"coarse.{i}.a.weight"], weights[f"coarse.{i}.b.weight"], f"coarse.{i}")
    y = graph.conv(graph.op("Relu", y), weights["last.weight"], "last.weight")
    linear = graph.op("Conv", image, fixed(graph, codec.analysis.weight, "transform"), kernel_shape=[TAPS] * 2, strides=[8, 8], pads=[4] * 4)
    levels = graph.constant(np.float32(255))
    graph.op("Mul", graph.op("Add", linear, y), levels, output="output")
    return finished(graph, "analysis", ["batch", 3, "height", "width"], ["batch", CHANNELS, "rows", "columns"])


def synthesis_to_onnx(codec: Codec) -> onnx.ModelProto:
    """[N,193,s,s], latents in levels and the step -> [N,3,8s,8s] in [0,1]; s even. Beyond its border the window has no latents."""
    model = codec.synthesis
    weights = {name: value.float().numpy() for name, value in model.state_dict().items() if name not in ("weight", "parity")}
    graph = Graph()
    part = lambda low, high: graph.op("Slice", "input", graph.size(low), graph.size(high), graph.size(1))
    scale = graph.constant(np.float32(1 / 255))
    latent = graph.op("Mul", part(0, CHANNELS), scale)
    image = graph.op("ConvTranspose", latent, fixed(graph, model.weight, "transform"), kernel_shape=[TAPS] * 2, strides=[8, 8], pads=[4] * 4)
    image = graph.op("Add", image, graph.constant(np.float32(0.5)))
    level = graph.op("Mul", part(CHANNELS, CHANNELS + 1), graph.constant(np.float32(NOISE_OF_STEP / 255)))
    # The step is the same everywhere in a window, so any enlargement serves.
    level = graph.op("Resize", level, "", graph.constant(np.float32([1, 1, 8, 8])), mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    block = lambda y, name: graph.block(y, weights[f"{name}.a.weight"], weights[f"{name}.b.weight"], name)
    up = lambda y, k: graph.shuffle(y, weights[f"up.{k}.weight"], f"up.{k}.weight", "crd")
    fine = block(graph.stem(graph.op("Concat", image, level, axis=1), weights["head.weight"], "head.weight", "merged"), "enc.0.0")
    middle = block(graph.conv(fine, weights["down.0.weight"], "down.0.weight", stride=2), "enc.1.0")
    coarse = graph.op("Add", graph.conv(middle, weights["down.1.weight"], "down.1.weight", stride=2), graph.conv(latent, weights["latents.weight"], "latents.weight"))
    for i in range(model.blocks[2]):
        coarse = block(coarse, f"enc.2.{i}")
    middle = block(graph.op("Add", up(coarse, 1), middle), "dec.1.0")
    fine = block(graph.op("Add", up(middle, 0), fine), "dec.0.0")
    graph.op("Sub", image, graph.shuffle(fine, weights["tail.weight"], "tail.weight", "crd"), output="output")
    return finished(graph, "synthesis", ["batch", CHANNELS + 1, "rows", "columns"], ["batch", 3, "height", "width"])


@torch.no_grad()
def balanced(context: Context) -> Context:
    """The same network with every sum within 32 bits: a hidden channel that could exceed them is halved until it does not, and
    counts double in the layers that read it."""
    context = deepcopy(context)
    for g, (spread, hidden, head) in enumerate(context.groups):
        following = [context.groups[g + 1][0]] if g + 1 < len(context.groups) else []
        for layer, readers in ((spread, [hidden, *following]), (hidden, [head])):
            most = layer.weight().abs().sum((1, 2, 3)) * WEIGHT * 32768 / 2 ** 31
            factor = 2 ** (most / 0.9).log2().ceil().clamp(min=0)
            for part in (layer.conv.weight, layer.conv.bias, layer.quality):
                part /= factor.reshape(-1, *[1] * (part.dim() - 1))
            for reader in readers:
                reader.conv.weight[:, : len(factor)] *= factor[:, None, None]
    return context


class Coder:
    """The context network in the integers of the program (numbers held in float64, which has room for them)."""

    def __init__(self, context: Context):
        def layer(part: Layer) -> tuple[Tensor, Tensor, Tensor, bool]:
            weight = (part.weight() * WEIGHT).round().double()
            bias, quality = ((value * WEIGHT * ACTIVATION).round().double() for value in (part.conv.bias, part.quality / 16))
            return weight, bias, quality, part.relu
        with torch.no_grad():
            self.serial = [layer(part) for part in context.serial]
            self.groups = [[layer(part) for part in group] for group in context.groups]

    @property
    def layers(self) -> list[tuple[Tensor, Tensor, Tensor, bool]]:
        return [*self.serial, *(part for group in self.groups for part in group)]

    @staticmethod
    def apply(layer: tuple[Tensor, Tensor, Tensor, bool], x: Tensor, k: int) -> Tensor:
        weight, bias, quality, relu = layer
        y = nn.functional.conv2d(x, weight, bias + quality * (k - 64), padding=weight.shape[2] // 2)
        y = ((y + WEIGHT / 2) / WEIGHT).floor()
        return y.clamp(0 if relu else -32768, 32767)

    def residuals(self, latent: Tensor, k: int, choose=None) -> tuple[list[Tensor], list[Tensor], Tensor]:
        """Latents [1,192,h,w] in steps -> per group the symbols and the scale indices; latents as decoded. choose(remainder, index): symbols; default: rounded."""
        choose = choose or (lambda remainder, _: remainder.round())
        symbols, indices, decoded, state, values = [], [], [], None, None
        for g, own in enumerate(latent.double().split(SIZES, 1)):
            if g == 0:
                # Serial in the program; here decoded means are taken to be the nearest steps, which changes little.
                taps = (ACTIVATION * Context.taps(own.round())).clamp(-32768, 32767)
                hidden = self.apply(self.serial[1], self.apply(self.serial[0], taps, k), k)
                head = self.apply(self.serial[2], torch.cat([hidden, taps], 1), k)
            else:
                spread, hidden, last = self.groups[g - 1]
                values = values.clamp(-32768, 32767)
                state = self.apply(spread, values if state is None else torch.cat([state, values], 1), k)
                head = self.apply(last, self.apply(hidden, state, k), k)
            mean, scale = head.chunk(2, 1)
            index = (MIDDLE + ((PER_UNIT * scale + 32) / 64).floor()).clamp(0, SCALES - 1).long()
            symbol = choose(own - mean / ACTIVATION, index)
            values = ACTIVATION * symbol + mean
            symbols.append(symbol)
            indices.append(index)
            decoded.append(values / ACTIVATION)
        return symbols, indices, torch.cat(decoded, 1)


def laplace(index: int, most: int) -> np.ndarray:
    """Masses of -most..most and of what lies outside, for the scale as it was trained."""
    b = SMALLEST * 2 ** (index / PER_UNIT)
    edges = np.arange(-most - 0.5, most + 1)
    below = np.where(edges < 0, 0.5 * np.exp(-np.abs(edges) / b), 1 - 0.5 * np.exp(-np.abs(edges) / b))
    inside = np.diff(below)
    return np.append(inside, max(1 - inside.sum(), 0))


def integers(masses: np.ndarray) -> np.ndarray:
    """Frequencies of at least 1 with a sum of 65536."""
    masses = np.maximum(masses / masses.sum() * TOTAL, 1)
    result = np.maximum(np.floor(masses), 1).astype(np.int64)
    result[masses.argmax()] += TOTAL - result.sum()
    return result


def radius(index: int) -> int:
    """Symbols beyond it are escapes: about one in 100,000 of a Laplace distribution, and never more than 255."""
    return int(min(255, max(1, np.ceil(SMALLEST * 2 ** (index / PER_UNIT) * 12))))


def tables(coder: Coder, codec: Codec, crops: list[Tensor], steps: list[int], rounds: int = 2) -> list[np.ndarray]:
    """Frequencies of -K..K and the escape for each scale, counted on crops [3,H,W]; the encoder's choices follow the tables of the round before."""
    result = [integers(laplace(i, radius(i))) for i in range(SCALES)]
    with torch.inference_mode():
        latents = [codec.analysis(crop[None]) for crop in crops]
    for _ in range(rounds):
        counts = [64 * laplace(i, radius(i)) for i in range(SCALES)]
        for n, latent in enumerate(latents):
            for k in steps[n % 3::3]:
                symbols, indices, _ = coder.residuals(latent / 2 ** (k / 16), k, chooser(result))
                for symbol, index in zip(symbols, indices):
                    symbol, index = symbol.flatten().long().numpy(), index.flatten().numpy()
                    for i in np.unique(index):
                        most = radius(i)
                        own = symbol[index == i]
                        counts[i] += np.bincount(np.where(np.abs(own) > most, 2 * most + 1, own + most), minlength=2 * most + 2)
        # The sign carries nothing: both sides are counted together.
        result = [integers(np.append((c[:-1] + c[-2::-1]) / 2, c[-1])) for c in counts]
    return result


def chooser(frequencies: list[np.ndarray], rdo: float = RDO, first: int = FIRST_CODED):
    """The encoder's choice between the nearest symbol and the one beside it towards 0."""
    most = max(len(f) // 2 for f in frequencies)
    price = np.full((SCALES, 2 * most + 1), 40.0)
    for i, f in enumerate(frequencies):
        own = (len(f) - 2) // 2
        price[i, most - own:most + own + 1] = 16 - np.log2(f[:-1])
    price = torch.from_numpy(price)

    def choose(remainder: Tensor, index: Tensor) -> Tensor:
        near = remainder.round().clamp(-most, most)
        lower = near - near.sign()
        pay = lambda symbol: price[index, (symbol + most).long()] + rdo * (remainder - symbol).square()
        symbol = torch.where(pay(lower) < pay(near), lower, near)
        return torch.where(index < first, torch.zeros_like(symbol), symbol)
    return choose


def entropy_bin(codec: Codec, coder: Coder, frequencies: list[np.ndarray]) -> bytes:
    """See docs/latent-format.md."""
    parts = [b"HGEN", struct.pack(f"<HHH{len(SIZES)}HHHBBHH", 1, CHANNELS, len(SIZES), *SIZES, STATE, HIDDEN, FIRST_CODED, 0, round(256 * RDO), 0),
             codec.synthesis.parity.to(torch.uint8).numpy().tobytes()]
    for weight, bias, quality, relu in coder.layers:
        outputs, inputs, side = weight.shape[:3]
        most = (weight.abs().sum((1, 2, 3)) * 32768 + bias.abs() + quality.abs() * 64 + 512).max().item()
        if most >= 2 ** 31 or weight.abs().max() > 32767:
            raise SystemExit(f"A layer of {inputs} inputs and {outputs} outputs could overflow 32 bits ({most:.3g}).")
        parts += [struct.pack("<HHBBH", inputs, outputs, side, relu, 0), weight.permute(0, 2, 3, 1).numpy().astype("<i2").tobytes(),
                  bias.numpy().astype("<i4").tobytes(), quality.numpy().astype("<i4").tobytes()]
    for f in frequencies:
        parts += [struct.pack("<H", (len(f) - 2) // 2), f.astype("<u2").tobytes()]
    return b"".join(parts)


def difference(proto: onnx.ModelProto, expected, shape: tuple[int, ...], cut: int) -> float:
    """The largest difference from PyTorch relative to the largest value, on random input, `cut` samples off the border."""
    x = np.random.default_rng(0).random(shape, np.float32)
    x[:, CHANNELS:] = 8                                             # the step of a synthesis, the same everywhere
    run = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    inner = np.s_[:, :, cut:-cut, cut:-cut]
    with torch.inference_mode():
        want = expected(torch.from_numpy(x)).numpy()[inner]
    return float(np.abs(run.run(None, {"input": x})[0][inner] - want).max() / np.abs(want).max())


def write(folder: Path, name: str, data: bytes) -> dict:
    part = folder / f"{name}.part"
    part.write_bytes(data)
    os.replace(part, folder / name)
    return {"file": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", help="of `recipes.latent`")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=Path, help="a .bin written by `recipes.data photos`; default: the data pack's")
    parser.add_argument("--crops", type=int, default=150)
    given = parser.parse_args()
    codec = load(given.checkpoint)
    for name, weight in codec.named_parameters():
        if name.endswith("weight") and not name.startswith("context"):
            weight.data = weight.data.half().float()
    graphs = {"analysis": analysis_to_onnx(codec), "synthesis": synthesis_to_onnx(codec)}
    apart = {"analysis": difference(graphs["analysis"], codec.analysis, (1, 3, 256, 256), 8),
             "synthesis": difference(graphs["synthesis"], lambda x: codec.synthesis(x[:, :-1], x[:, -1:]), (1, CHANNELS + 1, 32, 32), 96)}
    print(apart)
    if not max(apart.values()) < 1e-4:
        raise SystemExit("The exported networks differ from PyTorch by more than 1e-4.")
    coder = Coder(balanced(codec.context))
    crops = list(Images(packed(given.photos, "photos"), "cpu").crops(given.crops, 256, Generator().manual_seed(7)))
    data = entropy_bin(codec, coder, tables(coder, codec, crops, list(range(14, 112, 7))))
    given.folder.mkdir(parents=True, exist_ok=True)
    facts = {name: write(given.folder, f"{name}.onnx", proto.SerializeToString()) for name, proto in graphs.items()}
    facts["entropy"] = write(given.folder, "entropy.bin", data)
    print({name: fact["bytes"] for name, fact in facts.items()})
    card_file = given.folder / "card.json"
    if card_file.exists():
        card = json.loads(card_file.read_text())
        for name, fact in facts.items():
            card["parts"][name] |= fact
        card_file.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
