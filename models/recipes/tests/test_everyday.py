"""The statistics of what people bring: phones, film, frames, patterns; few photons, sharp kernels, ultrasound.

    python -m unittest discover -t . -s recipes/tests       # from models/
"""
import math
import unittest

import torch
from torch import Tensor

from ..degradations import clean as untouched
from ..degradations import ct, film, framed, pattern, phone, resized, sharp_ct, squeezed, starved, ultrasound, white
from ..degradations.everyday import sharpened, softened
from ..degradations.pattern import drawn
from ..degradations.scan import back_projection
from .test_degradations import chance, flat, picture, rms


def neighbours(noise: Tensor, dimension: int = 3) -> float:
    """Correlation between neighbours"""
    one, two = noise.narrow(dimension, 1, noise.shape[dimension] - 1), noise.narrow(dimension, 0, noise.shape[dimension] - 1)
    return ((one * two).mean() / noise.square().mean()).item()


class Phone(unittest.TestCase):
    def test_is_dark_noisy_and_clipped_at_black(self):
        image, noisy, level = phone(picture(32), chance())
        self.assertLess(image.mean().item(), 0.45)
        decibels = -10 * (noisy - image).square().mean((1, 2, 3)).log10()
        self.assertTrue(15 < decibels.mean() < 30, decibels.mean())
        self.assertGreater((noisy < 1 / 255).float().mean().item(), 4 * (image < 1 / 255).float().mean().item() + 0.005)
        self.assertGreater(level.mean().item(), 0.03)

    def test_black_is_lifted_because_half_of_its_noise_is_cut_off(self):
        image, noisy, _ = phone(flat(0.02, count=16), chance())
        self.assertGreater((noisy - image).mean().item(), 0.01)

    def test_the_grain_of_colour_is_larger_than_that_of_brightness(self):
        image, noisy, _ = phone(flat(0.7, count=16), chance())
        noise = noisy - image
        colour = noise[:, :1] - noise[:, 2:]
        self.assertGreater(neighbours(colour), neighbours(noise.mean(1, keepdim=True)) + 0.1)

    def test_noise_in_light_grows_with_its_root(self):
        """In the linear light of one sensor: half clipping and read noise aside, four times the light has twice the noise."""
        stack = torch.cat([flat(0.9 * 0.25 ** (1 / 2.2), count=8), flat(0.9, count=8)], 3)
        ratios = []
        for seed in range(8):
            image, noisy, _ = phone(stack, chance(seed))
            light = noisy.clamp(0, 1) ** 2.2
            ratios.append((light[..., 200:].std((1, 2, 3)) / light[..., :184].std((1, 2, 3))))
        self.assertTrue(1.2 < torch.cat(ratios).median().item() < 2.2)


class Film(unittest.TestCase):
    def test_grain_is_strongest_in_the_middle_and_none_in_white(self):
        strengths = [rms(noisy - image) for value in (0.03, 0.5, 1.0) for image, noisy, _ in [film(flat(value, count=16), chance())]]
        self.assertGreater(strengths[1], 1.3 * strengths[0])
        self.assertGreater(strengths[1], 2 * strengths[2])

    def test_grain_is_correlated_and_moves_no_brightness(self):
        image, noisy, _ = film(flat(0.5, count=16), chance())
        self.assertGreater(neighbours(noisy - image), 0.3)
        self.assertLess(abs((noisy - image).mean().item()), 0.003)


class Everyday(unittest.TestCase):
    def test_softening_keeps_the_mean_and_takes_the_power_of_a_gaussian(self):
        noise = chance().normal(2, 3, 128, 128)
        soft = softened(noise, torch.tensor([0.0, 1.0]).view(2, 1, 1, 1))
        self.assertLess(rms(soft[0] - noise[0]), 1e-5)
        self.assertAlmostEqual(rms(soft[1]), 1 / (2 * math.sqrt(math.pi)), delta=0.02)
        self.assertTrue(torch.allclose(softened(flat(0.4, count=1), torch.full((1, 1, 1, 1), 2.0)), flat(0.4, count=1), atol=1e-5))
        self.assertGreater(rms(sharpened(noise, torch.ones(2, 1, 1, 1), torch.ones(2, 1, 1, 1))), 1.3)

    def test_hard_compression_leaves_blocks_of_noise(self):
        image, noisy, level = squeezed(flat(0.5, count=16), chance())
        self.assertGreater(neighbours(noisy - image), 0.3)
        self.assertGreater(level.mean().item(), rms(noisy - image))

    def test_enlarged_noise_is_correlated_and_shrunk_noise_hardly(self):
        found = [neighbours(noisy - image) for seed in range(8) for image, noisy, _ in [resized(flat(0.5, count=8), chance(seed))]]
        self.assertGreater(max(found), 0.4)
        self.assertLess(min(found), 0.15)

    def test_frames_hold_no_noise(self):
        image, noisy, level = framed(white)(flat(0.5, count=32), chance())
        image, noisy, level = (part[level.amax((1, 2, 3)) > 0.01] for part in (image, noisy, level))        # white noise may be none
        bars = (noisy == image).all(1, keepdim=True)
        share = bars.float().mean((1, 2, 3))
        self.assertTrue((share > 0.04).all() and (share < 0.95).all())
        self.assertFalse((level * bars).any())
        self.assertTrue((noisy != image).any(1)[level[:, 0] > 0.01].float().mean() > 0.99)

    def test_a_frame_round_a_clean_picture_is_clean(self):
        image, noisy, level = framed(untouched)(picture(), chance())
        self.assertTrue(torch.equal(image, noisy) and not level.any())


