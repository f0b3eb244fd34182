/** Conversions between sample types: rounded, clipped, and nothing else. */
import { allocateSamples, type Samples, type SampleType } from './raster.ts';

export const sampleTypeOf = (samples: Samples): SampleType =>
  samples instanceof Uint8Array ? 'uint8' : samples instanceof Uint16Array ? 'uint16' : 'float32';

/**
 * Converts samples so that black and white stay black and white: v·65535/255, v·255/65535 and v·1
 * on [0,1], rounded to the nearest, clipped to the range of an integer type. Floats of NaN become 0.
 * @returns the same array when nothing is to be done
 */
export function convertSamples(samples: Samples, to: SampleType): Samples {
  const from = sampleTypeOf(samples);
  if (from === to) return samples;
  const result = allocateSamples(to, samples.length);
  const length = samples.length;
  if (from === 'uint8' && to === 'uint16')
    for (let i = 0; i < length; i++) result[i] = samples[i]! * 257;
  // (v + 128) / 257, floored, is v / 257 rounded to the nearest for every 16-bit v.
  else if (from === 'uint16' && to === 'uint8')
    for (let i = 0; i < length; i++) result[i] = ((samples[i]! + 128) / 257) | 0;
  else if (to === 'float32') {
    const white = from === 'uint8' ? 255 : 65535;
    for (let i = 0; i < length; i++) result[i] = samples[i]! / white;
  } else {
    const white = to === 'uint8' ? 255 : 65535;
    for (let i = 0; i < length; i++) {
      const value = samples[i]! * white + 0.5;
      result[i] = value >= white ? white : value > 0 ? value : 0;
    }
  }
  return result;
}

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
  const white = type === 'uint8' ? 255 : type === 'uint16' ? 65535 : 1;
  for (let at = channels - 1; at < samples.length; at += channels)
    if (samples[at]! < white) return false;
  return true;
}
