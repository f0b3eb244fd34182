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

export class FrameThread {
  #worker: Worker | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  /** One after another. @throws HourglassError damaged-image, decode-timeout, cancelled */
  decode(call: FrameCall, timeoutMs: number, signal: AbortSignal): Promise<Words> {
    return this.#inTurn(call, call.stream.buffer, timeoutMs, signal);
  }

  /** Takes the words away. @throws HourglassError output-not-writable, decode-timeout, cancelled */
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
        const broke = (cause: unknown): void =>
          fail(new HourglassError('damaged-image', say('damaged', { name: call.name }), { cause }));
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

  #start(): Worker {
    return new Worker(locateBuilt('scans/thread.js'), { name: 'scans/thread.js', stdout: true });
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

const tookTooLong = (name: string, milliseconds: number): HourglassError =>
  new HourglassError(
    'decode-timeout',
    say('tookTooLong', { name, seconds: Math.round(milliseconds / 1000) }),
  );
