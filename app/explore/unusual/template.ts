/**
 * Laid-out things (printed circuits, labels, forms): a picture beside good ones that are near copies of it. Each is laid on it, and what is
 * darker or lighter than everything in a small window of all of them is a difference. Textures are no case for it, nor is it for them.
 */
import { squared, type Plane } from '../plane.ts';
import { smoothed } from './energies.ts';

/** Longest side that is looked at, pixels. */
export const TEMPLATE_SIDE = 1024;
/** Of the window in which an edge may lie elsewhere, pixels. */
const WINDOW = 5;
/** Differences are blurred by it, pixels: single ones are noise. */
const BLUR = 2;
/** The difference, of the range from black to white, that is 1 on the map. */
const UNIT = 0.1;

/** From a place in one picture to the same in another, shares of their sides: turned and made larger around the middle, then moved. */
export interface Warp {
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  readonly scale: number;
}

const SAME: Warp = { x: 0, y: 0, angle: 0, scale: 1 };
/** Farthest that a picture may be moved: first tries at the smallest size, in steps. */
const MOVES = [-0.06, -0.04, -0.02, 0, 0.02, 0.04, 0.06];
/** Sides of the squares on which pictures are laid on each other, and the changes that are tried there. */
const LEVELS = [
  { side: 32, steps: [0.02, 0.01] },
  { side: 128, steps: [0.006, 0.003] },
  { side: 512, steps: [0.0015, 0.0007, 0.0004] },
] as const;
const SAMPLES = 64;
const MOST_ROUNDS = 12;

/** @returns how the good picture lies below the other one */
export function aligned(picture: Plane, good: Plane): Warp {
  let here = SAME;
  for (const { side, steps } of LEVELS) {
    const one = softened(picture, side);
    const other = softened(good, side);
    const wanted = sampled(one, side);
    let best = fit(wanted, other, side, here);
    const tries = (warps: readonly Warp[]): void => {
      for (const warp of warps) {
        const found = fit(wanted, other, side, warp);
        if (found > best + 1e-9) [best, here] = [found, warp];
      }
    };
    if (side === LEVELS[0].side) tries(MOVES.flatMap((x) => MOVES.map((y) => ({ ...SAME, x, y }))));
    for (const step of steps)
      for (let round = 0; round < MOST_ROUNDS; round++) {
        const before = best;
        tries(around(here, step));
        if (best === before) break;
      }
  }
  return here;
}

const around = (warp: Warp, step: number): readonly Warp[] =>
  [step, -step].flatMap((by) => [
    { ...warp, x: warp.x + by },
    { ...warp, y: warp.y + by },
    { ...warp, angle: warp.angle + 2 * by },
    { ...warp, scale: warp.scale * (1 + 2 * by) },
  ]);

/** A square without what is large in it: light that falls from one side says nothing of where things lie. */
function softened(plane: Plane, side: number): Float32Array {
  const small = { width: side, height: side, data: squared(plane, side) };
  const { data } = smoothed(small, 1);
  const { data: around } = smoothed(small, Math.max(2, side / 16));
  return data.map((value, at) => value - around[at]!);
}

const placeOf = (at: number): number => (at + 0.5) / SAMPLES;

function sampled(data: Float32Array, side: number): Float32Array {
  const out = new Float32Array(SAMPLES * SAMPLES);
  for (let row = 0; row < SAMPLES; row++)
    for (let column = 0; column < SAMPLES; column++)
      out[row * SAMPLES + column] = between(
        data,
        side,
        placeOf(column) * side - 0.5,
        placeOf(row) * side - 0.5,
      );
  return out;
}

