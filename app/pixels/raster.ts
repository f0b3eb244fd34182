/**
 * Raster: decoded pixels in memory, and nothing else. Interleaved, row-major, top left first, after
 * orientation. Values are the stored ones (no colour conversion); what is black and white among them, and
 * what they measure, is the raster's scale.
 */
import type { Scale } from '../contract/index.ts';

export type SampleType = 'uint8' | 'uint16' | 'int16' | 'float32';
export type Samples = Uint8Array | Uint16Array | Int16Array | Float32Array;

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
  /**
   * Bits of the file's samples, where they are fewer than those of the type and spread over all of it: 10 or 12 of AVIF
   * and JPEG 2000. For words only; absent: those of the type.
   */
  readonly bits?: number;
  /** What the values mean, where the file says so (never with alpha); absent: that of the sample type. */
  readonly scale?: Scale;
}

/** The largest integer of a type: 255, 65535 or 32767; of floats 1. */
export const maxValue = (type: SampleType): number =>
  type === 'uint8' ? 255 : type === 'uint16' ? 65_535 : type === 'int16' ? 32_767 : 1;

/** The smallest integer of a type; of floats 0. */
export const minValue = (type: SampleType): number => (type === 'int16' ? -32_768 : 0);

/** Of a file that says nothing: the whole range of integers, 0 to 1 of floats. */
export const plainScale = (type: SampleType): Scale => ({
  black: minValue(type),
  white: maxValue(type),
  slope: 1,
  intercept: 0,
  unit: null,
  window: null,
});

/** What the stored values of a raster mean. */
export const scaleOf = ({ scale, sampleType }: Pick<Raster, 'scale' | 'sampleType'>): Scale =>
  scale ?? plainScale(sampleType);

/** True where black and white are the ends of the sample type. */
export const hasPlainEnds = (raster: Pick<Raster, 'scale' | 'sampleType'>): boolean => {
  const { black, white } = scaleOf(raster);
  return black === minValue(raster.sampleType) && white === maxValue(raster.sampleType);
};

export const bytesPerSample = (type: SampleType): number =>
  type === 'uint8' ? 1 : type === 'float32' ? 4 : 2;

/** Channels that carry colour: 1 or 3. */
export const colourChannels = (raster: Pick<Raster, 'channels' | 'hasAlpha'>): 1 | 3 =>
  (raster.channels - (raster.hasAlpha ? 1 : 0)) as 1 | 3;

export function allocateSamples(type: SampleType, length: number): Samples {
  if (type === 'uint8') return new Uint8Array(length);
  if (type === 'uint16') return new Uint16Array(length);
  if (type === 'int16') return new Int16Array(length);
  return new Float32Array(length);
}
