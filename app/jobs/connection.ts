/**
 * One life of one engine process: calls and their answers, the heartbeat, the end. When to start
 * the next one is decided in `supervisor.ts`.
 */
import {
  cancelledError,
  HourglassError,
  type HourglassEvent,
  type Progress,
} from '../contract/index.ts';
import { say } from './sentences.ts';
import type { EngineMessage, HostMessage, ProcessHandle } from './types.ts';

type WithoutCall<T> = T extends { readonly call: number } ? Omit<T, 'call'> : never;
/** What can be asked of the engine, without the number that the connection gives it. */
export type EngineRequest = WithoutCall<Exclude<HostMessage, { readonly kind: 'cancel' }>>;

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /**
   * True for queued work: a cancel waits until the engine has cleaned up, and when it does not
   * within the grace time, the engine is killed. Otherwise a cancelled call is just left behind.
   */
  readonly heavy?: boolean;
}

export interface ConnectionHooks {
  onEvent(event: HourglassEvent): void;
  /** The engine asks to be killed because `device` hangs; the connection has already done so. */
  onDeviceHung(device: string, detail: string): void;
  /** Called once, after every open call was rejected with `engine-died`. */
  onEnd(reason: string, wasReady: boolean): void;
}

export interface ConnectionLimits {
  /** Seconds without any message after which a started engine counts as dead. */
  readonly silentSeconds: number;
  /** The same before it is ready: a cold disk is slow. */
  readonly startSeconds: number;
  /** Milliseconds a cancelled heavy call may take to clean up. */
  readonly cancelGraceMs: number;
}

export const defaultLimits: ConnectionLimits = {
  silentSeconds: 30,
  startSeconds: 90,
  cancelGraceMs: 8000,
};

interface OpenCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: HourglassError) => void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly heavy: boolean;
  cancelled: boolean;
  grace: NodeJS.Timeout | undefined;
  readonly cleanUp: () => void;
}

/**
 * The error that open calls get when the engine ends; `details.reason` says why. Calls that had no part
 * in the end are told so (`isInnocent`).
 */
export const engineDied = (reason: string, details: Record<string, unknown> = {}): HourglassError =>
  new HourglassError('engine-died', say('engineEnded', { reason }), {
    details: { reason, ...details },
  });

/**
 * True for a call that was lost with an engine which was ended on purpose, or because of another call:
 * it may be asked again, and accuses nobody.
 */
export const isInnocent = (error: unknown): boolean =>
  error instanceof HourglassError && error.details?.innocent === true;

/** Which of the open calls had no part in an end: all, those that are not queued work, or nobody knows. */
type Innocents = 'all' | 'light' | 'unknown';

export class Connection {
  /** Grows with every engine: documents opened in an older one are gone. */
  readonly generation: number;
  /** Resolves when the engine said that it is ready; rejects with `engine-died`. */
  readonly ready: Promise<void>;
  /** Resident memory by its last heartbeat, bytes. */
  memoryBytes = 0;
  /** Decodes that still hold a thread and memory though their time is over. */
  abandoned = 0;
  ended = false;
  /** True once the engine is ended because nobody needs it or it has to be renewed: that is no death. */
  expectedEnd = false;

  readonly #handle: ProcessHandle;
  readonly #hooks: ConnectionHooks;
  readonly #limits: ConnectionLimits;
  readonly #calls = new Map<number, OpenCall>();
  readonly #watch: NodeJS.Timeout;
  #lastCall = 0;
  #isReady = false;
  #silentFor = 0;
  #killReason: string | null = null;
  #innocents: Innocents = 'unknown';
  #deathDetails: Record<string, unknown> = {};
  #settleReady: { resolve: () => void; reject: (error: HourglassError) => void };

