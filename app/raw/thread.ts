/**
 * The raw thread: develops one file (`develop-file.ts`) and ends. One file, one thread: LibRaw computes
 * without a pause, and its memory goes with the thread. Asked by `reader.ts`.
 */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { startLanguage } from '../runtime/language.ts';
import type { ThreadAnswer } from '../runtime/thread-call.ts';
import { developFile, inWords } from './develop-file.ts';
import { loadLibRaw } from './libraw.ts';
import type { Developed, RawHeader, RawThreadData } from './protocol.ts';

if (!parentPort) throw new Error('This file is the raw thread.');
const port = parentPort;
startLanguage();
const { code, ...call } = workerData as RawThreadData;
const post = (answer: ThreadAnswer<Developed, RawHeader>, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(answer, transfer);

loadLibRaw(code)
  .then((module) =>
    developFile(module, readFileSync(call.path), call, (told) => post({ state: 'told', told })),
  )
  .then(
    (result) => post({ state: 'done', result }, [result.data.buffer as ArrayBuffer]),
    (error: unknown) => post({ state: 'failed', error: inWords(error, call.name).toJSON() }),
  );