class Patterns(unittest.TestCase):
    def test_are_clean_full_of_edges_and_of_eight_bits(self):
        image, noisy, level = pattern(flat(0, count=64, side=96), chance())
        self.assertTrue(torch.equal(image, noisy) and not level.any())
        self.assertTrue(torch.allclose((255 * image).round(), 255 * image, atol=1e-3))
        self.assertGreater((image[..., 1:] - image[..., :-1]).abs().mean().item(), 0.05)
        self.assertEqual(drawn(2, 1, 64, chance()).shape, (2, 1, 64, 64))


class FewPhotons(unittest.TestCase):
    def test_variance_is_a_line_over_brightness(self):
        """Poisson and read noise: variance a x + b (Zhang et al. 2019), a the scale of one photon."""
        fits = []
        for seed in range(6):
            values = torch.linspace(0.1, 0.95, 6)
            image, noisy, _ = starved(values.repeat_interleave(64).view(1, 1, 1, -1).expand(8, 1, 128, -1), chance(seed))
            mean = image.view(8, 128, 6, 64).mean((1, 3))
            variance = (noisy - image).view(8, 128, 6, 64).var((1, 3))
            middle = (mean - mean.mean(1, keepdim=True), variance - variance.mean(1, keepdim=True))
            fits.append((middle[0] * middle[1]).mean(1) / (middle[0].square().mean(1) * middle[1].square().mean(1)).sqrt().clamp(min=1e-9))
        fits = torch.cat(fits)
        self.assertGreater(fits.median().item(), 0.97)          # the brightest of those that are cut off at white bend it

    def test_is_white_strong_and_keeps_the_mean(self):
        image, noisy, level = starved(flat(0.8, 1, 32), chance())
        noise = noisy - image
        self.assertLess(abs(neighbours(noise)), 0.05)
        self.assertTrue(40 / 255 < level.mean() < 180 / 255, 255 * level.mean())
        whole = (noisy > 1).any(3).any(2).any(1)              # those that were not cut off and stored in 8 bits
        self.assertLess(noise[whole].mean().abs().item(), 0.01)


class Scans(unittest.TestCase):
    def test_sharp_kernels_hold_more_that_is_fine(self):
        angles = torch.arange(60) * math.pi / 60
        sinogram = chance().normal(2, 1, 60, 182)
        ones = torch.ones(1, 1, 1, 1)
        soft = back_projection(sinogram, angles, (128, 128), 0.8 * ones)
        sharp = back_projection(sinogram, angles, (128, 128), 2 * ones, 3)
        self.assertGreater(neighbours(soft), neighbours(sharp) + 0.3)
        self.assertLess(neighbours(sharp), 0.1)

    def test_sharp_noise_has_its_power_where_the_kernel_lifts_it(self):
        radius = (torch.fft.fftfreq(128)[:, None].square() + torch.fft.fftfreq(128).square()).sqrt()
        fine = []
        for kind in (ct, sharp_ct):
            image, noisy, _ = kind(flat(0.5, 1, 8, 128), chance())
            spectrum = torch.fft.fft2((noisy - image)[:, 0]).abs().square().mean(0)
            band = lambda low, high: spectrum[(radius >= low) & (radius < high)].mean().item()
            fine.append(band(0.25, 0.4) / band(0.05, 0.2))
        self.assertLess(fine[0], 0.3)
        self.assertGreater(fine[1], 0.8)

    def test_speckle_on_the_screen_is_that_of_a_rayleigh_envelope(self):
        """A single look has a deviation of 5.57 dB and leans to the dark (Dutt, Greenleaf 1996); n looks about that over the root of n."""
        image, noisy, _ = ultrasound(flat(0.6, 1, 32), chance())
        noise = noisy - image
        deviation = noise.std((1, 2, 3))
        self.assertTrue(5.57 / 70 / 2.6 < deviation.min() and deviation.max() < 1.05 * 5.57 / 45)
        self.assertLess(((noise / noise.std((1, 2, 3), keepdim=True)) ** 3).mean().item(), -0.3)
        self.assertGreater(neighbours(noise, 3), neighbours(noise, 2) + 0.1)
        self.assertLess(noise.mean().abs().item(), 0.01)


if __name__ == "__main__":
    unittest.main()
