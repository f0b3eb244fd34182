/**
 * Readers of formats that become pixels by other means than libvips: a latent file needs a network, and
 * this part of the program knows of none. Capabilities bring them; the engine hands them to the store of
 * documents.
 */
import {
  HourglassError,
  isForeignFormat,
  labelOf,
  type ForeignFormat,
  type Plane,
} from '../contract/index.ts';
import type { ImageFile } from './identify.ts';
import type { Raster } from './raster.ts';
import { say } from './sentences.ts';
import type { DecodedImage, DecodeLimits } from './types.ts';

/** Which part of what was opened is wanted. */
export interface Part {
  /** From 0 on, counted from `page`. */
  readonly frame: number;
  /** Of a file of several, from 0 on: where the document begins. Default: the first. */
  readonly page?: number;
  /** Of a volume: a page of this plane, in the place of a slice as it was taken. */
  readonly plane?: Plane | undefined;
  /** Hears how far something is that takes a while. */
  readonly told?: ((done: number, total: number) => void) | undefined;
  /** All files of it, the one that names it first. */
  readonly files: readonly ImageFile[];
}

export interface ForeignReader {
  /**
   * One frame, with how many there are; a format of one frame and file may ignore `part`.
   * @throws HourglassError as `decodeImage`
   */
  decode(
    file: ImageFile,
    limits: DecodeLimits,
    signal: AbortSignal,
    part: Part,
  ): Promise<DecodedImage>;
  /** A small version of the whole picture, of any size. @throws HourglassError as `decodeImage` */
  preview(
    file: ImageFile,
    limits: DecodeLimits,
    signal: AbortSignal,
  ): Promise<{ readonly raster: Raster; readonly metadata: DecodedImage['metadata'] }>;
  /** A JPEG that lies in the file beside its picture, with the orientation (1 to 8) that turns it upright; null: none. */
  embedded?(
    file: ImageFile,
  ): Promise<{ readonly jpeg: Uint8Array; readonly orientation: number } | null>;
}

export type Readers = Readonly<Partial<Record<ForeignFormat, ForeignReader>>>;

/** One whose code loads with the first file of its format: no other start pays for it. */
export const readerThatLoads = (load: () => Promise<ForeignReader>): ForeignReader => ({
  decode: async (...asked) => (await load()).decode(...asked),
  preview: async (...asked) => (await load()).preview(...asked),
});

/**
 * The reader of a file, or null where libvips reads it.
 * @throws HourglassError unsupported-image where there is none
 */
export function readerOf(
  { format, name }: Pick<ImageFile, 'format' | 'name'>,
  readers: Readers,
): ForeignReader | null {
  if (!isForeignFormat(format)) return null;
  const reader = readers[format];
  if (reader) return reader;
  throw new HourglassError('unsupported-image', say('noReader', { name, format: labelOf(format) }));
}
