/**
 * A thread of the pool (`pool.ts`): codes one tile after the other, on WASM. No ONNX Runtime here, and of the
 * contract the errors alone: what a thread loads delays its first tile.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { HourglassError, toHourglassError } from '../../contract/errors.ts';
import { startLanguage } from '../../runtime/language.ts';
import type { FromThread, Result, CoderCall, ThreadData, ToThread } from './protocol.ts';
import { createWasmCoder } from './wasm-coder.ts';
import { say } from './sentences.ts';

if (!parentPort) throw new Error('This file is a thread of the latent coder.');
const port = parentPort;
startLanguage();
const { module, model } = workerData as ThreadData;
const coder = createWasmCoder(module, model);

function perform(call: CoderCall, cancelled: () => boolean): Result {
  if (call.kind === 'encode') return coder.encode(call.tile, cancelled);
  if (call.kind === 'decode') return coder.decode(call.tile, cancelled);
  return coder.cost(call.tile, cancelled);
}

/** WebAssembly says so when its memory can not grow. */
const inWords = (error: unknown): HourglassError =>
  error instanceof RangeError
    ? new HourglassError('out-of-memory', say('thereNoMemoryForLatents'))
    : toHourglassError(error);

port.on('message', ({ call, cancelled }: ToThread) => {
  const flag = new Int32Array(cancelled);
  let answer: FromThread;
  try {
    answer = { state: 'done', result: perform(call, () => Atomics.load(flag, 0) !== 0) };
  } catch (error) {
    answer = { state: 'failed', error: inWords(error).toJSON() };
  }
  const parts = answer.state === 'done' ? Object.values(answer.result) : [];
  port.postMessage(
    answer,
    parts.filter(ArrayBuffer.isView).map((view) => view.buffer as ArrayBuffer),
  );
});
