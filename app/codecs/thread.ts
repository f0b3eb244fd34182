/** A codec thread: decodes one file and ends. Asked by `reader.ts`. */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { startLanguage } from '../runtime/language.ts';
import type { ThreadAnswer } from '../runtime/thread-call.ts';
import { inWords, loadDecoder } from './decode-file.ts';
import type { CodecCall, CodecHeader, CodecPicture } from './protocol.ts';

if (!parentPort) throw new Error('This file is a codec thread.');
const port = parentPort;
startLanguage();
const call = workerData as CodecCall;
const post = (
  answer: ThreadAnswer<CodecPicture, CodecHeader>,
  transfer: ArrayBuffer[] = [],
): void => port.postMessage(answer, transfer);

// No await out here: workers of libvips would wait for this module, which waits for them.
loadDecoder(call.format)
  .then((decode) => decode(call, readFileSync(call.path), (told) => post({ state: 'told', told })))
  .then(
    (result) => post({ state: 'done', result }, [result.data.buffer as ArrayBuffer]),
    (error: unknown) => post({ state: 'failed', error: inWords(error, call.name).toJSON() }),
  );
