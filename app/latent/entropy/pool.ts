/**
 * Codes tiles on several threads. Each tile is coded by one thread alone, so the number of threads changes
 * nothing but the time. Threads start when there is work for them, and let the process end when idle.
 */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { cancelledError, HourglassError, throwIfCancelled } from '../../contract/index.ts';
import { locateBuilt } from '../../runtime/index.ts';
import type {
  DecodedLatentTile,
  EncodedLatentTile,
  LatentTileCost,
  LatentTileInput,
  LatentTileStreams,
} from './coder.ts';
import type { EntropyModel } from './model.ts';
import type { CoderCall, FromThread, Result, ThreadData, ToThread } from './protocol.ts';
import { say } from './sentences.ts';

export interface LatentCoderOptions {
  /** Default: as many as this process may use. */
  readonly threads?: number;
}

/**
 * Codes latents of tiles, several at once. Ask for as many tiles as `threads` at a time: each waits
 * in memory.
 */
export interface LatentCoder {
  readonly threads: number;
  /** @throws HourglassError invalid-parameter; device-failed for latents that are no numbers; cancelled */
  encode(tile: LatentTileInput, signal: AbortSignal): Promise<EncodedLatentTile>;
  /**
   * Ends in bounded time and memory whatever the streams hold. Streams that an encoder could have made but
   * did not are told by their CRC, which the caller compares.
   * @throws HourglassError damaged-image for streams that no encoder made; invalid-parameter; cancelled
   */
  decode(tile: LatentTileStreams, signal: AbortSignal): Promise<DecodedLatentTile>;
  /** What `encode` would take, nearly as slow: the network is the work. @throws as `encode` */
  cost(tile: LatentTileInput, signal: AbortSignal): Promise<LatentTileCost>;
  /** Ends the threads; what is still being coded fails with `cancelled`. */
  close(): Promise<void>;
}

interface OpenCall {
  readonly call: CoderCall;
  readonly cancelled: SharedArrayBuffer;
  readonly settle: (result: Result) => void;
  readonly fail: (error: Error) => void;
}

const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/** One listener per signal, however many tiles wait for it: Node takes more than ten for a leak. */
function onAbort(signal: AbortSignal, act: () => void): () => void {
  let acts = listeners.get(signal);
  if (!acts) {
    const all = (acts = new Set());
    listeners.set(signal, all);
    signal.addEventListener('abort', () => all.forEach((one) => one()), { once: true });
  }
  acts.add(act);
  return () => acts.delete(act);
}

class Pool implements LatentCoder {
  readonly threads: number;
  readonly #file: string;
  readonly #data: ThreadData;
  readonly #waiting: OpenCall[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, OpenCall>();
  #closed = false;

  constructor(file: string, data: ThreadData, threads: number) {
    this.#file = file;
    this.#data = data;
    this.threads = threads;
  }

  encode = (tile: LatentTileInput, signal: AbortSignal) => {
    const { y, columns, rows, step } = tile;
    return this.#do<EncodedLatentTile>(
      { kind: 'encode', tile: { y: y.slice(), columns, rows, step } },
      signal,
    );
  };

  cost = (tile: LatentTileInput, signal: AbortSignal) => {
    const { y, columns, rows, step } = tile;
    return this.#do<LatentTileCost>(
      { kind: 'cost', tile: { y: y.slice(), columns, rows, step } },
      signal,
    );
  };

  decode = (tile: LatentTileStreams, signal: AbortSignal) => {
    const { preview, rest, columns, rows, step } = tile;
    // Copies: a view may belong to a whole file, and a message takes its buffer along.
    const copies = { preview: new Uint8Array(preview), rest: rest && new Uint8Array(rest) };
    return this.#do<DecodedLatentTile>(
      { kind: 'decode', tile: { ...copies, columns, rows, step } },
      signal,
    );
  };

  async #do<R extends Result>(call: CoderCall, signal: AbortSignal): Promise<R> {
    throwIfCancelled(signal);
    if (this.#closed) throw new HourglassError('internal', say('latentCoderClosed'));
    const cancelled = new SharedArrayBuffer(4);
    let forget = () => {};
    try {
      return (await new Promise<Result>((settle, fail) => {
        const open = { call, cancelled, settle, fail };
        forget = onAbort(signal, () => {
          // A thread at work ends at its next group; nobody waits for it.
          Atomics.store(new Int32Array(cancelled), 0, 1);
          const at = this.#waiting.indexOf(open);
          if (at >= 0) this.#waiting.splice(at, 1);
          fail(cancelledError());
        });
        this.#waiting.push(open);
        this.#next();
      })) as R;
    } finally {
      forget();
    }
  }

  /** Gives waiting calls to threads, as long as there are both. */
  #next(): void {
    while (!this.#closed && this.#waiting.length > 0) {
      const worker = this.#idle.pop() ?? this.#start();
      if (!worker) return;
      const open = this.#waiting.shift()!;
      this.#busy.set(worker, open);
      worker.ref();
      const views = Object.values(open.call.tile).filter(ArrayBuffer.isView);
      worker.postMessage(
        { call: open.call, cancelled: open.cancelled } satisfies ToThread,
        views.map((view) => view.buffer as ArrayBuffer),
      );
    }
  }

  #start(): Worker | null {
    if (this.#busy.size + this.#idle.length >= this.threads) return null;
    const worker = new Worker(this.#file, { name: 'latent coder', workerData: this.#data });
    worker.unref();
    worker.on('message', (answer: FromThread) => {
      const open = this.#busy.get(worker);
      this.#busy.delete(worker);
      worker.unref();
      this.#idle.push(worker);
      if (answer.state === 'done') open?.settle(answer.result);
      else open?.fail(HourglassError.fromJSON(answer.error));
      this.#next();
    });
    worker.on('error', (error) => this.#bury(worker, error));
    worker.on('exit', (code) =>
      this.#bury(worker, new Error(`A thread of the latent coder ended (${code}).`)),
    );
    return worker;
  }

  /** A thread that ended by itself fails its call; the next one gets a new one. */
  #bury(worker: Worker, error: Error): void {
    const open = this.#busy.get(worker);
    this.#busy.delete(worker);
    const at = this.#idle.indexOf(worker);
    if (at >= 0) this.#idle.splice(at, 1);
    open?.fail(new HourglassError('internal', error.message, { cause: error }));
    this.#next();
  }

  async close(): Promise<void> {
    this.#closed = true;
    const workers = [...this.#busy.keys(), ...this.#idle.splice(0)];
    for (const open of [...this.#waiting.splice(0), ...this.#busy.values()])
      open.fail(cancelledError());
    this.#busy.clear();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** `entropy.wasm` as built, compiled. @throws Error when the program was not built */
export const loadModule = async (): Promise<WebAssembly.Module> =>
  WebAssembly.compile(await readFile(locateBuilt('latent/entropy/coder.wasm')));

/** @throws Error when the program was not built */
export async function createLatentCoder(
  model: EntropyModel,
  options: LatentCoderOptions = {},
): Promise<LatentCoder> {
  const threads = Math.max(1, options.threads ?? availableParallelism());
  const file = locateBuilt('latent/entropy/thread.js');
  return new Pool(file, { module: await loadModule(), model }, threads);
}
