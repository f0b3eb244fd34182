/**
 * Places in a picture, from how it is stored to how it stands upright: what a person is told by a number must
 * point at the same pixels after they were turned. Orientation as in EXIF (CIPA DC-008, 4.6.5): 1–8.
 */

export interface Turn {
  /** 1–8; 1: nothing changes. */
  readonly orientation: number;
  /** Stored size, pixels. */
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Width and height change places. */
export const exchanges = ({ orientation }: Pick<Turn, 'orientation'>): boolean =>
  orientation >= 5 && orientation <= 8;

/**
 * A place between the edges, not the number of a pixel: the right edge of the stored picture is at `size.width`.
 * @param size stored size in the unit of the point: pixels, or 1 × 1 of what is relative
 */
export function turnPoint(
  { x, y }: Point,
  { orientation }: Pick<Turn, 'orientation'>,
  size: { readonly width: number; readonly height: number } = { width: 1, height: 1 },
): Point {
  const [right, below] = [size.width - x, size.height - y];
  switch (orientation) {
    case 2:
      return { x: right, y };
    case 3:
      return { x: right, y: below };
    case 4:
      return { x, y: below };
    case 5:
      return { x: y, y: x };
    case 6:
      return { x: below, y: x };
    case 7:
      return { x: below, y: right };
    case 8:
      return { x: y, y: right };
    default:
      return { x, y };
  }
}

/** A box by its upper left corner. */
export function turnBox(
  { x, y, width, height }: Point & { readonly width: number; readonly height: number },
  turn: Pick<Turn, 'orientation'>,
  size?: { readonly width: number; readonly height: number },
): { x: number; y: number; width: number; height: number } {
  const [one, other] = [
    turnPoint({ x, y }, turn, size),
    turnPoint({ x: x + width, y: y + height }, turn, size),
  ];
  return {
    x: Math.min(one.x, other.x),
    y: Math.min(one.y, other.y),
    ...(exchanges(turn) ? { width: height, height: width } : { width, height }),
  };
}

/** EXIF's SubjectArea and SubjectLocation: a point, a circle (point and diameter) or a box (centre, width, height), pixels. */
export function turnedSubject(numbers: readonly number[], turn: Turn): number[] {
  const [x, y, ...sizes] = numbers;
  if (x === undefined || y === undefined || numbers.length > 4) return [...numbers];
  const within = (value: number): number => Math.min(0xffff, Math.max(0, value));
  const at = turnPoint({ x, y }, turn, turn);
  const turned = sizes.length === 2 && exchanges(turn) ? [...sizes].reverse() : sizes;
  return [within(at.x), within(at.y), ...turned];
}
