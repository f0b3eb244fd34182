"""Gradients of every layer and loss of `app/learn/engine`, by PyTorch in double precision, as a fixture of its tests;
and the bytes of a small graph, as the package `onnx` writes them after its checker has passed it.

    python -m recipes.learn_gradients             # from models/; writes gradients.json and graph.onnx in test/fixtures/learn

Parameters come in the order in which the layers need them, weights before biases; the input is the first of them, so
that its gradient is compared too.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

TARGET = Path(__file__).parents[2] / "test/fixtures/learn/gradients.json"


def conv(channels, side=3, stride=1):
    return {"kind": "conv", "channels": channels, "side": side, "stride": stride}


def dense(units):
    return {"kind": "dense", "units": units}


def layer(kind, **facts):
    return {"kind": kind, **facts}


RELU, CODE, FLATTEN = layer("relu"), layer("code"), layer("flatten")

CASES = [
    ("convolution 3 × 3", [2, 3, 4, 6], [conv(2)], {"mse": 1}),
    ("convolution 3 × 3 with stride", [2, 2, 6, 4], [conv(3, 3, 2)], {"mse": 1}),
    ("convolution 1 × 1", [2, 3, 3, 2], [conv(4, 1)], {"mse": 1}),
    ("convolution 1 × 1 with stride", [1, 2, 4, 4], [conv(3, 1, 2)], {"mse": 1}),
    ("convolution 5 × 5", [1, 2, 5, 6], [conv(2, 5)], {"mse": 1}),
    ("convolution 5 × 5 with stride", [1, 2, 6, 8], [conv(2, 5, 2)], {"mse": 1}),
    ("dense", [3, 5], [dense(4)], {"mse": 1}),
    ("dense, a long sum forwards", [2, 130], [dense(2)], {"mse": 1}),
    ("dense, long sums backwards", [130, 2], [dense(3), RELU, dense(2)], {"mse": 1}),
    ("dense, wide", [2, 2], [dense(130), dense(2)], {"mse": 1}),
    ("relu", [2, 6], [dense(6), RELU], {"mse": 1}),
    ("sigmoid", [2, 6], [layer("sigmoid")], {"mse": 1}),
    ("fold", [2, 2, 4, 2], [layer("fold"), conv(2, 1)], {"mse": 1}),
    ("unfold", [1, 8, 2, 3], [layer("unfold"), conv(2, 1)], {"mse": 1}),
    ("double", [2, 2, 2, 3], [layer("double"), conv(2)], {"mse": 1}),
    ("flatten and picture", [2, 2, 2, 3], [FLATTEN, dense(8), layer("picture", channels=2, height=2, width=2)], {"mse": 1}),
    ("pool", [2, 3, 3, 2], [layer("pool")], {"mse": 1}),
    ("normalise", [3, 4], [layer("normalise")], {"mse": 1}),
    ("keep and join", [1, 2, 4, 4],
     [conv(3), layer("keep", **{"as": "a"}), layer("fold"), conv(4, 1), layer("double"), layer("join", **{"with": "a"}), conv(2)],
     {"mse": 1}),
    ("blind pixels", [2, 1, 4, 4], [conv(1)], {"masked": 1}),
    ("absolute error", [3, 5], [dense(4)], {"l1": 0.7}),
    ("cross-entropy of logits", [3, 5], [dense(4)], {"bce": 1.3}),
    ("sparsity", [3, 6], [dense(5), RELU, CODE, dense(6)], {"mse": 1, "sparsity": 0.3}),
    ("variational", [3, 6], [dense(5), RELU, layer("gaussian", units=3), dense(6)], {"bce": 1, "kl": 0.4}),
    ("siamese", [6, 5], [dense(4), layer("normalise")], {"ntXent": 1}),
    ("everything", [2, 1, 8, 8],
     [layer("fold"), conv(6), RELU, FLATTEN, dense(7), RELU, layer("gaussian", units=3), dense(24), RELU,
      layer("picture", channels=6, height=2, width=2), layer("double"), conv(4), RELU, layer("unfold")],
     {"mse": 1, "l1": 0.2, "bce": 0.5, "kl": 0.1, "sparsity": 0.05}),
    ("keep and add", [1, 2, 4, 4],
     [conv(3), layer("keep", **{"as": "a"}), RELU, conv(3), layer("add", **{"with": "a"}), conv(2)], {"mse": 1}),
    ("siamese, as its kind has it", [6, 1, 4, 4],
     [layer("standardise"), layer("fold"), conv(3), RELU, layer("fold"), conv(4), RELU, FLATTEN, dense(5), layer("normalise"), CODE],
     {"ntXent": 1}),
    ("standardise", [2, 3, 3, 2], [layer("standardise")], {"mse": 1}),
]
TEMPERATURE = 0.5


class Parameters:
    """Hands out parameters, drawn on first use."""

    def __init__(self, generator):
        self.generator, self.all = generator, []

    def __call__(self, *shape):
        values = torch.randn(shape, generator=self.generator, dtype=torch.float64) * 0.5
        values = values.float().double()  # what the graph can hold
        self.all.append(values.requires_grad_())
        return values


def forward(layers, x, take, draw):
    kept, code, spread = {}, None, None
    for one in layers:
        kind = one["kind"]
        if kind == "conv":
            side = one["side"]
            w = take(one["channels"], x.shape[1], side, side)
            x = F.conv2d(x, w, take(one["channels"]), one["stride"], (side - 1) // 2)
        elif kind == "dense":
            x = x @ (w := take(x.shape[1], one["units"])) + take(w.shape[1])
        elif kind == "gaussian":
            units, width = one["units"], x.shape[1]
            mean = x @ take(width, units) + take(units)
            log_variance = x @ take(width, units) + take(units)
            code, spread = mean, (mean, log_variance)
            x = mean + torch.exp(log_variance / 2) * draw[:, :units]
        elif kind == "keep":
            kept[one["as"]] = x
        elif kind == "join":
            x = torch.cat([x, kept[one["with"]]], 1)
        elif kind == "add":
            x = x + kept[one["with"]]
        elif kind == "code":
            code = x
        else:
            x = SIMPLE[kind](x, one)
    return x, code, spread


def fold(x, _):
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).permute(0, 3, 5, 1, 2, 4).reshape(n, 4 * c, h // 2, w // 2)


def unfold(x, _):
    n, c, h, w = x.shape
    return x.reshape(n, 2, 2, c // 4, h, w).permute(0, 3, 4, 1, 5, 2).reshape(n, c // 4, 2 * h, 2 * w)


SIMPLE = {
    "relu": lambda x, _: F.relu(x),
    "sigmoid": lambda x, _: torch.sigmoid(x),
    "fold": fold,
    "unfold": unfold,
    "double": lambda x, _: F.interpolate(x, scale_factor=2, mode="nearest"),
    "flatten": lambda x, _: x.flatten(1),
    "picture": lambda x, one: x.reshape(len(x), one["channels"], one["height"], one["width"]),
    "pool": lambda x, _: x.mean((2, 3)),
    "standardise": lambda x, _: F.instance_norm(x, eps=1e-4),
    "normalise": lambda x, _: F.normalize(x),
}


def nt_xent(z):
    rows = len(z)
    likeness = (z @ z.T / TEMPERATURE).masked_fill(torch.eye(rows, dtype=torch.bool), -torch.inf)
    return F.cross_entropy(likeness, (torch.arange(rows) + rows // 2) % rows)


def term(kind, y, code, spread, target, mask):
    if kind == "mse":
        return F.mse_loss(y, target)
    if kind == "masked":
        return (mask * (y - target) ** 2).mean()
    if kind == "l1":
        return F.l1_loss(y, target)
    if kind == "bce":
        return F.binary_cross_entropy_with_logits(y, target)
    if kind == "sparsity":
        return code.abs().mean()
    if kind == "kl":
        mean, log_variance = spread
        return -0.5 * (1 + log_variance - mean**2 - log_variance.exp()).sum() / len(mean)
    return nt_xent(y)


def numbers(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def record(index, name, shape, layers, losses):
    generator = torch.Generator().manual_seed(index)
    take = Parameters(generator)
    x = take(*shape)
    draw = torch.randn(shape[0], 8, generator=generator, dtype=torch.float64).float().double()
    y, code, spread = forward(layers, x, take, draw)
    target = torch.rand(y.shape, generator=generator, dtype=torch.float64).float().double()
    mask = (torch.rand(y.shape, generator=generator) < 0.3).double() / 0.25
    loss = sum(weight * term(kind, y, code, spread, target, mask) for kind, weight in losses.items())
    loss.backward()
    case = {
        "name": name, "shape": shape, "layers": layers, "losses": losses,
        "theta": numbers(torch.cat([p.flatten() for p in take.all])),
        "target": numbers(target),
        "outputShape": list(y.shape),
        "loss": loss.item(),
        "gradient": numbers(torch.cat([p.grad.flatten() for p in take.all])),
    }
    if "masked" in losses:
        case["mask"] = numbers(mask)
    if spread:
        units = spread[0].shape[1]
        case["draw"] = numbers(draw[:, :units])
    return case


def adam():
    """Three steps of Adam on ½‖θ − target‖² of five parameters, clipped at 1; gradients far from zero."""
    theta = torch.tensor([0.5, -1.0, 2.0, 0.25, -0.75], dtype=torch.float64).requires_grad_()
    target = torch.tensor([1.5, 0.5, -1.0, 1.0, 0.5], dtype=torch.float64)
    start = numbers(theta)
    optimiser = torch.optim.Adam([theta], lr=0.05)
    after = []
    for _ in range(3):
        optimiser.zero_grad()
        ((theta - target) ** 2).mean().backward()
        torch.nn.utils.clip_grad_norm_([theta], 1)
        optimiser.step()
        after.append(numbers(theta))
    return {"start": start, "target": numbers(target), "rate": 0.05, "clip": 1, "after": after}


def graph():
    """Every kind of attribute, constant and port that the engine writes."""
    from onnx import AttributeProto, TensorProto, checker, helper

    def attribute(name, kind, **value):
        return AttributeProto(name=name, type=kind, **value)

    def constant(name, kind, shape, values):
        data = torch.tensor(values, dtype=torch.float32 if kind == TensorProto.FLOAT else torch.int64)
        return TensorProto(dims=shape, data_type=kind, name=name, raw_data=data.numpy().tobytes())

    def node(kind, inputs, output, attributes=()):
        one = helper.make_node(kind, inputs, [output], name=output)
        one.attribute.extend(attributes)
        return one

    nodes = [
        node("SpaceToDepth", ["x"], "a", [attribute("blocksize", AttributeProto.INT, i=2)]),
        node("DepthToSpace", ["a"], "b",
             [attribute("blocksize", AttributeProto.INT, i=2), attribute("mode", AttributeProto.STRING, s=b"DCR")]),
        node("Transpose", ["b"], "c", [attribute("perm", AttributeProto.INTS, ints=[0, 1, 3, 2])]),
        node("LeakyRelu", ["c"], "d", [attribute("alpha", AttributeProto.FLOAT, f=0.1)]),
        node("Reshape", ["d", "shape"], "e"),
        node("Mul", ["e", "half"], "y"),
    ]
    found = helper.make_graph(
        nodes, "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 1, 4, 6])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 24])],
        [constant("shape", TensorProto.INT64, [2], [-1, 24]), constant("half", TensorProto.FLOAT, [], 0.5)],
    )
    model = helper.make_model(found, producer_name="hourglass", opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def main():
    cases = [record(index, *case) for index, case in enumerate(CASES)]
    found = {"torch": torch.__version__, "temperature": TEMPERATURE, "cases": cases, "adam": adam()}
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n")
    TARGET.with_name("graph.onnx").write_bytes(graph())
    print(f"{len(cases)} cases, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
