"""What the codec is trained with: MS-SSIM, and a start from exported files.

    python -m unittest recipes.tests.test_latent_training       # from models/
"""
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import onnx
import torch
from torch import Generator
from torch.nn import functional as F

from ..latent import similarity
from ..latent.__main__ import cost
from ..latent.codec import Codec
from ..latent.export import Coder, analysis_to_onnx, entropy_bin, integers, laplace, radius, synthesis_to_onnx
from ..latent.context import SCALES
from ..latent.restore import restored
from ..latent.similarity import ms_ssim
from .test_degradations import picture

torch.backends.nnpack.set_flags(False)


class Similarity(unittest.TestCase):
    def test_is_one_for_the_same_and_falls_with_blur_and_noise(self):
        image = picture(2, 192)
        self.assertTrue(torch.allclose(ms_ssim(image, image), torch.ones(2), atol=1e-5))
        noise = torch.randn(image.shape, generator=Generator().manual_seed(1))
        weak, strong = (ms_ssim(image + sigma * noise, image).mean().item() for sigma in (0.02, 0.1))
        blurred = ms_ssim(F.avg_pool2d(image, 9, 1, 4), image).mean().item()
        self.assertTrue(strong < weak < 1 and blurred < 1)
        self.assertLess(ms_ssim(1 - image, image).max().item(), 0.3)

    def test_a_single_scale_is_the_ssim_of_scikit_image(self):
        from skimage.metrics import structural_similarity
        image = picture(1, 192)
        noisy = image + 0.05 * torch.randn(image.shape, generator=Generator().manual_seed(2))
        expected = structural_similarity(image[0].double().numpy(), noisy[0].double().numpy(), channel_axis=0, data_range=1, gaussian_weights=True, use_sample_covariance=False)
        with mock.patch.object(similarity, "POWERS", (1.0,)):
            self.assertAlmostEqual(ms_ssim(image, noisy).item(), expected, places=3)

    def test_small_pictures_are_refused(self):
        with self.assertRaises(ValueError):
            ms_ssim(picture(1, 128), picture(1, 128))


class Further(unittest.TestCase):
    def codec(self) -> Codec:
        torch.manual_seed(1)
        codec = Codec(torch.randperm(192, generator=Generator().manual_seed(1)))
        with torch.no_grad():
            for value in codec.context.parameters():
                value += 0.02 * torch.randn(value.shape, generator=Generator().manual_seed(2))
            codec.analysis.last.weight += 0.01
            for name, value in codec.named_parameters():
                if not name.startswith("context"):
                    value.copy_(value.half())
        return codec.eval()

    def test_exported_files_start_as_the_codec_that_they_are_of(self):
        codec = self.codec()
        with tempfile.TemporaryDirectory() as name, torch.inference_mode():
            folder = Path(name)
            onnx.save(analysis_to_onnx(codec), folder / "analysis.onnx")
            onnx.save(synthesis_to_onnx(codec), folder / "synthesis.onnx")
            frequencies = [integers(laplace(i, radius(i))) for i in range(SCALES)]
            (folder / "entropy.bin").write_bytes(entropy_bin(codec, Coder(codec.context), frequencies))
            again = restored(folder)
            codec.context.in_integers(), again.context.in_integers()
            self.assertTrue(torch.equal(again.order, codec.order))
            octave = torch.full((1, 1, 1, 1), 0.5)
            image = picture(1, 192)
            (first, rate), (second, same) = codec(image, octave), again(image, octave)
            self.assertTrue(torch.equal(again.analysis(image), codec.analysis(image)))
        for own, other in zip(codec.context.groups[1][0].parameters(), again.context.groups[1][0].parameters()):
            self.assertLessEqual((own - other).abs().max().item(), 0.0041)                          # half of 1/1024, for weights in units of an eighth
        self.assertLess((first - second).square().mean().sqrt().item(), 0.01)                       # a latent between two steps may go the other way
        self.assertAlmostEqual(rate.item() / same.item(), 1, delta=0.001)

    def test_the_share_of_similarity_has_a_gradient(self):
        codec = self.codec().train()
        codec.context.in_integers()
        every, rate, square, missing = cost(codec, picture(1, 192), torch.zeros(1, 1, 1, 1), True, 0.5)
        every.log().mean().backward()
        self.assertTrue(0 < missing.item() < 1 and square.item() > 0 and rate.item() > 0)
        self.assertEqual([name for name, value in codec.named_parameters() if value.grad is None or not value.grad.isfinite().all()], [])


if __name__ == "__main__":
    unittest.main()
