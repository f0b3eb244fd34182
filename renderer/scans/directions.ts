/** What lies in a direction of the body, in the letters of DICOM (PS3.3, C.7.6.1.1.1). */
import type { BodyPlace } from '../../app/contract/domain.ts';
import { axesOf, type Orientation } from '../viewer/orientation.ts';

export type Vector = readonly [number, number, number];

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

/** The directions to the right and downwards on the screen. */
export function asSeen({ origin, right, down }: BodyPlace, orientation: Orientation): BodyPlace {
  const { a, b, c, d } = axesOf(orientation);
  const along = (x: number, y: number): [number, number, number] =>
    [0, 1, 2].map((axis) => right[axis]! * x + down[axis]! * y) as [number, number, number];
  return { origin, right: along(a, c), down: along(b, d) };
}

/** At the edges of the picture. */
export const edgeLetters = ({ right, down }: BodyPlace) => ({
  left: lettersOf(opposite(right)),
  right: lettersOf(right),
  top: lettersOf(opposite(down)),
  bottom: lettersOf(down),
});

/** The pixel whose middle is nearest to the foot of a point, as exactly as the point is. */
export function pixelOf(
  { origin, right, down }: BodyPlace,
  size: { readonly x: number; readonly y: number },
  point: Vector,
): { readonly x: number; readonly y: number } {
  const along = (direction: Vector): number =>
    direction.reduce((sum, part, axis) => sum + part * (point[axis]! - origin[axis]!), 0);
  return { x: along(right) / size.x, y: along(down) / size.y };
}

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
