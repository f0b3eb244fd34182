/**
 * Field: a picture as plain numbers, the form in which the quality bench compares results of programs
 * that do not share sample types. Interleaved, row-major, no alpha, not clipped.
 */
import { colourChannels, maxValue, type Raster, type Size } from '../../../app/pixels/index.ts';

export interface Field extends Size {
  readonly channels: 1 | 3;
  /** Length width × height × channels. */
  readonly data: Float32Array;
}

/** Which two numbers are black and white: [0,1] for photographs, stored values for scans. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

export const UNIT: Span = { low: 0, high: 1 };

/**
 * @param scale what the stored values are divided by; default: white, so that it becomes 1
 */
export function toField(raster: Raster, scale = maxValue(raster.sampleType)): Field {
  const { width, height, channels, data } = raster;
  const colours = colourChannels(raster);
  const result = new Float32Array(width * height * colours);
  for (let from = 0, to = 0; to < result.length; from += channels)
    for (let c = 0; c < colours; c++) result[to++] = data[from + c]! / scale;
  return { width, height, channels: colours, data: result };
}

/** Stored values rounded to 16 bits; what does not fit is cut off. */
export function toRaster16(field: Field): Raster {
  const data = Uint16Array.from(field.data, (value) =>
    Math.min(65535, Math.max(0, Math.round(value))),
  );
  const { width, height, channels } = field;
  return { width, height, channels, hasAlpha: false, sampleType: 'uint16', data };
}

export const withData = (field: Field, data: Float32Array): Field => ({ ...field, data });

/** One channel, row-major. */
export function plane({ data, channels }: Field, channel: number): Float32Array {
  if (channels === 1) return data;
  return Float32Array.from({ length: data.length / 3 }, (_, i) => data[3 * i + channel]!);
}

/** The inverse of `plane`. */
export function fromPlanes(size: Size, planes: readonly Float32Array[]): Field {
  const channels = planes.length === 1 ? 1 : 3;
  const data = new Float32Array(size.width * size.height * channels);
  for (let i = 0, at = 0; at < data.length; i++)
    for (let c = 0; c < channels; c++) data[at++] = planes[c]![i]!;
  return { width: size.width, height: size.height, channels, data };
}

/** The nearest-rank percentiles 0.1 and 99.9 of all values: what a scan uses of its scale. */
export function percentileSpan({ data }: Field): Span {
  const sorted = data.slice().sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  return { low: at(0.001), high: at(0.999) };
}
