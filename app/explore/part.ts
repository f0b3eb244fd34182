/** A part of a picture that is asked about instead of all of it. */
import { invalidParameter } from '../contract/index.ts';
import type { Part } from '../contract/explore-fields.ts';
import type { SmallPicture } from '../pixels/thumbnail.ts';
import { say } from './sentences.ts';

/** Pixels of a whole picture that is made for a part of it; a smaller part is looked at with fewer of its own. */
const MOST = 4096;

/** Longest side of the picture that a part is taken of, pixels, so that the part has its `side`. */
export const mostSide = (part: Part, side: number): number =>
  Math.min(MOST, Math.ceil(side / Math.max(part.width, part.height)));

/** @throws HourglassError invalid-parameter: nothing of it lies in the picture */
export function partOf({ width, height, data }: SmallPicture, part: Part): SmallPicture {
  const left = Math.round(part.x * width);
  const top = Math.round(part.y * height);
  const wide = Math.min(width - left, Math.max(1, Math.round(part.width * width)));
  const high = Math.min(height - top, Math.max(1, Math.round(part.height * height)));
  if (wide < 1 || high < 1) throw invalidParameter('part', say('partWithin'), JSON.stringify(part));
  const out = new Uint8Array(4 * wide * high);
  for (let row = 0; row < high; row++) {
    const from = 4 * ((top + row) * width + left);
    out.set(data.subarray(from, from + 4 * wide), 4 * wide * row);
  }
  return { width: wide, height: high, data: out };
}
