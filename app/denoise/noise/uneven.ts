/**
 * Noise that a reconstruction has left: that of CT. It is smooth, because the kernel takes its high
 * frequencies, and it differs over a slice by a factor of two and more: rays through much bone are starved.
 * One level for all of it cleans one place too much and another too little.
 *
 * How much there is in all, a network reads (`learned.ts`). How it is spread is read from the little that is
 * left of its high frequencies, where the picture itself has next to nothing: the median of absolute second
 * differences in each cell (the operator of Immerkær, "Fast noise variance estimation", CVIU 1996, equation 1,
 * with a median in place of the mean), made smooth by a median over cells. On simulated low-dose CT the
 * denoiser does as well with it as with the true spread, within 0.05 dB (models/recipes/README.md).
 */
import { foldIndex } from '../../runtime/index.ts';
import { blurCells, type LevelGrid } from '../level-grid.ts';
import type { Picture } from '../picture.ts';
import { isSlice } from '../range.ts';

/** Side of a cell, pixels: 196 second differences in each. */
const CELL = 16;
/** Median absolute value of a standard normal variable. */
export const MEDIAN_OF_NORMAL = 0.6745;
/** Cells on each side of one whose median it gets: edges of bone are three to five cells wide. */
const REACH = 3;
/** Of the smoothing that follows, cells. */
const BLUR = { sigma: 1.5, reach: 5 };
/** Furthest from the mean, as a factor. */
const MOST = 3;
/**
 * Less than this share of a level is high-frequency: the noise is a reconstruction's. White noise has 0.95
 * to 1.3, Rician 0.97 to 1.04, simulated CT 0.09 to 0.13.
 */
const RECONSTRUCTED = 0.5;

export interface Unevenness {
  /** Image-wide level of the second differences, that of white noise that would have them; 8-bit levels. */
  readonly fine: number;
  /** Local level as a multiple of the image's. */
  readonly grid: LevelGrid;
}

/** True where the noise is a reconstruction's, so that its spread must be told to the denoiser. */
export const isReconstructed = ({ fine }: Unevenness, level: number): boolean =>
  fine < RECONSTRUCTED * level;

const known = new WeakMap<Picture['source'], Unevenness | null>();

/** As `measureUnevenness`, once for all who ask about the same pixels. */
export function* unevennessSteps(picture: Picture): Generator<void, Unevenness | null> {
  const { source } = picture;
  let found = known.get(source);
  if (found === undefined) known.set(source, (found = yield* measureUnevenness(picture)));
  return found;
}

/** The same at once, where somebody has taken the steps already. */
export function unevennessOf(picture: Picture): Unevenness | null {
  const steps = unevennessSteps(picture);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * How the noise of a scan is spread, in steps: 16 megapixels take a second.
 * @param picture of one tone, without alpha
 * @returns null for pictures that are no slices (`isSlice`), or have not a cell with anything in it
 */
function* measureUnevenness(picture: Picture): Generator<void, Unevenness | null> {
  const { source, range } = picture;
  if (source.hasAlpha || !isSlice(picture)) return null;
  const columns = Math.floor(source.width / CELL);
  const rows = Math.floor(source.height / CELL);
  if (columns === 0 || rows === 0) return null;
  const medians = yield* cellMedians(source, columns, rows);
  const kept = { columns, rows, values: logarithms(medians) };
  const mean = meanOf(kept.values);
  if (!Number.isFinite(mean)) return null;
  // Cells of padding take part in nothing, and are told the mean.
  const filled = medianFiltered(kept).map((value) => (Number.isNaN(value) ? mean : value));
  const smooth = blurCells(filled, columns, rows, BLUR, foldIndex);
  const centre = meanOf(smooth.filter((_, i) => medians[i]! > 0));
  const limit = Math.log(MOST);
  const values = smooth.map((value) => Math.exp(Math.max(-limit, Math.min(limit, value - centre))));
  return {
    fine: (255 * Math.exp(mean)) / MEDIAN_OF_NORMAL / (range.high - range.low),
    grid: { cell: CELL, columns, rows, values: new Float32Array(values) },
  };
}

/** Of the absolute second differences of each cell, stored values; 0 where most of them are 0: padding. */
function* cellMedians(
  { data, width, channels }: Picture['source'],
  columns: number,
  rows: number,
): Generator<void, Float64Array> {
  const medians = new Float64Array(columns * rows);
  const found = new Float32Array((CELL - 2) ** 2);
  const line = width * channels;
  for (let row = 0; row < rows; row++) {
    yield;
    for (let column = 0; column < columns; column++) {
      let count = 0;
      for (let y = row * CELL + 1; y < row * CELL + CELL - 1; y++)
        for (let x = column * CELL + 1; x < column * CELL + CELL - 1; x++)
          found[count++] = Math.abs(
            secondDifference(data, y * line + x * channels, channels, line),
          );
      found.sort();
      const median = found[count >> 1]!;
      medians[row * columns + column] = Number.isFinite(median) ? median : 0;
    }
  }
  return medians;
}

/** [1 −2 1; −2 4 −2; 1 −2 1] / 6: white noise keeps its standard deviation, planes vanish. */
export function secondDifference(
  data: ArrayLike<number>,
  at: number,
  across: number,
  down: number,
): number {
  const row = (start: number): number =>
    data[start - across]! - 2 * data[start]! + data[start + across]!;
  return (row(at - down) - 2 * row(at) + row(at + down)) / 6;
}

/** NaN for nothing. */
const logarithms = (values: Float64Array): Float64Array =>
  values.map((value) => (value > 0 ? Math.log(value) : NaN));

/** Of the numbers among the values; NaN where there is none. */
function meanOf(values: Float64Array): number {
  const numbers = values.filter((value) => !Number.isNaN(value));
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

interface CellValues {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float64Array;
}

/** The median of the numbers among the neighbours; NaN where all are nothing. */
function medianFiltered({ columns, rows, values }: CellValues): Float64Array {
  const result = new Float64Array(values.length);
  const near = new Float64Array((2 * REACH + 1) ** 2);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let count = 0;
      for (let y = Math.max(0, row - REACH); y <= Math.min(rows - 1, row + REACH); y++)
        for (let x = Math.max(0, column - REACH); x <= Math.min(columns - 1, column + REACH); x++) {
          const value = values[y * columns + x]!;
          if (!Number.isNaN(value)) near[count++] = value;
        }
      // Typed arrays sort numbers without a comparison of ours: ten times faster.
      const sorted = near.subarray(0, count).sort();
      result[row * columns + column] = sorted[count >> 1] ?? NaN;
    }
  return result;
}
