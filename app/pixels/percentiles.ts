/**
 * Between which values nearly all samples of a picture of one tone lie: exact order statistics in two
 * passes. Who uses it for what: `display-range.ts` (the screen), `app/denoise/range.ts` (networks).
 */
import type { ValueRange } from '../contract/index.ts';
import type { Raster, SampleType, Size } from './raster.ts';

/** Shares of the finite samples below `low` and above `high`: a few hot pixels do not set the scale. */
const TAIL = 0.001;

/** About so many samples, evenly spread, are enough to place a percentile. */
const MOST_SAMPLES = 4_000_000;

/**
 * @param raster only the first channel of its pixels is looked at
 * @param most samples looked at, evenly spread where the picture has more
 * @returns percentiles 0.1 and 99.9 (nearest rank) of the finite samples that are no padding; null where there are none
 */
export function percentileRange(raster: Raster, most = MOST_SAMPLES): ValueRange | null {
  return percentiles(raster, sampleStride(raster, most));
}

/** Tells values that were measured: finite, and no padding. */
export function measuredValues({ scale }: Pick<Raster, 'scale'>): (value: number) => boolean {
  const padding = scale?.padding;
  if (!padding) return Number.isFinite;
  const { low, high } = padding;
  return (value) => Number.isFinite(value) && !(value >= low && value <= high);
}

/** From pixel to pixel, so that at most about so many are looked at. */
export function sampleStride({ width, height }: Size, most = MOST_SAMPLES): number {
  let stride = Math.ceil((width * height) / most);
  // Every column gets its turn.
  while (stride > 1 && !coprime(stride, width)) stride++;
  return stride;
}

const coprime = (a: number, b: number): boolean => (b === 0 ? a === 1 : coprime(b, a % b));

/**
 * Exact order statistics in two passes over 32-bit keys that sort like the values: counts of the upper
 * halves find the bin of each rank, counts of the lower halves inside that bin find the value.
 */
function percentiles(raster: Raster, stride: number): ValueRange | null {
  const { data } = raster;
  const step = stride * raster.channels;
  const upper = new Uint32Array(65536);
  const key = keyOf(raster);
  const isMeasured = measuredValues(raster);
  let count = 0;
  for (let at = 0; at < data.length; at += step) {
    if (!isMeasured(data[at]!)) continue;
    upper[key(at) >>> 16]!++;
    count++;
  }
  if (count === 0) return null;
  const ranks = [TAIL, 1 - TAIL].map((share) => Math.round(share * (count - 1)));
  const bins = ranks.map((rank) => locate(upper, rank));
  const lowers = bins.map(() => new Uint32Array(65536));
  for (let at = 0; at < data.length; at += step) {
    if (!isMeasured(data[at]!)) continue;
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
 * Integers are their own keys (signed ones above their smallest), moved up so that the first pass decides. Floats: the bits, with the sign
 * bit set for positive numbers and all bits inverted for negative ones, sort like the numbers.
 */
function keyOf({ data }: Raster): (at: number) => number {
  if (data instanceof Int16Array) return (at) => ((data[at]! ^ 0x8000) << 16) >>> 0;
  if (!(data instanceof Float32Array)) return (at) => (data[at]! << 16) >>> 0;
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  return (at) => {
    const word = bits[at]!;
    return (word & 0x8000_0000 ? ~word : word | 0x8000_0000) >>> 0;
  };
}

function valueOf(type: SampleType, key: number): number {
  if (type === 'int16') return (key >>> 16) - 0x8000;
  if (type !== 'float32') return key >>> 16;
  const word = key & 0x8000_0000 ? key & 0x7fff_ffff : ~key;
  // Plus 0: a negative zero is a zero.
  return new Float32Array(Uint32Array.of(word).buffer)[0]! + 0;
}
