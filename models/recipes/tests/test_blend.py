"""Weights between two networks."""
import unittest

import torch

from recipes.blend import blended
from recipes.network import Denoiser


class Blend(unittest.TestCase):
    def test_ends_and_middle(self):
        first, second = (Denoiser((8, 8), (1, 1), 1) for _ in range(2))
        ours, theirs = first.state_dict(), second.state_dict()
        for share in (0.0, 0.25, 1.0):
            for name, value in blended(first, second, share).items():
                torch.testing.assert_close(value, ours[name] + share * (theirs[name] - ours[name]))

    def test_other_architecture(self):
        with self.assertRaises(SystemExit):
            blended(Denoiser((8, 8), (1, 1), 1), Denoiser((8, 16), (1, 1), 1), 0.5)


if __name__ == "__main__":
    unittest.main()
