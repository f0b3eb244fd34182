"""The autoencoder of latent files: analysis, quantiser with context network, synthesis.

The analysis is the lapped transform and a nonlinear branch, the synthesis its inverse and a U-Net that removes what the quantiser has
added; both learned parts begin as if they were not there (the U-Net as the shipped denoiser). One set of weights serves all
rates: a step of 2^(k/16) levels for k in 0..127, uniform over all channels, because the basis is orthonormal.
"""
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..network import Block, Denoiser, conv
from .context import SIZES, Context, bits
from .transform import CHANNELS, analyse, kernels, synthesise

# What the denoiser is told of the quantiser's error, in steps; the mean square of a uniform error is 1/12.
NOISE_OF_STEP = 0.3


class Analysis(nn.Module):
    """[N,3,H,W] in [0,1], multiples of 16 -> latents [N,192,H/8,W/8] in levels of an orthonormal basis."""

    def __init__(self, weight: Tensor):
        super().__init__()
        self.register_buffer("weight", weight)
        self.head, self.fine = conv(12, 32, 3), Block(64)
        self.down = nn.ModuleList([conv(32, 64, 2, 2), conv(64, 128, 2, 2)])
        self.coarse = nn.ModuleList(Block(128) for _ in range(2))
        self.last = conv(128, CHANNELS, 1)
        nn.init.zeros_(self.last.weight)

    def branch(self, image: Tensor) -> Tensor:
        """image less 1/2"""
        y = self.down[1](self.fine(self.down[0](self.head(F.pixel_unshuffle(image, 2)))))
        for block in self.coarse:
            y = block(y)
        return self.last(F.relu(y))

    def forward(self, image: Tensor) -> Tensor:
        image = image - 0.5
        with torch.autocast(image.device.type, enabled=False):
            linear = analyse(255 * image.float(), self.weight)
        return linear + 255 * self.branch(image).float()


class Synthesis(Denoiser):
    """Latents [N,192,h,w] in levels and their step [N,1,h,w] -> [N,3,8h,8w] in [0,1], not clipped."""

    def __init__(self, weight: Tensor, parity: Tensor):
        super().__init__((32, 64, 128), (1, 1, 2))
        self.register_buffer("weight", weight)
        self.register_buffer("parity", parity)
        self.latents = conv(CHANNELS, 128, 1)
        nn.init.zeros_(self.latents.weight)

    def linear(self, latent: Tensor) -> Tensor:
        return synthesise(latent, self.weight, self.parity) / 255 + 0.5

    def restore(self, image: Tensor, latent: Tensor, step: Tensor) -> Tensor:
        """Removes the quantiser's error from the linear synthesis; image in [0,1]."""
        level = (NOISE_OF_STEP / 255 * step[:, :, :1, :1]).expand(-1, 1, *image.shape[2:])
        fine = self.head(F.pixel_unshuffle(torch.cat([image, level], 1), 2))
        fine = self.enc[0][0](fine)
        middle = self.enc[1][0](self.down[0](fine))
        coarse = self.down[1](middle) + self.latents(latent / 255)
        for block in self.enc[2]:
            coarse = block(coarse)
        middle = self.dec[1][0](F.pixel_shuffle(self.up[1](coarse), 2) + middle)
        fine = self.dec[0][0](F.pixel_shuffle(self.up[0](middle), 2) + fine)
        return image - F.pixel_shuffle(self.tail(fine), 2).to(image.dtype)

    def macs_per_pixel(self) -> float:
        return super().macs_per_pixel() - self.latents.weight.numel() * (1 / 4 - 1 / 64)

    def forward(self, latent: Tensor, step: Tensor) -> Tensor:
        with torch.autocast(latent.device.type, enabled=False):
            image = self.linear(latent.float())
        return self.restore(image, latent, step)


class Codec(nn.Module):
    """order [192]: the transform's channels from coarse to fine, as `statistics` finds it."""

    def __init__(self, order: Tensor):
        super().__init__()
        weight, parity = kernels()
        self.register_buffer("order", order)
        self.analysis = Analysis(weight[order])
        self.synthesis = Synthesis(weight[order], parity[order])
        self.context = Context()

    def start_from(self, denoiser: Denoiser) -> None:
        """The U-Net begins as a denoiser, with the first blocks of its two finer levels."""
        own = self.synthesis.state_dict()
        self.synthesis.load_state_dict({**own, **{name: w for name, w in denoiser.state_dict().items() if name in own}})

    def quantised(self, latent: Tensor, octave: Tensor, noise: bool) -> tuple[Tensor, Tensor]:
        """Latents in steps -> (values as decoded, straight through; bits [N,192,h,w]).

        The context sees what a decoder sees and gets no gradient through it; only for the first group, whose prediction needs decoded
        neighbours, noise stands for the rounding. noise: bits of the residual with uniform noise, which has a gradient, or of the rounded one.
        """
        with torch.autocast(latent.device.type, enabled=False):      # a rate of bf16 is not the rate of integers (README.md)
            return self.in_single(latent.float(), octave, noise)

    def in_single(self, latent: Tensor, octave: Tensor, noise: bool) -> tuple[Tensor, Tensor]:
        values, costs, state = [], [], None
        for g, own in enumerate(latent.split(SIZES, 1)):
            jitter = torch.rand_like(own) - 0.5
            if g == 0:
                mean, scale = self.context.first((own + jitter).detach(), octave)
            else:
                mean, scale, state = self.context.next(g, state, values[-1].detach(), octave)
            residual = own - mean
            values.append(own + (residual.round() - residual).detach())
            costs.append(bits(residual + jitter if noise else residual.round(), scale))
        return torch.cat(values, 1), torch.cat(costs, 1)

    def forward(self, image: Tensor, octave: Tensor, noise: bool = False) -> tuple[Tensor, Tensor]:
        """[N,3,H,W] and octave [N,1,1,1] -> what is decoded, bits per pixel [N]"""
        step = 2 ** (octave + 4)
        values, cost = self.quantised(self.analysis(image) / step, octave, noise)
        return self.synthesis(values * step, step), cost.sum((1, 2, 3)) / (image.shape[2] * image.shape[3])

    def macs_per_pixel(self) -> float:
        a = self.analysis
        branch = a.head.weight.numel() / 4 + (a.down[0].weight.numel() + weights(a.fine)) / 16 + (a.down[1].weight.numel() + weights(a.coarse) + a.last.weight.numel()) / 64
        return branch + 2 * a.weight.numel() / 64 + self.synthesis.macs_per_pixel() + self.context.macs_per_position() / 64


def weights(part: nn.Module) -> int:
    return sum(w.numel() for w in part.parameters())


def statistics(crops: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Of the transform on images [3,H,W] in [0,1]: (order [192], the means first, then by falling spread; spread in that order)."""
    weight, parity = kernels()
    spread = torch.stack([analyse(255 * (crop[None] - 0.5), weight).abs().mean((0, 2, 3)) for crop in crops]).mean(0)
    means = torch.arange(0, CHANNELS, CHANNELS // 3)
    rest = spread.clone()
    rest[means] = -1
    order = torch.cat([means, rest.argsort(descending=True)[: CHANNELS - 3]])
    return order, spread[order].clamp(min=0.01)
