"""Times the exact rewrites that `export.py` offers, with ONNX Runtime on the CPU.

Prints milliseconds (best and median) per square tile and the largest difference from PyTorch in fp32 with the same,
fp16-rounded, weights.

    python -m recipes.bench CHECKPOINT [--threads 2] [--sides 512 1024] [--runs 10]
    python -m recipes.bench A.onnx B.onnx... [--sides 512] [--runs 60]               # exported files side by side, with one thread and with --threads
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


def compare(files: list[str], most_threads: int, sides: list[int], runs: int) -> None:
    """Times exported denoisers in turns, so that other work on the machine strikes all alike; ratios are to the first."""
    print("| file | threads | " + " | ".join(f"{side} px: best, median ms (times as fast)" for side in sides) + " |\n|---|---|" + "---|" * len(sides))
    for threads in sorted({1, most_threads}):
        cells = {file: [] for file in files}
        for side in sides:
            opened = {file: session(file, threads, side) for file in files}
            x = np.random.default_rng(0).random((1, opened[files[0]].get_inputs()[0].shape[1], side, side), np.float32)
            x[:, -1] = 25 / 255
            times = {file: [] for file in files}
            for turn in range(runs + 1):
                for file, run in opened.items():
                    start = time.perf_counter()
                    run.run(None, {"input": x})
                    times[file].append(1000 * (time.perf_counter() - start))
            best, median = ({file: found(values[1:]) for file, values in times.items()} for found in (min, statistics.median))
            for file in files:
                cells[file].append(f"{best[file]:.0f}, {median[file]:.0f} ({best[files[0]] / best[file]:.2f}, {median[files[0]] / median[file]:.2f})")
        for file in files:
            print(f"| {file} | {threads} | " + " | ".join(cells[file]) + " |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", nargs="+", help="a checkpoint, or .onnx files")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sides", type=int, nargs="+", default=[512, 1024])
    parser.add_argument("--runs", type=int, default=10)
    given = parser.parse_args()
    if given.checkpoint[0].endswith(".onnx"):
        return compare(given.checkpoint, given.threads, given.sides, given.runs)
    torch.set_num_threads(given.threads)
    model = load(given.checkpoint[0])
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
