/**
 * Which stored values a network takes for 0 and 1. Photographs use the whole scale of their samples;
 * a scan of 12 bits in a 16-bit file, or of floats, uses what there is: image-wide percentiles, decided
 * once before the first tile and undone exactly on the way back. Nothing is clipped in either direction.
 */
import { percentileRange } from '../pixels/percentiles.ts';
import { maxValue, type Raster, type SampleType } from '../pixels/raster.ts';

/** unit = (stored − low) / (high − low); low < high, both stored values. */
export interface UnitRange {
  readonly low: number;
  readonly high: number;
}

export const fullScale = (type: SampleType): UnitRange => ({ low: 0, high: maxValue(type) });

export const isFullScale = ({ low, high }: UnitRange, type: SampleType): boolean =>
  low === 0 && high === maxValue(type);

/** Above this a picture of one tone is film more likely than a slice, and what slices get would take too long. */
const MOST_OF_SCAN = 16e6;

/** One tone of 16 bits or floats (`unitRange`), not too large: measured values, most likely, rather than a photograph. */
export const isScan = (picture: {
  readonly range: UnitRange;
  readonly source: Pick<Raster, 'sampleType' | 'width' | 'height'>;
}): boolean =>
  !isFullScale(picture.range, picture.source.sampleType) &&
  picture.source.width * picture.source.height <= MOST_OF_SCAN;

/**
 * @param tones as of `neutral.ts`
 * @param most samples looked at, as of `percentileRange`
 * @returns percentiles 0.1 and 99.9 (nearest rank) of the finite samples of a picture of one tone with
 *   16-bit or float samples; the full scale of the sample type for all others, and where they coincide
 */
export function unitRange(raster: Raster, tones: 1 | 3, most?: number): UnitRange {
  const { sampleType } = raster;
  const whole = fullScale(sampleType);
  if (tones === 3 || sampleType === 'uint8') return whole;
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
): readonly [number, number, number, number] => [low, high, 0, maxValue(type)];
