/**
 * Whether two pictures are one that was edited (made smaller or lighter, cropped, turned a little, mirrored), or only look alike. The tiny pictures of
 * both (`descriptor.ts`) are laid on each other, one as a part of the other: coarsely everywhere, then finely where that fitted best. There
 * their detail must agree.
 */
import { TINY } from './descriptor.ts';
import { halved } from '../pixels/halved.ts';
import { mirroredPlane, squared } from './plane.ts';

/** A part of a picture: its middle and its sides as shares of the picture's, turned by an angle in radians. */
interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly angle: number;
}

/** Samples along each side that are compared, coarsely and finely. */
const COARSE = 8;
const FINE = 16;
/** Sides of parts that are tried: a crop to less is not looked for. */
const SIDES = [1, 0.92, 0.84, 0.76, 0.68];
/** A crop is seldom a strip. */
const MOST_APART = 0.17;
/** From place to place. */
const STEP = 0.04;
/** Places that are looked at finely. */
const BEST = 3;
/** Coarsely no better than this: it will not be one. */
const HOPELESS = 0.8;
/** Changes that are tried there, each smaller than the one before. */
const REFINED = [0.03, 0.015, 0.0075];
/** Of the angle, to such a change: 0.03 is two degrees and a half. */
const TURN = 1.45;
const LEAST_SIDE = 0.6;
const MOST_TURN = 0.13;

const parts: readonly Part[] = SIDES.flatMap((width) =>
  SIDES.filter((height) => Math.abs(width - height) <= MOST_APART).flatMap((height) =>
    middles(width).flatMap((x) => middles(height).map((y) => ({ x, y, width, height, angle: 0 }))),
  ),
);

function middles(side: number): readonly number[] {
  const room = 1 - side;
  const count = Math.ceil(room / STEP);
  return Array.from(
    { length: count + 1 },
    (_, at) => side / 2 + (count === 0 ? 0 : (at * room) / count),
  );
}

/** Least agreement of pictures that are one, by how alike their forms are: what looks less alike must agree more. */
const NEEDED = { from: { cosine: 0.3, least: 0.985 }, to: { cosine: 0.7, least: 0.95 } } as const;

/**
 * Least agreement of what is left of them without the means of each neighbourhood. Two skies above two hills agree in all else (0.25 and 0.61 are those pairs of
 * 346 photos that would be taken for one); of 1,900 edits the least are 0.76 (turned by 5 degrees), 0.84 (a crop) and 0.95 (lighter).
 */
const NEEDED_DETAIL = 0.7;
/** Samples on each side that a neighbourhood reaches. */
const AROUND = 1;

/** Correlations where two pictures fit best, −1 to 1; lightness and contrast do not count. */
interface Fit {
  readonly all: number;
  readonly detail: number;
}

/**
 * @param cosine of their forms
 * @param isMirrored whether the mirror image of the first is as near, or nearer
 */
export function areOne(
  one: Uint8Array,
  other: Uint8Array,
  cosine: number,
  isMirrored: boolean,
): boolean {
  const { from, to } = NEEDED;
  if (cosine < from.cosine) return false;
  const way = Math.min(1, (cosine - from.cosine) / (to.cosine - from.cosine));
  const needed = from.least + way * (to.least - from.least);
  const agree = (mirrored: boolean): boolean => {
    const { all, detail } = agreement(one, other, mirrored);
    return all >= needed && detail >= NEEDED_DETAIL;
  };
  // A picture that is nearly symmetric is as near to its mirror image.
  return agree(isMirrored) || (cosine > SYMMETRIC && agree(!isMirrored));
}

const SYMMETRIC = 0.9;

/**
 * @param one @param other [TINY, TINY]
 * @param isMirrored whether the mirror image of the first is meant
 */
function agreement(one: Uint8Array, other: Uint8Array, isMirrored: boolean): Fit {
  const given = { width: TINY, height: TINY, data: new Float32Array(one) };
  const first = isMirrored ? mirroredPlane(given).data : given.data;
  const second = new Float32Array(other);
  const [way, back] = [bestFit(first, second), bestFit(second, first)];
  return way.all >= back.all ? way : back;
}

/** The first as a part of the second. */
function bestFit(whole: Float32Array, within: Float32Array): Fit {
  const plane = { width: TINY, height: TINY, data: whole };
  const coarse = ofLengthOne(squared(plane, COARSE));
  const fine = ofLengthOne(squared(plane, FINE));
  if (!coarse || !fine) return { all: 0, detail: 0 };
  const small = halved(within, TINY, TINY);
  const fits = parts
    .map((part) => ({ part, fit: correlation(coarse, COARSE, small, TINY / 2, part) }))
    .sort((a, b) => b.fit - a.fit);
  if (fits[0]!.fit < HOPELESS) return { all: fits[0]!.fit, detail: 0 };
  let best = { part: fits[0]!.part, fit: -1 };
  for (const { part } of fits.slice(0, BEST)) {
    const one = refined(fine, within, part);
    if (one.fit > best.fit) best = one;
  }
  const there = samplesOf(FINE, within, TINY, best.part);
  return { all: best.fit, detail: likeness(detailOf(squared(plane, FINE)), detailOf(there)) };
}

