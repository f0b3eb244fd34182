"""Drawn pictures without noise, which readings must not take for noisy: letters, gratings, checks, halftone, dither."""
import functools

import numpy as np
import torch
from torch import Tensor

from .level import Chance, Sample

SHEET = 768


@functools.cache
def sheet() -> Tensor:
    """A page of random letters and figures in several sizes, black on white; [SHEET,SHEET] in [0,1]"""
    from PIL import Image, ImageDraw, ImageFont
    random = np.random.default_rng(1)
    page, top = Image.new("L", (SHEET, SHEET), 255), 0
    draw = ImageDraw.Draw(page)
    letters = list("etaoinshrdlucmfwypvbgkjxqz      ETAOINSHRDLU0123456789.,;:()%+-=")
    while top < SHEET:
        size = int(random.choice([9, 10, 11, 12, 14, 16, 20, 28]))
        draw.text((2, top), "".join(random.choice(letters, 2 * SHEET // size)), fill=0, font=ImageFont.load_default(size))
        top += round(1.3 * size)
    return torch.from_numpy(np.asarray(page).copy()).float() / 255


def drawn(count: int, channels: int, side: int, choice: Chance) -> Tensor:
    """[count,channels,side,side] between two colours, of 8 bits: a third each letters, periodic patterns, and dots placed at random"""
    device, pictures = choice.generator.device, []
    at = torch.arange(side, device=device).float()
    for _ in range(count):
        kind, first, second, turn = torch.rand(4, generator=choice.generator, device=device).tolist()
        if kind < 0.4 and side <= SHEET:
            y, x = (int(v * (SHEET - side + 1)) for v in (first, second))
            shape = sheet().to(device)[y:y + side, x:x + side]
        elif kind < 0.8:
            period = 2 * 8 ** first                                                    # 2..16 px
            if turn < 0.5:                                                             # lines, mostly along the grid
                angle = 0 if turn < 0.3 else second * torch.pi
                wave = torch.sin(2 * torch.pi * (at[:, None] * np.cos(angle) + at * np.sin(angle)) / period + 0.7)
            else:                                                                      # checks and halftone
                wave = torch.sin(2 * torch.pi * at[:, None] / period + 0.7) * torch.sin(2 * torch.pi * at / period + 0.7) + 0.6 * (second - 0.5)
            shape = (wave > 0).float() if kind < 0.7 else 0.5 + 0.5 * wave.clamp(-1, 1)
        else:                                                                          # a ramp, dithered by a fixed order (Bayer 1973)
            bayer = torch.tensor([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], device=device) / 16 + 1 / 32
            ramp = (at[:, None] * (first - 0.5) + at * (second - 0.5)) / side + 0.5
            shape = (ramp > bayer.repeat(side // 4 + 1, side // 4 + 1)[:side, :side]).float()
        paper, ink = torch.rand(2, channels, 1, 1, generator=choice.generator, device=device)
        if turn < 0.6:
            paper, ink = (torch.ones_like(paper), torch.zeros_like(ink)) if turn < 0.4 else (torch.zeros_like(paper), torch.ones_like(ink))
        pictures.append(ink + (paper - ink) * shape)
    return (255 * torch.stack(pictures)).round() / 255


def pattern(clean: Tensor, choice: Chance) -> Sample:
    """Drawn pictures in place of the crops, and no noise: level 0."""
    picture = drawn(len(clean), clean.shape[1], clean.shape[-1], choice)
    return picture, picture, torch.zeros_like(picture[:, :1])


def patterned(degrade):
    """A degradation of drawn pictures in place of the crops"""
    return lambda clean, choice: degrade(drawn(len(clean), clean.shape[1], clean.shape[-1], choice), choice)
