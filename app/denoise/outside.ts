/**
 * What lies outside of the body in a scan: air, which nobody looks at and whose values an archive shall have as they were. It stays bit
 * for bit, like padding, and like constant ground (`ground.ts`, which puts both back) nothing that is said of the removed part counts it.
 *
 * Air is told where it has a known value: in Hounsfield units. Of everything else (PET, ultrasound, radiographs, values without a unit)
 * nothing is called outside; nor in MR, whose air would be known (`noise/magnitude.ts`) but has no value of its own, only noise: what is
 * left of that beside a clean body is the first thing that is seen.
 *
 * By hysteresis: what is surely air, over a good many pixels and along much of the border of the picture, is gone on from through whatever
 * is much emptier than a body, clothes and what lies beside a table too. Skin stops that, also where lungs are behind it; a table's
 * shells do. In doubt a pixel is inside: what the border is not reached from, and what touches it only shortly, as a windpipe, bowel gas
 * or lungs do that the picture cuts open. Where most of the border is outside the picture cuts no body open, and what touches it shortly is
 * outside as well where it has the value of air, as beside an arm.
 */
import { measuredValues } from '../pixels/percentiles.ts';
import { scaleOf, type Raster, type Samples } from '../pixels/raster.ts';
import type { Picture } from './picture.ts';
import { isSmall } from './range.ts';

/** The means of (2 reach + 1)² pixels around one, Hounsfield units at the most, that make it air. */
interface Means {
  readonly reach: number;
  readonly most: number;
}
/** Air is −1000, to −970 where much noise is cut off at −1024; lungs are above −900, and seldom below −950 over a centimetre. */
const SURE: Means = { reach: 5, most: -950 };
/** Skin in one row of seven is more; clothes in few of them are less. This is the distance from the body, too. */
const LIKELY: Means = { reach: 3, most: -850 };
/** Share of the edge of a picture (or of the padding around it) that outside air touches at least. */
const LEAST_EDGE = 1 / 12;
/** Highest mean of a piece of likely air that is outside though it touches the edge shortly, Hounsfield units: lungs have more. */
const MOST_OF_PIECE = -930;
/** Share of the measured edge that is outside where the picture cuts no body open, but for a table. */
const MOSTLY_OUTSIDE = 1 / 2;

/** @returns Hounsfield units as stored; null: it has none */
function storedHu(source: Raster): ((hu: number) => number) | null {
  const { slope, intercept, unit } = scaleOf(source);
  return unit === 'HU' && slope > 0 ? (hu) => (hu - intercept) / slope : null;
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
  const stored = storedHu(source);
  if (stored === null) return null;
  const sure = kindsOf(source, { ...SURE, most: stored(SURE.most) });
  // Nothing but air is no body.
  if (!sure.includes(kind.body)) return null;
  const likely = kindsOf(source, { ...LIKELY, most: stored(LIKELY.most) });
  return new Outside(source, sure, likely).found(stored(MOST_OF_PIECE));
}

const kind = { body: 0, air: 1, padding: 2 } as const;

/** By box means of what was measured. @param means `most` as stored */
function kindsOf(source: Raster, { reach, most }: Means): Uint8Array {
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
  for (let y = 0; y < reach; y++) take(y, 1);
  for (let y = 0; y < height; y++) {
    take(y + reach, 1);
    take(y - reach - 1, -1);
    let [sum, count] = [0, 0];
    for (let x = 0; x < Math.min(reach, width); x++) {
      sum += sums[x]!;
      count += counts[x]!;
    }
    for (let x = 0, at = y * width; x < width; x++, at++) {
      if (x + reach < width) {
        sum += sums[x + reach]!;
        count += counts[x + reach]!;
      }
      if (x > reach) {
        sum -= sums[x - reach - 1]!;
        count -= counts[x - reach - 1]!;
      }
      if (!isMeasured(data[at]!)) kinds[at] = kind.padding;
      else if (sum <= most * count) kinds[at] = kind.air;
    }
  }
  return kinds;
}

