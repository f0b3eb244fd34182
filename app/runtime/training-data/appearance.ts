/**
 * What a picture is like as a whole, in a few numbers: how bright, how much contrast, how busy at three sizes, how it lies in its frame. Plain arithmetic on
 * a small version of it, no network: it costs the same for any picture, and any network can say what it was trained on in the same numbers (`saw.ts`).
 */
import type { Rect } from '../../contract/index.ts';
import { halved } from '../../pixels/halved.ts';
import { LUMA } from '../../pixels/luma.ts';
import type { Samples } from '../../pixels/raster.ts';

/** Pixels, and which of their values are 0 and 1 to who looks at them. */
export interface Looked {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Samples | Uint8ClampedArray;
  /** 3: the first three channels are red, green and blue. */
  readonly tones: 1 | 3;
  readonly low: number;
  readonly high: number;
  /** What a frame surrounds, pixels; absent: all of it is looked at. */
  readonly within?: Rect | null;
}

/** Longest side of the small version, pixels. */
const SIDE = 128;
/** Along each side of what becomes one of its pixels at most so many are looked at: large pictures take no longer. */
const LOOKS = 3;
/** Below so many pixels along a side nothing is told apart: a crop looks like no picture. */
const LEAST = 96;

/** In the order of `Appearance.numbers`. */
export const numberNames = [
  'brightness',
  'contrast',
  'dark',
  'light',
  'skewness',
  'entropy',
  'middle',
  'rim',
  'flat',
  'upright',
  'busy',
  'edges',
  'busyHalf',
  'edgesHalf',
  'busyQuarter',
  'edgesQuarter',
] as const;
export type NumberName = (typeof numberNames)[number];

/** Of `numberNames`; shares, deviations and gradients as logarithms. */
export type Appearance = readonly number[];

interface Small {
  readonly width: number;
  readonly height: number;
  /** Row by row, units of the range. */
  readonly gray: Float32Array;
  /** How many pixels each is the mean of. */
  readonly looks: number;
}

/**
 * @param noise standard deviation of white noise that each pixel of the picture is given first, units; what a network learns from is seen so
 * @param draw standard normal
 * @returns null: the picture is too small to be told apart
 */
export function appearanceOf(
  looked: Looked,
  noise = 0,
  draw: () => number = () => 0,
): Appearance | null {
  const { width, height } = looked.within ?? looked;
  if (Math.min(width, height) < LEAST) return null;
  const small = smallOf(looked);
  if (noise > 0) {
    const left = noise / Math.sqrt(small.looks);
    for (let at = 0; at < small.gray.length; at++) small.gray[at]! += left * draw();
  }
  return numbersOf(small);
}

const [RED, GREEN, BLUE] = LUMA;

function smallOf({ channels, data, tones, low, high, ...looked }: Looked): Small {
  const { x: left, y: top, width, height } = looked.within ?? { x: 0, y: 0, ...looked };
  const cell = Math.max(1, Math.max(width, height) / SIDE);
  const across = Math.max(1, Math.round(width / cell));
  const down = Math.max(1, Math.round(height / cell));
  const looks = Math.min(LOOKS, Math.ceil(cell));
  const gray = new Float32Array(across * down);
  const scale = 1 / (high - low);
  const columns = places(width, across, looks);
  const rows = places(height, down, looks);
  for (let y = 0; y < down; y++)
    for (let x = 0; x < across; x++) {
      let sum = 0;
      for (let v = 0; v < looks; v++)
        for (let u = 0; u < looks; u++) {
          const at =
            ((top + rows[y * looks + v]!) * looked.width + left + columns[x * looks + u]!) *
            channels;
          const first = finite((data[at]! - low) * scale);
          if (tones === 1) sum += first;
          else {
            const green = finite((data[at + 1]! - low) * scale);
            const blue = finite((data[at + 2]! - low) * scale);
            sum += RED * first + GREEN * green + BLUE * blue;
          }
        }
      gray[y * across + x] = sum / looks ** 2;
    }
  return { width: across, height: down, gray, looks: looks ** 2 };
}

const finite = (value: number): number => (Number.isFinite(value) ? value : 0);

