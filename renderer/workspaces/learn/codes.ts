/** Units of a code and places on its map, for drawing. */
import type { TrainingCodes } from '../../../app/contract/index.ts';
import { pixelsOf } from './squares.ts';

/** Nats below which nothing goes through a unit; the engine's measure. */
const UNUSED = 0.01;
/** Bars that are drawn: the strongest. */
export const mostBars = 64;

export interface Bar {
  /** From 1, as in the code. */
  readonly unit: number;
  readonly value: number;
  /** Of the highest. */
  readonly height: number;
  readonly used: boolean;
}

/** The strongest first. */
export function barsOf({ units }: TrainingCodes): readonly Bar[] {
  const bars = units.map(({ rate, spread }, at) => ({
    ...{ unit: at + 1, value: rate ?? spread },
    used: rate === null ? spread > 0 : rate >= UNUSED,
  }));
  const most = Math.max(1e-12, ...bars.map(({ value }) => value));
  return bars
    .map((bar) => ({ ...bar, height: Math.max(0, bar.value) / most }))
    .sort((one, other) => other.value - one.value);
}

/** The pictures on the map: where each has its middle, in parts of the square from the top left, and its pixels. */
export function tilesOf({ points, tiles, side, tones }: TrainingCodes) {
  const pixels = pixelsOf(tiles, tones);
  const each = 4 * side * side;
  return points.map(({ x, y }, at) => ({
    ...{ x: (1 + x) / 2, y: (1 - y) / 2 },
    pixels: pixels.slice(at * each, (at + 1) * each),
  }));
}
