"""The statistics of the degradations, and the pieces they are made of.

    python -m unittest discover -t . -s recipes/tests       # from models/
"""
import io
import math
import unittest

import numpy as np
import torch
from PIL import Image
from torch import Generator, Tensor
from torch.nn import functional as F

from ..degradations import Chance, camera, clean, coloured, ct, jpeg_clean, low_dose, poisson, reduced, rician, speckle, white
from ..degradations.camera import MALVAR, demosaicked
from ..degradations.jpeg import jpeg
from ..degradations.level import blurred, equivalent_level, local_level
from ..degradations.scan import DOSE, NOISE_SCALE, back_projection, projection, slice_noise


def chance(seed: int = 1) -> Chance:
    return Chance(Generator().manual_seed(seed))


def flat(value: float, channels: int = 3, count: int = 4, side: int = 192) -> Tensor:
    return torch.full((count, channels, side, side), value)


def picture(count: int = 4, side: int = 128) -> Tensor:
    """Smooth colours with edges: something that JPEG and cameras can work on."""
    coarse = torch.rand(count, 3, 6, 6, generator=Generator().manual_seed(2))
    return F.interpolate(coarse, (side, side), mode="bicubic").clamp(0.05, 0.95)


def rms(x: Tensor) -> float:
    return x.square().mean().sqrt().item()


class Level(unittest.TestCase):
    def test_of_white_noise_is_sigma(self):
        noise = 0.1 * chance().normal(4, 3, 256, 256)
        self.assertAlmostEqual(equivalent_level(noise, chance()).mean().item(), 0.1, delta=0.003)
        self.assertAlmostEqual(local_level(noise).square().mean().sqrt().item(), 0.1, delta=0.003)

    def test_of_correlated_noise_is_that_of_the_white_noise_with_the_same_low_frequencies(self):
        source = chance().normal(4, 1, 256, 256)
        soft = blurred(source, torch.full((4, 1, 1, 1), 0.7))
        gain = 1 / (2 * math.sqrt(math.pi) * 0.7)      # a Gaussian of radius r leaves 1/(4 pi r^2) of the power of white noise
        self.assertAlmostEqual(local_level(soft).mean().item(), 1 / gain, delta=0.2 / gain)
        self.assertAlmostEqual(rms(soft), 1, delta=1e-3)


class Gaussian(unittest.TestCase):
    def test_white_has_the_level_it_says(self):
        image, noisy, level = white(flat(0.5, count=16), chance())
        noise = noisy - image
        self.assertAlmostEqual((noise / level.clamp(min=1e-6))[level.expand_as(noise) > 0].std().item(), 1, delta=0.01)
        self.assertLess(abs(noise.mean().item()), 0.001)
        neighbours = (noise[..., 1:] * noise[..., :-1]).mean() / noise.square().mean()
        self.assertLess(abs(neighbours.item()), 0.02)
        self.assertGreater(noisy.max().item(), 0.5 + 55 / 255)

    def test_clean_is_untouched(self):
        image, noisy, level = clean(picture(), chance())
        self.assertTrue(torch.equal(image, noisy) and not level.any())


class Camera(unittest.TestCase):
    def test_coloured_noise_is_correlated_and_says_the_greater_level(self):
        image, noisy, level = coloured(flat(0.5, count=16), chance())
        noise = noisy - image
        self.assertGreater(((noise[..., 1:] * noise[..., :-1]).mean() / noise.square().mean()).item(), 0.3)
        self.assertGreater(level.mean().item(), 1.3 * rms(noise))

    def test_reduction_leaves_more_noise_on_texture(self):
        texture = 0.5 + 0.2 * torch.sign(torch.sin(torch.arange(192) * 0.8))[None, None, None].expand(8, 3, 192, 192)
        image = torch.where(torch.arange(192)[:, None] < 96, flat(0.5, count=8), texture)
        left = torch.zeros(2)
        for seed in range(6):
            _, noisy, _ = reduced(image, chance(seed))
            noise = (noisy - image).mean(3)            # along the stripes nothing of the picture is left in the difference's scatter
            left += torch.stack([noise[:, :, 8:88].var(), (noisy - image)[:, :, 104:184].var((2)).mean()])
        self.assertGreater(left[1].item(), left[0].item())

    def test_sensor_noise_changes_no_colour(self):
        image, noisy, level = camera(picture(16), chance())
        self.assertLess((noisy - image).mean((0, 2, 3)).abs().max().item(), 0.008)
        self.assertGreater(level.mean().item(), 1 / 255)

    def test_demosaicking_keeps_flat_colour(self):
        self.assertTrue(torch.allclose(MALVAR.sum((1, 2, 3)), torch.ones(4)))
        self.assertTrue(torch.allclose(demosaicked(flat(0.3, 1)), flat(0.3), atol=1e-6))

    def test_jpeg_is_what_libjpeg_leaves(self):
        image = picture(1)
        pixels = (image[0].permute(1, 2, 0) * 255).round().byte().numpy()
        ones = torch.ones(1, 1, 1, 1)
        for quality, halved in ((75, False), (90, False), (90, True)):
            file = io.BytesIO()
            Image.fromarray(pixels).save(file, "jpeg", quality=quality, subsampling=2 if halved else 0)
            expected = torch.from_numpy(np.array(Image.open(file))).permute(2, 0, 1)[None] / 255
            # The block grid of `jpeg` starts anywhere, so errors agree in size, not in place.
            result = jpeg(torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255, quality * ones, ones * halved > 0, chance())
            self.assertAlmostEqual(rms(result - image) / rms(expected - image), 1, delta=0.25)

    def test_blocks_are_no_noise(self):
        image, stored, level = jpeg_clean(picture(), chance())
        self.assertGreater(rms(stored - image), 0)
        self.assertFalse(level.any())


