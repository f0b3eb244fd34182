/**
 * The inference thread: the one worker thread of the engine process in which ONNX Runtime lives.
 * Its other end is `thread-client.ts`.
 *
 * Why a thread: `session.run` of onnxruntime-node is synchronous, it blocks the JavaScript thread for
 * the whole inference; the engine's main thread must meanwhile serve tiles, convert pixels and hear
 * "cancel". Why exactly one, made once and never again in a process: importing ONNX Runtime in many
 * worker threads crashes Electron at random (microsoft/onnxruntime#20084). Isolation from native
 * crashes is the engine process's business, not this thread's.
 */
import { parentPort } from 'node:worker_threads';
import { commitFault } from './faults.ts';
import type { FromThread, InferMessage, ToThread } from './protocol.ts';
import { SessionPool } from './sessions.ts';

if (!parentPort) throw new Error('This file is the inference thread of Hourglass.');
const port = parentPort;
const pool = new SessionPool();

async function infer(message: InferMessage): Promise<void> {
  const answer = (state: 'done' | 'skipped' | 'failed', words = '') =>
    port.postMessage(
      {
        kind: 'inferred',
        id: message.id,
        state,
        message: words,
        input: message.input,
        output: message.output,
      } satisfies FromThread,
      [message.input, message.output],
    );
  if (Atomics.load(new Int32Array(message.cancelled), 0) !== 0) return answer('skipped');
  try {
    const output = new Float32Array(message.output);
    if (message.fault) commitFault(message.fault, output);
    else
      await pool.run(message.session, {
        ...message,
        input: new Float32Array(message.input),
        output,
      });
  } catch (error) {
    return answer('failed', error instanceof Error ? error.message : String(error));
  }
  answer('done');
}

// One after the other, in the order of their arrival: `run` yields once before it blocks, and two
// sessions of one device must not interleave.
let last: Promise<void> = Promise.resolve();
port.on('message', (message: ToThread) => {
  last = last.then(async () => {
    if (message.kind === 'infer') return infer(message);
    await pool.release();
    port.postMessage({ kind: 'released', id: message.id } satisfies FromThread);
  });
});
