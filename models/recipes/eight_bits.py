"""A Denoiser whose blocks work in 8 bits, trained so: fake quantisation with learnt steps, and its export as standard ONNX.

Rounded are all convolutions of the blocks, at half resolution too, `down`, and `up` but the last. Their inputs have 8 bits, a step per tensor;
their weights 7 of 8 bits, a step per output channel, so that two products fit the 16-bit sums of processors without VNNI. What a block
adds is rounded to 8 bits as well and then added to a stream that stays in fp32; head, tail and the last `up`, whose results go straight into
the image, stay in fp32. Zero is a whole number of steps everywhere, so black stays black.

Integer arithmetic as in Jacob et al., CVPR 2018, "Quantization and training of neural networks for efficient integer-arithmetic-only
inference", section 3; the gradient of the steps is that of Esser et al., ICLR 2020, "Learned step size quantization", section 2.1.

    python -m recipes.denoise --eight-bits --flops 2e14 --rate 2e-4 --start CHECKPOINT
    python -m recipes.export runs/denoise-photo-int8/last.ckpt MODEL_FOLDER/model.int8.onnx
"""
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .bench import session
from .evaluate import psnr
from .export import Graph, finished
from .network import Block, Denoiser
from .quantise import variant

WEIGHT_LIMIT = 64                              # 2 * 255 * 64 < 2^15
SIGNED, RECTIFIED = (-128, 127), (0, 255)      # stored as 0..255 with a zero point of 128 or 0
FACTOR = 10                                    # how much faster the logarithms of steps are learnt than the weights


class Rounding(torch.autograd.Function):
    """x / exp(log_step), limited and rounded to whole numbers; the gradient passes where nothing was limited."""

    @staticmethod
    def forward(ctx, x: Tensor, log_step: Tensor, low: float, high: float) -> Tensor:
        limited = (x.float() * (-log_step).exp()).clamp_(low, high)
        ctx.save_for_backward(limited, log_step)
        ctx.range, ctx.type = (low, high), x.dtype
        return limited.round()

    @staticmethod
    def backward(ctx, gradient: Tensor):
        limited, log_step = ctx.saved_tensors
        low, high = ctx.range
        inside = gradient * ((limited > low) & (limited < high))
        of_step = -(inside * limited)
        of_step = of_step.sum() if log_step.dim() == 0 else of_step.sum((1, 2, 3), keepdim=True)
        return (inside * (-log_step).exp()).to(ctx.type), of_step, None, None


class Rounded(nn.Module):
    """Whole numbers of a learnt step. Until `fit` has seen values the step is not a number."""

    def __init__(self, limits: tuple[int, int]):
        super().__init__()
        self.limits, self.log_step = limits, nn.Parameter(torch.tensor(math.nan))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(numbers, step)"""
        if self.log_step.isnan():
            self.fit(x)
        return Rounding.apply(x, self.log_step, *self.limits), self.log_step.exp()

    @torch.no_grad()
    def fit(self, x: Tensor) -> None:
        """The step with the smallest mean square error of rounding and limiting `x`."""
        values = x.detach().float().flatten()
        values = values[:: max(1, len(values) // 50_000)]
        values = values.clamp(min=0) if self.limits[0] == 0 else values
        greatest = values.abs().max().clamp(min=1e-6).item()
        steps = [part * greatest / self.limits[1] for part in np.geomspace(1, 0.15, 24)]
        error = lambda step: ((values / step).round().clamp(*self.limits) * step - values).square().mean().item()
        self.log_step.fill_(math.log(min(steps, key=error)))


class RoundedConv(nn.Conv2d):
    """A convolution of rounded inputs with rounded weights; with `result`, that is rounded too. `limits` are those of its input."""

    def __init__(self, conv: nn.Conv2d, limits: tuple[int, int], result: tuple[int, int] | None = None):
        super().__init__(conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding, bias=False)
        self.weight = conv.weight
        self.log_step = nn.Parameter((conv.weight.detach().abs().amax((1, 2, 3), keepdim=True) / WEIGHT_LIMIT).clamp(min=1e-6).log())
        self.input, self.result = Rounded(limits), Rounded(result) if result else None

    def forward(self, x: Tensor) -> Tensor:
        x, step = self.input(x)
        weight = Rounding.apply(self.weight, self.log_step, -WEIGHT_LIMIT, WEIGHT_LIMIT)
        y = F.conv2d(x, weight, None, self.stride, self.padding).float() * (step * self.log_step.exp().view(1, -1, 1, 1))
        if self.result:
            y, step = self.result(y)
            y = y * step
        return y


class RoundedBlock(nn.Module):
    """As `network.Block`; the ReLU is the lower limit of the second convolution's input."""

    def __init__(self, block: Block):
        super().__init__()
        self.a, self.b = RoundedConv(block.a, SIGNED), RoundedConv(block.b, RECTIFIED, SIGNED)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.b(self.a(x))


