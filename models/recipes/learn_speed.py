"""What a training step of the bench's two networks costs in PyTorch: processor time, milliseconds, in both layouts.

    python -m recipes.learn_speed [--steps 20] [--rounds 5]

The networks are those of `npm run bench -- learn` (A: strides down, doubling and a convolution up; B: a denoiser with joins), the step is the same:
forwards, backwards, clipping, Adam, moving mean; 16 pictures of 64 x 64 pixels in colour, one thread. Run one after the other on a quiet machine.
"""

from __future__ import annotations

import argparse
import time

import torch
from torch import nn
from torch.nn import functional as F


def conv(inputs: int, outputs: int, side: int = 3, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, side, stride, side // 2)


class A(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList(conv(i, o, 3, 2) for i, o in [(3, 16), (16, 32), (32, 64)])
        self.code, self.back = conv(64, 16), conv(16, 64)
        self.up = nn.ModuleList(conv(i, o) for i, o in [(64, 64), (64, 32), (32, 16)])
        self.last = conv(16, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for each in self.down:
            x = F.relu(each(x))
        x = F.relu(self.back(self.code(x)))
        for each in self.up:
            x = F.relu(each(F.interpolate(x, scale_factor=2)))
        return self.last(x)


class B(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        pairs = [(3, 24, 1), (24, 24, 1), (24, 48, 2), (48, 48, 1), (48, 96, 2), (96, 96, 1)]
        self.down = nn.ModuleList(conv(i, o, 3, stride) for i, o, stride in pairs)
        self.up = nn.ModuleList(conv(i, o) for i, o in [(144, 48), (48, 48), (72, 24), (24, 24)])
        self.last = conv(24, 3, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        seen = []
        for at, each in enumerate(self.down):
            x = F.relu(each(x))
            seen.append(x)
        for at, each in enumerate(self.up):
            if at % 2 == 0:
                x = torch.cat([F.interpolate(x, scale_factor=2), seen[3 - at]], 1)
            x = F.relu(each(x))
        return self.last(x)


def prepare(network: nn.Module, layout: torch.memory_format):
    network = network.to(memory_format=layout)
    parameters = list(network.parameters())
    optimiser = torch.optim.Adam(parameters, 1e-3)
    mean = [each.detach().clone() for each in parameters]
    x, y = (torch.rand(16, 3, 64, 64).to(memory_format=layout) for _ in range(2))

    def step() -> None:
        optimiser.zero_grad(set_to_none=True)
        F.mse_loss(network(x), y).backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        with torch.no_grad():
            torch._foreach_lerp_(mean, [each.detach() for each in parameters], 0.01)

    return step


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    layouts = {"planes": torch.contiguous_format, "channels last": torch.channels_last}
    for kind in (A, B):
        steps = {name: prepare(kind(), layout) for name, layout in layouts.items()}
        found: dict[str, list[float]] = {name: [] for name in steps}
        for at in range(given.rounds + 1):
            for name, step in steps.items():
                before = time.process_time()
                for _ in range(given.steps):
                    step()
                # The first round warms up.
                if at > 0:
                    found[name].append(1000 * (time.process_time() - before) / given.steps)
        count = sum(each.numel() for each in kind().parameters())
        print(f"{kind.__name__}, {count:,} parameters: " + ", ".join(
            f"{name} {sorted(values)[len(values) // 2]:.1f} ms ({min(values):.1f} to {max(values):.1f})" for name, values in found.items()
        ))


if __name__ == "__main__":
    main()
