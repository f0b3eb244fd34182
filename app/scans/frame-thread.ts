/**
 * One thread for compressed frames, kept between them: loading a decoder takes as long as twenty slices. It ends with any
 * error, timeout or cancel, so that no decoder is used again that broke off, and when nothing was asked for a while.
 *
 * The next frame lies with the thread before it has answered for this one: a thread that falls asleep in between finds its caches
 * cold, which costs a small JPEG up to a quarter of its own time by the clock.
 */
import { Worker } from 'node:worker_threads';
import { cancelledError, HourglassError } from '../contract/index.ts';
import { locateBuilt } from '../runtime/index.ts';
import type { EncodeCall, FrameAnswer, FrameCall, Numbered } from './dicom/frame-protocol.ts';
import type { Words } from './dicom/values.ts';
import { say } from './sentences.ts';

const IDLE_MS = 10_000;
/** Frames that the thread has at once: the one that it works on, and the next. */
const WITH_THREAD = 2;

const startBuilt = (): Worker =>
  new Worker(locateBuilt('scans/thread.js'), { name: 'scans/thread.js', stdout: true });

/** What goes to the thread, and what is taken away with it. */
interface Given {
  readonly call: FrameCall | EncodeCall;
  readonly taken: ArrayBuffer;
}

/** A frame that was asked for and is not answered. */
interface Asked {
  readonly number: number;
  readonly name: string;
  readonly timeoutMs: number;
  /** Given to the thread before its turn, and again to the next one where that one breaks. */
  readonly ahead: boolean;
  readonly signal: AbortSignal;
  given(): Given;
  readonly settle: (words: Words) => void;
  readonly fail: (error: HourglassError) => void;
  sent: boolean;
}

export class FrameThread {
  readonly #start: () => Worker;
  #worker: Worker | null = null;
  /** The thread works on the first. */
  #asked: Asked[] = [];
  #count = 0;
  /** Runs for the first of them. */
  #timer: { readonly of: Asked; readonly handle: NodeJS.Timeout } | null = null;
  #idle: NodeJS.Timeout | undefined;

  /** @param start default: the thread that is built from `thread.ts` */
  constructor(start: () => Worker = startBuilt) {
    this.#start = start;
  }

  /**
   * One after another; the stream stays with the caller.
   * @throws HourglassError damaged-image, decode-timeout, cancelled; internal, out-of-memory: its thread died
   */
  decode(call: FrameCall, timeoutMs: number, signal: AbortSignal): Promise<Words> {
    const given = (): Given => {
      const stream = new Uint8Array(call.stream);
      return { call: { ...call, stream }, taken: stream.buffer };
    };
    return this.#ask({ name: call.name, timeoutMs, signal, ahead: true, given });
  }

  /** Takes the words away. @throws HourglassError output-not-writable, else as `decode` */
  encode(call: EncodeCall, timeoutMs: number, signal: AbortSignal): Promise<Uint8Array> {
    const given = (): Given => ({ call, taken: call.words.buffer as ArrayBuffer });
    const coded = this.#ask({ name: call.name, timeoutMs, signal, ahead: false, given });
    return coded as Promise<Uint8Array>;
  }

  async #ask(what: Omit<Asked, 'number' | 'settle' | 'fail' | 'sent'>): Promise<Words> {
    const { signal } = what;
    let cancel = (): void => undefined;
    try {
      return await new Promise<Words>((settle, fail) => {
        if (signal.aborted) return fail(cancelledError());
        const asked: Asked = { ...what, number: this.#count++, settle, fail, sent: false };
        cancel = () => this.#cancel(asked);
        signal.addEventListener('abort', cancel);
        this.#asked.push(asked);
        this.#goOn();
      });
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** What the thread works on ends with it; of what it has not begun, or not been given, nobody hears again. */
  #cancel(asked: Asked): void {
    const at = this.#asked.indexOf(asked);
    if (at === 0) return this.#breakOff(cancelledError());
    if (at > 0 && !asked.sent) this.#asked.splice(at, 1);
    asked.fail(cancelledError());
  }

  #goOn(): void {
    clearTimeout(this.#idle);
    if (this.#asked.length > 0) this.#send((this.#worker ??= this.#begin()));
    const [first] = this.#asked;
    this.#watch(first);
    if (first) {
      this.#worker?.ref();
      return;
    }
    this.#worker?.unref();
    this.#idle = setTimeout(() => this.#end(), IDLE_MS).unref();
  }

  /** What can not be sent fails alone. */
  #send(worker: Worker): void {
    for (let at = 0; at < Math.min(WITH_THREAD, this.#asked.length); at++) {
      const asked = this.#asked[at]!;
      if (asked.sent || (at > 0 && !asked.ahead)) continue;
      try {
        const { call, taken } = asked.given();
        const numbered: Numbered<FrameCall | EncodeCall> = { ...call, number: asked.number };
        worker.postMessage(numbered, [taken]);
        asked.sent = true;
      } catch (cause) {
        this.#asked.splice(at--, 1);
        asked.fail(threadEnded(asked.name, cause));
      }
    }
  }

  /** Its time begins with its turn, whatever else is asked for meanwhile. */
  #watch(first: Asked | undefined): void {
    if (this.#timer?.of === first) return;
    clearTimeout(this.#timer?.handle);
    if (!first) {
      this.#timer = null;
      return;
    }
    const { name, timeoutMs } = first;
    const late = (): void => this.#breakOff(tookTooLong(name, timeoutMs));
    this.#timer = { of: first, handle: setTimeout(late, timeoutMs) };
  }

  /** Fails the frame that the thread works on. What it has besides goes to the next thread. */
  #breakOff(error: HourglassError): void {
    this.#end();
    this.#asked.shift()?.fail(error);
    this.#asked = this.#asked.filter((asked) => !asked.signal.aborted);
    for (const asked of this.#asked) asked.sent = false;
    this.#goOn();
  }

  /** Listens once for all frames of a thread: what it says is of the first that was asked for. */
  #begin(): Worker {
    const worker = this.#start();
    const broke = (cause: unknown): void => {
      if (this.#worker !== worker) return;
      const [first] = this.#asked;
      // One that dies while nothing is asked of it is started again with the next frame.
      if (first) this.#breakOff(threadEnded(first.name, cause));
      else this.#end();
    };
    return worker
      .on('error', broke)
      .on('exit', broke)
      .on('message', (answer: FrameAnswer) => {
        if (this.#worker !== worker) return;
        const [first] = this.#asked;
        // A message was lost on its way: nobody gets another's pixels for that.
        if (answer.number !== first?.number)
          return broke(new Error(`answer ${answer.number} in place of ${first?.number}`));
        if (answer.state === 'failed') return this.#breakOff(HourglassError.fromJSON(answer.error));
        this.#asked.shift()?.settle(answer.result);
        this.#goOn();
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
