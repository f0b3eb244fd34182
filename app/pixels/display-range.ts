/**
 * Which stored values the screen shows as black and white. Photographs use the whole scale of their
 * samples; a scan or colours of 12 bits in a 16-bit file, shown so, would be black, and one of floats white.
 * Decided once per file, for looking only: files keep their values. How samples become sRGB is in
 * `display.ts`; what networks take for 0 and 1 is in `app/denoise/range.ts`.
 */
import {
  firstRange,
  type Notice,
  type Scale,
  type ShownRange,
  type ValueRange,
} from '../contract/index.ts';
import { decimal, MINUS } from '../contract/sentences/index.ts';
import { isScan, type Described } from './content.ts';
import { percentileRange } from './percentiles.ts';
import { colourChannels, hasPlainEnds, scaleOf, type Raster, type SampleType } from './raster.ts';
import type { Ends } from './samples.ts';
import { say } from './sentences.ts';
import { tones } from './tones.ts';

/** Largest values below this leave the upper two of 16 bits unused. */
const QUARTER = 0x4000;

/** Floats beyond these are no photograph with a little overshoot. */
const LEAST_FLOAT = -0.5;
const MOST_FLOAT = 1.5;

/** True for what can have a range of its own, and windows: scans of more than 8 bits and one tone. */
export const canHaveRange = (image: Described): boolean =>
  image.raster.sampleType !== 'uint8' && isScan(image) && tones(image.raster) === 1;

/** True where `displayRange` looks at the values: all others have the full scale. */
export const isLookedAt = (image: Described): boolean =>
  canHaveRange(image) || isPlainColour(image);

/** An AVIF says itself how many bits it has: a dark one is dark. */
const isPlainColour = ({ raster, metadata, format }: Described): boolean =>
  raster.sampleType === 'uint16' &&
  format !== 'avif' &&
  !raster.scale &&
  colourChannels(raster) === 3 &&
  !metadata?.icc &&
  !metadata?.colour &&
  tones(raster) === 3;

/**
 * Stored values that stand for black and white in a picture in colour of 16 bits that uses fewer: cameras of 10, 12 and 14
 * bits. What such a picture shows is the same on either scale, so networks see it on this one too.
 * @returns null: all others
 */
export const narrowColour = (image: Described): ValueRange | null =>
  isPlainColour(image) ? rangeOfColours(image.raster) : null;

/**
 * @returns signed samples: their 0.1 and 99.9 percentiles; 16 bits, the largest value below a quarter of the scale: 0 to the largest number of as many
 *   bits as hold it; floats whose 0.1 or 99.9 percentile is below −0.5 or above 1.5: these percentiles;
 *   null, the full scale of the sample type: all others, and where the file itself has a scale
 */
export function displayRange(image: Described): ValueRange | null {
  if (image.raster.scale || !isLookedAt(image)) return null;
  if (image.raster.sampleType === 'uint16') {
    return canHaveRange(image) ? rangeOfBits(image.raster) : rangeOfColours(image.raster);
  }
  const range = percentileRange(image.raster);
  if (!range || range.low === range.high) return null;
  if (image.raster.sampleType === 'int16') return range;
  return range.low < LEAST_FLOAT || range.high > MOST_FLOAT ? range : null;
}

/** Colours below this many bits are those of a black picture. */
const LEAST_BITS_OF_COLOUR = 8;

function rangeOfColours(raster: Raster): ValueRange | null {
  const range = rangeOfBits(raster);
  return range && range.high >= 2 ** LEAST_BITS_OF_COLOUR - 1 ? range : null;
}

function rangeOfBits(raster: Raster): ValueRange | null {
  const bits = usedBits(raster);
  return bits === 0 || bits === 16 ? null : { low: 0, high: 2 ** bits - 1 };
}

/**
 * Bits that hold every colour; 16 as soon as one value needs more than 14, and where all values are 8 bits said twice: a dark
 * picture of 8 bits that was stored as 16. 0: all is black.
 */
function usedBits(raster: Raster): number {
  const { data, channels } = raster;
  const colours = colourChannels(raster);
  let largest = 0;
  let doubled = true;
  for (let at = 0; at < data.length; at += channels)
    for (let c = 0; c < colours; c++) {
      const value = data[at + c]!;
      doubled &&= value >>> 8 === (value & 255);
      if (value > largest) largest = value;
      if (largest >= QUARTER) return 16;
    }
  return doubled && largest > 0 ? 16 : 32 - Math.clz32(largest);
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
export function shownRange(scale: Scale, type: SampleType): ShownRange | null {
  const { window, inverted, padding } = scale;
  const isPlain = !window && !inverted && !padding && hasPlainEnds({ sampleType: type, scale });
  return isPlain ? null : firstRange(scale);
}

/** Of 16 bits, those that are used, as a range from 0; null: all of them, and other sample types. */
export const usedRange = (image: Described): ValueRange | null =>
  image.raster.sampleType === 'uint16' ? displayRange(image) : null;

/**
 * Stored values that become black and white where a picture is written with fewer bits than it has: those of its scale, or as
 * `usedRange`, so that a file of 8 bits shows what the screen shows. undefined: the ends of the sample type.
 * @param raster without pixels where they are not there
 */
export function endsWritten({
  raster,
  ...image
}: Omit<Described, 'raster'> & {
  readonly raster: Raster | Pick<Raster, 'sampleType' | 'scale'>;
}): Ends | undefined {
  if (raster.scale || !('data' in raster)) return raster.scale;
  const used = usedRange({ ...image, raster });
  return used ? { black: used.low, white: used.high } : undefined;
}

/** Decimals that a number may be written with at all (ECMA-402). */
const MOST_DIGITS = 20;

/** What a person should know who looks at a picture in a range of its own. */
export function rangeNotice({ low, high }: ValueRange, type: SampleType): Notice {
  const shown = { low: words(low), high: words(high) };
  const text =
    type === 'int16'
      ? say('signedRange', shown)
      : type === 'float32'
        ? say('floatRange', shown)
        : say('bitsRange', { bits: 32 - Math.clz32(high), ...shown });
  return { level: 'info', text };
}

/** Four digits are enough to know a scale. */
const words = (value: number): string =>
  decimal(Number.isInteger(value) ? value : Number(value.toPrecision(4)), MOST_DIGITS).replace(
    '-',
    MINUS,
  );
