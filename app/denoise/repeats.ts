/**
 * How far a plane repeats itself at small distances, in one window. Halftones, screentone, hatches, weaves and gratings do,
 * noise does not: beyond the three pixels that demosaicking, compression or a reconstruction smear it over, noise has
 * nothing to do with itself. Asked of a picture before it is cleaned (`noise/repeats.ts`) and of what was
 * removed from it (`structure.ts`).
 */
import { FREE_FROM, kernelOf, type Kernel } from './kernel.ts';

/** Side of a window, and how far beyond it is looked, pixels. */
const SIDE = 24;
const REACH = 12;
/** Of the local mean that is taken away. */
const RADIUS = 2;
/** Shorter distances count as smearing. */
const LEAST_DISTANCE = 3.5;

const AREA = SIDE + 2 * REACH;
/** Side of the square of pixels that a window needs. */
export const WINDOW = AREA + 2 * RADIUS;
/** From this correlation on, what varies is mostly a pattern: noise has 0.11 to 0.25. */
export const PATTERN = 0.4;

/** What varies in a window: the plane less its mean over 5 × 5 pixels. */
export interface WindowRepeats {
  /** Largest of its normalised correlations with itself 4 to 12 pixels away, 0–1. */
  readonly correlation: number;
  /** Its mean square, in the plane's unit squared. */
  readonly energy: number;
}

/**
 * @param plane row-major
 * @param start index of the top left pixel of a square of WINDOW × WINDOW pixels that lies within the plane
 * @param width of the plane, pixels
 * @param least energy below which nothing is looked for and the correlation is 0
 */
export function repeatsAt(
  plane: Float32Array,
  start: number,
  width: number,
  least: number,
): WindowRepeats {
  const detail = detailOf(plane, start, width);
  const energyAt = energiesOf(detail);
  const energy = energyAt(0, 0) / SIDE ** 2;
  return { correlation: energy < least ? 0 : largestCorrelation(energyAt), energy };
}

/**
 * How its values lie: E(d⁴) / E(d²)² of what varies in a window, and its mean square. Noise is near the normal distribution, 3; texture and
 * edges have more; where every pixel is one of a few tones, as in dithers and pixel art, it is 1 to 2.5, also after they were stored with
 * loss. Arguments as of `repeatsAt`.
 */
export function tailsAt(
  plane: Float32Array,
  start: number,
  width: number,
): { readonly kurtosis: number; readonly energy: number } {
  const detail = detailOf(plane, start, width);
  let [squares, fourths] = [0, 0];
  for (const value of detail) {
    squares += value ** 2;
    fourths += value ** 4;
  }
  const kurtosis = squares > 0 ? (detail.length * fourths) / squares ** 2 : 0;
  return { kurtosis, energy: squares / detail.length };
}

/** The plane less its mean over a square, [AREA × AREA], row-major; it holds until the next call. */
function detailOf(plane: Float32Array, start: number, width: number): Float32Array {
  const reach = 2 * RADIUS + 1;
  const { detail, columns } = workspace();
  for (let y = 0, i = 0; y < AREA; y++) {
    for (let x = 0; x < WINDOW; x++) {
      let sum = 0;
      for (let v = 0; v < reach; v++) sum += plane[start + (y + v) * width + x]!;
      columns[x] = sum;
    }
    const own = start + (y + RADIUS) * width + RADIUS;
    for (let x = 0; x < AREA; x++, i++) {
      let sum = 0;
      for (let u = x; u < x + reach; u++) sum += columns[u]!;
      detail[i] = plane[own + x]! - sum / reach ** 2;
    }
  }
  return detail;
}

/** Sum of squares of the window so far away, by a summed-area table (Crow, SIGGRAPH 1984). */
function energiesOf(detail: Float32Array): (dx: number, dy: number) => number {
  const line = AREA + 1;
  const { table } = workspace();
  for (let y = 0; y < AREA; y++)
    for (let x = 0, row = 0; x < AREA; x++) {
      row += detail[y * AREA + x]! ** 2;
      table[(y + 1) * line + x + 1] = table[y * line + x + 1]! + row;
    }
  return (dx, dy) => {
    const at = (REACH + dy) * line + REACH + dx;
    const below = at + SIDE * line;
    return Math.max(0, table[below + SIDE]! - table[below]! - table[at + SIDE]! + table[at]!);
  };
}

function largestCorrelation(energyAt: (dx: number, dy: number) => number): number {
  const { correlate, sums } = workspace();
  correlate();
  const own = energyAt(0, 0);
  let most = 0;
  for (let dy = 0; dy <= REACH; dy++)
    for (let dx = -REACH; dx <= REACH; dx++) {
      const sum = sums[dy * DISTANCES + dx + REACH]!;
      // Of the row itself one side is enough.
      if (sum <= 0 || dx * dx + dy * dy < LEAST_DISTANCE ** 2 || (dy === 0 && dx < 0)) continue;
      const other = energyAt(dx, dy);
      if (other > 0) most = Math.max(most, sum / Math.sqrt(own * other));
    }
  return most;
}

/** Distances along a row that the kernel sums in one pass. */
const DISTANCES = 28;

interface Workspace {
  readonly detail: Float32Array;
  /** Sums of the columns of a row's squares. */
  readonly columns: Float64Array;
  /** Summed areas, with a row and a column of zeros before them. */
  readonly table: Float64Array;
  /** Σ of the window × what lies apart, [0 … REACH down][−REACH … to the right]. */
  readonly sums: Float32Array;
  /** From `detail` to `sums`. */
  readonly correlate: () => void;
}

/** `assembly/index.ts`. */
interface Correlations extends Kernel {
  correlate(detail: number, sums: number, side: number, reach: number): void;
}

let made: Workspace | null = null;

/** One for all windows: thousands of them are asked, one after the other. @throws Error when the program was not built */
function workspace(): Workspace {
  if (made) return made;
  const sumsAt = FREE_FROM + 4 * (AREA * AREA + 32);
  const end = sumsAt + 4 * (REACH + 1) * DISTANCES;
  const { memory, correlate } = kernelOf<Correlations>('denoise/repeats.wasm', end);
  return (made = {
    detail: new Float32Array(memory.buffer, FREE_FROM, AREA * AREA),
    columns: new Float64Array(WINDOW),
    table: new Float64Array((AREA + 1) ** 2),
    sums: new Float32Array(memory.buffer, sumsAt, (REACH + 1) * DISTANCES),
    correlate: () => correlate(FREE_FROM, sumsAt, SIDE, REACH),
  });
}
