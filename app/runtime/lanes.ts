/**
 * Small pictures of a run over many go through the network side by side: cores that share one inference wait for each other at every
 * operation, and for whatever else the processor does. Measured: docs/benchmarks.md, "Batches".
 */
import { availableParallelism } from 'node:os';
import { inferenceThreads } from './cpu.ts';

/** As many files as a run has under way at once (`jobs/runs/flow.ts`); each lane holds a session with its memory. */
const MOST = 4;

/** Largest side of a tile, pixels, that shares: a network takes 125 MB for it, in each lane. From 768 on it gains a twentieth. */
export const SMALL_SIDE = 640;

/** A thread to run on, and how many cores it may use. */
export interface Lane {
  /** Of `sharedThread`. 0: the one for everything else, too. */
  readonly number: number;
  /** For ONNX Runtime; 0: it counts by itself. */
  readonly threads: number;
}

/** State with a life: which lanes are taken. */
export class Lanes {
  readonly #whole: Lane = { number: 0, threads: inferenceThreads() };
  readonly #threads: number;
  /** Runs on each. */
  readonly #taken: number[];

  /** Electron has one: it does not bear ONNX Runtime in several worker threads (microsoft/onnxruntime#20084). */
  constructor(
    cores = inferenceThreads() || Math.ceil(availableParallelism() / 2),
    isElectron = 'electron' in process.versions,
  ) {
    const count = isElectron ? 1 : Math.min(MOST, cores);
    this.#threads = Math.floor(cores / count);
    this.#taken = Array.from({ length: count }, () => 0);
  }

  /**
   * @param mayShare it is work on a picture in one small tile: it shares the cores where other work is under way
   * @returns what to run on, and `leave` for when that is over, however
   */
  take(mayShare: boolean): { lane: Lane; leave: () => void } {
    const isAlone = this.#taken.every((runs) => runs === 0);
    const number = mayShare && !isAlone ? this.#taken.indexOf(Math.min(...this.#taken)) : 0;
    this.#taken[number]! += 1;
    const isShared = mayShare && !isAlone && this.#taken.length > 1;
    return {
      lane: isShared ? { number, threads: this.#threads } : this.#whole,
      leave: () => {
        this.#taken[number]! -= 1;
      },
    };
  }
}
