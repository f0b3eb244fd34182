/**
 * A thread of the pool (`pool.ts`): codes one tile after the other, on WASM. No ONNX Runtime here, and of the
 * contract the errors alone: what a thread loads delays its first tile.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { HourglassError, toHourglassError } from '../../contract/errors.ts';
import type { FromThread, Result, Task, ThreadData, ToThread } from './protocol.ts';
import { createWasmCoder } from './wasm-coder.ts';
import { say } from './sentences.ts';

if (!parentPort) throw new Error('This file is a thread of the latent coder.');
const port = parentPort;
const { module, model } = workerData as ThreadData;
const coder = createWasmCoder(module, model);

function perform(task: Task, cancelled: () => boolean): Result {
  if (task.kind === 'encode') return coder.encode(task.tile, cancelled);
  if (task.kind === 'decode') return coder.decode(task.tile, cancelled);
  return coder.cost(task.tile, cancelled);
}

/** WebAssembly says so when its memory can not grow. */
const inWords = (error: unknown): HourglassError =>
  error instanceof RangeError
    ? new HourglassError('out-of-memory', say('thereNoMemoryForLatents'))
    : toHourglassError(error);

port.on('message', ({ task, cancelled }: ToThread) => {
  const flag = new Int32Array(cancelled);
  let answer: FromThread;
  try {
    answer = { state: 'done', result: perform(task, () => Atomics.load(flag, 0) !== 0) };
  } catch (error) {
    answer = { state: 'failed', error: inWords(error).toJSON() };
  }
  const parts = answer.state === 'done' ? Object.values(answer.result) : [];
  port.postMessage(
    answer,
    parts.filter(ArrayBuffer.isView).map((view) => view.buffer as ArrayBuffer),
  );
});
