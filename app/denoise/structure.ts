/**
 * The structure indicator: does what was removed look like noise, or like edges and texture of the
 * picture? A number from 0 to 1 out of sums that tiles add up, so that no order of tiles changes it. Formula, source and
 * measurements: docs/denoising.md.
 *
 * After the "method noise" of Buades, Coll, Morel ("A review of image denoising algorithms, with a
 * new one", SIAM MMS 2005, definition 1): the residual of a good denoiser looks like noise, which is
 * as strong on an edge as beside it. Here: the correlation, over 16 × 16 blocks, between how much
 * structure the source has and how much energy the residual has.
 * - Noise alone would correlate with itself, so the two halves of a checkerboard serve one each; its
 *   squares are 4 × 4 pixels, because noise of cameras is correlated over two or three.
 * - Noise that depends on brightness is no structure: means are taken out per brightness class.
 * - A pattern that is the same everywhere has no places with more of it, so that the correlation misses it: windows in
 *   which the residual repeats itself or has but two values are counted beside it.
 * AntiHalluciNet's residual structure index (Diagnostics 2024, 14(1), 96) has the same purpose and
 * range, and asks a trained network instead.
 */
import { detailGoesAt, type StructureReading } from '../contract/denoise.ts';
import { nextTurn } from '../pixels/turns.ts';
import { PATTERN, repeatsAt, WINDOW } from './repeats.ts';
import { say } from './sentences.ts';

const BLOCK = 16;
/** Side of the checkerboard's squares. */
const CELL = 4;
/** Pixels of one colour of the checkerboard. */
const HALF = (BLOCK * BLOCK) / 2;
const CELLS = (BLOCK / CELL) ** 2;
/** Brightness classes, square-root spaced: noise changes fastest in the shadows. */
const CLASSES = 16;
/** Sums per class: blocks, Σx, Σy, Σx², Σy², Σxy, and Σ of the residual's energy. */
const SUMS = 7;
/**
 * Behind the classes: pixels, Σ residual, Σ residual², windows with something removed, those of them with a pattern, Σ of the
 * source's variance inside squares.
 */
const WHOLE = CLASSES * SUMS;
const WHOLE_SUMS = 6;

/** Between windows that are asked for a pattern, pixels: about 15 ms for a tile of a megapixel. */
const APART = 128;
/** Mean square below which a window shows nothing: that of one level. */
const LEAST_ENERGY = (1 / 255) ** 2;
/** Share of windows with a pattern from which it is told. */
const MOST_PATTERN = 0.5;
/**
 * (skewness² + 1) / kurtosis is 1 of two values, 0.33 of normal noise, up to 0.6 of noise that is cut off at black as long
 * as it is not skewed by more than 1.
 */
const TWO_VALUES = 0.75;
const MOST_SKEW = 1;

/**
 * Noise that was removed was there: squares of the source have more than half of its variance, also where it is smeared over
 * three pixels. Where they have less than this part of it, what was removed stood between them: edges on a grid, of codes and pixel art.
 */
const LEAST_INSIDE = 0.1;

/**
 * Energy added before the logarithm, (half a level of 255)²: variations below it are not visible.
 */
const FLOOR = (0.5 / 255) ** 2;
/**
 * Variance added to those of x and y, in squared natural logarithms. About what 128 samples of pure
 * noise scatter by (2 / 128): a picture without structure then has no index to speak of.
 */
const PRIOR = 2 / HALF;

/** Rows of blocks that are added in one turn of the engine's thread. */
const TURN_ROWS = 16;

export type StructureSums = Float64Array;

export const createStructureSums = (): StructureSums => new Float64Array(WHOLE + WHOLE_SUMS);

/**
 * Adds one tile, block by block; what is left over at its right and bottom edge counts for how much was removed only.
 * @param source luma of the source, white = 1, row-major
 * @param residual luma of source − result, same layout
 * @param ground 1: a pixel of constant ground, same layout (`ground.ts`); blocks with any of it have neither noise nor a residual,
 *   and do not count
 */
export async function addStructure(
  sums: StructureSums,
  source: Float32Array,
  residual: Float32Array,
  width: number,
  height: number,
  ground: Uint8Array | null = null,
): Promise<void> {
  await addWhole(sums, residual, width, height);
  for (let top = 0; top + BLOCK <= height; top += BLOCK) {
    if (top % (TURN_ROWS * BLOCK) === 0) await nextTurn();
    for (let left = 0; left + BLOCK <= width; left += BLOCK) {
      if (ground && holdsAny(ground, width, left, top)) continue;
      let bright = 0;
      let scatter = 0;
      let r = 0;
      let rr = 0;
      for (let cell = 0; cell < CELLS; cell++) {
        const y = top + (cell >> 2) * CELL;
        const x = left + (cell & 3) * CELL;
        if ((((cell >> 2) ^ cell) & 1) === 0) scatter += cellScatter(source, width, x, y);
        else
          for (let v = y; v < y + CELL; v++)
            for (let at = v * width + x; at < v * width + x + CELL; at++) {
              const removed = residual[at]!;
              r += removed;
              rr += removed * removed;
              bright += source[at]! - removed;
            }
      }
      // Energy about the block's mean: a mere change of brightness does not count.
      const structure = Math.log(scatter / HALF + FLOOR);
      const energy = Math.max(0, rr / HALF - (r / HALF) ** 2);
      const removed = Math.log(energy + FLOOR);
      const level = Math.sqrt(Math.min(1, Math.max(0, bright / HALF)));
      const at = Math.min(CLASSES - 1, Math.floor(level * CLASSES)) * SUMS;
      sums[at]! += 1;
      sums[at + 1]! += structure;
      sums[at + 2]! += removed;
      sums[at + 3]! += structure * structure;
      sums[at + 4]! += removed * removed;
      sums[at + 5]! += structure * removed;
      sums[at + 6]! += energy;
      sums[WHOLE + 5]! += scatter / HALF;
    }
  }
}

