/** A codec thread: decodes one file and ends. Asked by `reader.ts`. */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { HourglassError, toHourglassError } from '../contract/errors.ts';
import type { ThreadAnswer } from '../runtime/thread-call.ts';
import { decodeJpeg2000 } from './jpeg-2000.ts';
import { decodeJpegXl } from './jpeg-xl.ts';
import type { CodecCall, CodecHeader, CodecPicture } from './protocol.ts';
import { say } from './sentences.ts';

if (!parentPort) throw new Error('This file is a codec thread.');
const port = parentPort;
const call = workerData as CodecCall;
const post = (
  answer: ThreadAnswer<CodecPicture, CodecHeader>,
  transfer: ArrayBuffer[] = [],
): void => port.postMessage(answer, transfer);

/** WebAssembly says so when its memory can not grow, and traps where a file leads a decoder astray. */
const inWords = (error: unknown): HourglassError => {
  if (error instanceof RangeError)
    return new HourglassError('out-of-memory', say('noMemory', { name: call.name }), {
      cause: error,
    });
  if (error instanceof Error && error.name === 'RuntimeError')
    return new HourglassError('damaged-image', say('damaged', { name: call.name }), {
      cause: error,
    });
  return toHourglassError(error);
};

const decode = call.format === 'jxl' ? decodeJpegXl : decodeJpeg2000;
decode(call, readFileSync(call.path), (told) => post({ state: 'told', told })).then(
  (result) => post({ state: 'done', result }, [result.data.buffer as ArrayBuffer]),
  (error: unknown) => post({ state: 'failed', error: inWords(error).toJSON() }),
);
