/**
 * Messages between the engine's main thread (`thread-client.ts`) and its inference thread
 * (`inference-thread.ts`). Buffers travel by transfer in both directions and come back always.
 */
import type { DeviceId, Slot } from '../contract/index.ts';
import type { FaultKind } from './faults.ts';

/** What a session is made for; equal values share a session. */
export interface SessionSpec {
  readonly path: string;
  readonly sha256: string;
  readonly device: DeviceId;
  readonly optimization: 'all' | 'extended';
  readonly threads: number;
  readonly inputName: string;
  readonly outputName: string;
}

export interface InferMessage {
  readonly kind: 'infer';
  readonly id: number;
  /** Tiles that somebody looks at go first, whatever waits. */
  readonly slot: Slot;
  readonly session: SessionSpec;
  /** Of the input, samples; so is `outputSide`. */
  readonly side: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly outputSide: number;
  /** float32 [1, inputChannels, side, side] and [1, outputChannels, outputSide, outputSide]. */
  readonly input: ArrayBuffer;
  readonly output: ArrayBuffer;
  /** One word, shared by all tiles of a run; not 0: skip what has not started. */
  readonly cancelled: SharedArrayBuffer;
  readonly fault: FaultKind | null;
}

/** Values of a graph's input or output: float32 in this shape. */
export interface GraphBuffer {
  readonly data: ArrayBuffer;
  readonly shape: readonly number[];
}
export type GraphBuffers = Readonly<Record<string, GraphBuffer>>;

/** What is asked of a graph that was made in memory; `graph` is its number, given by who opens it. */
export type GraphMessage = { readonly id: number; readonly graph: number } & (
  | {
      readonly kind: 'open-graph';
      readonly bytes: Uint8Array;
      readonly device: DeviceId;
      readonly threads: number;
      /** Its runs give way to tiles. */
      readonly hasTime: boolean;
    }
  /** Once. No memory may be in both (`OpenGraph.run`). */
  | { readonly kind: 'run-graph'; readonly inputs: GraphBuffers; readonly into: GraphBuffers }
  | { readonly kind: 'close-graph' }
);

/** What the thread gets at its start. */
export interface ThreadData {
  /** Int32, one word: the id of the tile that it works on; 0: none. */
  readonly current: SharedArrayBuffer;
}

export type ToThread =
  | InferMessage
  | GraphMessage
  | { readonly kind: 'release'; readonly id: number }
  /** Something is computed for the screen from now on, or no longer: a tile of it may come. */
  | { readonly kind: 'viewing'; readonly is: boolean };

export type FromThread =
  | {
      readonly kind: 'inferred';
      readonly id: number;
      readonly state: 'done' | 'skipped' | 'failed';
      /** Why it failed, in the device's words; else ''. */
      readonly message: string;
      readonly input: ArrayBuffer;
      readonly output: ArrayBuffer;
    }
  | {
      readonly kind: 'graph-done';
      readonly id: number;
      /** Why it failed, in the device's words; null: it did not. */
      readonly failure: string | null;
      /** The buffers of `run-graph`; else empty. */
      readonly inputs: GraphBuffers;
      readonly into: GraphBuffers;
    }
  | { readonly kind: 'released'; readonly id: number };
