/**
 * One thread for compressed frames, kept between them: loading a decoder takes as long as twenty slices. It ends with any
 * error, timeout or cancel, so that no decoder is used again that broke off, and when nothing was asked for a while.
 */
import { Worker } from 'node:worker_threads';
import { cancelledError, HourglassError, throwIfCancelled } from '../contract/index.ts';
import { locateBuilt } from '../runtime/index.ts';
import type { EncodeCall, FrameAnswer, FrameCall } from './dicom/frame-protocol.ts';
import type { Words } from './dicom/values.ts';
import { say } from './sentences.ts';

const IDLE_MS = 10_000;

const startBuilt = (): Worker =>
  new Worker(locateBuilt('scans/thread.js'), { name: 'scans/thread.js', stdout: true });

export class FrameThread {
  readonly #start: () => Worker;
  #worker: Worker | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  /** @param start default: the thread that is built from `thread.ts` */
  constructor(start: () => Worker = startBuilt) {
    this.#start = start;
  }

  /** One after another. @throws HourglassError damaged-image, decode-timeout, cancelled; internal, out-of-memory: its thread died */
  decode(call: FrameCall, timeoutMs: number, signal: AbortSignal): Promise<Words> {
    return this.#inTurn(call, call.stream.buffer, timeoutMs, signal);
  }

  /** Takes the words away. @throws HourglassError output-not-writable, else as `decode` */
  async encode(call: EncodeCall, timeoutMs: number, signal: AbortSignal): Promise<Uint8Array> {
    const buffer = call.words.buffer as ArrayBuffer;
    return (await this.#inTurn(call, buffer, timeoutMs, signal)) as Uint8Array;
  }

  #inTurn(
    call: FrameCall | EncodeCall,
    taken: ArrayBuffer,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Words> {
    const mine = this.#turn.then(() => this.#ask(call, taken, timeoutMs, signal));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #ask(
    call: FrameCall | EncodeCall,
    taken: ArrayBuffer,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Words> {
    throwIfCancelled(signal);
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= this.#start());
    worker.ref();
    const over = new AbortController();
    try {
      const words = await new Promise<Words>((settle, fail) => {
        const timer = setTimeout(() => fail(tookTooLong(call.name, timeoutMs)), timeoutMs);
        const broke = (cause: unknown): void => fail(threadEnded(call.name, cause));
        const cancel = (): void => fail(cancelledError());
        signal.addEventListener('abort', cancel, { once: true });
        const hear = (answer: FrameAnswer): void => {
          if (answer.state === 'done') settle(answer.result);
          else fail(HourglassError.fromJSON(answer.error));
        };
        worker.on('error', broke).on('exit', broke).on('message', hear);
        over.signal.addEventListener('abort', () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', cancel);
          worker.off('error', broke).off('exit', broke).off('message', hear);
        });
        worker.postMessage(call, [taken]);
      });
      worker.unref();
      this.#idle = setTimeout(() => this.#end(), IDLE_MS).unref();
      return words;
    } catch (error) {
      this.#end();
      throw error;
    } finally {
      over.abort();
    }
  }

  #end(): void {
    const worker = this.#worker;
    this.#worker = null;
    worker?.on('error', () => undefined);
    void worker?.terminate();
  }
}

/** The one of the engine. */
export const frameThread = new FrameThread();

/** Whatever a file holds, the decoders throw and are answered for; a thread that is gone says nothing of it. */
function threadEnded(name: string, cause: unknown): HourglassError {
  const { code } = (cause ?? {}) as { code?: unknown };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new HourglassError('out-of-memory', say('threadOutOfMemory', { name }), { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HourglassError('internal', say('threadEnded', { name, reason }), { cause });
}

const tookTooLong = (name: string, milliseconds: number): HourglassError =>
  new HourglassError(
    'decode-timeout',
    say('tookTooLong', { name, seconds: Math.round(milliseconds / 1000) }),
  );
