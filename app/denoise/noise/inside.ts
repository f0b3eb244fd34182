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

/** Pixels of a cell: a constant one has so many others at the most, and one that is noise alone so many constant ones. */
const MOST_OTHERS = 1;
const MOST_CONSTANT = 12;
/** What a cell is; what is up to `noise` is worth to be read. */
const kind = { noise: 0, mixed: 1, constant: 2 } as const;
/** Share of all cells that are constant, from which on they are worth leaving out. */
const LEAST_CONSTANT = 0.08;
/** Share of the constant cells that the commonest values have, and how many these are: a clean sky has more. */
const ONE_GROUND = 0.9;
const VALUES = 3;
/** Of the cells that are not constant, mixed ones at the most: the edge of a frame or of a round field. */
const MOST_MIXED = 0.35;

/** A picture of more cells is looked at in so many places first: what is worth leaving out is seen there, up to such a factor. */
const MANY_CELLS = 4096;
const DOUBT = 1.5;

/** What the cells of a picture hold, every n-th of every n-th row of them. */
interface Grounds {
  readonly columns: number;
  readonly rows: number;
  /** As `kind` says, row-major; 0 where it was not asked. */
  readonly kinds: Float32Array;
  readonly asked: number;
  readonly constant: number;
  readonly mixed: number;
  /** Share of the constant cells that have the commonest values. */
  readonly ofFew: number;
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
  const rect = yield* findExact(picture);
  if (rect !== null) return { rect, inside: yield* surrounded(picture, rect) };
  return { rect: picture.scan ? null : yield* findNoisyPart(picture), inside: null };
}

function* findExact(picture: Picture): Generator<void, Rect | null> {
  const cells = cellsOf(picture);
  const apart = Math.ceil(Math.sqrt((cells.columns * cells.rows) / MANY_CELLS));
  if (apart > 1 && !mayHaveGround(yield* findGrounds(cells, apart), DOUBT)) return null;
  const grounds = yield* findGrounds(cells, 1);
  if (!mayHaveGround(grounds, 1)) return null;
  return pixelsOf(largestRectangle(grounds, grounds.kinds, kind.noise), picture.source);
}

/** @param doubt factor by which it may be further off */
const mayHaveGround = ({ asked, constant, mixed, ofFew }: Grounds, doubt: number): boolean =>
  constant * doubt >= LEAST_CONSTANT * asked &&
  mixed <= doubt * MOST_MIXED * (asked - constant) &&
  ofFew * doubt >= ONE_GROUND;

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

/** What is left over at the right and bottom edge of a picture is in none. */
interface Cells {
  readonly columns: number;
  readonly rows: number;
  /** By how many of its pixels are constant: equal to their right and lower neighbours, or fully transparent. No more are asked than decide it. */
  kindAt(row: number, column: number): (typeof kind)[keyof typeof kind];
  /** Of a constant cell. */
  valueAt(row: number, column: number): number;
}

function cellsOf({ source, tones }: Picture): Cells {
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
    kindAt(row, column) {
      const start = startOf(row, column);
      let [constant, others] = [0, 0];
      for (let y = 0; y < CELL; y++) {
        const down = CELL * row + y + 1 < height ? line : -line;
        for (let x = 0; x < CELL; x++) {
          const at = start + y * line + x * channels;
          const across = CELL * column + x + 1 < width ? channels : -channels;
          if (
            (hasAlpha && data[at + alpha] === 0) ||
            (equal(at, at + across) && equal(at, at + down) && equal(at, at + across + down))
          )
            constant++;
          else others++;
          if (others > MOST_OTHERS && constant > MOST_CONSTANT) return kind.mixed;
        }
        if (others >= CELL ** 2 - MOST_CONSTANT) return kind.noise;
      }
      return kind.constant;
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

/** In steps of a row of cells each. @param apart n */
function* findGrounds(
  { columns, rows, kindAt, valueAt }: Cells,
  apart: number,
): Generator<void, Grounds> {
  const kinds = new Float32Array(columns * rows);
  const values = new Map<number, number>();
  let [asked, constant, mixed] = [0, 0, 0];
  for (let row = 0; row < rows; row += apart) {
    yield;
    for (let column = 0; column < columns; column += apart, asked++) {
      const found = kindAt(row, column);
      kinds[row * columns + column] = found;
      if (found === kind.mixed) mixed++;
      if (found !== kind.constant) continue;
      constant++;
      const value = valueAt(row, column);
      values.set(value, (values.get(value) ?? 0) + 1);
    }
  }
  const common = [...values.values()].sort((a, b) => b - a).slice(0, VALUES);
  const ofFew = common.reduce((sum, count) => sum + count, 0) / Math.max(1, constant);
  return { columns, rows, kinds, asked, constant, mixed, ofFew };
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
