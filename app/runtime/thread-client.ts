/**
 * The engine's side of the inference thread: starts it once, hands it tiles, watches that it answers.
 * What the thread does is `inference-thread.ts`; what is run on it is decided by `inference.ts`.
 */
import { Worker } from 'node:worker_threads';
import type { FromThread, InferMessage, ToThread } from './protocol.ts';

export interface InferRequest {
  readonly tile: Omit<InferMessage, 'kind' | 'id'>;
  /** Time after which the thread counts as hung, milliseconds of its own work on this tile. */
  readonly patienceMs: number;
  readonly onHung: () => void;
}

export interface Inferred {
  readonly state: 'done' | 'skipped' | 'failed';
  readonly message: string;
  readonly input: ArrayBuffer;
  readonly output: ArrayBuffer;
}

interface Waiting {
  readonly id: number;
  readonly request: InferRequest;
  readonly settle: (answer: Inferred) => void;
  readonly fail: (error: Error) => void;
  waitedMs: number;
}

const TICK_MS = 500;

/** State with a life: the one worker, its queue, and the watch over its head. */
export class InferenceThread {
  readonly #worker: Worker;
  /** In the order in which the thread works on them. */
  readonly #queue: Waiting[] = [];
  readonly #released = new Map<number, () => void>();
  #nextId = 1;
  #ended: Error | null = null;
  #watch: NodeJS.Timeout | null = null;

  constructor(file: string) {
    this.#worker = new Worker(file, { name: 'inference' });
    this.#worker.unref();
    this.#worker.on('message', (message: FromThread) => this.#receive(message));
    this.#worker.on('error', (error: Error) => this.#end(error));
    this.#worker.on('exit', (code) =>
      this.#end(new Error(`The inference thread ended (${code}).`)),
    );
  }

  /** Hands over one tile; both buffers are gone until the answer. Rejects when the thread is dead. */
  infer(request: InferRequest): Promise<Inferred> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((settle, fail) => {
      this.#queue.push({ id, request, settle, fail, waitedMs: 0 });
      this.#post({ kind: 'infer', id, ...request.tile }, [request.tile.input, request.tile.output]);
      this.#busy();
    });
  }

  /** Frees the sessions (and with them most memory) once everything before is done. */
  release(): Promise<void> {
    if (this.#ended) return Promise.resolve();
    const id = this.#nextId++;
    return new Promise((settle) => {
      this.#released.set(id, settle);
      this.#post({ kind: 'release', id }, []);
      this.#busy();
    });
  }

  #post(message: ToThread, transfer: ArrayBuffer[]): void {
    this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromThread): void {
    if (message.kind === 'released') {
      this.#released.get(message.id)?.();
      this.#released.delete(message.id);
    } else {
      const head = this.#queue.shift();
      if (head?.id !== message.id) throw new Error('The inference thread answered out of order.');
      head.settle(message);
    }
    this.#idle();
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const waiting of this.#queue.splice(0)) waiting.fail(this.#ended);
    for (const settle of this.#released.values()) settle();
    this.#released.clear();
    this.#idle();
  }

  /** While there is work the thread keeps the process alive, and is watched. */
  #busy(): void {
    this.#worker.ref();
    // Ticks are counted, not clock time: a laptop that slept for an hour did not hang.
    this.#watch ??= setInterval(() => {
      const head = this.#queue[0];
      if (!head) return;
      head.waitedMs += TICK_MS;
      if (
        head.waitedMs >= head.request.patienceMs &&
        head.waitedMs - TICK_MS < head.request.patienceMs
      )
        head.request.onHung();
    }, TICK_MS).unref();
  }

  #idle(): void {
    if (this.#queue.length > 0 || this.#released.size > 0) return;
    this.#worker.unref();
    if (this.#watch) clearInterval(this.#watch);
    this.#watch = null;
  }
}

let shared: { file: string; thread: InferenceThread } | null = null;

/** The thread of this process; made at first use, never a second one (see `inference-thread.ts`). */
export function sharedThread(file: string): InferenceThread {
  if (shared && shared.file !== file) throw new Error('A process has one inference thread.');
  shared ??= { file, thread: new InferenceThread(file) };
  return shared.thread;
}
