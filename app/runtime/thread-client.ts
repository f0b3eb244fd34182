/**
 * The engine's side of an inference thread: starts it once, hands it tiles, watches that it answers.
 * Which of the tiles is next is the thread's choice: it alone knows when it is free, and asking here would
 * leave it idle for as long as this thread converts pixels.
 * What the thread does is `inference-thread.ts`; what is run on it is decided by `inference.ts`.
 */
import { Worker } from 'node:worker_threads';
import { onViewing } from '../pixels/slot.ts';
import type {
  FromThread,
  GraphBuffers,
  GraphMessage,
  InferMessage,
  ThreadData,
  ToThread,
} from './protocol.ts';

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

export type GraphRequest = GraphMessage extends infer M
  ? M extends GraphMessage
    ? Omit<M, 'id'>
    : never
  : never;

export type GraphAnswer = Extract<FromThread, { readonly kind: 'graph-done' }>;

/** Work that the thread has not answered. */
interface Waiting {
  readonly watch: Pick<InferRequest, 'patienceMs' | 'onHung'>;
  readonly settle: (answer: FromThread) => void;
  readonly fail: (error: Error) => void;
  waitedMs: number;
}

const TICK_MS = 500;

/** State with a life: the one worker, its queue, and the watch over its head. */
export class InferenceThread {
  readonly #worker: Worker;
  /** By id, in the order in which they were handed over. */
  readonly #waiting = new Map<number, Waiting>();
  readonly #current = new Int32Array(new SharedArrayBuffer(4));
  readonly #released = new Map<number, () => void>();
  #nextId = 1;
  #ended: Error | null = null;
  #watch: NodeJS.Timeout | null = null;
  readonly #deaf: () => void;

  constructor(file: string) {
    this.#worker = new Worker(file, {
      name: 'inference',
      workerData: { current: this.#current.buffer as SharedArrayBuffer } satisfies ThreadData,
    });
    this.#worker.unref();
    this.#worker.on('message', (message: FromThread) => this.#receive(message));
    this.#worker.on('error', (error: Error) => this.#end(error));
    this.#worker.on('exit', (code) =>
      this.#end(new Error(`The inference thread ended (${code}).`)),
    );
    this.#deaf = onViewing((is) => this.#post({ kind: 'viewing', is }, []));
  }

  /** Hands over one tile; both buffers are gone until the answer. Rejects when the thread is dead. */
  infer(request: InferRequest): Promise<Inferred> {
    const { tile } = request;
    return this.#ask<Extract<FromThread, { kind: 'inferred' }>>(
      (id) => ({ kind: 'infer', id, ...tile }),
      [tile.input, tile.output],
      request,
    );
  }

  /** The same for a graph: buffers of a run are gone until the answer. */
  graph(
    request: GraphRequest,
    watch: Pick<InferRequest, 'patienceMs' | 'onHung'>,
  ): Promise<GraphAnswer> {
    const buffersOf = (some: GraphBuffers): ArrayBuffer[] =>
      Object.values(some).map(({ data }) => data);
    const buffers =
      request.kind === 'run-graph'
        ? [...buffersOf(request.inputs), ...buffersOf(request.into)]
        : [];
    return this.#ask<GraphAnswer>((id) => ({ ...request, id }), buffers, watch);
  }

  #ask<A extends FromThread>(
    message: (id: number) => ToThread,
    transfer: ArrayBuffer[],
    watch: Waiting['watch'],
  ): Promise<A> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((settle, fail) => {
      // What answers to a message is of its kind.
      const answered = settle as Waiting['settle'];
      this.#waiting.set(id, { watch, settle: answered, fail, waitedMs: 0 });
      this.#post(message(id), transfer);
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
      this.#waiting.get(message.id)?.settle(message);
      this.#waiting.delete(message.id);
    }
    this.#idle();
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#deaf();
    for (const { fail } of this.#waiting.values()) fail(this.#ended);
    this.#waiting.clear();
    for (const settle of this.#released.values()) settle();
    this.#released.clear();
    this.#idle();
  }

  /** While there is work the thread keeps the process alive, and is watched. */
  #busy(): void {
    this.#worker.ref();
    // Ticks are counted, not clock time: a laptop that slept for an hour did not hang.
    this.#watch ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Time counts for the tile that the thread works on; where it has begun none, for the first. */
  #tick(): void {
    const [first] = this.#waiting.values();
    const tile = this.#waiting.get(Atomics.load(this.#current, 0)) ?? first;
    if (!tile) return;
    tile.waitedMs += TICK_MS;
    const { patienceMs, onHung } = tile.watch;
    if (tile.waitedMs >= patienceMs && tile.waitedMs - TICK_MS < patienceMs) onHung();
  }

  #idle(): void {
    if (this.#waiting.size > 0 || this.#released.size > 0) return;
    this.#worker.unref();
    if (this.#watch) clearInterval(this.#watch);
    this.#watch = null;
  }
}

const shared: { file: string; thread: InferenceThread }[] = [];

/**
 * A thread of this process; made at first use, never a second time (see `inference-thread.ts`).
 * @param lane its number (`lanes.ts`)
 */
export function sharedThread(file: string, lane = 0): InferenceThread {
  const known = (shared[lane] ??= { file, thread: new InferenceThread(file) });
  if (known.file !== file) throw new Error('A process has one inference thread of a number.');
  return known.thread;
}
