/** What the engine asks of the thread that decodes compressed frames (`thread.ts`), and what that answers. */
import type { SerializedError } from '../../contract/errors.ts';
import type { PixelFacts } from './image.ts';
import type { StreamKind } from './stream.ts';
import type { Words } from './values.ts';

export interface FrameCall extends Pick<
  PixelFacts,
  'rows' | 'columns' | 'samples' | 'bitsAllocated'
> {
  /** File name, for sentences. */
  readonly name: string;
  readonly kind: Exclude<StreamKind, 'jpeg-12-bits'>;
  readonly stream: Uint8Array<ArrayBuffer>;
}

export type FrameAnswer =
  | { readonly state: 'done'; readonly words: Words }
  | { readonly state: 'failed'; readonly error: SerializedError };
