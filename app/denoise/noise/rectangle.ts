/** The largest rectangle of cells of one kind, and what of a picture is large enough to be read alone. */
import type { Rect } from '../../contract/index.ts';
import type { Size } from '../../pixels/raster.ts';

/** Side of a cell, pixels. */
export const CELL = 8;
/** Of what is read alone: pixels along each side, and share of the picture. */
export const LEAST_SIDE = 48;
export const LEAST_SHARE = 1 / 24;

/** @returns null where it is too little to be read alone */
export function pixelsOf({ left, top, right, bottom }: CellRect, whole: Size): Rect | null {
  const [width, height] = [CELL * (right - left), CELL * (bottom - top)];
  if (width < LEAST_SIDE || height < LEAST_SIDE) return null;
  if (width * height < LEAST_SHARE * whole.width * whole.height) return null;
  return { x: CELL * left, y: CELL * top, width, height };
}

/** Columns or rows of cells, the last one excluded. */
export interface CellRect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Under each row of heights, the largest rectangle of a histogram.
 * @param values of cells, row-major @param most cells up to this value are of the kind
 * @returns of no width and height where there is no such cell
 */
export function largestRectangle(
  { columns, rows }: { readonly columns: number; readonly rows: number },
  values: Float32Array,
  most: number,
): CellRect {
  let best: CellRect = { left: 0, top: 0, right: 0, bottom: 0 };
  let area = 0;
  const heights = new Int32Array(columns + 1);
  for (let row = 0; row < rows; row++) {
    const open: { left: number; height: number }[] = [];
    for (let column = 0; column <= columns; column++) {
      const free = column < columns && values[row * columns + column]! <= most;
      heights[column] = free ? heights[column]! + 1 : 0;
      let left = column;
      while (open.length > 0 && open.at(-1)!.height >= heights[column]!) {
        const closed = open.pop()!;
        left = closed.left;
        if (closed.height * (column - left) <= area) continue;
        area = closed.height * (column - left);
        best = { left, top: row + 1 - closed.height, right: column, bottom: row + 1 };
      }
      open.push({ left, height: heights[column]! });
    }
  }
  return best;
}
