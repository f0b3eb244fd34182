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
import { scaleOf, type Raster, type Samples, type Size } from '../pixels/raster.ts';
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
  const measured = measuredIn(source);
  const sure = kindsOf(measured, { ...SURE, most: stored(SURE.most) });
  // Nothing but air is no body.
  if (!sure.includes(kind.air) || !sure.includes(kind.body)) return null;
  const outside = new Outside(measured, sure);
  return outside.found(
    () => kindsOf(measured, { ...LIKELY, most: stored(LIKELY.most) }),
    stored(MOST_OF_PIECE),
  );
}

/** Kinds of pixels and masks have a frame of one pixel around them: what goes on from one to its neighbours need not ask where it is. */
const FRAME = 1;
/** What is beyond the picture is like what the scanner left out of it. */
const kind = { padding: 0, body: 1, air: 2 } as const;

interface Measured extends Size {
  /** 0 where nothing was measured. */
  readonly values: Float64Array;
  /** 1: it was. */
  readonly counts: Uint8Array;
}

function measuredIn(source: Raster): Measured {
  const { data, width, height } = source;
  const isMeasured = measuredValues(source);
  const values = new Float64Array(width * height);
  const counts = new Uint8Array(width * height);
  for (let at = 0; at < values.length; at++) {
    const value = data[at]!;
    if (!isMeasured(value)) continue;
    values[at] = value;
    counts[at] = 1;
  }
  return { width, height, values, counts };
}

/** By box means of what was measured. @param means `most` as stored */
function kindsOf(measured: Measured, { reach, most }: Means): Uint8Array {
  const { width, height, values, counts } = measured;
  const stride = width + 2 * FRAME;
  const kinds = new Uint8Array(stride * (height + 2 * FRAME));
  /** Of the rows that reach the one that is looked at, by column, with `reach` columns of nothing at either side. */
  const sums = new Float64Array(width + 2 * reach + 1);
  const numbers = new Int32Array(width + 2 * reach + 1);
  const take = (y: number, sign: 1 | -1): void => {
    if (y < 0 || y >= height) return;
    for (let x = 0, at = y * width, to = reach; x < width; x++, at++, to++) {
      sums[to]! += sign * values[at]!;
      numbers[to]! += sign * counts[at]!;
    }
  };
  for (let y = 0; y < reach; y++) take(y, 1);
  const across = 2 * reach + 1;
  for (let y = 0; y < height; y++) {
    take(y + reach, 1);
    take(y - reach - 1, -1);
    let [sum, count] = [0, 0];
    for (let x = 0; x < across - 1; x++) {
      sum += sums[x]!;
      count += numbers[x]!;
    }
    let to = (y + FRAME) * stride + FRAME;
    for (let x = 0, at = y * width; x < width; x++, at++, to++) {
      sum += sums[x + across - 1]!;
      count += numbers[x + across - 1]!;
      if (counts[at] === 1) kinds[to] = sum <= most * count ? kind.air : kind.body;
      sum -= sums[x]!;
      count -= numbers[x]!;
    }
  }
  return kinds;
}

/** A piece of air: its pixels, until the next piece is looked for, and how many of them are at the edge. */
interface Piece {
  readonly pixels: Int32Array;
  readonly edge: number;
}

/** Air that the edge is reached from, piece by piece. */
class Outside {
  readonly #measured: Measured;
  readonly #sure: Uint8Array;
  readonly #stride: number;
  readonly #mask: Uint8Array;
  readonly #waiting: Int32Array;

  constructor(measured: Measured, sure: Uint8Array) {
    this.#measured = measured;
    this.#sure = sure;
    this.#stride = measured.width + 2 * FRAME;
    this.#mask = new Uint8Array(sure.length);
    this.#waiting = new Int32Array(sure.length);
  }

  /**
   * @param likelyKinds asked for where there is outside air that is sure
   * @param mostOfPiece as stored
   * @returns null: nothing is outside
   */
  found(likelyKinds: () => Uint8Array, mostOfPiece: number): Uint8Array | null {
    const { width, height } = this.#measured;
    const least = LEAST_EDGE * 2 * (width + height);
    const tried = new Uint8Array(this.#sure.length);
    const pieces: Int32Array[] = [];
    for (let start = 0; start < tried.length; start++) {
      if (this.#sure[start] !== kind.air || tried[start] === 1) continue;
      const { pixels, edge } = this.#flood(start, this.#sure, tried);
      if (edge >= least) pieces.push(pixels.slice());
    }
    if (pieces.length === 0) return null;
    const likely = likelyKinds();
    for (const piece of pieces) this.#grow(piece, likely);
    if (this.#shareOfEdge() >= MOSTLY_OUTSIDE) this.#addShort(likely, mostOfPiece);
    const mask = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      const from = (y + FRAME) * this.#stride + FRAME;
      mask.set(this.#mask.subarray(from, from + width), y * width);
    }
    return mask;
  }

  /** What is likely air around a piece that is sure; sure pixels of it may be none of the likely, beside something bright. */
  #grow(piece: Int32Array, likely: Uint8Array): void {
    for (const at of piece)
      if (likely[at] === kind.air && this.#mask[at] === 0) this.#flood(at, likely, this.#mask);
    for (const at of piece) this.#mask[at] = 1;
  }

  /** What has the value of air and touches the edge, however shortly. */
  #addShort(likely: Uint8Array, mostOfPiece: number): void {
    const tried = this.#mask.slice();
    for (let start = 0; start < tried.length; start++) {
      if (likely[start] !== kind.air || tried[start] === 1) continue;
      const { pixels, edge } = this.#flood(start, likely, tried);
      if (edge === 0) continue;
      const sum = pixels.reduce((all, at) => all + this.#valueAt(at), 0);
      if (sum > mostOfPiece * pixels.length) continue;
      for (const at of pixels) this.#mask[at] = 1;
    }
  }

  #valueAt(at: number): number {
    const x = at % this.#stride;
    const y = (at - x) / this.#stride;
    return this.#measured.values[(y - FRAME) * this.#measured.width + x - FRAME]!;
  }

  /** @param seen is marked */
  #flood(start: number, kinds: Uint8Array, seen: Uint8Array): Piece {
    const waiting = this.#waiting;
    const steps = [-1, 1, -this.#stride, this.#stride];
    let [end, edge] = [1, 0];
    waiting[0] = start;
    seen[start] = 1;
    for (let next = 0; next < end; next++) {
      const at = waiting[next]!;
      if (this.#isAtEdge(at)) edge++;
      for (const step of steps) {
        const to = at + step;
        if (kinds[to] !== kind.air || seen[to] === 1) continue;
        seen[to] = 1;
        waiting[end++] = to;
      }
    }
    return { pixels: waiting.subarray(0, end), edge };
  }

  /** Of the picture, or of the padding around it. */
  #isAtEdge(at: number): boolean {
    const kinds = this.#sure;
    return (
      kinds[at - 1] === kind.padding || kinds[at + 1] === kind.padding ||
      kinds[at - this.#stride] === kind.padding || kinds[at + this.#stride] === kind.padding
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
