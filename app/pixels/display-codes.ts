/**
 * Tiles of 16 bits: pictures of one tone keep their depth on the way to the page, which looks levels up in
 * a table, so that another window needs no tile again. Which values are black and white at first is
 * `display-range.ts`; tiles of 8 bits are `display.ts`.
 */
import {
  firstRange,
  type Rect,
  type Scale,
  type TileCodes,
  type ValueRange,
} from '../contract/index.ts';
import type { Described } from './content.ts';
import { canHaveRange } from './display-range.ts';
import { sampleStride } from './percentiles.ts';
import { minValue, type Raster } from './raster.ts';

/** Codes for one level of the first window: 32,640 to 2,040 from black to white. */
const MOST_PER_LEVEL = 128;
const LEAST_PER_LEVEL = 8;
const LAST_CODE = 65_535;

export interface TileCoding extends TileCodes {
  /** Codes of a region, width × height, row-major. */
  encode(raster: Raster, rect: Rect): Uint16Array;
}

/**
 * Decides once per image. Only scans that are stored in one channel can be windowed; null: all others, whose tiles
 * are RGBA8.
 * @param scale as the screen uses it, see `displayScale`
 */
export function tileCoding(image: Described, scale: Scale): TileCoding | null {
  const { raster } = image;
  if (!canHaveRange(image) || raster.channels !== 1) return null;
  if (raster.sampleType === 'float32') return floatCodes(firstRange(scale), extent(raster));
  const origin = minValue(raster.sampleType);
  return { origin, step: 1, encode: (pixels, rect) => cutIntegers(pixels, rect, origin) };
}

/**
 * Codes of floats. Their bins begin where levels of the first window begin, a power of two of them in each
 * level, and a code stands for the middle of its bin: the table of that window gives exactly the levels of
 * an 8-bit tile. As fine as leaves room for every value of the picture; what lies further out than 32
 * times the window in all is clipped, as is what a layer adds beyond the picture's own values. Code 0 is left to
 * what is no number.
 */
function floatCodes(shown: ValueRange, values: ValueRange): TileCoding {
  const { low, high } = shown;
  const scale = 255 / (high - low);
  /** As `levelInRange` counts levels, before they are cut to whole ones. */
  const position = (value: number): number => (value - low) * scale + 0.5;
  /** Levels of the first window that lie below its first, and from there up. */
  const ends = [position(values.low), position(values.high)];
  const below = Math.max(0, -Math.min(...ends));
  const above = Math.max(256, ...ends);
  let perLevel = MOST_PER_LEVEL;
  while (perLevel > LEAST_PER_LEVEL && (below + above) * perLevel > LAST_CODE - 2) perLevel /= 2;
  const room = (LAST_CODE - 2) / perLevel;
  const first = Math.floor(-Math.min(below, Math.max(room / 2, room - above)) * perLevel);
  const code = (value: number): number => {
    const at = Math.floor(position(value) * perLevel) - first + 1;
    return at >= LAST_CODE ? LAST_CODE : at > 0 ? at : 0;
  };
  const step = 1 / (scale * perLevel);
  const origin = low + ((first - 1 + 0.5) / perLevel - 0.5) / scale;
  return { origin, step, encode: (pixels, rect) => cut(pixels, rect, code) };
}

function cut(raster: Raster, rect: Rect, code: (value: number) => number): Uint16Array {
  const { data, width } = raster;
  const out = new Uint16Array(rect.width * rect.height);
  let to = 0;
  for (let y = rect.y; y < rect.y + rect.height; y++) {
    const from = y * width + rect.x;
    for (let x = from; x < from + rect.width; x++) out[to++] = code(data[x]!);
  }
  return out;
}

/** Of 16 bits: what is stored, counted from `origin`. Scrolling through slices is mostly this, so rows are copied where that is all. */
function cutIntegers({ data, width }: Raster, rect: Rect, origin: number): Uint16Array {
  const out = new Uint16Array(rect.width * rect.height);
  for (let y = 0, to = 0; y < rect.height; y++, to += rect.width) {
    const from = (rect.y + y) * width + rect.x;
    if (origin === 0) out.set(data.subarray(from, from + rect.width), to);
    else for (let x = 0; x < rect.width; x++) out[to + x] = data[from + x]! - origin;
  }
  return out;
}

/** Least and largest finite value among as many as set the first window; 0 where there is none. */
function extent(raster: Raster): ValueRange {
  const { data } = raster;
  const stride = sampleStride(raster);
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at < data.length; at += stride) {
    const value = data[at]!;
    if (value < low && value !== -Infinity) low = value;
    if (value > high && value !== Infinity) high = value;
  }
  return low > high ? { low: 0, high: 0 } : { low, high };
}
