/**
 * One piece of work in a thread of its own, which ends with it: for decoders that compute without a pause
 * (WASM), so that a wait can end by time or by a person, and everything that they held goes with the thread.
 * What the thread does is the business of its file.
 */
import { Worker } from 'node:worker_threads';
import {
  cancelledError,
  HourglassError,
  throwIfCancelled,
  type SerializedError,
} from '../contract/index.ts';
import { locateBuilt } from './built.ts';
import { say } from './sentences.ts';

/** What such a thread posts: any number of `told`, then one of the others. */
export type ThreadAnswer<T, Told = never> =
  | { readonly state: 'told'; readonly told: Told }
  | { readonly state: 'done'; readonly result: T }
  | { readonly state: 'failed'; readonly error: SerializedError };

export interface ThreadCall<Told = never> {
  /** As built, below `dist/app`: `raw/thread.js`. */
  readonly file: string;
  /** The thread's `workerData`. */
  readonly data: unknown;
  /** File that the work is about, for sentences. */
  readonly name: string;
  /** From the start on, or from the last answer that changed it, milliseconds; null: as long as it takes. */
  readonly timeoutMs: number | null;
  /** Hears what the thread tells meanwhile. @returns a new limit for the rest, if it changes */
  readonly told?: (told: Told) => number | void;
  readonly signal: AbortSignal;
}

/**
 * @returns the thread's result
 * @throws HourglassError decode-timeout, cancelled, out-of-memory, what the thread answered; what `told` throws
 */
export async function callThread<T, Told = never>(call: ThreadCall<Told>): Promise<T> {
  const { file, data, name, signal } = call;
  throwIfCancelled(signal);
  const worker = new Worker(locateBuilt(file), { name: file, workerData: data, stdout: true });
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    return await new Promise<T>((settle, fail) => {
      const within = (milliseconds: number): void => {
        clearTimeout(timer);
        timer = setTimeout(
          () =>
            fail(
              new HourglassError(
                'decode-timeout',
                say('decodingTookTooLong', { name, seconds: Math.round(milliseconds / 1000) }),
              ),
            ),
          milliseconds,
        );
      };
      if (call.timeoutMs !== null) within(call.timeoutMs);
      onAbort = () => fail(cancelledError());
      signal.addEventListener('abort', onAbort, { once: true });
      worker.on('message', (answer: ThreadAnswer<T, Told>) => {
        if (answer.state === 'done') settle(answer.result);
        else if (answer.state === 'failed') fail(HourglassError.fromJSON(answer.error));
        else
          try {
            const limit = call.told?.(answer.told);
            if (typeof limit === 'number') within(limit);
          } catch (error) {
            fail(error as Error);
          }
      });
      worker.on('error', (error) => fail(threadError(error, name)));
      worker.on('exit', (code) => fail(threadError(new Error(`exit ${code}`), name)));
    });
  } finally {
    clearTimeout(timer);
    if (onAbort) signal.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}

/** A decoder that broke off, and not by an error of ours. */
const threadError = (error: Error, name: string): HourglassError =>
  error instanceof RangeError || /out of memory|OUT_OF_MEMORY/i.test(`${error.message}`)
    ? new HourglassError('out-of-memory', say('noMemoryToDecode', { name }), { cause: error })
    : new HourglassError('damaged-image', say('decoderBrokeOff', { name }), {
        details: { decoder: error.message },
        cause: error,
      });
