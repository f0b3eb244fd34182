#!/usr/bin/env bash
# onnxruntime-node: session.run() returns a promise and computes before it gives the thread back.
#
# Version:     onnxruntime-node 1.30.0 (CPU), Node 20 and later
# Most guess:  `await session.run(...)` works on a thread of its own, as fs.promises do; timers and sockets go on meanwhile
# Seen:        a timer of 5 ms set before the run does not fire once while it computes for hundreds of milliseconds; two runs
#              begun together take the time of both. Neither an AbortSignal nor progress can reach a run that has begun
# Costs:       a server or a desktop program that runs a network on its main thread is dead for the length of each tile
# Source:      dist/backend.js of the package: run() wraps the native call, which is synchronous, into a promise; run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error onnxruntime-node@1.30.0 onnx-proto@8.0.1
cat > run.mjs <<'JS'
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const ort = require('onnxruntime-node');
const { onnx } = require('onnx-proto');

/** y = a chain of 24 products of 700 x 700 matrices: a few hundred milliseconds. */
const side = 700, steps = 24;
const type = { tensorType: { elemType: 1, shape: { dim: [{ dimValue: side }, { dimValue: side }] } } };
const node = Array.from({ length: steps }, (_, at) => ({
  opType: 'MatMul', input: [at === 0 ? 'x' : `t${at}`, 'x'], output: [at === steps - 1 ? 'y' : `t${at + 1}`],
}));
const bytes = onnx.ModelProto.encode(onnx.ModelProto.create({
  irVersion: 8, opsetImport: [{ domain: '', version: 17 }],
  graph: { name: 'g', node, input: [{ name: 'x', type }], output: [{ name: 'y', type }] },
})).finish();
const session = await ort.InferenceSession.create(bytes);
const x = new ort.Tensor('float32', new Float32Array(side * side).fill(1e-3), [side, side]);
await session.run({ x });

let fired = 0;
const timer = setInterval(() => { fired += 1; }, 5);
await new Promise((done) => setTimeout(done, 30));
fired = 0;
const begin = performance.now();
const running = session.run({ x });
const returnedAfter = performance.now() - begin;
await running;
const took = performance.now() - begin;
const firedMeanwhile = fired;
clearInterval(timer);
console.log({ runMs: Math.round(took), timersOf5MsFired: firedMeanwhile, promiseReturnedAfterMs: Math.round(returnedAfter) });
const asSaid = took > 50 && firedMeanwhile <= 1;
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
