"""Times the exact rewrites that `export.py` offers, with ONNX Runtime on the CPU.

Prints milliseconds (best and median) per square tile and the largest difference from PyTorch in fp32 with the same,
fp16-rounded, weights.

    python -m recipes.bench CHECKPOINT [--threads 2] [--sides 512 1024] [--runs 10]
"""
import argparse
import statistics
import time

import numpy as np
import onnxruntime
import torch

from .export import to_onnx
from .network import load

VARIANTS = [("reshape", "reshape", "reshape"), ("space", "crd", "crd"), ("space", "dcr", "dcr"), ("merged", "reshape", "reshape"),
            ("merged", "crd", "crd"), ("merged", "dcr", "dcr"), ("merged", "transposed", "crd"),
            ("merged", "crd", "transposed"), ("merged", "transposed", "transposed")]


def session(model: bytes | str, threads: int, side: int | None = None) -> onnxruntime.InferenceSession:
    """A CPU session; with `side`, for square tiles of that size only (batch 1), as the application opens it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    for name, size in {"batch": 1, "height": side, "width": side}.items() if side else ():
        options.add_free_dimension_override_by_name(name, size)
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sides", type=int, nargs="+", default=[512, 1024])
    parser.add_argument("--runs", type=int, default=10)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    model = load(given.checkpoint)
    for weight in model.parameters():
        weight.data = weight.data.half().float()
    random = np.random.default_rng(0)
    print("| stem | up | tail | " + " | ".join(f"{side} px: best, median ms" for side in given.sides) + " | max difference |")
    print("|---|---|---|" + "---|" * (len(given.sides) + 1))
    for variant in VARIANTS:
        file, cells = to_onnx(model, *variant).SerializeToString(), []
        for side in given.sides:
            x = random.random((1, 4, side, side), np.float32)
            x[:, 3] = 25 / 255
            run = session(file, given.threads, side)
            y, times = run.run(None, {"input": x})[0], []
            for _ in range(given.runs):
                start = time.perf_counter()
                run.run(None, {"input": x})
                times.append(1000 * (time.perf_counter() - start))
            cells.append(f"{min(times):.0f}, {statistics.median(times):.0f}")
        with torch.inference_mode():
            difference = np.abs(y - model(torch.from_numpy(x)).numpy()).max()
        print("| " + " | ".join((*variant, *cells, f"{difference:.1e}")) + " |", flush=True)


if __name__ == "__main__":
    main()
