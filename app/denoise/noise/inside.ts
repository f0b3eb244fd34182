/**
 * The part of a picture that a reading looks at. Frames, letterboxes, title bars, cut-outs and the black around a
 * round field hold no noise, and spoil what a network says of the cells beside them: it sees 64 pixels far. So
 * where a picture has large constant areas of one or two values, the largest rectangle without any is read, as if
 * the picture ended there.
 *
 * Drawings and screenshots have constant areas too, but between their lines: most of their other cells hold
 * constant pixels as well, while a noisy cell holds none. They are read as a whole.
 */
import type { Rect } from '../../contract/index.ts';
import { colourChannels, type Raster, type Samples } from '../../pixels/raster.ts';
import type { Picture } from '../picture.ts';
import { findBorder } from './border.ts';
import { CELL, largestRectangle, pixelsOf } from './rectangle.ts';
import { findNoisyPart } from './still.ts';

/** Share of constant pixels from which a cell is constant, and from which it is not noise alone. */
const CONSTANT = 0.98;
const MIXED = 0.2;
/** Share of all cells that are constant, from which on they are worth leaving out. */
const LEAST_CONSTANT = 0.08;
/** Share of the constant cells that the commonest values have, and how many these are: a clean sky has more. */
const ONE_GROUND = 0.9;
const VALUES = 3;
/** Of the cells that are not constant, mixed ones at the most: the edge of a frame or of a round field. */
const MOST_MIXED = 0.35;

/** A picture of more cells is looked at in so many places first: what is worth leaving out is seen there. */
const MANY_CELLS = 4096;

/** What the cells of a picture hold, row-major. */
interface Grounds {
  readonly columns: number;
  readonly rows: number;
  /** Share of constant pixels, 0–1. */
  readonly shares: Float32Array;
  /** Constant cells by their value. */
  readonly values: ReadonlyMap<number, number>;
}

/**
 * In steps of a row of cells each.
 * @returns the picture itself where all of it is to be read; else a part of it, in units of the same range
 */
export function* partToRead(picture: Picture): Generator<void, Picture> {
  const { rect, inside } = yield* findPart(picture);
  frames.set(picture.source.data, { framed: rect !== null, inside });
  return rect === null ? picture : { ...picture, source: cut(picture.source, rect) };
}

/** What stands around a picture. */
export interface Frame {
  /** There is a part that is read alone. */
  readonly framed: boolean;
  /** The rectangle outside of which there are constant areas only; null: they have another shape, or there are none. */
  readonly inside: Rect | null;
}

/** By the samples of a picture: what was found of it before. */
const frames = new WeakMap<Samples, Frame>();

/** Looked for once. */
export function frameOf(picture: Picture): Frame {
  for (const steps = partToRead(picture); !frames.has(picture.source.data);) steps.next();
  return frames.get(picture.source.data)!;
}

interface Part {
  /** To be read; null: all of the picture. */
  readonly rect: Rect | null;
  readonly inside: Rect | null;
}

/** A rectangular frame first; what it leaves may be round, or hold a cut-out. */
function* findPart(picture: Picture): Generator<void, Part> {
  const border = yield* findBorder(picture);
  if (border === null) return yield* findGround(picture);
  const { rect, inside } = border;
  const { rect: inner } = yield* findGround({ ...picture, source: cut(picture.source, rect) });
  const part = inner && { ...inner, x: rect.x + inner.x, y: rect.y + inner.y };
  return { rect: part ?? rect, inside: part === null ? inside : null };
}

/** An exact ground is known to the pixel; where there is none, one that a codec has rippled may be. */
function* findGround(picture: Picture): Generator<void, Part> {
  const { width, height } = picture.source;
  const isLarge = width * height > MANY_CELLS * CELL ** 2;
  const isExact = !isLarge || (yield* constantShare(picture)) >= LEAST_CONSTANT / 2;
  const rect = isExact ? findExact(picture, yield* findGrounds(picture)) : null;
  if (rect !== null) return { rect, inside: yield* surrounded(picture, rect) };
  return { rect: picture.scan ? null : yield* findNoisyPart(picture), inside: null };
}

function findExact({ source }: Picture, grounds: Grounds): Rect | null {
  const { columns, rows, shares, values } = grounds;
  const constant = shares.reduce((sum, share) => sum + Number(share >= CONSTANT), 0);
  const mixed = shares.reduce((sum, share) => sum + Number(share > MIXED && share < CONSTANT), 0);
  const others = columns * rows - constant;
  if (constant < LEAST_CONSTANT * columns * rows || mixed > MOST_MIXED * others) return null;
  const common = [...values.values()].sort((a, b) => b - a).slice(0, VALUES);
  if (common.reduce((sum, count) => sum + count, 0) < ONE_GROUND * constant) return null;
  return pixelsOf(largestRectangle(grounds, shares, MIXED), source);
}

/** Pixels by which a rectangle of cells may fall short of what it stands for; it exceeds it by less than a cell. */
const SHORT = 2 * CELL;

/**
 * In steps of a row each. The rectangle to the pixel: without rows and columns of one value each, and up to the next of them.
 * @returns null where anything else than constant areas of a few values lies outside of it
 */
