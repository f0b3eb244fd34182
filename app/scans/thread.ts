/** The thread that decodes and encodes compressed frames, one after another. Asked by `frame-thread.ts`; ended by it after any error. */
import { parentPort } from 'node:worker_threads';
import { toHourglassError } from '../contract/errors.ts';
import { startLanguage } from '../runtime/language.ts';
import { decodeStream } from './dicom/decode-stream.ts';
import { encodeStream } from './dicom/encode-stream.ts';
import type { EncodeCall, FrameAnswer, FrameCall } from './dicom/frame-protocol.ts';

if (!parentPort) throw new Error('This file is a thread of frames.');
const port = parentPort;
startLanguage();
const answer = (message: FrameAnswer, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

port.on('message', (call: FrameCall | EncodeCall) => {
  const work = 'stream' in call ? decodeStream(call) : encodeStream(call);
  work.then(
    (result) => answer({ state: 'done', result }, [result.buffer as ArrayBuffer]),
    (error: unknown) => answer({ state: 'failed', error: toHourglassError(error).toJSON() }),
  );
});