/** Which pixels of a line are looked at, `looks` for each of `parts`. */
const places = (pixels: number, parts: number, looks: number): Int32Array =>
  Int32Array.from({ length: parts * looks }, (_, at) =>
    Math.min(pixels - 1, Math.floor(((at + 0.5) * pixels) / (parts * looks))),
  );

/** A share as what differs evenly: a hundredth more is much of little. */
const evened = (share: number): number => Math.log(0.01 + share);

const BINS = 64;

function numbersOf({ width, height, gray }: Small): number[] {
  const count = gray.length;
  const bins = new Float64Array(BINS);
  let [sum, dark, light] = [0, 0, 0];
  for (const value of gray) {
    sum += value;
    if (value <= 0.02) dark++;
    if (value >= 0.98) light++;
    bins[Math.max(0, Math.min(BINS - 1, Math.floor(value * BINS)))]!++;
  }
  const mean = sum / count;
  let [squares, cubes] = [0, 0];
  for (const value of gray) {
    squares += (value - mean) ** 2;
    cubes += (value - mean) ** 3;
  }
  const deviation = Math.sqrt(squares / count);
  let entropy = 0;
  for (const bin of bins) if (bin > 0) entropy -= (bin / count) * Math.log2(bin / count);
  const { middle, rim } = frameOf(gray, width, height);
  const [whole, half, quarter] = gradients(gray, width, height);
  return [
    mean,
    Math.log(0.01 + deviation),
    evened(dark / count),
    evened(light / count),
    Math.cbrt(cubes / count) / (0.01 + deviation),
    entropy,
    middle - mean,
    Math.log(0.01 + rim),
    evened(whole!.flat),
    whole!.upright,
    ...[whole!, half!, quarter!].flatMap(({ busy, edges }) => [busy, edges]),
  ];
}

/** Mean of the inner half, and deviation of an eighth along the rim: what was scanned lies in the middle of nothing. */
function frameOf(gray: Float32Array, width: number, height: number) {
  let [inner, innerCount, outer, squares, outerCount] = [0, 0, 0, 0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = gray[y * width + x]!;
      const away = Math.min(
        Math.min(x + 0.5, width - x - 0.5) / width,
        Math.min(y + 0.5, height - y - 0.5) / height,
      );
      if (away >= 0.25) {
        inner += value;
        innerCount++;
      } else if (away < 0.0625) {
        outer += value;
        squares += value ** 2;
        outerCount++;
      }
    }
  const mean = outer / Math.max(1, outerCount);
  return {
    middle: inner / Math.max(1, innerCount),
    rim: Math.sqrt(Math.max(0, squares / Math.max(1, outerCount) - mean ** 2)),
  };
}

interface Gradients {
  /** Share of pixels that are as their neighbours are. */
  readonly flat: number;
  /** Share of all change that goes straight across or down, as in screenshots and circuits; none of none. */
  readonly upright: number;
  /** Mean change, a logarithm. */
  readonly busy: number;
  /** How much of it few places have: root mean square over mean, a logarithm. */
  readonly edges: number;
}

/** As it is, and its halves. */
function gradients(gray: Float32Array, width: number, height: number): readonly Gradients[] {
  const out: Gradients[] = [];
  let [plane, across, down] = [gray, width, height];
  for (let size = 0; size < 3; size++) {
    if (size > 0) [plane, across, down] = [halved(plane, across, down), across >> 1, down >> 1];
    let [sum, squares, flat, upright] = [0, 0, 0, 0];
    for (let y = 0; y + 1 < down; y++)
      for (let x = 0, at = y * across; x + 1 < across; x++, at++) {
        const dx = Math.abs(plane[at + 1]! - plane[at]!);
        const dy = Math.abs(plane[at + across]! - plane[at]!);
        const change = Math.hypot(dx, dy);
        sum += change;
        squares += change ** 2;
        if (change < 1 / 1024) flat++;
        if (Math.min(dx, dy) < 0.1 * Math.max(dx, dy)) upright += change;
      }
    const count = Math.max(1, (across - 1) * (down - 1));
    const mean = sum / count;
    out.push({
      flat: flat / count,
      upright: sum > 0 ? upright / sum : 0,
      busy: Math.log(1e-3 + mean),
      edges: mean > 0 ? Math.log(Math.sqrt(squares / count) / mean) : 0,
    });
  }
  return out;
}
