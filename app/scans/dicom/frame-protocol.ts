/** What the engine asks of the thread that decodes and encodes compressed frames (`thread.ts`), and what that answers. */
import type { SerializedError } from '../../contract/errors.ts';
import type { PixelFacts } from './image.ts';
import type { StreamKind } from './stream.ts';
import type { Words } from './values.ts';

type Shape = Pick<PixelFacts, 'rows' | 'columns' | 'samples' | 'bitsAllocated'>;

export interface FrameCall extends Shape {
  /** File name, for sentences. */
  readonly name: string;
  readonly kind: Exclude<StreamKind, 'jpeg-12-bits'>;
  readonly stream: Uint8Array;
}

/** Lossless codings that frames are written in. */
export type FrameCoding = 'jpeg-ls' | 'htj2k';

export interface EncodeCall extends Pick<Shape, 'rows' | 'columns' | 'samples'> {
  /** File name, for sentences. */
  readonly name: string;
  readonly coding: FrameCoding;
  /** Samples of a pixel together. */
  readonly words: Words;
  /** That each word has; the others are 0. */
  readonly bits: number;
  readonly signed: boolean;
}

/** A call as it goes to the thread; the answer has its number. */
export type Numbered<Call> = Call & { readonly number: number };

export type FrameAnswer = { readonly number: number } & (
  | { readonly state: 'done'; readonly result: Words }
  | { readonly state: 'failed'; readonly error: SerializedError }
);
