/**
 * What second opinions see of a picture besides its noise level: how strong the finest variation is where there is
 * least of it, which noise can not be weaker than, and whether a JPEG's blocks stand in it. Both are read from an even
 * sample of cells.
 */
import type { Picture } from '../picture.ts';
import { MEDIAN_OF_NORMAL, secondDifference } from './uneven.ts';

/** Side of a cell, pixels, and how many are looked at, at the most. */
const CELL = 16;
const MOST_CELLS = 1200;
/** The share of the cells that have less. */
const LEAST = 0.1;
/** Of a JPEG's blocks, pixels. */
const BLOCK = 8;
/**
 * Levels by which steps between blocks exceed those within, from which they are seen. The pairs of PolyU, JPEGs of cameras,
 * have 0.7 to 2; photographs of quality 30 more than 3, of quality 50 mostly 2.3 and more.
 */
const STRONG_BLOCKS = 2.3;

export interface Fine {
  /** Level of the white noise that has the second differences of the cells with the least; 8-bit levels. */
  readonly level: number;
  /** A JPEG's blocks are seen. */
  readonly blocks: boolean;
}

/** In steps of some cells each. Colour is read from green; 0 and false where the picture is smaller than a cell. */
export function* measureFine(picture: Picture): Generator<void, Fine> {
  const { source, tones, range } = picture;
  const { data, width, height, channels } = source;
  const toLevels = 255 / (range.high - range.low);
  const first = tones === 3 ? 1 : 0;
  const line = width * channels;
  const columns = Math.floor(width / CELL);
  const rows = Math.floor(height / CELL);
  const step = Math.max(1, Math.ceil((columns * rows) / MOST_CELLS));
  const medians: number[] = [];
  const found = new Float32Array((CELL - 2) ** 2);
  let [between, within] = [0, 0];
  for (let cell = 0; cell < columns * rows; cell += step) {
    if (cell % 64 === 0) yield;
    const start = CELL * (Math.floor(cell / columns) * line + (cell % columns) * channels) + first;
    for (let y = 1, i = 0; y < CELL - 1; y++)
      for (let x = 1; x < CELL - 1; x++)
        found[i++] = Math.abs(
          secondDifference(data, start + y * line + x * channels, channels, line),
        );
    found.sort();
    const median = found[found.length >> 1]!;
    medians.push(Number.isFinite(median) ? median : 0);
    for (let y = 0; y < CELL; y++) {
      const at = start + y * line + (BLOCK - 1) * channels;
      const stepAt = (k: number): number =>
        Math.abs(data[at + (k + 1) * channels]! - data[at + k * channels]!);
      between += stepAt(0);
      within += (stepAt(-1) + stepAt(1)) / 2;
    }
  }
  if (medians.length === 0) return { level: 0, blocks: false };
  medians.sort((a, b) => a - b);
  const level = (toLevels * medians[Math.floor(LEAST * medians.length)]!) / MEDIAN_OF_NORMAL;
  const excess = (toLevels * (between - within)) / (medians.length * CELL);
  return { level, blocks: excess >= STRONG_BLOCKS };
}