  constructor(
    handle: ProcessHandle,
    hooks: ConnectionHooks,
    limits: ConnectionLimits = defaultLimits,
    generation = 1,
  ) {
    this.generation = generation;
    this.#handle = handle;
    this.#hooks = hooks;
    this.#limits = limits;
    const { promise, resolve, reject } = withResolvers<void>();
    this.ready = promise;
    this.ready.catch(() => {});
    this.#settleReady = { resolve, reject };
    handle.onMessage((message) => this.#receive(message));
    handle.onExit((reason) => this.#end(this.#killReason ?? reason));
    // Ticks are counted, not time: a laptop that slept must not look like a hung engine.
    this.#watch = setInterval(() => this.#tick(), 1000);
    this.#watch.unref();
  }

  get pid(): number | undefined {
    return this.#handle.pid;
  }

  get openCalls(): number {
    return this.#calls.size;
  }

  /** True from the moment on at which its end is decided: nothing more is to be asked of it. */
  get leaving(): boolean {
    return this.ended || this.#killReason !== null;
  }

  post(message: HostMessage): void {
    if (!this.ended) this.#handle.post(message);
  }

  /** Asks the engine. @throws HourglassError what it answered, `cancelled`, `engine-died` */
  call(request: EngineRequest, options: CallOptions = {}): Promise<unknown> {
    // Nothing was asked, so nothing of it can have been the reason.
    if (this.leaving)
      return Promise.reject(engineDied(this.#killReason ?? say('hadEnded'), { innocent: true }));
    const { signal, onProgress, heavy = false } = options;
    if (signal?.aborted) return Promise.reject(cancelledError());
    const call = ++this.#lastCall;
    const { promise, resolve, reject } = withResolvers<unknown>();
    const onAbort = (): void => this.#cancel(call);
    this.#calls.set(call, {
      resolve,
      reject,
      onProgress,
      heavy,
      cancelled: false,
      grace: undefined,
      cleanUp: () => signal?.removeEventListener('abort', onAbort),
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#handle.post({ ...request, call } as HostMessage);
    return promise;
  }

  /** Ends the engine at once; every open call is rejected with this reason. */
  kill(
    reason: string,
    about: { readonly innocents?: Innocents; readonly details?: Record<string, unknown> } = {},
  ): void {
    if (this.ended) return;
    if (this.#killReason === null) {
      this.#killReason = reason;
      this.#innocents = about.innocents ?? 'unknown';
      this.#deathDetails = about.details ?? {};
    }
    this.#handle.kill();
  }

  /** Resolves when the process is gone. */
  gone(): Promise<void> {
    return new Promise((resolve) => this.#handle.onExit(() => resolve()));
  }

  /** Asks the engine to end, and kills it when it does not within `graceMs`. */
  async stop(graceMs = 2000): Promise<void> {
    if (this.ended) return;
    const gone = this.gone();
    if (this.#killReason === null) {
      this.#killReason = say('wasStopped');
      this.#innocents = 'all';
      this.expectedEnd = true;
    }
    this.#handle.post({ kind: 'stop' });
    const timer = setTimeout(() => this.#handle.kill(), graceMs);
    await gone;
    clearTimeout(timer);
  }

  #receive(message: EngineMessage): void {
    if (this.ended) return;
    this.#silentFor = 0;
    if (message.kind === 'ready') {
      this.#isReady = true;
      this.#settleReady.resolve();
    } else if (message.kind === 'heartbeat') {
      this.memoryBytes = message.memoryBytes;
      this.abandoned = message.abandoned ?? 0;
    } else if (message.kind === 'event') this.#hooks.onEvent(message.event);
    else if (message.kind === 'device-hung') {
      // Whichever job was on the device, a file that is being opened was not.
      this.kill(say('deviceHangs', { device: message.device, detail: message.detail }), {
        innocents: 'light',
        details: { hungDevice: message.device },
      });
      this.#hooks.onDeviceHung(message.device, message.detail);
    } else if (message.kind === 'progress') {
      const call = this.#calls.get(message.call);
      if (call && !call.cancelled) call.onProgress?.(message.progress);
    } else {
      const call = this.#take(message.call);
      if (message.kind === 'result') call?.resolve(message.value);
      else if (call) call.reject(this.#refusal(call, HourglassError.fromJSON(message.error)));
    }
  }

  /** An engine that is told to stop cancels what it is doing; that is not the cancel of whoever asked. */
  #refusal(call: OpenCall, error: HourglassError): HourglassError {
    const notTheirs = this.expectedEnd && error.code === 'cancelled' && !call.cancelled;
    return notTheirs ? this.#deathOf(call, this.#killReason!) : error;
  }

  #deathOf({ heavy, cancelled }: OpenCall, reason: string): HourglassError {
    if (cancelled) return cancelledError();
    const innocent = this.#innocents === 'all' || (this.#innocents === 'light' && !heavy);
    return engineDied(reason, { ...this.#deathDetails, ...(innocent ? { innocent } : {}) });
  }

  #take(number: number): OpenCall | undefined {
    const call = this.#calls.get(number);
    this.#calls.delete(number);
    call?.cleanUp();
    clearTimeout(call?.grace);
    return call;
  }

  #cancel(number: number): void {
    const call = this.#calls.get(number);
    if (!call || call.cancelled) return;
    call.cancelled = true;
    this.#handle.post({ kind: 'cancel', call: number });
    if (!call.heavy) this.#take(number)?.reject(cancelledError());
    else
      call.grace = setTimeout(
        // The one that did not stop is cancelled; the others had no part in it.
        () => this.kill(say('didNotStop'), { innocents: 'all' }),
        this.#limits.cancelGraceMs,
      );
  }

  #tick(): void {
    this.#silentFor += 1;
    const limit = this.#isReady ? this.#limits.silentSeconds : this.#limits.startSeconds;
    if (this.#silentFor > limit) this.kill(say('didNotAnswer', { seconds: limit }));
  }

  #end(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.#watch);
    for (const number of [...this.#calls.keys()]) {
      const call = this.#take(number)!;
      call.reject(this.#deathOf(call, reason));
    }
    this.#settleReady.reject(engineDied(reason, this.#deathDetails));
    this.#hooks.onEnd(reason, this.#isReady);
  }
}

/** `Promise.withResolvers`, which Node 20 does not have. */
export function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
