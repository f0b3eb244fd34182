"""The parts of the latent codec that have an exact answer.

    python -m unittest recipes.tests.test_latent       # from models/
"""
import unittest

import numpy as np
import torch

from ..latent.codec import Codec
from ..latent.context import SCALES, SIZES, Context, bits
from ..latent.export import Coder, integers, laplace, radius
from ..latent.transform import CHANNELS, analyse, continued, kernels, lapped, mirrored, synthesise


def picture(side: int = 64) -> torch.Tensor:
    return 255 * torch.rand(1, 3, side, side + 16, generator=torch.Generator().manual_seed(3))


class Transform(unittest.TestCase):
    def test_it_is_orthonormal_and_inverts_itself(self):
        basis, _ = lapped()
        eye = torch.eye(8, dtype=torch.float64)
        self.assertLess((basis @ basis.T - eye).abs().max().item(), 1e-12)
        self.assertLess((basis[:, 8:] @ basis[:, :8].T).abs().max().item(), 1e-12)
        weight, parity = kernels()
        image = picture()
        latent = analyse(image, weight)
        self.assertEqual(latent.shape, (1, CHANNELS, 8, 10))
        self.assertLess((synthesise(latent, weight, parity) - image).abs().max().item(), 2e-3)
        self.assertAlmostEqual((latent.square().sum() / analyse(mirrored(image, 8), weight)[:, :, 1:-1, 1:-1].square().sum()).item(), 1, places=5)

    def test_latents_continue_as_those_of_the_mirrored_picture(self):
        weight, parity = kernels()
        image = picture()
        wide = analyse(mirrored(image, 16), weight)[:, :, 1:-1, 1:-1]
        self.assertLess((continued(analyse(image, weight), parity) - wide).abs().max().item(), 0.01)

    def test_gray_has_no_chroma(self):
        weight, _ = kernels()
        latent = analyse(picture()[:, :1].expand(-1, 3, -1, -1), weight)
        self.assertLess(latent[:, CHANNELS // 3:].abs().max().item(), 2e-3)


class Rate(unittest.TestCase):
    def test_bits_are_those_of_a_laplace_distribution(self):
        symbols = torch.arange(-400, 401, dtype=torch.float64)
        for scale in (-2.0, 0.0, 3.0):
            masses = 2 ** -bits(symbols, torch.full_like(symbols, scale))
            self.assertAlmostEqual(masses.sum().item(), 1, places=4)
            expected = laplace(28 + round(5 * scale), 400)
            self.assertLess(np.abs(masses.numpy() - expected[:-1]).max(), 1e-6)

    def test_tables_have_the_whole_mass_and_no_zero(self):
        for i in range(SCALES):
            table = integers(laplace(i, radius(i)))
            self.assertEqual(table.sum(), 65536)
            self.assertGreaterEqual(table.min(), 1)
            self.assertEqual(len(table), 2 * radius(i) + 2)


class Integers(unittest.TestCase):
    def test_the_integer_network_is_the_trained_one(self):
        torch.manual_seed(0)
        context = Context()
        context.start_from(torch.linspace(400, 1, CHANNELS))
        for part in context.modules():
            if isinstance(part, torch.nn.Conv2d):
                part.weight.data += 0.02 * torch.randn_like(part.weight)
        context.requires_grad_(False)
        latent = 3 * torch.randn(1, CHANNELS, 9, 7)
        k = 70
        octave = torch.full((1, 1, 1, 1), (k - 64) / 16)
        symbols, indices, decoded = Coder(context).residuals(latent, k)
        self.assertLess((decoded - latent).abs().max().item(), 0.51)
        means, state, values = [], None, None
        for g, own in enumerate(decoded.float().split(SIZES, 1)):
            if g == 0:
                mean, _ = context.first(latent[:, : SIZES[0]].round(), octave)
            else:
                mean, _, state = context.next(g, state, values, octave)
            values = own
            means.append(mean)
        difference = torch.cat(means, 1) - (decoded - torch.cat(symbols, 1)).float()
        self.assertLess(difference.abs().max().item(), 0.1)
        self.assertLess(difference.abs().mean().item(), 0.02)

    def test_an_untrained_codec_only_quantises(self):
        codec = Codec(torch.arange(CHANNELS))
        codec.synthesis.tail.weight.data.zero_()
        image = picture() / 255
        with torch.inference_mode():
            decoded, rate = codec(image, torch.full((1, 1, 1, 1), -3.0))
        self.assertLess((decoded - image).abs().max().item(), 16 * 2 / 255)
        self.assertGreater(rate.item(), 0)


if __name__ == "__main__":
    unittest.main()
