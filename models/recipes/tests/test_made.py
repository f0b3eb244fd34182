"""The made sets: always the same, and as noisy as what they stand for.

    python -m unittest discover -t . -s recipes/tests       # from models/
"""
import unittest

import numpy as np

from ..made import bilinear, cells, fluorescence, gaussian, phone, statistics


def scene(side: int = 192) -> np.ndarray:
    y, x = np.mgrid[:side, :side] / side
    return np.stack([0.5 + 0.4 * np.sin(9 * x), 0.5 + 0.4 * np.cos(7 * y), 0.3 + 0.5 * x])


class Made(unittest.TestCase):
    def test_the_same_seed_makes_the_same_pair(self):
        for first, second in zip(phone(scene(), 0.2, np.random.default_rng(5)), phone(scene(), 0.2, np.random.default_rng(5))):
            self.assertTrue(np.array_equal(first, second))

    def test_phone_noise_is_correlated_and_lifts_black(self):
        found = statistics(*phone(scene(), 0.2, np.random.default_rng(1)))
        self.assertTrue(19 < found["psnr"] < 30)
        self.assertGreater(found["band 0"], 3 * found["band 3"])
        noisy, reference = phone(np.zeros((3, 96, 96)), 0.2, np.random.default_rng(1))
        self.assertGreater((noisy - reference).mean(), 0.03)

    def test_fluorescence_noise_is_white_and_its_variance_a_line_over_brightness(self):
        steps = np.repeat([*np.linspace(0.05, 0.5, 5), 1], 60)[None].repeat(256, 0)                  # the last is cut off at white
        slopes = []
        for seed in range(6):
            noisy, reference = fluorescence(steps, np.random.default_rng(seed))
            mean, variance = (np.array([part(one[0, :, 60 * i:60 * i + 60]) for i in range(5)]) for part, one in ((np.mean, reference), (np.var, noisy - reference)))
            slopes.append(np.corrcoef(mean, variance)[0, 1])
        self.assertGreater(np.median(slopes), 0.97)
        found = statistics(*fluorescence(cells(192, np.random.default_rng(2)), np.random.default_rng(3)))
        self.assertTrue(all(0.8 < found[f"band {i}"] < 1.25 for i in range(4)))
        self.assertTrue(12 < found["psnr"] < 25)

    def test_pieces(self):
        self.assertTrue(np.allclose(bilinear(np.full((8, 8), 0.3)), 0.3))
        self.assertTrue(np.allclose(gaussian(np.full((8, 8), 0.3), 2), 0.3))
        self.assertAlmostEqual(gaussian(np.eye(65), 1.5)[32, 32], 1 / (np.sqrt(2 * np.pi) * 1.5 * np.sqrt(2)), delta=0.01)


if __name__ == "__main__":
    unittest.main()
