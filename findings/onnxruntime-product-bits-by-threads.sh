#!/usr/bin/env bash
# ONNX Runtime on the CPU: the number of threads changes the bits of a plain matrix product, but only of some shapes.
#
# Version:     onnxruntime-node 1.30.0, CPU, float32
# Most guess:  threads share out rows and columns of the result; each element is summed by one of them in the same order, so that
#              `intraOpNumThreads` changes the time and nothing else (there is no atomic sum, no reduction over threads)
# Seen:        16 × 4096 times 4096 × 32: with two threads most elements have other last bits than with one. How long the pieces are in
#              which a sum is made follows from how many columns a thread got. Of 128 terms or fewer nothing changes, whatever the shape;
#              nor of small products, which one thread does alone. So a test with small matrices passes and a training
#              on another machine differs after its first step
# Costs:       runs that can not be repeated on a machine with other cores; a resumed training that is another one
# Source:      MLAS, sgemm.cpp, MlasSgemmOperation: the stride over the sum is 128, and is doubled while the one over the columns
#              (which a thread's share limits) is halved; no document of the options says so
#
# Exits 0 while this is what happens, 1 when it changes. Needs two cores.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error onnxruntime-node@1.30.0
cat >try.cjs <<'JS'
const ort = require('onnxruntime-node');
// A model of one MatMul, in the wire format of protocol buffers.
const vint = (n) => { const out = []; for (; n > 127; n >>>= 7) out.push((n & 127) | 128); return Buffer.from([...out, n]); };
const part = (id, bytes) => Buffer.concat([vint((id << 3) | 2), vint(bytes.length), bytes]);
const int = (id, n) => Buffer.concat([vint(id << 3), vint(n)]);
const text = (id, word) => part(id, Buffer.from(word));
const tensor = (id, name, shape) => part(id, Buffer.concat([text(1, name),
  part(2, part(1, Buffer.concat([int(1, 1), part(2, Buffer.concat(shape.map((side) => part(1, int(1, side)))))])))]));
const model = (m, k, n) => Buffer.concat([int(1, 9), part(7, Buffer.concat([
  part(1, Buffer.concat([text(1, 'a'), text(1, 'b'), text(2, 'y'), text(4, 'MatMul')])), text(2, 'g'),
  tensor(11, 'a', [m, k]), tensor(11, 'b', [k, n]), tensor(12, 'y', [m, n])])), part(8, int(2, 13))]);
async function differing(m, k, n) {
  let state = 7;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
  const a = Float32Array.from({ length: m * k }, random);
  const b = Float32Array.from({ length: k * n }, random);
  const results = [];
  for (const intraOpNumThreads of [1, 2]) {
    const session = await ort.InferenceSession.create(model(m, k, n), { intraOpNumThreads });
    const { y } = await session.run({ a: new ort.Tensor('float32', a, [m, k]), b: new ort.Tensor('float32', b, [k, n]) });
    results.push(y.data);
  }
  const count = results[0].reduce((sum, value, at) => sum + (value !== results[1][at]), 0);
  console.log(`${m} × ${k} times ${k} × ${n}: ${count} of ${m * n} elements differ between one thread and two`);
  return count;
}
(async () => {
  const long = await differing(16, 4096, 32);
  const short = await differing(4096, 128, 32);
  const small = await differing(16, 1000, 16);
  if (long > 0 && short === 0 && small === 0) console.log('as described');
  else { console.log('CHANGED'); process.exitCode = 1; }
})();
JS
node try.cjs
