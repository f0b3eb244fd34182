/** What the engine asks of the raw thread (`thread.ts`), and what that answers. */

import type { Rect } from '../contract/index.ts';
import type { ColourNoise } from './mosaic-noise.ts';

export interface RawCall {
  readonly path: string;
  /** File name, for sentences. */
  readonly name: string;
  /** `full`: by AHD; `linear`: bilinear, quicker; `half`: one pixel of each 2 × 2. */
  readonly quality: 'full' | 'linear' | 'half';
  /** The part of the sensor that is the picture, from the sensor's first sample; null: all that is visible. */
  readonly crop: Rect | null;
  /** Black of the four places of the pattern, stored values, where the file says it; null: LibRaw's one number. */
  readonly black: readonly [number, number, number, number] | null;
}

/** What a thread is started with. */
export interface RawThreadData extends RawCall {
  /** LibRaw, compiled once for all threads. */
  readonly code: WebAssembly.Module;
}

/** Told before anything is decoded. */
export interface RawHeader {
  readonly width: number;
  readonly height: number;
  readonly megapixels: number;
}

/** How the picture was developed: what undoes it, and what must be said. */
export interface Development {
  /** White balance, the least 1: red, green, blue. */
  readonly multipliers: readonly [number, number, number];
  /** `prophotoOfCamera`; null: the picture has one tone, or was converted by LibRaw. */
  readonly matrix: readonly number[] | null;
  /** Of the camera, or LibRaw's guess at daylight. */
  readonly whiteBalance: 'camera' | 'daylight';
  /** Rows of camera colours by XYZ (D65), 3 × 3, as LibRaw knows the camera; null: it does not. */
  readonly cameraOfXyz: readonly number[] | null;
  readonly make: string;
  readonly model: string;
  readonly uniqueModel: string;
  readonly iso: number;
  /** Of the sensor, measured on its mosaic; null: there is none of 2 × 2 red, green and blue, or it shows too little. */
  readonly noise: ColourNoise | null;
  /** Pictures in the file. */
  readonly pictures: number;
}

export interface Developed {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** ProPhoto, interleaved, upright. */
  readonly data: Uint16Array;
  readonly development: Development;
}
