/**
 * What lies outside of the body in a scan: air, which nobody looks at and whose values an archive shall have as they were. It stays bit
 * for bit, like padding, and like constant ground (`ground.ts`, which puts both back) nothing that is said of the removed part counts it.
 *
 * Air is told where it has a known value: in Hounsfield units. Of everything else (PET, ultrasound, radiographs, values without a unit)
 * nothing is called outside; nor in MR, whose air would be known (`noise/magnitude.ts`) but has no value of its own, only noise: what is
 * left of that beside a clean body is the first thing that is seen. In doubt a pixel is inside: what lies within REACH of anything
 * brighter, what the border of the picture is not reached from, and what touches that border only shortly, as a windpipe, bowel gas or
 * lungs do that the picture cuts open.
 */
import { measuredValues } from '../pixels/percentiles.ts';
import { scaleOf, type Raster, type Samples } from '../pixels/raster.ts';
import type { Picture } from './picture.ts';
import { isSmall } from './range.ts';

/** A pixel is air where the mean of (2 REACH + 1)² pixels around it is: that is its distance from the body, too. */
const REACH = 5;
/**
 * Most of such a mean, Hounsfield units. Air is −1000, to −970 where much noise is cut off at −1024; lungs are above −900, and seldom
 * below −950 over a centimetre.
 */
const MOST_HU = -950;
/** Share of the edge of a picture (or of the padding around it) that outside air touches at least. */
const LEAST_EDGE = 1 / 12;

/** Stored values: the highest mean that is air. */
function mostOfAir(source: Raster): number | null {
  const { slope, intercept, unit } = scaleOf(source);
  return unit === 'HU' && slope > 0 ? (MOST_HU - intercept) / slope : null;
}

const known = new WeakMap<Samples, Uint8Array | null>();

/** @returns 1: outside of the body; width × height; null: nothing is. Looked for once. */
export function outsideOf(picture: Picture): Uint8Array | null {
  const { data } = picture.source;
  let found = known.get(data);
  if (found === undefined) known.set(data, (found = findOutside(picture)));
  return found;
}

function findOutside(picture: Picture): Uint8Array | null {
  const { source, scan, tones } = picture;
  if (!scan || tones !== 1 || source.channels !== 1 || !isSmall(source)) return null;
  const most = mostOfAir(source);
  if (most === null) return null;
  const kinds = kindsOf(source, most);
  // Nothing but air is no body.
  return kinds.includes(kind.body) ? reachedFromEdge(kinds, source) : null;
}

const kind = { body: 0, air: 1, padding: 2, tried: 3 } as const;

/** By box means of what was measured. */
function kindsOf(source: Raster, most: number): Uint8Array {
  const { data, width, height } = source;
  const isMeasured = measuredValues(source);
  const kinds = new Uint8Array(width * height);
  /** Of the rows that reach the one that is looked at, by column. */
  const sums = new Float64Array(width);
  const counts = new Int32Array(width);
  const take = (y: number, sign: 1 | -1): void => {
    if (y < 0 || y >= height) return;
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const value = data[at]!;
      if (!isMeasured(value)) continue;
      sums[x]! += sign * value;
      counts[x]! += sign;
    }
  };
  for (let y = 0; y < REACH; y++) take(y, 1);
  for (let y = 0; y < height; y++) {
    take(y + REACH, 1);
    take(y - REACH - 1, -1);
    let [sum, count] = [0, 0];
    for (let x = 0; x < Math.min(REACH, width); x++) {
      sum += sums[x]!;
      count += counts[x]!;
    }
    for (let x = 0, at = y * width; x < width; x++, at++) {
      if (x + REACH < width) {
        sum += sums[x + REACH]!;
        count += counts[x + REACH]!;
      }
      if (x > REACH) {
        sum -= sums[x - REACH - 1]!;
        count -= counts[x - REACH - 1]!;
      }
      if (!isMeasured(data[at]!)) kinds[at] = kind.padding;
      else if (sum <= most * count) kinds[at] = kind.air;
    }
  }
  return kinds;
}

/** Air that the edge is reached from, each piece by itself. `kinds` is written on. */
function reachedFromEdge(
  kinds: Uint8Array,
  { width, height }: Pick<Raster, 'width' | 'height'>,
): Uint8Array | null {
  const least = LEAST_EDGE * 2 * (width + height);
  const mask = new Uint8Array(kinds.length);
  const waiting = new Int32Array(kinds.length);
  let isAny = false;
  const isAtEdge = (at: number, x: number, y: number): boolean =>
    x === 0 || y === 0 || x === width - 1 || y === height - 1 ||
    kinds[at - 1] === kind.padding || kinds[at + 1] === kind.padding ||
    kinds[at - width] === kind.padding || kinds[at + width] === kind.padding; // prettier-ignore
  for (let start = 0; start < kinds.length; start++) {
    if (kinds[start] !== kind.air) continue;
    let [edge, end] = [0, 0];
    const reach = (at: number): void => {
      if (kinds[at] !== kind.air) return;
      kinds[at] = kind.tried;
      waiting[end++] = at;
    };
    reach(start);
    for (let next = 0; next < end; next++) {
      const at = waiting[next]!;
      const x = at % width;
      const y = (at - x) / width;
      if (isAtEdge(at, x, y)) edge++;
      if (x > 0) reach(at - 1);
      if (x < width - 1) reach(at + 1);
      if (y > 0) reach(at - width);
      if (y < height - 1) reach(at + width);
    }
    if (edge < least) continue;
    isAny = true;
    for (let i = 0; i < end; i++) mask[waiting[i]!] = 1;
  }
  return isAny ? mask : null;
}
