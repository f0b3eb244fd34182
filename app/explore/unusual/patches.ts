/**
 * A picture as rows of numbers, one for each cell of 16 × 16 pixels: energies (`energies.ts`) and activations of a network (`activations.ts`). The
 * picture's own lightness and contrast are taken away first: exposure differs more between good pictures than a crack does.
 */
import type { Plane } from '../plane.ts';
import { ACTIVATIONS, type Activations } from './activations.ts';
import { CELL, ENERGIES, energiesOf } from './energies.ts';

/** Longest side that is looked at, pixels. */
export const FEATURE_SIDE = 768;
/** Numbers of a row. */
export const FEATURES = ACTIVATIONS + ENERGIES;
/** Raised whenever the same picture gives other numbers: what was learnt by an older one is not used. */
export const FEATURES_VERSION = 1;

/**
 * The two kinds of numbers in a row. Each is compared by itself: activations show what is unlike in one place (on tiles and on solar cells their
 * farthest cells told more than anything else), energies what is a little unlike everywhere.
 */
export const KINDS = {
  local: { first: 0, count: ACTIVATIONS },
  diffuse: { first: ACTIVATIONS, count: ENERGIES },
} as const;

/** Below it a number is as good as nothing: the logarithm ends there. */
const FLOOR = 1e-3;

export interface Patches {
  readonly columns: number;
  readonly rows: number;
  /** [rows × columns, FEATURES] */
  readonly data: Float32Array;
}

/** @param plane longest side at most FEATURE_SIDE */
export async function patchesOf(plane: Plane, activations: Activations): Promise<Patches> {
  const whole = wholeCells(evened(plane));
  const [columns, rows] = [whole.width / CELL, whole.height / CELL];
  const seen = await activations.of(whole);
  const energies = energiesOf(whole);
  const joined = new Float32Array(columns * rows * FEATURES);
  for (let cell = 0; cell < columns * rows; cell++) {
    joined.set(seen.subarray(cell * ACTIVATIONS, (cell + 1) * ACTIVATIONS), cell * FEATURES);
    joined.set(
      energies.subarray(cell * ENERGIES, (cell + 1) * ENERGIES),
      cell * FEATURES + ACTIVATIONS,
    );
  }
  for (let at = 0; at < joined.length; at++) joined[at] = Math.log(FLOOR + joined[at]!);
  return { columns, rows, data: withNeighbours(joined, columns, rows) };
}

/** Of mean 0 and deviation 1; of one value only: all 0. */
function evened({ width, height, data }: Plane): Plane {
  let [sum, squares] = [0, 0];
  for (const value of data) sum += value;
  const mean = sum / data.length;
  for (const value of data) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / data.length);
  // Half a level of 8 bits: below it there is nothing but rounding.
  const scale = deviation < 0.5 / 255 ? 0 : 1 / deviation;
  return { width, height, data: data.map((value) => (value - mean) * scale) };
}

/** Mirrored beyond its right and lower border up to whole cells. */
function wholeCells({ width, height, data }: Plane): Plane {
  const [wide, high] = [width, height].map((side) => Math.ceil(side / CELL) * CELL) as [
    number,
    number,
  ];
  if (wide === width && high === height) return { width, height, data };
  const out = new Float32Array(wide * high);
  const mirrored = (at: number, side: number): number =>
    at < side ? at : Math.max(0, 2 * side - 1 - at);
  for (let y = 0; y < high; y++)
    for (let x = 0; x < wide; x++)
      out[y * wide + x] = data[mirrored(y, height) * width + mirrored(x, width)]!;
  return { width: wide, height: high, data: out };
}

/** Means over each cell and those around it; at a border its cells count twice. */
function withNeighbours(data: Float32Array, columns: number, rows: number): Float32Array {
  const out = new Float32Array(data.length);
  const clamp = (at: number, count: number): number => Math.min(count - 1, Math.max(0, at));
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const to = (y * columns + x) * FEATURES;
      for (let dy = -1; dy <= 1; dy++)
        for (let dx = -1; dx <= 1; dx++) {
          const from = (clamp(y + dy, rows) * columns + clamp(x + dx, columns)) * FEATURES;
          for (let i = 0; i < FEATURES; i++) out[to + i]! += data[from + i]! / 9;
        }
    }
  return out;
}
