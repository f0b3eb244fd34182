/**
 * Which stored values a network takes for 0 and 1. Photographs use the scale of their samples;
 * a scan (`app/pixels/content.ts`) uses what there is: image-wide percentiles, decided once before the
 * first tile and undone exactly on the way back. Nothing is clipped in either direction.
 */
import { percentileRange } from '../pixels/percentiles.ts';
import { maxValue, minValue, scaleOf, type Raster, type SampleType } from '../pixels/raster.ts';

/** unit = (stored − low) / (high − low); low < high, both stored values. */
export interface UnitRange {
  readonly low: number;
  readonly high: number;
}

type Scaled = Pick<Raster, 'sampleType' | 'scale'>;

/** From black to white of a raster. */
export function fullScale(raster: Scaled): UnitRange {
  const { black, white } = scaleOf(raster);
  return { low: black, high: white };
}

export function isFullScale({ low, high }: UnitRange, raster: Scaled): boolean {
  const { black, white } = scaleOf(raster);
  return low === black && high === white;
}

/** What slices get would take too long above this: film, more likely. Pixels. */
const MOST_OF_SLICE = 16e6;

/** A scan of the size of a slice, with a range of its own: what such pictures get beyond others is worth its time. */
export const isSlice = (picture: {
  readonly scan: boolean;
  readonly range: UnitRange;
  readonly source: Scaled & Pick<Raster, 'width' | 'height'>;
}): boolean =>
  picture.scan && !isFullScale(picture.range, picture.source) && isSmall(picture.source);

/** As a slice is: asking the network twice takes no time that a person notices. */
export const isSmall = ({ width, height }: Pick<Raster, 'width' | 'height'>): boolean =>
  width * height <= MOST_OF_SLICE;

/**
 * @param measured the raster is of one tone, and a scan (`contentOf`)
 * @param most samples looked at, as of `percentileRange`
 * @returns percentiles 0.1 and 99.9 (nearest rank) of the finite samples of such a raster of more than 8
 *   bits; the full scale of the sample type for all others, and where they coincide
 */
export function unitRange(raster: Raster, measured: boolean, most?: number): UnitRange {
  const { sampleType } = raster;
  const whole = fullScale(raster);
  if (!measured || sampleType === 'uint8') return whole;
  const range = percentileRange(raster, most);
  return range && range.low < range.high ? range : whole;
}

/**
 * Values at which noise is cut off, or that stand for "nothing here" (the padding around a scan): the
 * ends of the range and of the sample type.
 */
export const limitsOf = (
  { low, high }: UnitRange,
  type: SampleType,
): readonly [number, number, number, number] => [low, high, minValue(type), maxValue(type)];
