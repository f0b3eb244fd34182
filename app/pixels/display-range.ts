/**
 * Which stored values the screen shows as black and white. Photographs use the whole scale of their
 * samples; a scan of 12 bits in a 16-bit file, shown so, would be black, and one of floats white.
 * Decided once per file, for looking only: files keep their values. How samples become sRGB is in
 * `display.ts`; what networks take for 0 and 1 is in `app/denoise/range.ts`.
 */
import { firstRange, type Notice, type Scale, type ValueRange } from '../contract/index.ts';
import { isScan, type Described } from './content.ts';
import { percentileRange } from './percentiles.ts';
import { hasPlainEnds, scaleOf, type Raster, type SampleType } from './raster.ts';
import { tones } from './tones.ts';

/** Largest values below this leave the upper two of 16 bits unused. */
const QUARTER = 0x4000;

/** Floats beyond these are no photograph with a little overshoot. */
const LEAST_FLOAT = -0.5;
const MOST_FLOAT = 1.5;

/** True for what can have a range of its own: scans of more than 8 bits and one tone. */
export const canHaveRange = (image: Described): boolean =>
  image.raster.sampleType !== 'uint8' && isScan(image) && tones(image.raster) === 1;

/**
 * @returns signed samples: their 0.1 and 99.9 percentiles; 16 bits, the largest value below a quarter of the scale: 0 to the largest number of as many
 *   bits as hold it; floats whose 0.1 or 99.9 percentile is below −0.5 or above 1.5: these percentiles;
 *   null, the full scale of the sample type: all others, and where the file itself has a scale
 */
export function displayRange(image: Described): ValueRange | null {
  if (image.raster.scale || !canHaveRange(image)) return null;
  if (image.raster.sampleType === 'uint16') {
    const bits = usedBits(image.raster);
    return bits === 0 || bits === 16 ? null : { low: 0, high: 2 ** bits - 1 };
  }
  const range = percentileRange(image.raster);
  if (!range || range.low === range.high) return null;
  if (image.raster.sampleType === 'int16') return range;
  return range.low < LEAST_FLOAT || range.high > MOST_FLOAT ? range : null;
}

/** Bits that hold every value; 16 as soon as one value needs more than 14. 0: all is black. */
function usedBits({ data, channels }: Raster): number {
  let largest = 0;
  for (let at = 0; at < data.length; at += channels) {
    if (data[at]! <= largest) continue;
    largest = data[at]!;
    if (largest >= QUARTER) return 16;
  }
  return 32 - Math.clz32(largest);
}

/**
 * A picture's scale as the screen uses it: that of its file, else what was found by looking.
 * @param range as of `displayRange`
 */
export function displayScale(
  { raster }: Pick<Described, 'raster'>,
  range: ValueRange | null,
): Scale {
  const scale = scaleOf(raster);
  return range ? { ...scale, black: range.low, white: range.high } : scale;
}

/**
 * Stored values that are black and white on the screen until a person says otherwise, as of `firstRange`; null: the ends
 * of the sample type.
 */
export function shownRange(scale: Scale, type: SampleType): ValueRange | null {
  return !scale.window && hasPlainEnds({ sampleType: type, scale }) ? null : firstRange(scale);
}

/** What a person should know who looks at a picture in a range of its own. */
export function rangeNotice({ low, high }: ValueRange, type: SampleType): Notice {
  const bits = 32 - Math.clz32(high);
  const why =
    type === 'int16'
      ? 'The values have a sign'
      : type === 'float32'
        ? 'The values are not those of a picture from 0 to 1'
        : `${bits === 1 ? '1 bit of the 16 stored is' : `${bits} bits of the 16 stored are`} used`;
  return {
    level: 'info',
    text: `${why}; the screen shows ${words(low)} to ${words(high)} as black to white. Files keep their stored values.`,
  };
}

/** Four digits are enough to know a scale. */
const words = (value: number): string =>
  (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))).replace(
    '-',
    '−',
  );
