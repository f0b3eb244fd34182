/**
 * Conversion between interleaved rasters and the planar [0,1] tensors of networks. These loops run
 * over every pixel of every picture on the thread that also serves the screen, so they are plain
 * loops over typed arrays with the index maps made once per tile. What is done between the two
 * (noise maps, blending) is each capability's business; where tiles lie is `tiling.ts`.
 */
import { HourglassError, type Rect } from '../contract/index.ts';
import { colourChannels, maxValue, minValue, scaleOf } from '../pixels/raster.ts';
import type { Raster, Samples, SampleType } from '../pixels/raster.ts';
import type { Ends } from '../pixels/samples.ts';
import { say } from './sentences.ts';

/**
 * Mirrors an index into [0, size): reflection about the first and last sample, which are not
 * repeated (…2 1 0 1 2…, numpy's `reflect`), again and again where the picture is smaller than the
 * distance. A single sample is repeated.
 */
export function mirrorIndex(index: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const within = ((index % period) + period) % period;
  return within < size ? within : period - within;
}

/**
 * Mirrors an index into [0, size) about the outer edges of the first and last sample, which are repeated
 * (…1 0 0 1…, numpy's `symmetric`): the continuation under which transforms of even and odd functions
 * stay even and odd.
 */
export function foldIndex(index: number, size: number): number {
  const period = 2 * size;
  const within = ((index % period) + period) % period;
  return within < size ? within : period - 1 - within;
}

/** How pictures go on beyond their border: an index of a side of `size` samples for any integer. */
export type Continuation = (index: number, size: number) => number;

/** `continued` of `start … start + length − 1`, each times `factor`. */
export function mirrorMap(
  start: number,
  length: number,
  size: number,
  factor: number,
  continued: Continuation = mirrorIndex,
): Int32Array {
  const map = new Int32Array(length);
  for (let i = 0; i < length; i++) map[i] = continued(start + i, size) * factor;
  return map;
}

/** Where the samples of a square window stand: the sum of a column's and a row's number. */
export function mirroredWindow(
  { channels, width }: Pick<Raster, 'channels' | 'width'>,
  origin: { readonly x: number; readonly y: number },
  side: number,
  within: Rect,
  continued: Continuation = mirrorIndex,
): { columns: Int32Array; rows: Int32Array } {
  const from = (start: number, first: number, size: number, factor: number): Int32Array =>
    mirrorMap(start - first, side, size, factor, continued).map((at) => at + first * factor);
  return {
    columns: from(origin.x, within.x, within.width, channels),
    rows: from(origin.y, within.y, within.height, width * channels),
  };
}

/**
 * Reads the colour of a square window, mirrored beyond the borders, as planes on the [0,1] scale between
 * the raster's black and white (plain floats as stored). Gray is repeated in each plane; alpha is left out.
 * @param origin top left of the window, image coordinates, may be negative
 * @param side of the window, pixels
 * @param target planar [planes, side, side]; may be longer, the rest is not touched
 * @param planes 1 or 3
 * @param continued default: `mirrorIndex`
 * @param within the part that is mirrored at its borders, as if the picture ended there; default: all of it
 * @throws HourglassError internal for colour read as one plane, which would lose it
 */
export function readPlanar(
  raster: Raster,
  origin: { readonly x: number; readonly y: number },
  side: number,
  target: Float32Array,
  planes: 1 | 3,
  continued: Continuation = mirrorIndex,
  within: Rect = { x: 0, y: 0, width: raster.width, height: raster.height },
): void {
  const colours = colourChannels(raster);
  if (colours > planes) throw new HourglassError('internal', say('colourPictureCanNotRead'));
  const { data } = raster;
  const { columns, rows } = mirroredWindow(raster, origin, side, within, continued);
  const { black, white } = scaleOf(raster);
  const ends = { black, scale: 1 / (white - black) };
  const plane = side * side;
  if (colours === 3) readColour(data, columns, rows, ends, target, plane);
  else {
    readGray(data, columns, rows, ends, target);
    for (let p = 1; p < planes; p++) target.copyWithin(p * plane, 0, plane);
  }
}

/** unit = (stored − black) × scale */
interface UnitScale {
  readonly black: number;
  readonly scale: number;
}

function readColour(
  data: Samples,
  columns: Int32Array,
  rows: Int32Array,
  { black, scale }: UnitScale,
  target: Float32Array,
  plane: number,
): void {
  const side = columns.length;
  let at = 0;
  for (let y = 0; y < side; y++) {
    const row = rows[y]!;
    for (let x = 0; x < side; x++, at++) {
      const from = row + columns[x]!;
      target[at] = (data[from]! - black) * scale;
      target[at + plane] = (data[from + 1]! - black) * scale;
      target[at + 2 * plane] = (data[from + 2]! - black) * scale;
    }
  }
}