class Scans(unittest.TestCase):
    def disc(self, radius: float, side: int = 128) -> Tensor:
        """With a soft edge of one pixel"""
        at = torch.arange(side) - (side - 1) / 2
        return (radius + 0.5 - (at[:, None].square() + at.square()).sqrt()).clamp(0, 1)[None, None]

    def test_projection_of_a_disc_is_its_chords(self):
        rays = projection(self.disc(40), torch.arange(8) * math.pi / 8)
        across = torch.arange(rays.shape[3]) - (rays.shape[3] - 1) / 2
        chords = 2 * (40 ** 2 - across.square()).clamp(min=0).sqrt()
        self.assertLess((rays[0, 0] - chords).abs().mean().item(), 0.5)

    def test_back_projection_undoes_projection(self):
        angles = torch.arange(180) * math.pi / 180
        image = self.disc(40)
        result = back_projection(projection(image, angles), angles, (128, 128), torch.full((1, 1, 1, 1), 1.0))
        self.assertAlmostEqual(result[0, 0, 50:78, 50:78].mean().item(), 1, delta=0.03)
        self.assertLess(result[0, 0, :10, :10].abs().mean().item(), 0.03)

    def test_ct_noise_has_little_low_frequency(self):
        image, noisy, level = ct(flat(0.5, 1, 12, 128), chance())
        spectrum = torch.fft.fft2((noisy - image)[:, 0]).abs().square()
        spectrum = (spectrum / spectrum.mean((1, 2), keepdim=True)).mean(0)
        radius = (torch.fft.fftfreq(128)[:, None].square() + torch.fft.fftfreq(128).square()).sqrt()
        band = lambda low, high: spectrum[(radius >= low) & (radius < high)].mean().item()
        self.assertGreater(band(0.06, 0.1), 1.5 * band(0.008, 0.03))
        self.assertGreaterEqual(level.mean().item(), 0.99 * (noisy - image).square().mean((1, 2, 3)).sqrt().mean().item())

    def test_noise_of_a_slice_is_strongest_inside_and_along_starved_rays(self):
        side = 128
        body = 1000 * self.disc(50)[0, 0] - 1000                       # water in air
        body[56:72, 24:32] = body[56:72, 96:104] = 20000               # two dense rods: rays through both are starved
        noise = slice_noise(body, 6, chance(), views=120)
        self.assertEqual(noise.shape, (6, side, side))
        self.assertTrue(torch.allclose(noise.square().mean((1, 2)), torch.ones(6), atol=1e-3))
        between, below = noise[:, 58:70, 40:88], noise[:, 82:94, 40:88]
        self.assertGreater(rms(between), 1.3 * rms(below))
        along = (between[..., 1:] * between[..., :-1]).mean()
        across = (between[:, 1:] * between[:, :-1]).mean()
        self.assertGreater(along.item(), 1.1 * across.item())

    def test_low_dose_tells_the_level_of_a_place(self):
        fields = chance().normal(24, 4, 96, 96)
        fields[..., 48:] *= 3
        crops = torch.cat([flat(0.5, 1, 24, 96), NOISE_SCALE * fields], 1)
        image, noisy, level = low_dose(crops, chance())
        self.assertTrue(torch.equal(image, crops[:, :1]))
        noise = noisy - image
        strength = noise[..., :48].square().mean((1, 2, 3)).sqrt()
        self.assertTrue((strength > 0.9 * DOSE[0]).all() and (strength < 1.1 * DOSE[1]).all())
        local = level[..., 8:24].mean((1, 2, 3)) < 0.8 * level[..., 72:88].mean((1, 2, 3))
        self.assertTrue(12 < local.sum() < 24)                          # three of four
        told = level[local][..., 8:24].mean((1, 2, 3)) / strength[local]
        self.assertAlmostEqual(told.mean().item(), 1.05, delta=0.1)

    def test_rician_background_is_rayleigh(self):
        _, noisy, level = rician(flat(0, 1, 64, 96), chance())
        mean, deviation = noisy.mean((1, 2, 3)), noisy.std((1, 2, 3))
        self.assertLess((mean / deviation / math.sqrt(math.pi / (4 - math.pi)) - 1).abs().max().item(), 0.04)
        told = (level[:, 0, 0, 0] / (mean / math.sqrt(math.pi / 2))).log()
        self.assertAlmostEqual(told.mean().item(), 0, delta=0.03)
        self.assertAlmostEqual(told.std().item(), 0.08, delta=0.03)

    def test_poisson_variance_follows_the_signal(self):
        image = torch.cat([flat(0.2, 1, 1, 128), flat(0.8, 1, 1, 128)], 3).expand(8, -1, -1, -1)
        image, noisy, _ = poisson(image, chance())
        noise = noisy - image
        self.assertAlmostEqual((noise[..., 130:].square().mean() / noise[..., :126].square().mean()).item(), 4, delta=0.5)

    def test_speckle_is_multiplicative(self):
        image = torch.cat([flat(0.2, 1, 1, 128), flat(0.8, 1, 1, 128)], 3).expand(8, -1, -1, -1)
        image, noisy, _ = speckle(image, chance())
        noise = noisy - image
        self.assertAlmostEqual(rms(noise[..., 130:]) / rms(noise[..., :126]), 4, delta=0.4)
        self.assertLess(abs(noise.mean().item()), 0.01)


if __name__ == "__main__":
    unittest.main()
