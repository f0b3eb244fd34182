/** Conversions between sample types: rounded, clipped, and nothing else. */
import {
  allocateSamples,
  maxValue,
  minValue,
  plainScale,
  type Raster,
  type Samples,
  type SampleType,
} from './raster.ts';

export const sampleTypeOf = (samples: Samples): SampleType =>
  samples instanceof Uint8Array
    ? 'uint8'
    : samples instanceof Uint16Array
      ? 'uint16'
      : samples instanceof Int16Array
        ? 'int16'
        : 'float32';

/** Stored values that mean black and white. */
export interface Ends {
  readonly black: number;
  readonly white: number;
}

/**
 * Converts samples so that black and white stay black and white: v·65535/255, v·255/65535 and v·1
 * on [0,1], rounded to the nearest, clipped to the range of an integer type. Floats of NaN become black.
 * @param ends of `samples`, where they are not those of their type (a raster's scale)
 * @returns the same array when nothing is to be done
 */
export function convertSamples(samples: Samples, to: SampleType, ends?: Ends): Samples {
  const from = sampleTypeOf(samples);
  if (from === to) return samples;
  const result = allocateSamples(to, samples.length);
  const length = samples.length;
  const { black, white } = ends ?? plainScale(from);
  const plain = black === 0 && white === maxValue(from) && to !== 'int16';
  if (!plain) convertInScale(samples, { black, white }, result, to);
  else if (from === 'uint8' && to === 'uint16')
    for (let i = 0; i < length; i++) result[i] = samples[i]! * 257;
  // (v + 128) / 257, floored, is v / 257 rounded to the nearest for every 16-bit v.
  else if (from === 'uint16' && to === 'uint8')
    for (let i = 0; i < length; i++) result[i] = ((samples[i]! + 128) / 257) | 0;
  else if (to === 'float32') {
    for (let i = 0; i < length; i++) result[i] = samples[i]! / white;
  } else {
    const most = maxValue(to);
    for (let i = 0; i < length; i++) {
      const value = samples[i]! * most + 0.5;
      result[i] = value >= most ? most : value > 0 ? value : 0;
    }
  }
  return result;
}

function convertInScale(
  samples: Samples,
  { black, white }: Ends,
  result: Samples,
  to: SampleType,
): void {
  const least = minValue(to);
  const most = maxValue(to);
  const scale = (most - least) / (white - black);
  const isInteger = to !== 'float32';
  for (let i = 0; i < samples.length; i++) {
    const value = least + (samples[i]! - black) * scale;
    if (!isInteger) result[i] = value;
    else result[i] = value >= most ? most : value > least ? Math.floor(value + 0.5) : least;
  }
}

/**
 * The same for whole pixels: `ends` are those of their colours, opacity uses all of its type.
 * @param options.spread converts to the same type too: black and white become the ends of the type
 */
export function convertPixels(
  samples: Samples,
  to: SampleType,
  { channels, hasAlpha }: Pick<Raster, 'channels' | 'hasAlpha'>,
  { ends, spread = false }: { ends?: Ends | undefined; spread?: boolean } = {},
): Samples {
  if (!ends) return convertSamples(samples, to);
  const from = sampleTypeOf(samples);
  if (from === to && !spread) return samples;
  const result = allocateSamples(to, samples.length);
  convertInScale(samples, ends, result, to);
  if (!hasAlpha) return result;
  const alpha = allocateSamples(from, samples.length / channels);
  for (let i = 0, at = channels - 1; i < alpha.length; i++, at += channels) alpha[i] = samples[at]!;
  const plain = convertSamples(alpha, to);
  for (let i = 0, at = channels - 1; i < plain.length; i++, at += channels) result[at] = plain[i]!;
  return result;
}

/** Black and white of rows: those of a source's own type are on its scale, others on that of their type. */
export const endsOfRows = (
  rows: Samples,
  { sampleType, scale }: { readonly sampleType: SampleType; readonly scale?: Ends | undefined },
): Ends | undefined => (sampleTypeOf(rows) === sampleType ? scale : undefined);

/** Interleaved samples without their last channel. */
export function withoutAlpha(samples: Samples, channels: number): Samples {
  const colours = channels - 1;
  const pixels = samples.length / channels;
  const result = allocateSamples(sampleTypeOf(samples), pixels * colours);
  for (let pixel = 0, from = 0, to = 0; pixel < pixels; pixel++, from++)
    for (let channel = 0; channel < colours; channel++) result[to++] = samples[from++]!;
  return result;
}

/** True when every pixel of an interleaved image with alpha is fully opaque. */
export function isOpaque(samples: Samples, channels: number): boolean {
  const type = sampleTypeOf(samples);
  const white = maxValue(type);
  for (let at = channels - 1; at < samples.length; at += channels)
    if (samples[at]! < white) return false;
  return true;
}
