"""White Gaussian noise, even and varying, and none at all."""
import torch
from torch import Tensor
from torch.nn import functional as F

from .level import Chance, Sample


def white(clean: Tensor, choice: Chance) -> Sample:
    """White Gaussian noise, not clipped: sigma uniform in 0..55 of 255, 5 % zeros; varying over the crop in one of eight."""
    count, _, height, width = clean.shape
    level = choice.uniform(count, 0, 55 / 255) * ~choice.happens(count, 0.05)
    field = F.interpolate(choice.normal(count, 1, 4, 4), (height, width), mode="bicubic").mul(0.6).exp().clamp(0.1, 3)
    level = torch.where(choice.happens(count, 0.125), (level * field).clamp(max=60 / 255), level.expand_as(field))
    return clean, clean + level * choice.normal(*clean.shape), level


def strong(clean: Tensor, choice: Chance) -> Sample:
    """White Gaussian noise, not clipped, sigma uniform in 55..110 of 255: what a range of 8 bits must still hold."""
    level = choice.uniform(len(clean), 55 / 255, 110 / 255)
    return clean, clean + level * choice.normal(*clean.shape), level.expand_as(clean[:, :1])


def clean(image: Tensor, choice: Chance) -> Sample:
    """No noise, level 0: what an estimator must leave alone."""
    return image, image, torch.zeros_like(image[:, :1])
