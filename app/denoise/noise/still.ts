/**
 * Grounds of any shape that are not constant to the bit: a codec has left ripples of a level or two in them. Their second differences are next to nothing, while noise has them in every cell. So this looks only for pictures that are
 * noisy wherever they are not still: of others nothing is cut away, as their smooth parts tell best that there is no noise.
 */
import type { Rect } from '../../contract/index.ts';
import { colourChannels } from '../../pixels/raster.ts';
import type { Picture } from '../picture.ts';
import { CELL, largestRectangle, LEAST_SIDE, pixelsOf, type CellRect } from './rectangle.ts';
import { secondDifference } from './uneven.ts';

/** Second differences up to so many levels, mean of the colours, are next to nothing. White noise of 3 levels has 9 % of such, of 12 levels 2 %. */
const NEXT_TO_NOTHING = 0.34;
/** Share of them from which a cell is still, and up to which it may be noise. */
const STILL = 0.9;
const RESTLESS = 0.6;
/** Cells between these stand at the edge of a frame, or under text. Pictures without noise have more, of those that are not still. */
const MOST_BETWEEN = 0.2;
/** Share that noise has, also that of colour in a JPEG of quality 75, and share of the cells of a noisy part with no more than that. */
const NOISY = 0.45;
const MOSTLY = 0.9;
/** Share of all cells that are still, from which on they are worth leaving out. */
const LEAST_STILL = 0.08;
/**
 * Still cells have so few values, to so many levels, in such a share, and beside the part that is read so much is still: a clean sky has more
 * values, round fields leave noise outside of every rectangle.
 */
const FEW = { values: 4, levels: 4, share: 0.85, beside: 0.4 };
/** A codec smears a frame over the block beside it, with half of the resolution in colour: so many cells. */
const SMEARED = 2;

/** A picture of more cells is looked at in so many places first. */
const MANY_CELLS = 1024;
/** So much further off may they be. */
const DOUBT = 1.5;

/** Cells of a picture; what is left over at the right and bottom edge is in none. */
interface Stillness {
  readonly columns: number;
  readonly rows: number;
  /** Share of second differences that are next to nothing, 0–1; 1 where a pixel is fully transparent. */
  shareAt(row: number, column: number): number;
  /** 8-bit level of the first of a cell's pixels, mean of the colours, to `FEW.levels`; −1: transparent. */
  valueAt(row: number, column: number): number;
}

function stillnessOf({ source, tones, range }: Picture): Stillness {
  const { data, width, height, channels, hasAlpha } = source;
  const line = width * channels;
  const alpha = colourChannels(source);
  const toLevels = 255 / (range.high - range.low);
  const most = (tones * NEXT_TO_NOTHING) / toLevels;
  const startOf = (row: number, column: number): number => CELL * (row * line + column * channels);
  return {
    columns: Math.floor(width / CELL),
    rows: Math.floor(height / CELL),
    shareAt(row, column) {
      const start = startOf(row, column);
      let count = 0;
      for (let y = 1; y < CELL - 1; y++)
        for (let x = 1; x < CELL - 1; x++) {
          const at = start + y * line + x * channels;
          if (hasAlpha && data[at + alpha] === 0) return 1;
          let sum = secondDifference(data, at, channels, line);
          for (let c = 1; c < tones; c++) sum += secondDifference(data, at + c, channels, line);
          if (Math.abs(sum) <= most) count++;
        }
      return count / (CELL - 2) ** 2;
    },
    valueAt(row, column) {
      const at = startOf(row, column);
      if (hasAlpha && data[at + alpha] === 0) return -1;
      let sum = 0;
      for (let c = 0; c < tones; c++) sum += data[at + c]! - range.low;
      return Math.round((sum * toLevels) / (tones * FEW.levels));
    },
  };
}

/** What the cells of a picture are, every n-th of every n-th row of them. */
interface Census {
  /** By cell, row-major; 0 where it was not asked. */
  readonly shares: Float32Array;
  readonly asked: number;
  readonly still: number;
  readonly between: number;
  /** Share of the still cells that have the commonest values. */
  readonly ofFew: number;
}

function* takeCensus(
  { columns, rows, shareAt, valueAt }: Stillness,
  apart: number,
): Generator<void, Census> {
  const shares = new Float32Array(columns * rows);
  const values = new Map<number, number>();
  let [asked, still, between] = [0, 0, 0];
  for (let row = 0; row < rows; row += apart) {
    yield;
    for (let column = 0; column < columns; column += apart, asked++) {
      const share = shareAt(row, column);
      shares[row * columns + column] = share;
      if (share > RESTLESS && share < STILL) between++;
      if (share < STILL) continue;
      still++;
      const value = valueAt(row, column);
      values.set(value, (values.get(value) ?? 0) + 1);
    }
  }
  const common = [...values.values()].sort((a, b) => b - a).slice(0, FEW.values);
  const ofFew = common.reduce((sum, count) => sum + count, 0) / Math.max(1, still);
  return { shares, asked, still, between, ofFew };
}

/** @param doubt factor by which it may be further off */
const mayHaveGround = ({ asked, still, between, ofFew }: Census, doubt: number): boolean =>
  still * doubt >= LEAST_STILL * asked &&
  between <= doubt * MOST_BETWEEN * (asked - still) &&
  ofFew * doubt >= FEW.share;

/** In steps of a row of cells each. @returns the noisy part of a picture whose other parts are still; null: it is no such picture */
export function* findNoisyPart(picture: Picture): Generator<void, Rect | null> {
  const { source } = picture;
  const cells = stillnessOf(picture);
  const { columns, rows } = cells;
  const apart = Math.ceil(Math.sqrt((columns * rows) / MANY_CELLS));
  if (apart > 1 && !mayHaveGround(yield* takeCensus(cells, apart), DOUBT)) return null;
  const census = yield* takeCensus(cells, 1);
  if (!mayHaveGround(census, 1)) return null;
  const { shares } = census;
  const found = largestRectangle({ columns, rows }, shares, RESTLESS);
  const rect = inset(found, { columns, rows });
  const part = pixelsOf(rect, source);
  if (part === null) return null;
  let [inside, noisy, beside, stillBeside] = [0, 0, 0, 0];
  for (let row = 0, i = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, i++)
      if (contains(rect, row, column)) {
        inside++;
        if (shares[i]! <= NOISY) noisy++;
      } else if (!contains(found, row, column)) {
        beside++;
        if (shares[i]! >= STILL) stillBeside++;
      }
  if (noisy < MOSTLY * inside) return null;
  if (stillBeside < FEW.beside * beside) return null;
  return part;
}

const contains = ({ left, top, right, bottom }: CellRect, row: number, column: number): boolean =>
  row >= top && row < bottom && column >= left && column < right;

/** Without the cells at its sides that a frame may have been smeared into, as far as enough is left. */
function inset(
  { left, top, right, bottom }: CellRect,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): CellRect {
  const by = (length: number): number =>
    Math.max(0, Math.min(SMEARED, (length - LEAST_SIDE / CELL) >> 1));
  const [across, down] = [by(right - left), by(bottom - top)];
  return {
    left: left === 0 ? 0 : left + across,
    right: right === columns ? right : right - across,
    top: top === 0 ? 0 : top + down,
    bottom: bottom === rows ? bottom : bottom - down,
  };
}