class EightBit(Denoiser):
    """A Denoiser with the same weights by the same names, rounded where it is used."""

    def __init__(self, *shape):
        super().__init__(*shape)
        for level in (*self.enc, *self.dec):
            for i, block in enumerate(level):
                level[i] = RoundedBlock(block)
        for k, conv in enumerate(self.down):
            self.down[k] = RoundedConv(conv, SIGNED, SIGNED)
        for k in range(1, len(self.up)):
            self.up[k] = RoundedConv(self.up[k], SIGNED, SIGNED)

    @classmethod
    def of(cls, model: Denoiser, inputs: list[Tensor]) -> "EightBit":
        """`model` in 8 bits, its steps those that suit its own weights and what `inputs` [N,C+1,H,W] make of it."""
        result = cls(model.widths, model.blocks, model.image_channels)
        result.load_state_dict(model.state_dict(), strict=False)
        with torch.no_grad():
            for conv in (part for part in result.modules() if isinstance(part, RoundedConv)):
                greatest = conv.weight.abs().amax((1, 2, 3), keepdim=True)
                conv.log_step.copy_((greatest / WEIGHT_LIMIT).clamp(min=1e-6).log())
            result(torch.cat(inputs))
        return result

    def macs_per_pixel(self) -> float:
        return Denoiser(self.widths, self.blocks, self.image_channels).macs_per_pixel()

    def parameter_groups(self, rate: float) -> list[dict]:
        """For the optimiser: the logarithms of steps are learnt faster, and do not decay."""
        named = list(self.named_parameters())
        return [{"params": [value for name, value in named if not name.endswith("log_step")], "lr": rate, "times": 1},
                {"params": [value for name, value in named if name.endswith("log_step")], "lr": rate, "times": FACTOR, "weight_decay": 0}]

    @classmethod
    def from_state(cls, state: Mapping[str, Tensor]) -> "EightBit":
        plain = Denoiser.from_state({name: value for name, value in state.items() if not name.endswith("log_step")})
        model = cls(plain.widths, plain.blocks, plain.image_channels)
        model.load_state_dict({name: value.float() for name, value in state.items()})
        return model.eval()


class Writer(Graph):
    """ONNX nodes of rounded convolutions, as QuantizeLinear and DequantizeLinear around them: runtimes merge the four into one."""

    def number(self, x: str, rounded: Rounded, name: str) -> str:
        """`x` as 8 bits and back"""
        scale = self.constant(np.float32(rounded.log_step.exp().item()), f"{name}.scale")
        zero = self.constant(np.uint8(-rounded.limits[0]), f"{name}.zero")
        return self.op("DequantizeLinear", self.op("QuantizeLinear", x, scale, zero, output=f"{name}.uint8"), scale, zero, output=f"{name}.rounded")

    def rounded(self, x: str, conv: RoundedConv, name: str, relu: Rounded | None = None) -> str:
        """`relu`: what the result is rounded as after a ReLU; `x` must be rounded already."""
        steps = conv.log_step.exp().flatten()
        whole = Rounding.apply(conv.weight, conv.log_step, -WEIGHT_LIMIT, WEIGHT_LIMIT).detach().numpy().astype(np.int8)
        scale = self.constant(steps.detach().numpy(), f"{name}.scale")
        zero = self.constant(np.zeros(len(steps), np.int8), f"{name}.zero")
        weight = self.op("DequantizeLinear", self.constant(whole, f"{name}.int8"), scale, zero, output=f"{name}.weight", axis=0)
        y = self.op("Conv", x, weight, output=name, kernel_shape=conv.kernel_size, strides=conv.stride, pads=[*conv.padding] * 2)
        if relu:
            return self.number(self.op("Relu", y), relu, f"{name}.result")
        return self.number(y, conv.result, f"{name}.result")

    def rounded_block(self, x: str, block: RoundedBlock, name: str) -> str:
        y = self.rounded(self.number(x, block.a.input, f"{name}.a.input"), block.a, f"{name}.a", block.b.input)
        return self.op("Add", self.rounded(y, block.b, f"{name}.b"), x)