function* surrounded({ source, tones }: Picture, rect: Rect): Generator<void, Rect | null> {
  const { data, channels, width, height } = source;
  const valueAt = (x: number, y: number): number => {
    let value = 0;
    for (let c = 0; c < tones; c++) value = 65_537 * value + data[(y * width + x) * channels + c]!;
    return value;
  };
  let [left, top] = [rect.x, rect.y];
  let [right, bottom] = [left + rect.width, top + rect.height];
  const isEven = (count: number, at: (i: number) => number): boolean => {
    for (let i = 1; i < count; i++) if (at(i) !== at(0)) return false;
    return true;
  };
  const column = (x: number): boolean => isEven(bottom - top, (i) => valueAt(x, top + i));
  const row = (y: number): boolean => isEven(right - left, (i) => valueAt(left + i, y));
  for (let i = 0; i < CELL && column(left); i++) left++;
  for (let i = 0; i < CELL && column(right - 1); i++) right--;
  for (let i = 0; i < CELL && row(top); i++) top++;
  for (let i = 0; i < CELL && row(bottom - 1); i++) bottom--;
  for (let i = 0; i < SHORT && left > 0 && !column(left - 1); i++) left--;
  for (let i = 0; i < SHORT && right < width && !column(right); i++) right++;
  for (let i = 0; i < SHORT && top > 0 && !row(top - 1); i++) top--;
  for (let i = 0; i < SHORT && bottom < height && !row(bottom); i++) bottom++;
  const values = new Set<number>();
  let last = NaN;
  for (let y = 0; y < height; y++) {
    yield;
    const isBeside = y >= top && y < bottom;
    const spans: readonly [number, number][] = isBeside ? [[0, left], [right, width]] : [[0, width]]; // prettier-ignore
    for (const [from, to] of spans)
      for (let x = from; x < to; x++) {
        const value = valueAt(x, y);
        if (value === last) continue;
        last = value;
        if (values.add(value).size > VALUES) return null;
      }
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The cells of a picture; what is left over at the right and bottom edge is in none. */
function cellsOf({ source, tones }: Picture): {
  readonly columns: number;
  readonly rows: number;
  /** Share of a cell's pixels that are constant, 0–1: equal to their right and lower neighbours, or fully transparent. */
  shareAt(row: number, column: number): number;
  /** Of a constant cell. */
  valueAt(row: number, column: number): number;
} {
  const { data, width, height, channels, hasAlpha } = source;
  const alpha = colourChannels(source);
  const line = width * channels;
  const startOf = (row: number, column: number): number => CELL * (row * line + column * channels);
  const equal = (a: number, b: number): boolean => {
    for (let c = 0; c < tones; c++) if (data[a + c] !== data[b + c]) return false;
    return true;
  };
  return {
    columns: Math.floor(width / CELL),
    rows: Math.floor(height / CELL),
    shareAt(row, column) {
      const start = startOf(row, column);
      let count = 0;
      for (let y = 0; y < CELL; y++) {
        const down = CELL * row + y + 1 < height ? line : -line;
        for (let x = 0; x < CELL; x++) {
          const at = start + y * line + x * channels;
          const across = CELL * column + x + 1 < width ? channels : -channels;
          if (
            (hasAlpha && data[at + alpha] === 0) ||
            (equal(at, at + across) && equal(at, at + down) && equal(at, at + across + down))
          )
            count++;
        }
      }
      return count / CELL ** 2;
    },
    valueAt(row, column) {
      const start = startOf(row, column);
      if (hasAlpha && data[start + alpha] === 0) return -1;
      let value = 0;
      for (let c = 0; c < tones; c++) value = 65_537 * value + data[start + c]!;
      return value;
    },
  };
}

/** Share of cells that are constant, estimated from some of them, 0–1. */
function* constantShare(picture: Picture): Generator<void, number> {
  const { columns, rows, shareAt } = cellsOf(picture);
  const apart = Math.ceil(Math.sqrt((columns * rows) / MANY_CELLS));
  let [asked, constant] = [0, 0];
  for (let row = 0; row < rows; row += apart) {
    yield;
    for (let column = 0; column < columns; column += apart, asked++)
      if (shareAt(row, column) >= CONSTANT) constant++;
  }
  return constant / asked;
}

function* findGrounds(picture: Picture): Generator<void, Grounds> {
  const { columns, rows, shareAt, valueAt } = cellsOf(picture);
  const shares = new Float32Array(columns * rows);
  const values = new Map<number, number>();
  for (let row = 0; row < rows; row++) {
    yield;
    for (let column = 0; column < columns; column++) {
      const share = shareAt(row, column);
      shares[row * columns + column] = share;
      if (share < CONSTANT) continue;
      const value = valueAt(row, column);
      values.set(value, (values.get(value) ?? 0) + 1);
    }
  }
  return { columns, rows, shares, values };
}

function cut(source: Raster, { x, y, width, height }: Rect): Raster {
  const { data, channels } = source;
  const part = data.slice(0, width * height * channels);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * source.width + x) * channels;
    part.set(data.subarray(from, from + width * channels), row * width * channels);
  }
  return { ...source, width, height, data: part };
}
