/**
 * Work that several callers wait for, each with a cancel of his own: nobody's cancel ends what others
 * wait for, and nobody waits after his cancel. What the work is lives with whoever starts it.
 */
import { cancelledError, throwIfCancelled } from '../contract/index.ts';
import { waitingForOthers } from './slot.ts';

/**
 * Waits for a promise until the signal fires; what the promise does then is nobody's business.
 * @throws HourglassError cancelled, and whatever the promise rejects with
 */
export async function untilCancelled<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  let onAbort = (): void => {};
  const cancelled = new Promise<never>((_, reject) => {
    onAbort = () => reject(cancelledError());
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, cancelled]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Whoever left does not hear of a later failure, which is not an unhandled one for that.
    promise.catch(() => undefined);
  }
}

interface Run<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** Work that is done once, for all who ask. A failure is not remembered: whoever asks next tries again. */
export class Shared<T> {
  #run: Run<T> | null = null;

  /**
   * @param make is given a signal that fires when the last of those who wait has been cancelled
   * @throws HourglassError cancelled when `signal` fires; whatever `make` throws
   */
  async get(signal: AbortSignal, make: (signal: AbortSignal) => Promise<T>): Promise<T> {
    throwIfCancelled(signal);
    const begun = this.#run;
    const run = (this.#run ??= this.#start(make));
    run.waiting += 1;
    const wait = (): Promise<T> => untilCancelled(signal, run.result);
    try {
      return await (begun ? waitingForOthers(wait) : wait());
    } finally {
      run.waiting -= 1;
      if (run.waiting === 0 && signal.aborted) this.#abandon(run);
    }
  }

  #start(make: (signal: AbortSignal) => Promise<T>): Run<T> {
    const controller = new AbortController();
    const run: Run<T> = { result: make(controller.signal), controller, waiting: 0 };
    run.result.catch(() => this.#forget(run));
    return run;
  }

  /** A result that is there already stays. */
  #abandon(run: Run<T>): void {
    let settled = false;
    const settle = (): void => void (settled = true);
    run.result.then(settle, settle);
    queueMicrotask(() => {
      if (settled || run.waiting > 0) return;
      this.#forget(run);
      run.controller.abort();
    });
  }

  #forget(run: Run<T>): void {
    if (this.#run === run) this.#run = null;
  }
}
