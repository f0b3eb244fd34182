"""Times 3x3 convolutions against Winograd's way, written with the operators that ONNX has.

F(4x4, 3x3) of Lavin and Gray ("Fast algorithms for convolutional neural networks", CVPR 2016) multiplies a quarter as often. Its transforms are
convolutions of a channel each here, its products one batched product of matrices. Four layers with their ReLU, processor time of one thread, the
best of several runs.

    python -m recipes.winograd [--runs 12] [--layers 128x96 64x192 64x64 32x384]    # channels x side
"""
import argparse
import time

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from .bench import session

DEPTH, TILE, PATCH = 4, 4, 6
INPUT = np.array([[4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0], [0, -2, -1, 2, 1, 0], [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1]], float)
KERNEL = np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24
OUTPUT = np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]], float)


def opened(nodes: list, weights: dict[str, np.ndarray], channels: int, side: int) -> onnxruntime.InferenceSession:
    stored = [numpy_helper.from_array(value if value.dtype == np.int64 else value.astype(np.float32), name) for name, value in weights.items()]
    end = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
    graph = helper.make_graph(nodes, "layers", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, channels, side, side])], end, stored)
    return session(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString(), 1)


def directly(kernels: list[np.ndarray], channels: int, side: int) -> onnxruntime.InferenceSession:
    nodes, last = [], "x"
    for k in range(DEPTH):
        out = "y" if k == DEPTH - 1 else f"r{k}"
        nodes += [helper.make_node("Conv", [last, f"w{k}"], [f"c{k}"], pads=[1] * 4), helper.make_node("Relu", [f"c{k}"], [out])]
        last = out
    return opened(nodes, {f"w{k}": kernel for k, kernel in enumerate(kernels)}, channels, side)


def by_winograd(kernels: list[np.ndarray], channels: int, side: int) -> onnxruntime.InferenceSession:
    spread = lambda matrix: np.einsum("ai,bj->abij", matrix, matrix).reshape(PATCH * PATCH, 1, matrix.shape[1], matrix.shape[1])
    back = np.einsum("pa,qb->abpq", OUTPUT, OUTPUT).reshape(PATCH * PATCH, 1, TILE, TILE)
    cells = side // TILE
    weights = {"in": np.tile(spread(INPUT), (channels, 1, 1, 1)), "out": np.tile(back, (channels, 1, 1, 1)),
               "split": np.array([channels, PATCH * PATCH, cells * cells]), "joined": np.array([1, channels * PATCH * PATCH, cells, cells])}
    nodes, last = [], "x"
    for k, kernel in enumerate(kernels):
        weights[f"u{k}"] = np.einsum("ai,oqij,bj->aboq", KERNEL, kernel, KERNEL).reshape(PATCH * PATCH, channels, channels)
        out = "y" if k == DEPTH - 1 else f"r{k}"
        nodes += [helper.make_node("Conv", [last, "in"], [f"v{k}"], pads=[1] * 4, strides=[TILE] * 2, group=channels),
                  helper.make_node("Reshape", [f"v{k}", "split"], [f"s{k}"]), helper.make_node("Transpose", [f"s{k}"], [f"t{k}"], perm=[1, 0, 2]),
                  helper.make_node("MatMul", [f"u{k}", f"t{k}"], [f"m{k}"]), helper.make_node("Transpose", [f"m{k}"], [f"b{k}"], perm=[1, 0, 2]),
                  helper.make_node("Reshape", [f"b{k}", "joined"], [f"j{k}"]),
                  helper.make_node("ConvTranspose", [f"j{k}", "out"], [f"c{k}"], strides=[TILE] * 2, group=channels),
                  helper.make_node("Relu", [f"c{k}"], [out])]
        last = out
    return opened(nodes, weights, channels, side)


def timed(run: onnxruntime.InferenceSession, x: np.ndarray, runs: int) -> tuple[float, np.ndarray]:
    """Milliseconds of the processor a layer, and what comes out"""
    best, [y] = float("inf"), run.run(None, {"x": x})
    for _ in range(runs):
        began = time.process_time()
        run.run(None, {"x": x})
        best = min(best, time.process_time() - began)
    return best * 1e3 / DEPTH, y


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=12)
    parser.add_argument("--layers", nargs="+", default=["128x96", "64x192", "64x64", "32x384"])
    given = parser.parse_args()
    random = np.random.default_rng(0)
    print("| channels x side | direct, ms a layer | Winograd | times as fast | largest difference |\n|---|---|---|---|---|")
    for layer in given.layers:
        channels, side = map(int, layer.split("x"))
        kernels = [random.standard_normal((channels, channels, 3, 3)) * (2 / (9 * channels)) ** 0.5 for _ in range(DEPTH)]
        x = random.standard_normal((1, channels, side, side)).astype(np.float32)
        direct, right = timed(directly(kernels, channels, side), x, given.runs)
        other, y = timed(by_winograd(kernels, channels, side), x, given.runs)
        print(f"| {layer} | {direct:.1f} | {other:.1f} | {direct / other:.2f} | {np.abs(y - right).max():.0e} |", flush=True)


if __name__ == "__main__":
    main()