/** Correlation of samples with those of another picture below them. */
function fit(wanted: Float32Array, data: Float32Array, side: number, warp: Warp): number {
  const [cos, sin] = [warp.scale * Math.cos(warp.angle), warp.scale * Math.sin(warp.angle)];
  let [sum, squares, other, others, product] = [0, 0, 0, 0, 0];
  let count = 0;
  for (let row = 0; row < SAMPLES; row++)
    for (let column = 0; column < SAMPLES; column++) {
      const [u, v] = [placeOf(column) - 0.5, placeOf(row) - 0.5];
      const x = (0.5 + u * cos - v * sin + warp.x) * side - 0.5;
      const y = (0.5 + u * sin + v * cos + warp.y) * side - 0.5;
      if (x < 0 || y < 0 || x > side - 1 || y > side - 1) continue;
      const here = between(data, side, x, y);
      const there = wanted[row * SAMPLES + column]!;
      count++;
      sum += here;
      squares += here * here;
      other += there;
      others += there * there;
      product += here * there;
    }
  const spread = (squares - (sum * sum) / count) * (others - (other * other) / count);
  return spread > 0 ? (product - (sum * other) / count) / Math.sqrt(spread) : 0;
}

/** Between four samples of a square. */
function between(data: Float32Array, side: number, x: number, y: number): number {
  const [inX, inY] = [Math.min(side - 1, Math.max(0, x)), Math.min(side - 1, Math.max(0, y))];
  const left = Math.min(side - 2, Math.floor(inX));
  const top = Math.min(side - 2, Math.floor(inY));
  const [s, t] = [inX - left, inY - top];
  const from = top * side + left;
  return (
    (1 - t) * ((1 - s) * data[from]! + s * data[from + 1]!) +
    t * ((1 - s) * data[from + side]! + s * data[from + side + 1]!)
  );
}

/**
 * Where a picture differs from all good ones, in units of a tenth of the range: 1 is a difference worth naming. Where no good one reaches, there is
 * none.
 * @param goods near copies of it, at least one
 */
export function differences(picture: Plane, goods: readonly Plane[]): Plane {
  const { width, height, data } = picture;
  const low = new Float32Array(data.length).fill(Infinity);
  const high = new Float32Array(data.length).fill(-Infinity);
  for (const good of goods) {
    const warp = aligned(picture, good);
    const least = within(good, Math.min);
    const most = within(good, Math.max);
    const lit = light(picture, good);
    const [cos, sin] = [warp.scale * Math.cos(warp.angle), warp.scale * Math.sin(warp.angle)];
    for (let y = 0, at = 0; y < height; y++)
      for (let x = 0; x < width; x++, at++) {
        const [u, v] = [(x + 0.5) / width - 0.5, (y + 0.5) / height - 0.5];
        const column = Math.floor((0.5 + u * cos - v * sin + warp.x) * good.width);
        const row = Math.floor((0.5 + u * sin + v * cos + warp.y) * good.height);
        if (column < 0 || row < 0 || column >= good.width || row >= good.height) continue;
        const from = row * good.width + column;
        low[at] = Math.min(low[at]!, lit(least[from]!));
        high[at] = Math.max(high[at]!, lit(most[from]!));
      }
  }
  const beyond = new Float32Array(data.length);
  for (let at = 0; at < data.length; at++)
    if (low[at]! <= high[at]!)
      beyond[at] = Math.max(0, data[at]! - high[at]!, low[at]! - data[at]!) / UNIT;
  return smoothed({ width, height, data: beyond }, BLUR);
}

/** Brings the values of a good picture to the light of another. */
function light(picture: Plane, good: Plane): (value: number) => number {
  const [to, from] = [momentsOf(picture), momentsOf(good)];
  const gain = from.deviation > 0 ? to.deviation / from.deviation : 1;
  // Farther apart it is not the light that differs.
  const kept = Math.min(1.5, Math.max(1 / 1.5, gain));
  return (value) => (value - from.mean) * kept + to.mean;
}

function momentsOf({ data }: Plane): { mean: number; deviation: number } {
  let [sum, squares] = [0, 0];
  for (const value of data) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / data.length;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / data.length - mean * mean)) };
}

/** The least or the most in a window around each pixel. */
function within(
  { width, height, data }: Plane,
  of: (a: number, b: number) => number,
): Float32Array {
  const reach = WINDOW >> 1;
  const rows = new Float32Array(data.length);
  const out = new Float32Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let value = data[y * width + x]!;
      for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++)
        value = of(value, data[y * width + u]!);
      rows[y * width + x] = value;
    }
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let value = rows[y * width + x]!;
      for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++)
        value = of(value, rows[v * width + x]!);
      out[y * width + x] = value;
    }
  return out;
}