function holdsAny(ground: Uint8Array, width: number, left: number, top: number): boolean {
  for (let y = top; y < top + BLOCK; y++)
    if (ground.subarray(y * width + left, y * width + left + BLOCK).includes(1)) return true;
  return false;
}

/** How much was removed in all, and in how many places it is a pattern. */
async function addWhole(
  sums: StructureSums,
  residual: Float32Array,
  width: number,
  height: number,
): Promise<void> {
  addTotals(sums, residual.subarray(0, width * height));
  for (let top = 0; top + WINDOW <= height; top += APART) {
    await nextTurn();
    for (let left = 0; left + WINDOW <= width; left += APART) {
      const start = top * width + left;
      const { correlation, energy } = repeatsAt(residual, start, width, LEAST_ENERGY);
      if (energy < LEAST_ENERGY) continue;
      sums[WHOLE + 3]! += 1;
      if (correlation >= PATTERN || hasTwoValues(residual, start, width)) sums[WHOLE + 4]! += 1;
    }
  }
}

function addTotals(sums: StructureSums, residual: Float32Array): void {
  let [first, second] = [0, 0];
  for (let at = 0; at < residual.length; at++) {
    const removed = residual[at]!;
    first += removed;
    second += removed * removed;
  }
  sums[WHOLE]! += residual.length;
  sums[WHOLE + 1]! += first;
  sums[WHOLE + 2]! += second;
}

function hasTwoValues(residual: Float32Array, start: number, width: number): boolean {
  const n = WINDOW ** 2;
  let mean = 0;
  for (let y = 0; y < WINDOW; y++)
    for (let at = start + y * width, end = at + WINDOW; at < end; at++) mean += residual[at]!;
  mean /= n;
  let [variance, third, fourth] = [0, 0, 0];
  for (let y = 0; y < WINDOW; y++)
    for (let at = start + y * width, end = at + WINDOW; at < end; at++) {
      const d = residual[at]! - mean;
      const square = d * d;
      variance += square;
      third += square * d;
      fourth += square * square;
    }
  variance /= n;
  third /= n;
  fourth /= n;
  const skew = third ** 2 / variance ** 3;
  return skew < MOST_SKEW ** 2 && (skew + 1) / (fourth / variance ** 2) > TWO_VALUES;
}

/** Σ (value − mean)² of one square: edges and texture, but not the slow shading of a sky. */
function cellScatter(source: Float32Array, width: number, left: number, top: number): number {
  let sum = 0;
  let squares = 0;
  for (let y = top; y < top + CELL; y++)
    for (let at = y * width + left; at < y * width + left + CELL; at++) {
      const value = source[at]!;
      sum += value;
      squares += value * value;
    }
  return Math.max(0, squares - (sum * sum) / (CELL * CELL));
}

/** The index and its words; 0 where nothing was removed or the picture is narrower than a block. */
export function readStructure(sums: StructureSums): StructureReading {
  let blocks = 0;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  let energy = 0;
  for (let at = 0; at < WHOLE; at += SUMS) {
    const n = sums[at]!;
    if (n === 0) continue;
    const x = sums[at + 1]! / n;
    const y = sums[at + 2]! / n;
    blocks += n;
    xx += sums[at + 3]! - n * x * x;
    yy += sums[at + 4]! - n * y * y;
    xy += sums[at + 5]! - n * x * y;
    energy += sums[at + 6]!;
  }
  const spread = Math.sqrt((xx / blocks + PRIOR) * (yy / blocks + PRIOR));
  const index = blocks === 0 ? 0 : Math.min(1, Math.max(0, xy / blocks / spread));
  const pattern = sums[WHOLE + 3]! === 0 ? 0 : sums[WHOLE + 4]! / sums[WHOLE + 3]!;
  if (pattern >= MOST_PATTERN && pattern > index)
    return { index: pattern, words: say('removedPartIsPattern') };
  /** Root mean square of the removed luma, 8-bit levels. */
  const removed = 255 * Math.sqrt(blocks === 0 ? wholeEnergy(sums) : energy / blocks);
  if (removed < 0.05) return { index: 0, words: say('nothingRemoved') };
  if (blocks === 0) return { index: 0, words: say('removedTooNarrowToTell') };
  if (sums[WHOLE + 5]! < LEAST_INSIDE * energy)
    return { index: 1, words: structureWords(1, removed) };
  return { index, words: structureWords(index, removed) };
}

/** Variance of all that was removed: a mere change of brightness does not count. */
function wholeEnergy(sums: StructureSums): number {
  const pixels = sums[WHOLE]!;
  if (pixels === 0) return 0;
  return Math.max(0, sums[WHOLE + 2]! / pixels - (sums[WHOLE + 1]! / pixels) ** 2);
}

function structureWords(index: number, removed: number): string {
  if (removed < 0.5) return say('almostNothingRemovedLessThan');
  if (index < 0.2) return say('removedPartLooksLikeNoise');
  if (index < detailGoesAt) return say('removedPartMostlyNoiseWith');
  if (index < 0.65) return say('removedPartShowsTextureOr');
  return say('removedPartLooksLikePicture');
}
