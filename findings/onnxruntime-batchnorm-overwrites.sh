#!/usr/bin/env bash
# ONNX Runtime: BatchNormalization in training mode writes into the caller's arrays, and into the constants of the model.
#
# Version:     onnxruntime 1.30.0 (CPU), onnx 1.23.1, opset 17
# Most guess:  an inference session is a function: inputs are read, and the same input gives the same output
# Seen:        where the running mean and variance are no outputs of the graph, the runtime gives the node its own inputs as the
#              place for them. Fed from outside, the arrays of the caller hold other numbers after the run. As constants of the
#              model they drift with every run; a scale of 1 or a bias of 0 of equal value is merged with them when the model
#              is loaded, and then Y itself differs from run to run. With all three outputs declared nothing of it happens
# Costs:       a training graph whose curve can not be reproduced; a checkpoint whose "unchanged" statistics have changed
# Source:      ONNX operator BatchNormalization (version 15): Y depends on the batch's statistics alone; inputs are inputs.
#              microsoft/onnxruntime issue 29790 has the one consequence that Y depends on momentum; run here for the others
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check onnx==1.23.1 onnxruntime==1.30.0 numpy==2.4.6
cat > run.py <<'PY'
import sys
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

CHANNELS, SHAPE = 3, [2, 3, 2, 2]
STATISTICS = {"scale": 1.0, "bias": 0.0, "mean": 0.0, "variance": 1.0}


def model(constant: bool, outputs: list[str]) -> bytes:
    tensor = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    inputs, constants = [tensor("x", SHAPE)], []
    for name, value in STATISTICS.items():
        if constant:
            constants.append(helper.make_tensor(name, TensorProto.FLOAT, [CHANNELS], [value] * CHANNELS))
        else:
            inputs.append(tensor(name, [CHANNELS]))
    node = helper.make_node(
        "BatchNormalization", ["x", *STATISTICS], ["y", "running_mean", "running_variance"], training_mode=1, momentum=0.9
    )
    shapes = {"y": SHAPE, "running_mean": [CHANNELS], "running_variance": [CHANNELS]}
    graph = helper.make_graph([node], "g", inputs, [tensor(name, shapes[name]) for name in outputs], constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 8
    onnx.checker.check_model(made, full_check=True)
    return made.SerializeToString()


x = (np.arange(24, dtype=np.float32) ** 1.1).reshape(SHAPE)


def fed(outputs):
    """True where the caller's arrays are as they were."""
    feeds = {"x": x.copy()} | {name: np.full(CHANNELS, value, np.float32) for name, value in STATISTICS.items()}
    onnxruntime.InferenceSession(model(False, outputs)).run(None, feeds)
    return all((feeds[name] == value).all() for name, value in STATISTICS.items())


def repeated(outputs):
    """True where three runs of one session give equal Y."""
    session = onnxruntime.InferenceSession(model(True, outputs))
    ys = [session.run(["y"], {"x": x})[0] for _ in range(3)]
    return all(np.array_equal(ys[0], y) for y in ys)


every = ["y", "running_mean", "running_variance"]
seen = {
    "only Y declared": {"caller's arrays untouched": fed(["y"]), "three runs agree": repeated(["y"])},
    "all declared": {"caller's arrays untouched": fed(every), "three runs agree": repeated(every)},
}
print(seen)
as_said = not any(seen["only Y declared"].values()) and all(seen["all declared"].values())
print("as described" if as_said else "CHANGED")
sys.exit(0 if as_said else 1)
PY
env/bin/python run.py
