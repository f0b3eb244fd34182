/** What the engine asks of a codec thread (`thread.ts`), and what that answers. */
import type { Resolution } from '../pixels/index.ts';

export interface CodecCall {
  readonly path: string;
  /** File name, for sentences. */
  readonly name: string;
  readonly format: 'jxl' | 'jp2';
}

/** Told before pixels are decoded. */
export interface CodecHeader {
  readonly width: number;
  readonly height: number;
  /** Of a pixel, opacity among them. */
  readonly samples: number;
  readonly bytesPerSample: number;
  /** How often all of it is decoded. */
  readonly passes: 1 | 2;
}

export interface CodecPicture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly hasAlpha: boolean;
  /** Colours are stored multiplied by their opacity. */
  readonly isMultiplied: boolean;
  /** Interleaved, upright; the whole range of its type. */
  readonly data: Uint8Array | Uint16Array | Float32Array;
  /** As of `Raster`. */
  readonly bits?: number;
  readonly icc: Uint8Array | null;
  readonly exif: Uint8Array | null;
  readonly xmp: Uint8Array | null;
  readonly iptc: Uint8Array | null;
  /** That the container states; null: none. */
  readonly resolution: Resolution | null;
  /** Names of what the container holds besides, and no result keeps. */
  readonly lost: readonly string[];
  /** Pictures in the file, of which this is the first. */
  readonly frames: number;
}
