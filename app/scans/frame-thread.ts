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

/** A frame that the thread works on. */
interface Asked {
  readonly name: string;
  settle(words: Words): void;
  fail(error: HourglassError): void;
}

export class FrameThread {
  readonly #start: () => Worker;
  #worker: Worker | null = null;
  #asked: Asked | null = null;
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
    const worker = (this.#worker ??= this.#begin());
    worker.ref();
    const { name } = call;
    const cancel = (): void => this.#asked?.fail(cancelledError());
    const timer = setTimeout(() => this.#asked?.fail(tookTooLong(name, timeoutMs)), timeoutMs);
    signal.addEventListener('abort', cancel);
    try {
      const words = await new Promise<Words>((settle, fail) => {
        this.#asked = { name, settle, fail };
        worker.postMessage(call, [taken]);
      });
      worker.unref();
      this.#idle = setTimeout(() => this.#end(), IDLE_MS).unref();
      return words;
    } catch (error) {
      this.#end();
      throw error;
    } finally {
      this.#asked = null;
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Listens once for all frames of a thread: what it says is of the one that was asked for last. */
  #begin(): Worker {
    const worker = this.#start();
    const broke = (cause: unknown): void => {
      if (this.#worker !== worker) return;
      const { name, fail } = this.#asked ?? {};
      // One that dies while nothing is asked of it is started again with the next frame.
      if (fail) fail(threadEnded(name!, cause));
      else this.#worker = null;
    };
    return worker
      .on('error', broke)
      .on('exit', broke)
      .on('message', (answer: FrameAnswer) => {
        if (this.#worker !== worker) return;
        if (answer.state === 'done') this.#asked?.settle(answer.result);
        else this.#asked?.fail(HourglassError.fromJSON(answer.error));
      });
  }

  #end(): void {
    const worker = this.#worker;
    this.#worker = null;
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
