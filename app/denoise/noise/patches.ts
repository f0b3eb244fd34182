/**
 * Which patches of a picture the noise estimate looks at: an even grid over the whole picture, all
 * colour channels of a patch together, in levels of an 8-bit scale over the picture's range. The statistics live in
 * `covariance.ts` and `chen.ts`.
 */
import { colourChannels, type Raster } from '../../pixels/raster.ts';
import type { Picture } from '../picture.ts';
import { limitsOf } from '../range.ts';
import { BLOCK } from './covariance.ts';

export interface PatchGrid {
  /** Side of a patch, pixels. */
  readonly side: number;
  /** Distance between neighbouring patches, odd. */
  readonly stride: number;
  readonly columns: number;
  readonly rows: number;
  /** Channels looked at: 3, or 1 for gray pictures. */
  readonly tones: 1 | 3;
  /** Values per patch: side² × tones. */
  readonly dimension: number;
}

/** More than this share of samples at black or white: the noise there is cut off, the place lies. */
export const MOST_CLIPPED = 0.1;

/**
 * The finest even grid with at most about `wanted` patches. The stride is odd, so that patches fall
 * on every alignment to the 8 × 8 blocks of a JPEG.
 * @returns null when the picture is smaller than one patch
 */
export function patchGrid(
  raster: Pick<Raster, 'width' | 'height'>,
  tones: 1 | 3,
  side: number,
  wanted: number,
): PatchGrid | null {
  const { width, height } = raster;
  if (width < side || height < side) return null;
  const positions = (width - side + 1) * (height - side + 1);
  const stride = 2 * Math.max(0, Math.round((Math.sqrt(positions / wanted) - 1) / 2)) + 1;
  return {
    side,
    stride,
    columns: Math.floor((width - side) / stride) + 1,
    rows: Math.floor((height - side) / stride) + 1,
    tones,
    dimension: side * side * tones,
  };
}

/**
 * Copies one patch into column `slot` of a block (see `covariance.ts` for its layout), channel by
 * channel, minus half of white.
 * @param keepClipped take the patch even where many samples are black or white
 * @returns false when the patch does not count: fully transparent pixels, not a number, clipped
 */
export function gatherPatch(
  { source, range }: Picture,
  grid: PatchGrid,
  index: number,
  block: Float64Array,
  slot: number,
  keepClipped: boolean,
): boolean {
  const { data, width, channels, hasAlpha, sampleType } = source;
  const { side, stride, columns, dimension, tones } = grid;
  const colours = colourChannels(source);
  const { low, high } = range;
  const [, , black, white] = limitsOf(range, sampleType);
  const toLevels = 255 / (high - low);
  const left = (index % columns) * stride;
  const top = Math.floor(index / columns) * stride;
  const plane = side * side * BLOCK;
  let clipped = 0;
  let line = slot;
  for (let y = 0; y < side; y++) {
    let at = ((top + y) * width + left) * channels;
    for (let x = 0; x < side; x++, at += channels, line += BLOCK) {
      if (hasAlpha && data[at + colours] === 0) return false;
      for (let c = 0; c < tones; c++) {
        const value = data[at + c]!;
        if (!Number.isFinite(value)) return false;
        if (value === black || value === white || value === low || value === high) clipped++;
        block[line + c * plane] = (value - low) * toLevels - 127.5;
      }
    }
  }
  return keepClipped || clipped <= MOST_CLIPPED * dimension;
}
