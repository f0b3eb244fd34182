/** What lies in a direction of the body, in the letters of DICOM (PS3.3, C.7.6.1.1.1). */
import type { BodyPlace } from '../../app/contract/domain.ts';

type Vector = readonly [number, number, number];

const letters = [
  ['R', 'L'],
  ['A', 'P'],
  ['F', 'H'],
] as const;

/** Parts of a direction below this are not said: 11 degrees. */
const LEAST = 0.2;

/** The letters of a direction, the nearest first: "A", "LP". */
export const lettersOf = (direction: Vector): string =>
  direction
    .map((part, axis) => ({ size: Math.abs(part), letter: letters[axis]![part < 0 ? 0 : 1] }))
    .filter(({ size }) => size > LEAST)
    .sort((one, other) => other.size - one.size)
    .map(({ letter }) => letter)
    .join('');

const opposite = ([x, y, z]: Vector): Vector => [-x, -y, -z];

/** At the edges of the picture. */
export const edgeLetters = ({ right, down }: BodyPlace) => ({
  left: lettersOf(opposite(right)),
  right: lettersOf(right),
  top: lettersOf(opposite(down)),
  bottom: lettersOf(down),
});

/** Of a pixel's middle, millimetres. */
export const positionOf = (
  { origin, right, down }: BodyPlace,
  size: { readonly x: number; readonly y: number },
  pixel: { readonly x: number; readonly y: number },
): Vector => {
  const at = (axis: 0 | 1 | 2): number =>
    origin[axis] + right[axis] * size.x * pixel.x + down[axis] * size.y * pixel.y;
  return [at(0), at(1), at(2)];
};
