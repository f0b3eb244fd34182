/** Pixels of another file laid over an open document: brought to its size, and to its samples where these are what the screen shows. */
import {
  allocateSamples,
  colourChannels,
  maxValue,
  minValue,
  type Raster,
  type Size,
} from '../raster.ts';
import type { Ends } from '../samples.ts';

/** A file that was made smaller keeps its shape but for the rounding of its shorter side. */
export const hasShapeOf = (one: Size, other: Size): boolean => {
  const share = Math.min(one.width / other.width, one.height / other.height);
  return (
    Math.abs(one.width - other.width * share) <= 1.5 &&
    Math.abs(one.height - other.height * share) <= 1.5
  );
};

/**
 * The raster at another size, between its samples linearly. The same object when the size is its own.
 * For the screen alone: what is written is resized by libvips.
 */
export function stretched(raster: Raster, { width, height }: Size): Raster {
  if (raster.width === width && raster.height === height) return raster;
  const { channels, sampleType, data } = raster;
  const out = allocateSamples(sampleType, width * height * channels);
  const across = between(raster.width, width);
  const isInteger = sampleType !== 'float32';
  let at = 0;
  for (const row of between(raster.height, height)) {
    const [above, below] = [row.from, row.to].map((y) => y * raster.width * channels) as [
      number,
      number,
    ];
    for (const { from, to, share } of across)
      for (let c = 0; c < channels; c++, at++) {
        const [left, right] = [from * channels + c, to * channels + c];
        const top = data[above + left]! * (1 - share) + data[above + right]! * share;
        const bottom = data[below + left]! * (1 - share) + data[below + right]! * share;
        const value = top * (1 - row.share) + bottom * row.share;
        out[at] = isInteger ? Math.round(value) : value;
      }
  }
  return { ...raster, width, height, data: out };
}

interface Between {
  readonly from: number;
  readonly to: number;
  /** Of `to`, 0–1. */
  readonly share: number;
}

/** Which samples each of `count` places lies between, centres on centres. */
function between(samples: number, count: number): readonly Between[] {
  return Array.from({ length: count }, (_, place) => {
    const middle = ((place + 0.5) * samples) / count - 0.5;
    const within = Math.max(0, Math.min(samples - 1, middle));
    const from = Math.floor(within);
    return { from, to: Math.min(samples - 1, from + 1), share: within - from };
  });
}

/**
 * Writes the colours of a raster into one of the same size as the values of that one: of the same sample type as they are;
 * else black and white of `from` become `ends`. Gray goes into every colour. Opacity stays.
 * @param ends values of `to` that were written as black and white; default: those of its sample type
 */
export function putValues(from: Raster, to: Raster, ends?: Ends): void {
  const [given, wanted] = [colourChannels(from), colourChannels(to)];
  const least = minValue(to.sampleType);
  const most = maxValue(to.sampleType);
  const { black, white } = ends ?? { black: least, white: most };
  const start = minValue(from.sampleType);
  const factor = (white - black) / (maxValue(from.sampleType) - start);
  const same = from.sampleType === to.sampleType;
  const isInteger = to.sampleType !== 'float32';
  const pixels = to.width * to.height;
  for (let pixel = 0; pixel < pixels; pixel++)
    for (let c = 0; c < wanted; c++) {
      const sample = from.data[pixel * from.channels + Math.min(c, given - 1)]!;
      const value = same ? sample : black + (sample - start) * factor;
      to.data[pixel * to.channels + c] =
        !same && isInteger ? Math.min(most, Math.max(least, Math.round(value))) : value;
    }
}
