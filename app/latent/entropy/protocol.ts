/** Messages between the pool (`pool.ts`) and its threads (`thread.ts`). */
import type { SerializedError } from '../../contract/index.ts';
import type {
  DecodedLatentTile,
  EncodedLatentTile,
  LatentTileCost,
  LatentTileInput,
  LatentTileStreams,
} from './coder.ts';
import type { EntropyModel } from './model.ts';

/** What a thread is born with. */
export interface ThreadData {
  readonly module: WebAssembly.Module;
  readonly model: EntropyModel;
}

export type CoderCall =
  | { readonly kind: 'encode'; readonly tile: LatentTileInput }
  | { readonly kind: 'cost'; readonly tile: LatentTileInput }
  | { readonly kind: 'decode'; readonly tile: LatentTileStreams };

export type Result = EncodedLatentTile | DecodedLatentTile | LatentTileCost;

/** One call; a thread has at most one. */
export interface ToThread {
  readonly call: CoderCall;
  /** Int32 in shared memory; not 0: the answer is not wanted any more. */
  readonly cancelled: SharedArrayBuffer;
}

export type FromThread =
  | { readonly state: 'done'; readonly result: Result }
  | { readonly state: 'failed'; readonly error: SerializedError };
