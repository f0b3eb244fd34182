/** The thread that decodes and encodes compressed frames, one after another. Asked by `frame-thread.ts`; ended by it after any error. */
import { parentPort } from 'node:worker_threads';
import { toHourglassError } from '../contract/errors.ts';
import { startLanguage } from '../runtime/language.ts';
import { decodeStream } from './dicom/decode-stream.ts';
import { encodeStream } from './dicom/encode-stream.ts';
import type { EncodeCall, FrameAnswer, FrameCall, Numbered } from './dicom/frame-protocol.ts';

if (!parentPort) throw new Error('This file is a thread of frames.');
const port = parentPort;
startLanguage();
const answer = (message: FrameAnswer, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

/** One after another, as they were asked: the next call lies here before this one is answered, and a codec that is still being loaded would let it pass. */
let turn = Promise.resolve();
port.on('message', (call: Numbered<FrameCall | EncodeCall>) => {
  const { number } = call;
  turn = turn
    .then(() => ('stream' in call ? decodeStream(call) : encodeStream(call)))
    .then(
      (result) => answer({ number, state: 'done', result }, [result.buffer as ArrayBuffer]),
      (error: unknown) =>
        answer({ number, state: 'failed', error: toHourglassError(error).toJSON() }),
    );
});
