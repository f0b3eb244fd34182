/**
 * How strong the white noise of a picture is, from the picture alone: Chen, Zhu, Heng, "An Efficient
 * Statistical Method for Image Noise Level Estimation", ICCV 2015, algorithm 1, on 8 × 8 patches of
 * all colour channels together. `patches.ts` chooses the patches, `reading.ts` puts the answer in
 * words. Measured behaviour and traps: docs/denoising.md.
 *
 * The idea: patches of a clean picture lie near a low-dimensional subspace. Of the eigenvalues of
 * the patches' covariance the small ones are then noise alone, and scatter evenly around its
 * variance; the large ones are dropped until the rest does (mean = median, their theorem 1).
 */
import { colourChannels } from '../../pixels/raster.ts';
import type { Picture } from '../picture.ts';
import { addBlock, BLOCK, covariance, createMoments, type Moments } from './covariance.ts';
import { symmetricEigenvalues } from './eigenvalues.ts';
import { gatherPatch, patchGrid } from './patches.ts';
import { MEDIAN_OF_NORMAL } from './uneven.ts';

/** 8 pixels, as in the paper: 64 values per patch of a gray picture, 192 in colour. */
const SIDE = 8;
/** Small pictures have too few large patches: 4 pixels, 16 or 48 values. */
const SMALL_SIDE = 4;
/** Measured on CBSD68: twice as many change no reading by more than 1 % (docs/denoising.md). */
const PATCHES = 24_000;
/** Patches per value of a patch that the covariance needs at the least. */
const LEAST_PER_DIMENSION = 3;

/** Standard deviations in levels of an 8-bit scale over the picture's range. */
export interface ChenEstimate {
  readonly sigma: number;
  /** One per colour channel; for display. */
  readonly perChannel: readonly number[];
}

/**
 * A generator: every `next()` works for a millisecond or two, so that a caller can yield.
 * @param picture any sample type; alpha is ignored, fully transparent pixels do not count
 * @param patches about how many patches to look at
 * @returns all 0 for pictures that are flat or too small to say; of lines narrower than a patch by `alongLine`
 */
export function* estimateChen(picture: Picture, patches = PATCHES): Generator<void, ChenEstimate> {
  const { source, tones: seen } = picture;
  const perChannel = (values: number[]): number[] =>
    values.length === colourChannels(source) ? values : new Array<number>(3).fill(values[0]!);
  for (const side of [SIDE, SMALL_SIDE]) {
    for (const keepClipped of [false, true]) {
      const moments = yield* collectMoments(picture, side, patches, keepClipped);
      if (!moments || moments.count < LEAST_PER_DIMENSION * moments.dimension) continue;
      const sigma = Math.sqrt(
        noiseVariance(symmetricEigenvalues(covariance(moments), moments.dimension)),
      );
      return { sigma, perChannel: perChannel(yield* shareOut(moments, seen, sigma)) };
    }
  }
  const along = isLine(picture) ? alongLine(picture) : 0;
  return { sigma: along, perChannel: new Array<number>(colourChannels(source)).fill(along) };
}

/** Narrower than any patch. */
export const isLine = ({ source }: Pick<Picture, 'source'>): boolean =>
  Math.min(source.width, source.height) < SMALL_SIDE;

/** Values of a line that its noise can be told from. */
const LEAST_OF_LINE = 64;

/**
 * A picture narrower than any patch is a line or a few: the median of the second differences along it, a − 2 b + c, whose
 * variance is six times that of white noise. Texture is rare enough there for the median.
 */
function alongLine({ source, range }: Picture): number {
  const { data, width, height, channels } = source;
  const [step, count] = width > height ? [channels, width] : [width * channels, height];
  const [next, lines] = width > height ? [width * channels, height] : [channels, width];
  const found: number[] = [];
  for (let line = 0; line < lines; line++)
    for (let channel = 0; channel < colourChannels(source); channel++)
      for (let at = 1; at < count - 1; at++) {
        const middle = line * next + at * step + channel;
        found.push(Math.abs(data[middle - step]! - 2 * data[middle]! + data[middle + step]!));
      }
  if (found.length < LEAST_OF_LINE) return 0;
  found.sort((one, other) => one - other);
  const median = found[found.length >> 1]! / MEDIAN_OF_NORMAL / Math.sqrt(6);
  return Number.isFinite(median) ? (255 * median) / (range.high - range.low) : 0;
}

function* collectMoments(
  picture: Picture,
  side: number,
  patches: number,
  keepClipped: boolean,
): Generator<void, Moments | null> {
  const grid = patchGrid(picture.source, picture.tones, side, patches);
  if (!grid) return null;
  const moments = createMoments(grid.dimension);
  const { block } = moments;
  const total = grid.columns * grid.rows;
  let filled = 0;
  for (let index = 0; index < total; index++) {
    if (gatherPatch(picture, grid, index, block, filled, keepClipped)) filled++;
    if (filled === BLOCK || index === total - 1) {
      addBlock(moments, filled);
      filled = 0;
      yield;
    }
  }
  return moments;
}

/**
 * Drops the largest eigenvalues until the mean of the rest is no larger than its median.
 * @param ascending eigenvalues; rounding may have made the smallest slightly negative
 */
export function noiseVariance(ascending: Float64Array): number {
  let sum = 0;
  for (const value of ascending) sum += value;
  for (let count = ascending.length; count > 0; count--) {
    const mean = sum / count;
    const low = ascending[(count - 1) >> 1]!;
    const high = ascending[count >> 1]!;
    if (mean <= (low + high) / 2) return Math.max(0, mean);
    sum -= ascending[count - 1]!;
  }
  return 0;
}

/**
 * How the noise divides among the channels, for display only. A channel alone has too few small
 * eigenvalues and over-reads (a clean photo at 7 levels), so only the *ratio* of its lower half of
 * eigenvalues to the other channels' is used; the mean of the squares is the joint variance.
 */
function* shareOut(moments: Moments, colours: number, sigma: number): Generator<void, number[]> {
  if (colours === 1) return [sigma];
  const size = moments.dimension / colours;
  const variances: number[] = [];
  for (let c = 0; c < colours; c++) {
    const values = symmetricEigenvalues(covariance(moments, c * size, size), size);
    variances.push(
      Math.max(
        0,
        values.subarray(0, size >> 1).reduce((sum, value) => sum + value, 0),
      ),
    );
    yield;
  }
  const mean = variances.reduce((sum, value) => sum + value, 0) / colours;
  return variances.map((value) => (mean > 0 ? sigma * Math.sqrt(value / mean) : 0));
}