/** Climbs from a part to one that fits better, as long as there is one. */
function refined(
  wanted: Float32Array,
  within: Float32Array,
  start: Part,
): { part: Part; fit: number } {
  let here = start;
  let best = correlation(wanted, FINE, within, TINY, here);
  for (const step of REFINED)
    for (let round = 0; round < 4; round++) {
      const before = best;
      for (const next of around(here, step)) {
        const fit = correlation(wanted, FINE, within, TINY, next);
        if (fit > best) [here, best] = [next, fit];
      }
      if (best === before) break;
    }
  return { part: here, fit: best };
}

const around = (part: Part, step: number): readonly Part[] =>
  [step, -step]
    .flatMap((by) => [
      { ...part, x: part.x + by },
      { ...part, y: part.y + by },
      { ...part, width: part.width + by },
      { ...part, height: part.height + by },
      { ...part, width: part.width + by, height: part.height + by },
      { ...part, angle: part.angle + TURN * by },
    ])
    .filter(
      ({ width, height, angle }) =>
        [width, height].every((side) => side >= LEAST_SIDE && side <= 1) &&
        Math.abs(angle) <= MOST_TURN,
    );

/** Variance of a picture that shows nothing: that of half a level. */
const FLAT = 0.25;

/** Without mean; null: it is all one value. */
function ofLengthOne(values: Float32Array): Float32Array | null {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (squares < FLAT * values.length) return null;
  return values.map((value) => (value - mean) / Math.sqrt(squares));
}

/** @param wanted [samples, samples], of `ofLengthOne` @param data [side, side], read between pixels */
function correlation(
  wanted: Float32Array,
  samples: number,
  data: Float32Array,
  side: number,
  part: Part,
): number {
  const values = samplesOf(samples, data, side, part);
  let [sum, squares, product] = [0, 0, 0];
  for (const [at, value] of values.entries()) {
    sum += value;
    squares += value * value;
    product += value * wanted[at]!;
  }
  const spread = squares - (sum * sum) / wanted.length;
  return spread < FLAT * wanted.length ? 0 : product / Math.sqrt(spread);
}

/** The part of a picture. @returns [samples, samples] */
function samplesOf(
  samples: number,
  data: Float32Array,
  side: number,
  { x, y, width, height, angle }: Part,
): Float32Array {
  const values = new Float32Array(samples * samples);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let row = 0, at = 0; row < samples; row++) {
    const v = ((row + 0.5) / samples - 0.5) * height;
    for (let column = 0; column < samples; column++, at++) {
      const u = ((column + 0.5) / samples - 0.5) * width;
      const across = Math.min(side - 1, Math.max(0, (x + u * cos - v * sin) * side - 0.5));
      const down = Math.min(side - 1, Math.max(0, (y + u * sin + v * cos) * side - 0.5));
      const left = Math.min(side - 2, Math.floor(across));
      const top = Math.min(side - 2, Math.floor(down));
      const s = across - left;
      const t = down - top;
      const from = top * side + left;
      values[at] =
        (1 - t) * ((1 - s) * data[from]! + s * data[from + 1]!) +
        t * ((1 - s) * data[from + side]! + s * data[from + side + 1]!);
    }
  }
  return values;
}

/** What differs from the mean of what is around, which is what two skies above two hills have not in common. @param values [FINE, FINE] */
function detailOf(values: Float32Array): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0; row < FINE; row++)
    for (let column = 0; column < FINE; column++) {
      let [sum, count] = [0, 0];
      for (let y = Math.max(0, row - AROUND); y <= Math.min(FINE - 1, row + AROUND); y++)
        for (let x = Math.max(0, column - AROUND); x <= Math.min(FINE - 1, column + AROUND); x++) {
          sum += values[y * FINE + x]!;
          count++;
        }
      out[row * FINE + column] = values[row * FINE + column]! - sum / count;
    }
  return out;
}

/** Cosine of two. */
function likeness(one: Float32Array, other: Float32Array): number {
  let [both, ofOne, ofOther] = [0, 0, 0];
  for (const [at, value] of one.entries()) {
    both += value * other[at]!;
    ofOne += value * value;
    ofOther += other[at]! ** 2;
  }
  return both / Math.sqrt(ofOne * ofOther) || 0;
}