function readGray(
  data: Samples,
  columns: Int32Array,
  rows: Int32Array,
  { black, scale }: UnitScale,
  target: Float32Array,
): void {
  const side = columns.length;
  let at = 0;
  for (let y = 0; y < side; y++) {
    const row = rows[y]!;
    for (let x = 0; x < side; x++, at++) target[at] = (data[row + columns[x]!]! - black) * scale;
  }
}

/** Fills one plane, a noise map for example: plane `index` of planar [*, side, side]. */
export function fillPlane(target: Float32Array, index: number, side: number, value: number): void {
  target.fill(value, index * side * side, (index + 1) * side * side);
}

/** A rectangle of planes and where it goes in interleaved samples. Pixels. */
export interface PlanarWindow {
  /** Side of the planes. */
  readonly side: number;
  /** Top left of the rectangle in the planes. */
  readonly fromX: number;
  readonly fromY: number;
  readonly width: number;
  readonly height: number;
  /** Width and channels of the interleaved target. */
  readonly targetWidth: number;
  readonly channels: 1 | 2 | 3 | 4;
  /** Colour channels written (the others, alpha, are not touched). */
  readonly colours: 1 | 3;
  /** Top left of the rectangle in the target. */
  readonly toX: number;
  readonly toY: number;
  /**
   * Stored values of 0 and 1, beyond which there are none, floats in steps of 16 bits; default: 0 and the largest of integers, floats
   * as they are.
   */
  readonly ends?: Ends;
}

/**
 * Writes planes back: [0,1] to integers from black to white, with rounding to the nearest and clipping; floats without ends unclipped, as
 * they are. Three planes become one gray channel by their mean.
 * @param source planar [planes, side, side]
 * @param planes 1 or 3; not fewer than `window.colours`
 */
export function writeInterleaved(
  source: Float32Array,
  planes: 1 | 3,
  window: PlanarWindow,
  target: Samples,
  sampleType: SampleType,
): void {
  const { side, channels, colours } = window;
  const plane = side * side;
  if (sampleType === 'float32') {
    writeFloats(source, planes, window, target);
    return;
  }
  const { black, white } = window.ends ?? {
    black: minValue(sampleType),
    white: maxValue(sampleType),
  };
  const span = white - black;
  for (let y = 0; y < window.height; y++) {
    let from = (window.fromY + y) * side + window.fromX;
    let to = ((window.toY + y) * window.targetWidth + window.toX) * channels;
    const end = from + window.width;
    if (colours === 3)
      for (; from < end; from++, to += channels) {
        target[to] = black + toInteger(source[from]!, span);
        target[to + 1] = black + toInteger(source[from + plane]!, span);
        target[to + 2] = black + toInteger(source[from + 2 * plane]!, span);
      }
    else if (planes === 3)
      for (; from < end; from++, to += channels)
        target[to] =
          black +
          toInteger((source[from]! + source[from + plane]! + source[from + 2 * plane]!) / 3, span);
    else
      for (; from < end; from++, to += channels)
        target[to] = black + toInteger(source[from]!, span);
  }
}

function writeFloats(
  source: Float32Array,
  planes: 1 | 3,
  window: PlanarWindow,
  target: Samples,
): void {
  const { side, channels, colours, ends } = window;
  const plane = side * side;
  const stored = ends ? inSteps(ends) : (value: number): number => value;
  for (let y = 0; y < window.height; y++) {
    let from = (window.fromY + y) * side + window.fromX;
    let to = ((window.toY + y) * window.targetWidth + window.toX) * channels;
    const end = from + window.width;
    for (; from < end; from++, to += channels) {
      if (colours === 3) {
        target[to] = stored(source[from]!);
        target[to + 1] = stored(source[from + plane]!);
        target[to + 2] = stored(source[from + 2 * plane]!);
      } else
        target[to] = stored(
          planes === 3
            ? (source[from]! + source[from + plane]! + source[from + 2 * plane]!) / 3
            : source[from]!,
        );
    }
  }
}

/** [0,1] to floats of which there are as many as 16 bits can tell apart. */
const inSteps =
  ({ black, white }: Ends) =>
  (value: number): number =>
    black + toInteger(value, maxValue('uint16')) * ((white - black) / maxValue('uint16'));

/** [0,1] to 0 … max, rounded half up, clipped. Not a number becomes 0, but is refused before this. */
const toInteger = (value: number, max: number): number => {
  const scaled = value * max + 0.5;
  return scaled >= max ? max : scaled > 0 ? scaled | 0 : 0;
};
