"""Training in 8 bits: the rounding, its gradients, the export.

    python -m unittest discover -t . -s recipes/tests       # from models/
"""
import math
import tempfile
import unittest
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Generator, nn

from ..bench import session
from ..eight_bits import RECTIFIED, SIGNED, WEIGHT_LIMIT, EightBit, Rounded, RoundedConv, Rounding, parity, to_onnx
from ..network import Denoiser, load

torch.backends.nnpack.set_flags(False)


def small() -> tuple[Denoiser, EightBit]:
    torch.manual_seed(1)
    model = Denoiser((16, 32, 48), (1, 2, 1))
    inputs = [torch.rand(2, 4, 64, 64, generator=Generator().manual_seed(i)) * torch.tensor([1, 1, 1, 0.2]).view(1, 4, 1, 1) for i in range(2)]
    return model.eval(), EightBit.of(model, inputs).eval()


class Numbers(unittest.TestCase):
    def test_rounding_gives_whole_numbers_within_limits(self):
        x = torch.tensor([-3.0, -0.26, 0.0, 0.24, 0.9, 99.0]).view(1, 1, 1, -1)
        whole = Rounding.apply(x, torch.tensor(math.log(0.5)), -4, 100)
        self.assertEqual(whole.flatten().tolist(), [-4, -1, 0, 0, 2, 100])

    def test_gradients_are_those_of_a_learned_step(self):
        """Straight through for the value; for the step, the rounding error inside and the limit outside (Esser et al., equation 3)."""
        x = torch.tensor([0.3, 1.4, 50.0, -50.0], requires_grad=True)
        log_step = torch.tensor(math.log(0.5), requires_grad=True)
        (Rounding.apply(x, log_step, -8, 7) * log_step.exp()).sum().backward()
        self.assertEqual(x.grad.tolist(), [1, 1, 0, 0])
        expected = 0.5 * ((1 - 0.6) + (3 - 2.8) + 7 - 8)
        self.assertAlmostEqual(log_step.grad.item(), expected, places=5)

    def test_a_step_is_fitted_to_the_values(self):
        rounded = Rounded(SIGNED)
        values = torch.randn(4, 8, 32, 32, generator=Generator().manual_seed(1))
        whole, step = rounded(values)
        error = (whole * step - values).square().mean().sqrt().item()
        self.assertLess(error, 0.02)
        self.assertEqual(whole.detach().round().equal(whole.detach()), True)

    def test_weights_and_inputs_fit_sixteen_bits_in_pairs(self):
        self.assertLess(2 * RECTIFIED[1] * WEIGHT_LIMIT, 2 ** 15)
        conv = RoundedConv(nn.Conv2d(4, 6, 3, padding=1, bias=False), SIGNED)
        whole = Rounding.apply(conv.weight, conv.log_step, -WEIGHT_LIMIT, WEIGHT_LIMIT)
        self.assertEqual(whole.abs().amax((1, 2, 3)).tolist(), 6 * [WEIGHT_LIMIT])


class Network(unittest.TestCase):
    def test_answers_nearly_as_the_one_it_was_made_from(self):
        model, rounded = small()
        x = torch.rand(1, 4, 64, 64, generator=Generator().manual_seed(9))
        x[:, 3] *= 0.2
        with torch.inference_mode():
            added = model(x) - x[:, :3]
            apart = rounded(x) - model(x)
        self.assertLess((apart.square().mean() / added.square().mean()).sqrt().item(), 0.1)

    def test_every_parameter_learns(self):
        _, rounded = small()
        rounded.train()
        x = torch.rand(2, 4, 32, 32, generator=Generator().manual_seed(4))
        rounded(x).square().mean().backward()
        self.assertEqual([name for name, value in rounded.named_parameters() if value.grad is None or not value.grad.isfinite().all()], [])
        rates = {group["times"]: len(group["params"]) for group in rounded.parameter_groups(1e-3)}
        self.assertEqual(sum(rates.values()), len(list(rounded.parameters())))

    def test_a_checkpoint_tells_that_it_is_rounded(self):
        _, rounded = small()
        with tempfile.TemporaryDirectory() as folder:
            file = str(Path(folder) / "last.ckpt")
            torch.save({"ema": rounded.state_dict()}, file)
            again = load(file)
        self.assertIsInstance(again, EightBit)
        self.assertTrue(torch.equal(again.enc[0][0].a.log_step, rounded.enc[0][0].a.log_step))


class Export(unittest.TestCase):
    def test_the_file_answers_as_pytorch(self):
        _, rounded = small()
        lost, apart = parity(to_onnx(rounded), rounded, 64)
        self.assertLess(abs(lost), 0.02)
        self.assertLess(apart, 1)

    def test_the_runtime_merges_every_rounded_convolution(self):
        import onnxruntime
        _, rounded = small()
        convolutions = sum(isinstance(part, RoundedConv) for part in rounded.modules())
        with tempfile.TemporaryDirectory() as folder:
            options = onnxruntime.SessionOptions()
            options.log_severity_level = 3
            options.optimized_model_filepath = f"{folder}/optimized.onnx"
            onnxruntime.InferenceSession(to_onnx(rounded).SerializeToString(), options, providers=["CPUExecutionProvider"])
            kinds = Counter(node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node)
        self.assertEqual(kinds["QLinearConv"], convolutions)
        self.assertEqual(kinds["Conv"] + kinds["FusedConv"], 3)             # head, the last up, tail

    def test_black_without_noise_stays_black(self):
        _, rounded = small()
        run = session(to_onnx(rounded).SerializeToString(), 1)
        self.assertFalse(run.run(None, {"input": np.zeros((1, 4, 64, 64), np.float32)})[0].any())


if __name__ == "__main__":
    unittest.main()
