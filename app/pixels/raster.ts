/**
 * Raster: decoded pixels in memory, and nothing else. Interleaved, row-major, top left first, after
 * orientation. Values are the stored ones (no colour conversion); `maxValue` is white.
 */

export type SampleType = 'uint8' | 'uint16' | 'float32';
export type Samples = Uint8Array | Uint16Array | Float32Array;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Raster extends Size {
  /** Stored channels, alpha included and last: 1 gray, 2 gray+alpha, 3 RGB, 4 RGB+alpha. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly hasAlpha: boolean;
  readonly sampleType: SampleType;
  /** Length width × height × channels. */
  readonly data: Samples;
}

/** The value that means white: 255, 65535 or 1. */
export const maxValue = (type: SampleType): number =>
  type === 'uint8' ? 255 : type === 'uint16' ? 65535 : 1;

export const bytesPerSample = (type: SampleType): number =>
  type === 'uint8' ? 1 : type === 'uint16' ? 2 : 4;

/** Channels that carry colour: 1 or 3. */
export const colourChannels = (raster: Pick<Raster, 'channels' | 'hasAlpha'>): 1 | 3 =>
  (raster.channels - (raster.hasAlpha ? 1 : 0)) as 1 | 3;

export function allocateSamples(type: SampleType, length: number): Samples {
  if (type === 'uint8') return new Uint8Array(length);
  if (type === 'uint16') return new Uint16Array(length);
  return new Float32Array(length);
}
