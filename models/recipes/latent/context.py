"""What the entropy coder expects of each latent: a context network made to run in integers.

Channels are coded in groups, each predicted from the groups before it at the same place and around it; the first group, the three
means, from its own causal neighbours. There is no hyper-latent: nothing is sent but the latents (channel-conditional coding as of Minnen and
Singh, ICIP 2020; He et al., "ELIC", CVPR 2022, with all of the side information taken from what is decoded already).

The program runs this network in integers of a fixed order (docs/latent-format.md): activations and latents with 6 fractional bits, weights
with 10. It is trained in floating point first, and then, `integers` set, in the numbers that the program has (`refine.py`).
"""
import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZES = (3, 9, 24, 52, 104)
STATE, HIDDEN, SERIAL = 48, 64, 32
SCALES, MIDDLE, PER_UNIT, SMALLEST = 64, 28, 5, 0.02
TAPS = [(-2, dx) for dx in range(-2, 3)] + [(-1, dx) for dx in range(-2, 3)] + [(0, -2), (0, -1)]
ACTIVATION, WEIGHT = 64, 1024
LIMIT = 32767 / ACTIVATION
# Latents are up to some hundred steps: their weights are learned in units of an eighth.
SMALL = 1 / 8


def rounded(value: Tensor, unit: int) -> Tensor:
    """To multiples of 1 / unit, with the gradient of the value itself."""
    return value + ((value * unit).round() / unit - value).detach()


class Layer(nn.Module):
    """A convolution whose bias may depend on the step; `steps`: how many of its last inputs are latents."""

    def __init__(self, inputs: int, outputs: int, side: int = 1, steps: int = 0, relu: bool = True):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, side, padding=side // 2)
        self.quality = nn.Parameter(torch.zeros(outputs))
        self.relu, self.integers = relu, False
        scale = torch.ones(1, inputs, 1, 1)
        scale[:, inputs - steps:] = SMALL
        self.register_buffer("scale", scale, persistent=False)
        nn.init.kaiming_normal_(self.conv.weight, nonlinearity="relu" if relu else "linear")
        nn.init.zeros_(self.conv.bias)
        if not relu:
            nn.init.zeros_(self.conv.weight)

    def weight(self) -> Tensor:
        return self.conv.weight * self.scale

    def forward(self, x: Tensor, octave: Tensor) -> Tensor:
        """octave [N,1,1,1]: (step index - 64) / 16, that is log2 of the step less 4"""
        weight = rounded(self.weight(), WEIGHT) if self.integers else self.weight()
        y = F.conv2d(x, weight, self.conv.bias, padding=self.conv.padding) + self.quality[:, None, None] * octave
        y = F.relu(y) if self.relu else y
        return rounded(y.clamp(max=LIMIT) if self.relu else y, ACTIVATION) if self.integers else y


class Context(nn.Module):
    def __init__(self):
        super().__init__()
        first, taps = SIZES[0], len(TAPS) * SIZES[0]
        self.serial = nn.ModuleList([Layer(taps, SERIAL, steps=taps), Layer(SERIAL, SERIAL), Layer(SERIAL + taps, 2 * first, steps=taps, relu=False)])
        with torch.no_grad():                                       # begins with the mean of the left and the upper neighbour
            head = self.serial[2].conv.weight
            head[:, SERIAL:] = 0
            for c in range(first):
                for dy, dx in ((-1, 0), (0, -1)):
                    head[c, SERIAL + TAPS.index((dy, dx)) * first + c] = 0.5 / SMALL
        self.groups = nn.ModuleList()
        for g in range(1, len(SIZES)):
            inputs = (STATE if g > 1 else 0) + SIZES[g - 1]
            self.groups.append(nn.ModuleList([Layer(inputs, STATE, 3, steps=SIZES[g - 1]), Layer(STATE, HIDDEN), Layer(HIDDEN, 2 * SIZES[g], relu=False)]))

    def start_from(self, spread: Tensor) -> None:
        """The scales begin as those of the channels: `spread` [192], mean absolute values in levels."""
        heads = [self.serial[2], *(group[2] for group in self.groups)]
        with torch.no_grad():
            for head, own in zip(heads, spread.split(SIZES)):
                head.conv.bias[len(own):] = own.log2() - 4
                head.quality[len(own):] = -1

    @staticmethod
    def taps(means: Tensor) -> Tensor:
        """Causal neighbours of [N,3,h,w]: [N,36,h,w], tap by tap."""
        height, width = means.shape[2:]
        around = F.pad(means, (2, 2, 2, 0))
        return torch.cat([around[:, :, 2 + dy:2 + dy + height, 2 + dx:2 + dx + width] for dy, dx in TAPS], 1)

    def first(self, means: Tensor, octave: Tensor) -> tuple[Tensor, Tensor]:
        """What is expected of the means, given the means themselves: prediction in steps, log scale."""
        taps = self.taps(means.clamp(-LIMIT, LIMIT))
        hidden, second, head = self.serial
        return head(torch.cat([second(hidden(taps, octave), octave), taps], 1), octave).chunk(2, 1)

    def next(self, g: int, state: Tensor | None, values: Tensor, octave: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Group g >= 1 from the state and the values of group g - 1: prediction, log scale, state."""
        spread, hidden, head = self.groups[g - 1]
        values = values.clamp(-LIMIT, LIMIT)
        state = spread(values if state is None else torch.cat([state, values], 1), octave)
        mean, scale = head(hidden(state, octave), octave).chunk(2, 1)
        return mean, scale, state

    def in_integers(self) -> "Context":
        """From now on with the weights and activations that the program has."""
        for layer in self.modules():
            if isinstance(layer, Layer):
                layer.integers = True
        return self

    def macs_per_pixel(self) -> float:
        return self.macs_per_position() / 64

    def macs_per_position(self) -> int:
        return sum(layer.conv.weight.numel() for layer in self.modules() if isinstance(layer, Layer))


def index(scale: Tensor) -> Tensor:
    """The network's answer as an index into the table of scales, not rounded; the gradient passes its ends."""
    value = MIDDLE + PER_UNIT * scale
    return value + (value.clamp(0, SCALES - 1) - value).detach()


def bits(residual: Tensor, scale: Tensor) -> Tensor:
    """Of a residual in steps that is Laplace distributed around 0: -log2 of the mass within half a step."""
    b, distance = SMALLEST * 2 ** (index(scale) / PER_UNIT), residual.abs()
    outside = torch.log(torch.sinh(0.5 / b)) - distance / b
    inside = 1 - 0.5 * (torch.exp((distance.clamp(max=0.5) - 0.5) / b) + torch.exp(-(distance + 0.5) / b))
    return -torch.where(distance < 0.5, inside.clamp(min=1e-9).log(), outside) / math.log(2)
