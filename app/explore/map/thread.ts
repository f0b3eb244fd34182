/** A thread that lays out one map and ends. Asked by `map.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { toHourglassError } from '../../contract/errors.ts';
import { startLanguage } from '../../runtime/language.ts';
import type { ThreadAnswer } from '../../runtime/thread-call.ts';
import { squareOf, type Places } from './places.ts';
import type { UmapRequest, UmapStep } from './protocol.ts';
import { umapPlaces } from './umap.ts';

if (!parentPort) throw new Error('This file is a thread that lays out maps.');
const port = parentPort;
startLanguage();
const post = (answer: ThreadAnswer<Places, UmapStep>): void => port.postMessage(answer);

/** Milliseconds between two places that are told. */
const TELL_EVERY = 150;
let toldAt = -Infinity;
try {
  const places = umapPlaces(workerData as UmapRequest, (epoch, now) => {
    if (performance.now() - toldAt < TELL_EVERY) return;
    toldAt = performance.now();
    post({ state: 'told', told: { epoch, places: squareOf(now()) } });
  });
  post({ state: 'done', result: squareOf(places) });
} catch (error) {
  post({ state: 'failed', error: toHourglassError(error).toJSON() });
}
