"""The networks: the denoiser, a bias-free residual U-Net behind a space-to-depth stem, and the noise estimator.

Owns the architectures and nothing else. No bias and no normalisation, so that scaling the input and its noise map scales
the output (Mohan et al., ICLR 2020, "Robust and interpretable blind image denoising via bias-free convolutional neural
networks") and the network holds up outside the trained noise range; the noise map as an input channel is FFDNet's
(Zhang, Zuo, Zhang, TIP 2018); the residual U-Net of plain conv-ReLU-conv blocks is DRUNet's (Zhang et al., TPAMI 2021).
"""
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def conv(inputs: int, outputs: int, side: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, side, stride, padding=side // 2 if stride == 1 else 0, bias=False)


class Block(nn.Module):
    """`x + b(relu(a(x)))`, both 3x3; [N,C,h,w] -> [N,C,h,w]."""

    def __init__(self, width: int):
        super().__init__()
        self.a, self.b = conv(width, width, 3), conv(width, width, 3)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.b(F.relu(self.a(x)))


class Denoiser(nn.Module):
    """`input` [N, image+1, H, W] -> cleaned image [N, image, H, W], not clipped.

    The image is in [0,1]; the last channel is the standard deviation of its noise on the same scale, per pixel.
    H and W must be multiples of `multiple_of`. Level k works at 1/2^(k+1) of the resolution with `widths[k]` channels and
    `blocks[k]` blocks on the way down and again on the way up (the last level once).
    """

    def __init__(self, widths: Sequence[int] = (32, 64, 128), blocks: Sequence[int] = (2, 2, 2), image_channels: int = 3):
        super().__init__()
        if len(widths) != len(blocks):
            raise ValueError(f"Expected one block count per width but received {len(widths)} widths and {len(blocks)} block counts")
        self.widths, self.blocks, self.image_channels = tuple(widths), tuple(blocks), image_channels
        steps = range(len(widths) - 1)
        stack = lambda k: nn.ModuleList(Block(widths[k]) for _ in range(blocks[k]))
        self.head = conv(4 * (image_channels + 1), widths[0], 3)
        self.enc = nn.ModuleList(stack(k) for k in range(len(widths)))
        self.down = nn.ModuleList(conv(widths[k], widths[k + 1], 2, 2) for k in steps)
        self.up = nn.ModuleList(conv(widths[k + 1], 4 * widths[k], 1) for k in steps)
        self.dec = nn.ModuleList(stack(k) for k in steps)
        self.tail = conv(widths[0], 4 * image_channels, 3)

    @property
    def multiple_of(self) -> int:
        return 2 ** len(self.widths)

    def forward(self, x: Tensor) -> Tensor:
        y, skips = self.head(F.pixel_unshuffle(x, 2)), []
        for k, level in enumerate(self.enc):
            for block in level:
                y = block(y)
            if k < len(self.down):
                skips.append(y)
                y = self.down[k](y)
        for k in reversed(range(len(self.up))):
            y = F.pixel_shuffle(self.up[k](y), 2) + skips[k]
            for block in self.dec[k]:
                y = block(y)
        return x[:, : self.image_channels] - F.pixel_shuffle(self.tail(y), 2).to(x.dtype)

    def macs_per_pixel(self) -> float:
        """Multiply-accumulates per image pixel: a weight at level k is used once per 4^(k+1) pixels."""
        def level(name: str) -> int:
            group, *rest = name.split(".")
            return {"enc": lambda: int(rest[0]), "dec": lambda: int(rest[0]), "down": lambda: int(rest[0]) + 1,
                    "up": lambda: int(rest[0]) + 1}.get(group, lambda: 0)()
        return sum(w.numel() / 4 ** (level(name) + 1) for name, w in self.named_parameters())

    def receptive_field(self) -> int:
        """Radius in pixels: no output pixel depends on an input pixel further away (in rows or columns) than this.

        Follows the interval of positions that one output pixel needs, from the tail back to the input, for every
        alignment of that pixel to the coarsest grid.
        """
        def radius(pixel: int) -> int:
            low, high = pixel // 2 - 1, pixel // 2 + 1                     # the 2x2 cell of the output; the tail
            for k in range(len(self.dec)):                                 # decoder, fine to coarse: blocks, then `up`
                low, high = (low - 2 * self.blocks[k]) // 2, (high + 2 * self.blocks[k]) // 2
            for k in reversed(range(len(self.blocks))):                    # encoder, coarse to fine: blocks, then `down`
                low, high = low - 2 * self.blocks[k], high + 2 * self.blocks[k]
                if k > 0:
                    low, high = 2 * low, 2 * high + 1
            low, high = 2 * (low - 1), 2 * (high + 1) + 1                  # the head; the 2x2 cell of the input
            return max(pixel - low, high - pixel)
        return max(radius(pixel) for pixel in range(self.multiple_of))

    @classmethod
    def from_state(cls, state: Mapping[str, Tensor]) -> "Denoiser":
        """Reads widths and block counts off the names and shapes of a checkpoint."""
        levels = 1 + max(int(name.split(".")[1]) for name in state if name.startswith("enc."))
        count = lambda k: len({name.split(".")[2] for name in state if name.startswith(f"enc.{k}.")})
        model = cls([state[f"enc.{k}.0.a.weight"].shape[0] for k in range(levels)], [count(k) for k in range(levels)],
                    state["tail.weight"].shape[0] // 4)
        model.load_state_dict({name: weight.float() for name, weight in state.items()})
        return model.eval()


def as_gray(model: Denoiser) -> Denoiser:
    """The one-channel network that answers as `model` does for three equal channels: a start for training it on gray images."""
    gray = Denoiser(model.widths, model.blocks, 1)
    state = model.state_dict()
    head, tail = state["head.weight"], state["tail.weight"]                    # [O,16,3,3]: R, G, B, map, 4 each; [12,C,3,3]
    colours = head[:, :12].unflatten(1, (3, 4)).sum(1)
    gray.load_state_dict({**state, "head.weight": torch.cat([colours, head[:, 12:]], 1), "tail.weight": tail.unflatten(0, (3, 4)).mean(0)})
    return gray


class NoiseNetwork(nn.Module):
    """How much noise there is: [N, C, H, W] in [0,1] -> level [N, 1, H/16, W/16] and weight of the same shape.

    Level is the equivalent white level (`degradations/level.py`) of a cell of 16x16 pixels on the scale of the input; weight, the
    inverse of the expected error of its logarithm, says how far a cell can be trusted: little where texture hides the noise.
    H and W must be multiples of 16.

    A learned bank of filters on what differs from the mean of 5x5 pixels, its energy in each cell as a logarithm, and a small
    network that weighs the energies of a cell, its neighbours and the mean of 9x9 cells: noise is everywhere, texture is not. Handing logarithms of energies to the second part is what makes it
    learn in minutes: without them a network of the same size told 0 from 5 levels only after thousands of steps.
    """
    BANK, STRIDES, CONTEXT = (24, 24, 40, 40), (1, 1, 2, 1), (96, 96)
    CELL, AROUND, OFFSET, GAIN, FLOOR = 16, 9, 0.5 / 255, 16.0, 1e-3

    def __init__(self, image_channels: int = 3):
        super().__init__()
        self.image_channels = image_channels
        bank, context = (4 * image_channels, *self.BANK), (self.BANK[-1], *self.CONTEXT)
        self.bank = nn.ModuleList(nn.Conv2d(bank[i], bank[i + 1], 3, stride, 1) for i, stride in enumerate(self.STRIDES))
        self.context = nn.ModuleList(nn.Conv2d(context[i], context[i + 1], 3, 1, 1) for i in range(len(self.CONTEXT)))
        self.around = nn.Conv2d(self.CONTEXT[0], self.CONTEXT[1], 1)
        self.last = nn.Conv2d(self.CONTEXT[-1], 2, 1)
        for layer in (*self.bank, *self.context, self.around):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)

    def logarithms(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """ln(level + OFFSET) and ln(weight)"""
        y = F.pixel_unshuffle(self.GAIN * (x - F.avg_pool2d(x, 5, 1, 2, count_include_pad=False)), 2)
        for layer in self.bank[:-1]:
            y = F.relu(layer(y))
        y = (F.avg_pool2d(self.bank[-1](y).square(), 4) + self.FLOOR).log()
        y = F.relu(self.context[0](y))
        around = F.avg_pool2d(y, self.AROUND, 1, self.AROUND // 2, count_include_pad=False)
        y = F.relu(self.context[1](y) + self.around(around))
        level, weight = self.last(y).split(1, 1)
        return level - 3, weight.clamp(-3, 5)

    def forward(self, x: Tensor) -> Tensor:
        """[N, 2, H/16, W/16]: level (not below 0), weight"""
        level, weight = self.logarithms(x)
        return torch.cat([(level.exp() - self.OFFSET).clamp(min=0), weight.exp()], 1)

    def macs_per_pixel(self) -> float:
        area, total = 4, 0.0
        for layer in self.bank:
            area *= layer.stride[0] ** 2
            total += layer.weight.numel() / area
        return total + sum(layer.weight.numel() for layer in (*self.context, self.around, self.last)) / self.CELL ** 2

    @classmethod
    def from_state(cls, state: Mapping[str, Tensor]) -> "NoiseNetwork":
        model = cls(state["bank.0.weight"].shape[1] // 4)
        model.load_state_dict({name: weight.float() for name, weight in state.items()})
        return model.eval()


def exported(path: str) -> dict[str, Tensor]:
    """The weights of an `.onnx` file that `recipes.export` wrote, by their names there: 16 bits each, the stem as one 6x6 convolution."""
    import onnx
    state = {}
    for tensor in onnx.load(path).graph.initializer:
        if tensor.name.endswith((".weight", ".bias")):
            values = torch.from_numpy(onnx.numpy_helper.to_array(tensor).copy()).float()
            if values.shape[2:] == (6, 6):                  # back to 3x3 behind pixel_unshuffle(2), the inverse of export.Graph.stem
                outputs, inputs = values.shape[:2]
                values = values.reshape(outputs, inputs, 3, 2, 3, 2).permute(0, 1, 3, 5, 2, 4).reshape(outputs, 4 * inputs, 3, 3)
            state[tensor.name] = values
    return state


def grown(start: Denoiser, model: Denoiser) -> Denoiser:
    """`model` with the weights of `start`, which has no more blocks at any level; further blocks add nothing until they are trained."""
    state = start.state_dict()
    for name, value in model.state_dict().items():
        if name not in state:
            state[name] = torch.zeros_like(value) if name.endswith(".b.weight") else value
    model.load_state_dict(state)
    return model


def load(path: str) -> Denoiser | NoiseNetwork:
    """A network from a `.safetensors` file, an exported `.onnx`, or the EMA weights of a training checkpoint (`.ckpt`)."""
    if path.endswith(".safetensors"):
        from safetensors.torch import load_file
        state = load_file(path)
    elif path.endswith(".onnx"):
        state = exported(path)
    else:
        state = torch.load(path, map_location="cpu", weights_only=True)["ema"]
    if any(name.endswith("log_step") for name in state):
        from .eight_bits import EightBit
        return EightBit.from_state(state)
    return (NoiseNetwork if "bank.0.weight" in state else Denoiser).from_state(state)
