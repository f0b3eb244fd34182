#!/usr/bin/env bash
# ONNX Runtime on WebGPU: a convolution from 6 or 9 channels gives other numbers than on the CPU, and no error.
#
# Version:     onnxruntime-node 1.30.0 (its WebGPU provider), onnx 1.23.1, opset 17
# Most guess:  a provider that takes an operator computes it; what differs is in the last digits. And what is odd about channels is a matter of 2 and 4
# Seen:        wrong where the channels that come in are a multiple of 3 and none of 4 (6, 9; 3 itself is right), the channels that go out a multiple of 4,
#              and the kernel larger than a pixel: the largest difference is as large as the values. 5, 7, 8, 10 and 12 channels are right, 6 to 6 is, and
#              so is a kernel of 1 x 1. Channels of zeros up to a multiple of 4, for picture and kernel, make it right
# Costs:       denoisers that see albedo and normals beside colour (3 + 3 + 3 channels), or a training whose layers have 6 channels: every later layer is
#              computed from wrong values, and pictures still look like pictures
# Source:      ONNX operator Conv (version 11). microsoft/onnxruntime issue 29651 (open) has 9 channels of a graph's input; which ones, run here
#
# Needs a Vulkan driver, a software one will do (VK_DRIVER_FILES names it). Exits 0 while this is what happens, 1 when it changes, 2 without a driver.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
for driver in /usr/lib/chromium/vk_swiftshader_icd.json /usr/share/vulkan/icd.d/lvp_icd*.json; do
  if [ -z "${VK_DRIVER_FILES:-}" ] && [ -e "$driver" ]; then export VK_DRIVER_FILES=$driver; fi
done
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check onnx==1.23.1 numpy==2.4.6
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts onnxruntime-node@1.30.0
cat > make.py <<'PY'
import sys
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

for case in sys.argv[1:]:
    into, out, side, *padded = map(int, case.split("-"))
    rng = np.random.default_rng(into * 100 + out)
    kernel = rng.normal(0, 1, (out, into, side, side)).astype(np.float32)
    nodes, names = [], ["x", "w"]
    constants = [numpy_helper.from_array(kernel, "w")]
    if padded:
        more = 4 - into % 4
        constants.append(numpy_helper.from_array(np.array([0, 0, 0, 0, 0, more, 0, 0], np.int64), "pads"))
        nodes = [helper.make_node("Pad", [name, "pads"], [name + "p"]) for name in names]
        names = ["xp", "wp"]
    edge = (side - 1) // 2
    nodes.append(helper.make_node("Conv", names, ["y"], kernel_shape=[side, side], pads=[edge] * 4))
    value = lambda name, channels: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, channels, 8, 8])
    model = helper.make_model(helper.make_graph(nodes, "g", [value("x", into)], [value("y", out)], constants),
                              opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, case + ".onnx")
PY
right="3-4-3 4-4-3 5-4-3 7-4-3 8-4-3 10-4-3 12-4-3 6-6-3 6-4-1 6-4-3-0 9-4-3-0"
wrong="6-4-3 6-8-3 9-4-3 6-4-5"
env/bin/python make.py $right $wrong
cat > run.cjs <<'JS'
const ort = require('onnxruntime-node');
const run = async (file, provider, x) => {
  const session = await ort.InferenceSession.create(file, { executionProviders: [provider], logSeverityLevel: 4 });
  const { y } = await session.run({ x });
  const data = Float32Array.from(y.data);
  await session.release();
  return data;
};
(async () => {
  const found = [];
  for (const name of process.argv.slice(2)) {
    const channels = Number(name.split('-')[0]);
    const x = new ort.Tensor('float32', Float32Array.from({ length: channels * 64 }, (_, i) => Math.sin(i)), [1, channels, 8, 8]);
    const cpu = await run(`${name}.onnx`, 'cpu', x);
    let gpu;
    try {
      gpu = await run(`${name}.onnx`, 'webgpu', x);
    } catch (error) {
      console.log(`no WebGPU here: ${String(error.message).split('\n')[0]}`);
      process.exit(2);
    }
    const largest = Math.max(...cpu.map(Math.abs));
    const difference = Math.max(...cpu.map((value, i) => Math.abs(value - gpu[i]))) / largest;
    console.log(name.padEnd(10), difference.toExponential(1));
    if (difference > 0.01) found.push(name);
  }
  require('fs').writeFileSync('found', found.join(' '));
  process.exit(0);
})();
JS
node run.cjs $right $wrong || exit 2
if [ "$(cat found)" = "$wrong" ]; then echo "as described"; else echo "CHANGED: $(cat found)"; exit 1; fi
