/** The thread that decodes compressed frames, one after another. Asked by `frame-thread.ts`; ended by it after any error. */
import { parentPort } from 'node:worker_threads';
import { toHourglassError } from '../contract/errors.ts';
import { decodeStream } from './dicom/decode-stream.ts';
import type { FrameAnswer, FrameCall } from './dicom/frame-protocol.ts';

if (!parentPort) throw new Error('This file is a thread of frames.');
const port = parentPort;
const answer = (message: FrameAnswer, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

port.on('message', (call: FrameCall) => {
  decodeStream(call).then(
    (words) => answer({ state: 'done', words }, [words.buffer as ArrayBuffer]),
    (error: unknown) => answer({ state: 'failed', error: toHourglassError(error).toJSON() }),
  );
});
