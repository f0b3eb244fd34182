/**
 * How a picture is turned and flipped on the screen, and nowhere else. Everything about the view (zoom, middle, which tiles) is
 * reckoned as if the picture stood upright, in a pane that is turned the other way; this maps points of that pane to the screen and back.
 */
import type { Pane, PanePoint } from './view.ts';

export interface Orientation {
  /** Quarters to the right, after the flip. */
  readonly turns: 0 | 1 | 2 | 3;
  /** Left and right are swapped, before it is turned. */
  readonly mirrored: boolean;
}

export const upright: Orientation = { turns: 0, mirrored: false };

export const isUpright = ({ turns, mirrored }: Orientation): boolean => turns === 0 && !mirrored;

const quarters = (turns: number): Orientation['turns'] =>
  (((turns % 4) + 4) % 4) as Orientation['turns'];

/** Turned further as it is seen. @param by quarters to the right */
export const turned = ({ turns, mirrored }: Orientation, by: number): Orientation => ({
  turns: quarters(turns + by),
  mirrored,
});

/** Flipped as it is seen: left and right, or top and bottom. */
export const flipped = ({ turns, mirrored }: Orientation, way: 'across' | 'down'): Orientation => ({
  turns: quarters((way === 'across' ? 0 : 2) - turns),
  mirrored: !mirrored,
});

/** Rows of the picture stand upright on the screen. */
const liesOver = ({ turns }: Orientation): boolean => turns % 2 === 1;

/** The pane as the upright picture sees it; its own inverse. */
export const paneOf = (pane: Pane, orientation: Orientation): Pane =>
  liesOver(orientation) ? { ...pane, width: pane.height, height: pane.width } : pane;

/** x' = a·x + c·y + e, y' = b·x + d·y + f, as canvases have it. */
export interface Placement {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/** On the screen: (a, b) the way in which columns of the picture follow each other, (c, d) that of its rows. */
export function axesOf({ turns, mirrored }: Orientation): Pick<Placement, 'a' | 'b' | 'c' | 'd'> {
  let [a, b, c, d] = [mirrored ? -1 : 1, 0, 0, 1];
  for (let turn = 0; turn < turns; turn++) [a, b, c, d] = [0 - b, a, 0 - d, c];
  return { a, b, c, d };
}

/**
 * From the pane of the upright picture to the screen.
 * @param pane of the upright picture @param paneX where the pane begins on the screen, for both
 */
export function placementOf(orientation: Orientation, pane: Pane, paneX = 0): Placement {
  const { a, b, c, d } = axesOf(orientation);
  const { width, height } = pane;
  const shift = (one: number, other: number): number =>
    0 - Math.min(0, one * width) - Math.min(0, other * height);
  return { a, b, c, d, e: shift(a, c) + paneX - a * paneX, f: shift(b, d) - b * paneX };
}

export const placed = ({ a, b, c, d, e, f }: Placement, { x, y }: PanePoint): PanePoint => ({
  x: a * x + c * y + e,
  y: b * x + d * y + f,
});

/** The other way: lengths stay what they are, so the axes are their own inverse, transposed. */
export const unplaced = ({ a, b, c, d, e, f }: Placement, { x, y }: PanePoint): PanePoint => ({
  x: a * (x - e) + b * (y - f),
  y: c * (x - e) + d * (y - f),
});
