/**
 * What noise a picture can hold at all. Noise takes room: white noise of a deviation of σ steps of the stored values has
 * log₂(σ √(2πe)) = 2.05 + log₂ σ bits in each sample (Cover, Thomas, "Elements of Information Theory", 2nd ed., 8.1
 * and theorem 8.3.1), and no compressor without loss gets below that. Noise that a camera has smoothed and stored as JPEG has
 * less (a plain wall of PolyU, read as 4.7 levels: 1.9 bits), so only below one bit there is none: hatches, text, maps, barcodes,
 * pixel art. Pictures of few values far apart, such as dithers, hold no noise either, whatever they compress to:
 * noise fills the values between. Why there is no room is told too: a smooth picture without noise, mostly a dark one, is
 * no drawing.
 */
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import type { Picture } from '../picture.ts';
import { limitsOf } from '../range.ts';

/** Bits per sample below which there is no noise. */
const LEAST_BITS = 1;

/** Values of one tone, and colours, up to which a picture has few; and how far they must be spread, levels. */
const FEW_TONES = 32;
const FEW_COLOURS = 256;
const APART = 4;
const SPREAD = 64;
/** Fewer colours for each value of green than this are one tone: sepia, and gray that a codec has turned to colour and back. */
const TONED = 1.2;
/** A small picture has few values for want of pixels: this many pixels for each. */
const PIXELS_PER_VALUE = 16;

/** Side of the squares that are compressed, pixels, and how many there are at the most: a megapixel. */
const SIDE = 64;
const SQUARES = 256;
/** First a few are compressed in haste: where they keep so many bits, all of them would not get below `LEAST_BITS`. */
const FIRST_SQUARES = 16;
const PLENTY_BITS = 3;

/**
 * Root mean square of the steps from pixel to pixel, levels, below which a picture without room is smooth. The clean ones of PolyU,
 * mostly dark, have 0.5 to 3.4, smooth wallpapers 4; drawings, charts and screenshots of CID22 and gb82 7 and more.
 */
const SMOOTH_STEPS = 5;
/** Lines that they are read from, at the most. */
const LINES = 512;

const compress = promisify(deflateRaw);

/** Why a picture can hold no noise: whatever looks like it is a pattern, or there is nothing that looks like it. */
export type NoRoom = 'pattern' | 'smooth';

/** @returns null where the picture may hold noise */
export async function holdsNoNoise(
  picture: Picture,
  sliced: <T>(steps: Generator<void, T>) => Promise<T>,
): Promise<NoRoom | null> {
  if (await sliced(hasFewValues(picture))) return 'pattern';
  if (picture.source.sampleType === 'float32') return null;
  const bits = async (squares: number, level: number): Promise<number> => {
    const { bytes, count, clipped } = await sliced(takeSample(picture, squares));
    const packed = await compress(bytes, { level });
    return bitsPerFreeSample((8 * packed.length) / count, clipped / count);
  };
  if ((await bits(FIRST_SQUARES, 1)) >= PLENTY_BITS) return null;
  if ((await bits(SQUARES, 6)) >= LEAST_BITS) return null;
  return (await sliced(stepsOf(picture))) < SMOOTH_STEPS ? 'smooth' : 'pattern';
}

/**
 * Samples at black and white say nothing but that they are: noise is cut off there. What is left of the bits is
 * for the others.
 * @param clipped share of the samples, 0–1
 */
export function bitsPerFreeSample(bits: number, clipped: number): number {
  if (clipped <= 0) return bits;
  if (clipped >= 1) return 0;
  const told = -clipped * Math.log2(clipped) - (1 - clipped) * Math.log2(1 - clipped);
  return Math.max(0, bits - told) / (1 - clipped);
}

/**
 * At most so many values, with gaps between them: noise fills the values between. Of a scan two values only: a weak
 * source is counted in few steps, and they are noise.
 */
function* hasFewValues(picture: Picture): Generator<void, boolean> {
  const { source, tones, range, scan } = picture;
  const { data, channels, width, height } = source;
  const most = scan
    ? 2
    : Math.min(tones === 1 ? FEW_TONES : FEW_COLOURS, (width * height) / PIXELS_PER_VALUE);
  const values = new Set<number>();
  const greens = new Set<number>();
  const line = width * channels;
  let [low, high, last] = [Infinity, -Infinity, NaN];
  for (let row = 0; row < height; row++) {
    yield;
    for (let at = row * line; at < (row + 1) * line; at += channels) {
      let value = data[at]!;
      for (let c = 1; c < tones; c++) value = 65_537 * value + data[at + c]!;
      if (value === last) continue;
      last = value;
      values.add(value);
      if (values.size > most) return false;
      if (tones === 3) greens.add(data[at + 1]!);
      for (let c = 0; c < tones; c++) {
        low = Math.min(low, data[at + c]!);
        high = Math.max(high, data[at + c]!);
      }
    }
  }
  if (scan) return true;
  const isToned = tones === 3 && greens.size > FEW_TONES && values.size < TONED * greens.size;
  if (isToned) return false;
  const spread = (255 * (high - low)) / (range.high - range.low);
  return tones === 3 ? spread >= SPREAD : spread >= APART * (values.size - 1);
}

/**
 * Root mean square of the steps from pixel to pixel along lines spread over the picture, of one tone or green; 8-bit levels over the
 * range. In steps of a line each.
 */
function* stepsOf({ source, tones, range }: Picture): Generator<void, number> {
  const { data, width, height, channels } = source;
  const apart = Math.ceil(height / LINES);
  let [sum, count] = [0, 0];
  for (let row = 0; row < height; row += apart) {
    yield;
    const from = row * width * channels + (tones === 3 ? 1 : 0);
    for (let at = from + channels; at < from + width * channels; at += channels)
      sum += (data[at]! - data[at - channels]!) ** 2;
    count += width - 1;
  }
  return count === 0 ? 0 : (255 * Math.sqrt(sum / count)) / (range.high - range.low);
}

interface Sample {
  /** Samples of one or two bytes, colours of a pixel side by side. */
  readonly bytes: Uint8Array;
  /** Samples, and those of them that are black or white. */
  readonly count: number;
  readonly clipped: number;
}

/** So many squares at the most, spread evenly over the picture, in steps of a square each; all of a small picture. */
function* takeSample({ source, tones, range }: Picture, squares: number): Generator<void, Sample> {
  const { data, width, height, channels, sampleType } = source;
  const [low, high, black, white] = limitsOf(range, sampleType);
  const columns = Math.ceil(width / SIDE);
  const rows = Math.ceil(height / SIDE);
  const step = Math.max(1, Math.ceil((columns * rows) / squares));
  const most = Math.ceil((columns * rows) / step) * SIDE ** 2 * tones;
  const values = sampleType === 'uint8' ? new Uint8Array(most) : new Uint16Array(most);
  let [count, clipped] = [0, 0];
  for (let square = 0; square < columns * rows; square += step) {
    yield;
    const left = SIDE * (square % columns);
    const top = SIDE * Math.floor(square / columns);
    for (let y = top; y < Math.min(height, top + SIDE); y++)
      for (let x = left; x < Math.min(width, left + SIDE); x++)
        for (let c = 0, at = (y * width + x) * channels; c < tones; c++) {
          const value = data[at + c]!;
          values[count++] = value;
          if (value === black || value === white || value === low || value === high) clipped++;
        }
  }
  const bytes = new Uint8Array(values.buffer, 0, count * values.BYTES_PER_ELEMENT);
  return { bytes, count, clipped };
}
