/**
 * Which stored values a network takes for 0 and 1. Photographs use the whole scale of their samples;
 * a scan of 12 bits in a 16-bit file, or of floats, uses what there is: image-wide percentiles, decided
 * once before the first tile and undone exactly on the way back. Nothing is clipped in either direction.
 */
import { maxValue, type Raster, type SampleType } from '../pixels/raster.ts';

/** unit = (stored − low) / (high − low); low < high, both stored values. */
export interface UnitRange {
  readonly low: number;
  readonly high: number;
}

/** Shares of the finite samples below `low` and above `high`: a few hot pixels do not set the scale. */
const TAIL = 0.001;

/** About so many samples, evenly spread, are enough to place a percentile. */
const MOST_SAMPLES = 4_000_000;

export const fullScale = (type: SampleType): UnitRange => ({ low: 0, high: maxValue(type) });

export const isFullScale = ({ low, high }: UnitRange, type: SampleType): boolean =>
  low === 0 && high === maxValue(type);

/**
 * @param tones as of `neutral.ts`
 * @param most samples looked at
 * @returns percentiles 0.1 and 99.9 (nearest rank) of the finite samples of a picture of one tone with
 *   16-bit or float samples; the full scale of the sample type for all others, and where they coincide
 */
export function unitRange(raster: Raster, tones: 1 | 3, most = MOST_SAMPLES): UnitRange {
  const { sampleType, width, height } = raster;
  const whole = fullScale(sampleType);
  if (tones === 3 || sampleType === 'uint8') return whole;
  const pixels = width * height;
  let stride = Math.ceil(pixels / most);
  // Every column gets its turn.
  while (stride > 1 && !coprime(stride, width)) stride++;
  const range = percentiles(raster, stride);
  return range && range.low < range.high ? range : whole;
}

const coprime = (a: number, b: number): boolean => (b === 0 ? a === 1 : coprime(b, a % b));

/**
 * Exact order statistics in two passes over 32-bit keys that sort like the values: counts of the upper
 * halves find the bin of each rank, counts of the lower halves inside that bin find the value.
 */
function percentiles(raster: Raster, stride: number): UnitRange | null {
  const { data } = raster;
  const step = stride * raster.channels;
  const upper = new Uint32Array(65536);
  const key = keyOf(raster);
  let count = 0;
  for (let at = 0; at < data.length; at += step) {
    if (!Number.isFinite(data[at]!)) continue;
    upper[key(at) >>> 16]!++;
    count++;
  }
  if (count === 0) return null;
  const ranks = [TAIL, 1 - TAIL].map((share) => Math.round(share * (count - 1)));
  const bins = ranks.map((rank) => locate(upper, rank));
  const lowers = bins.map(() => new Uint32Array(65536));
  for (let at = 0; at < data.length; at += step) {
    if (!Number.isFinite(data[at]!)) continue;
    const value = key(at);
    bins.forEach(({ bin }, i) => {
      if (value >>> 16 === bin) lowers[i]![value & 0xffff]!++;
    });
  }
  const [low, high] = bins.map(({ bin, below }, i) => {
    const { bin: rest } = locate(lowers[i]!, ranks[i]! - below);
    return valueOf(raster.sampleType, ((bin << 16) | rest) >>> 0);
  });
  return { low: low!, high: high! };
}

/** The bin that holds a rank, and how many samples lie in the bins before it. */
function locate(counts: Uint32Array, rank: number): { bin: number; below: number } {
  let below = 0;
  let bin = 0;
  while (below + counts[bin]! <= rank) below += counts[bin++]!;
  return { bin, below };
}

/**
 * Integers are their own keys, moved up so that the first pass decides. Floats: the bits, with the sign
 * bit set for positive numbers and all bits inverted for negative ones, sort like the numbers.
 */
function keyOf({ data }: Raster): (at: number) => number {
  if (!(data instanceof Float32Array)) return (at) => (data[at]! << 16) >>> 0;
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  return (at) => {
    const word = bits[at]!;
    return (word & 0x8000_0000 ? ~word : word | 0x8000_0000) >>> 0;
  };
}

function valueOf(type: SampleType, key: number): number {
  if (type !== 'float32') return key >>> 16;
  const word = key & 0x8000_0000 ? key & 0x7fff_ffff : ~key;
  // Plus 0: a negative zero is a zero.
  return new Float32Array(Uint32Array.of(word).buffer)[0]! + 0;
}

/**
 * Values at which noise is cut off, or that stand for "nothing here" (the padding around a scan): the
 * ends of the range and of the sample type.
 */
export const limitsOf = (
  { low, high }: UnitRange,
  type: SampleType,
): readonly [number, number, number, number] => [low, high, 0, maxValue(type)];
