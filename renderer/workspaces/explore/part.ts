/** The part of a photo that is looked for, as it is drawn and moved; shares of its width and height. Pure. */
import type { Part } from '../../../app/contract/explore-fields.ts';
import type { Point } from './map-view.ts';

/** Smaller ones are a click and no part. */
const least = 0.04;
/** Of a key. */
const step = 0.05;
const within = (value: number, most = 1): number => Math.min(most, Math.max(0, value));

/** Between two corners. @returns null: there is as good as nothing between them */
export function partBetween(one: Point, other: Point): Part | null {
  const [left, right] = [one.x, other.x].map((value) => within(value)).sort((a, b) => a - b);
  const [top, bottom] = [one.y, other.y].map((value) => within(value)).sort((a, b) => a - b);
  const part = { x: left!, y: top!, width: right! - left!, height: bottom! - top! };
  return part.width < least || part.height < least ? null : part;
}

const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Arrow keys move it, with Shift its right and lower edge; the first one takes the middle. @returns undefined: the key means nothing here */
export function partByKey(part: Part | null, key: string, shift: boolean): Part | null | undefined {
  if (key === 'Escape') return part === null ? undefined : null;
  const move = moves[key];
  if (!move) return undefined;
  if (part === null) return { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
  const { x, y, width, height } = part;
  const [right, down] = move.map((way) => way * step) as [number, number];
  if (!shift) return { ...part, x: within(x + right, 1 - width), y: within(y + down, 1 - height) };
  return {
    ...part,
    width: Math.max(2 * step, within(width + right, 1 - x)),
    height: Math.max(2 * step, within(height + down, 1 - y)),
  };
}
