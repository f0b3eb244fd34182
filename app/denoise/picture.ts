/**
 * A picture as networks see it: how many tones it has, whether it is a scan, and which stored values are
 * their 0 and 1. All are facts of the whole picture, found once, before any part of it is looked at.
 */
import type { Rect } from '../contract/index.ts';
import { isScan, type Described } from '../pixels/content.ts';
import { narrowColour } from '../pixels/display-range.ts';
import { scaleOf, type Raster } from '../pixels/raster.ts';
import { tones } from '../pixels/tones.ts';
import { mirroredWindow, readPlanar } from '../runtime/index.ts';
import { unitRange, type UnitRange } from './range.ts';

export interface Picture {
  readonly source: Raster;
  /** 1: gray, also when stored as RGB (`app/pixels/tones.ts`); 3: colour. */
  readonly tones: 1 | 3;
  /** Its values were measured (`app/pixels/content.ts`). */
  readonly scan: boolean;
  readonly range: UnitRange;
}

export function lookAt(image: Described): Picture {
  const { raster: source } = image;
  const seen = tones(source);
  const scan = isScan(image);
  const narrow = narrowColour(image);
  if (narrow) {
    const scale = { ...scaleOf(source), black: narrow.low, white: narrow.high };
    return { source: { ...source, scale }, tones: seen, scan, range: narrow };
  }
  return { source, tones: seen, scan, range: unitRange(source, scan && seen === 1) };
}

/**
 * Reads a square window in units of the picture's range, mirrored beyond the borders, not clipped; what
 * is not finite becomes 0. Gray is repeated in each plane, also gray that is stored as RGB.
 * @param origin top left of the window, image coordinates, may be negative
 * @param side of the window, pixels
 * @param target planar [planes, side, side]; may be longer, the rest is not touched
 * @param planes 1 or 3; not fewer than the picture has tones
 * @param within the part that is mirrored at its borders; default: the whole picture
 */
export function readUnits(
  { source, tones: seen, range }: Picture,
  origin: { readonly x: number; readonly y: number },
  side: number,
  target: Float32Array,
  planes: 1 | 3,
  within: Rect = { x: 0, y: 0, width: source.width, height: source.height },
): void {
  const plane = side * side;
  if (seen === 3) readPlanar(source, origin, side, target, planes, undefined, within);
  else {
    const { data } = source;
    const { columns, rows } = mirroredWindow(source, origin, side, within);
    const { low, high } = range;
    const scale = 1 / (high - low);
    for (let y = 0, at = 0; y < side; y++)
      for (let x = 0; x < side; x++, at++)
        target[at] = (data[rows[y]! + columns[x]!]! - low) * scale;
    for (let p = 1; p < planes; p++) target.copyWithin(p * plane, 0, plane);
  }
  if (source.sampleType !== 'float32') return;
  const end = planes * plane;
  for (let i = 0; i < end; i++) if (!Number.isFinite(target[i]!)) target[i] = 0;
}