/** Air that the edge is reached from, piece by piece. */
class Outside {
  readonly #source: Raster;
  readonly #sure: Uint8Array;
  readonly #likely: Uint8Array;
  readonly #mask: Uint8Array;
  readonly #waiting: Int32Array;

  constructor(source: Raster, sure: Uint8Array, likely: Uint8Array) {
    this.#source = source;
    this.#sure = sure;
    this.#likely = likely;
    this.#mask = new Uint8Array(sure.length);
    this.#waiting = new Int32Array(sure.length);
  }

  /** @param mostOfPiece as stored @returns null: nothing is outside */
  found(mostOfPiece: number): Uint8Array | null {
    const { width, height } = this.#source;
    const least = LEAST_EDGE * 2 * (width + height);
    const tried = new Uint8Array(this.#sure.length);
    for (let start = 0; start < tried.length; start++) {
      if (this.#sure[start] !== kind.air || tried[start]) continue;
      if (this.#edgeOf(this.#flood(start, this.#sure, tried)) >= least) this.#grow(start);
    }
    if (!this.#mask.includes(1)) return null;
    if (this.#shareOfEdge() >= MOSTLY_OUTSIDE) this.#addShort(mostOfPiece);
    return this.#mask;
  }

  /** What is likely air around a piece that is sure; sure pixels of it may be none of the likely, beside something bright. */
  #grow(start: number): void {
    const piece = this.#flood(start, this.#sure, new Uint8Array(this.#sure.length)).slice();
    for (const at of piece)
      if (this.#likely[at] === kind.air) this.#flood(at, this.#likely, this.#mask);
    for (const at of piece) this.#mask[at] = 1;
  }

  /** What has the value of air and touches the edge, however shortly. */
  #addShort(mostOfPiece: number): void {
    const { data } = this.#source;
    const tried = this.#mask.slice();
    for (let start = 0; start < tried.length; start++) {
      if (this.#likely[start] !== kind.air || tried[start]) continue;
      const piece = this.#flood(start, this.#likely, tried);
      const sum = piece.reduce((all, at) => all + data[at]!, 0);
      if (sum > mostOfPiece * piece.length || this.#edgeOf(piece) === 0) continue;
      for (const at of piece) this.#mask[at] = 1;
    }
  }

  /** @param seen is marked @returns the pixels of a piece of air, until the next call */
  #flood(start: number, kinds: Uint8Array, seen: Uint8Array): Int32Array {
    const { width, height } = this.#source;
    const waiting = this.#waiting;
    let end = 0;
    const reach = (at: number): void => {
      if (kinds[at] !== kind.air || seen[at]) return;
      seen[at] = 1;
      waiting[end++] = at;
    };
    reach(start);
    for (let next = 0; next < end; next++) {
      const at = waiting[next]!;
      const x = at % width;
      const y = (at - x) / width;
      if (x > 0) reach(at - 1);
      if (x < width - 1) reach(at + 1);
      if (y > 0) reach(at - width);
      if (y < height - 1) reach(at + width);
    }
    return waiting.subarray(0, end);
  }

  /** @returns how many of the pixels are at the edge */
  #edgeOf(piece: Int32Array): number {
    return piece.reduce((sum, at) => sum + (this.#isAtEdge(at) ? 1 : 0), 0);
  }

  #isAtEdge(at: number): boolean {
    const { width, height } = this.#source;
    const kinds = this.#sure;
    const x = at % width;
    const y = (at - x) / width;
    return (
      x === 0 || y === 0 || x === width - 1 || y === height - 1 ||
      kinds[at - 1] === kind.padding || kinds[at + 1] === kind.padding ||
      kinds[at - width] === kind.padding || kinds[at + width] === kind.padding
    ); // prettier-ignore
  }

  #shareOfEdge(): number {
    let [edge, outside] = [0, 0];
    for (let at = 0; at < this.#mask.length; at++) {
      if (this.#sure[at] === kind.padding || !this.#isAtEdge(at)) continue;
      edge++;
      outside += this.#mask[at]!;
    }
    return outside / edge;
  }
}