@torch.no_grad()
def to_onnx(model: EightBit) -> onnx.ModelProto:
    """[N,C+1,H,W] -> [N,C,H,W], as `export.to_onnx` writes a Denoiser; head, tail and the last `up` in fp16 weights and fp32 arithmetic."""
    weights = {name: value.float().numpy() for name, value in model.state_dict().items()}
    graph, last = Writer(), len(model.widths) - 1

    def blocks(y: str, level: nn.ModuleList, name: str) -> str:
        for i, block in enumerate(level):
            y = graph.rounded_block(y, block, f"{name}.{i}")
        return y

    y, skips = graph.stem("input", weights["head.weight"], "head.weight", "merged"), []
    for k in range(last):
        skips.append(blocks(y, model.enc[k], f"enc.{k}"))
        y = graph.rounded(graph.number(skips[k], model.down[k].input, f"down.{k}.input"), model.down[k], f"down.{k}")
    y = blocks(y, model.enc[last], f"enc.{last}")
    for k in reversed(range(last)):
        if k > 0:
            y = graph.rounded(graph.number(y, model.up[k].input, f"up.{k}.input"), model.up[k], f"up.{k}")
            y = graph.op("DepthToSpace", y, blocksize=2, mode="CRD")
        else:
            y = graph.shuffle(y, weights["up.0.weight"], "up.0.weight", "crd")
        y = blocks(graph.op("Add", y, skips[k]), model.dec[k], f"dec.{k}")
    noise = graph.shuffle(y, weights["tail.weight"], "tail.weight", "crd")
    image = graph.op("Slice", "input", graph.size(0), graph.size(model.image_channels), graph.size(1))
    graph.op("Sub", image, noise, output="output")
    return finished(graph, "denoiser", ["batch", model.image_channels + 1, "height", "width"],
                    ["batch", model.image_channels, "height", "width"])


def parity(proto: onnx.ModelProto, model: EightBit, side: int = 256) -> tuple[float, float]:
    """What the file loses against PyTorch, in dB of the answer to white noise on random shapes (the greatest of three levels), and the root
    mean square of their difference in 8-bit levels.

    That one is not small. Both round, and a sum that lies between two whole numbers goes one way here and the other there: at the first
    rounding in one of 10^5 values, and twenty roundings later in every third, always by a step. So the answers are two of equal worth.
    """
    random = np.random.default_rng(0)
    shapes = np.kron(random.random((1, model.image_channels, side // 16, side // 16)), np.ones((16, 16)))
    lost, squares = [], []
    exact = EightBit.from_state({name: value.half().float() if name in ("head.weight", "up.0.weight", "tail.weight") else value
                                 for name, value in model.state_dict().items()})
    run = session(proto.SerializeToString(), 1)
    for sigma in (5, 25, 75):
        noisy = shapes + sigma / 255 * random.standard_normal(shapes.shape)
        x = np.concatenate([noisy, np.full((1, 1, side, side), sigma / 255)], 1).astype(np.float32)
        with torch.inference_mode():
            expected = exact(torch.from_numpy(x)).numpy()
        answer = run.run(None, {"input": x})[0]
        lost.append(psnr(expected, shapes) - psnr(answer, shapes))
        squares.append(float(np.square(255 * (answer - expected)).mean()))
    return max(lost), float(np.mean(squares) ** 0.5)


def write_variant(model: EightBit, file: Path) -> None:
    """Writes `model` as `file` beside the `model.onnx` that it stands for, and names it in the folder's card."""
    proto = to_onnx(model)
    lost, apart = parity(proto, model)
    print(f"loses {lost:.4f} dB against PyTorch, root mean square of the difference {apart:.3f} levels of 8 bits")
    if not lost < 0.02:
        raise SystemExit(f"Expected to lose less than 0.02 dB. {file} was left as it was.")
    file.parent.mkdir(parents=True, exist_ok=True)
    variant(proto, file.with_name(file.name.replace(".int8.onnx", ".onnx")))
