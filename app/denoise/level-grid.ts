/**
 * A value per cell of a picture, and the smooth surface between: noise levels as a network measures
 * them, drawn on the screen (`noise-map.ts`) or handed to the denoiser (`asking.ts`).
 */

export interface LevelGrid {
  /** Side of a cell, pixels; cell (0, 0) begins at the picture's top left. */
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
  /** Row-major. */
  readonly values: Float32Array;
}

/**
 * Cells [rows, columns] under a Gaussian, first along rows, then along columns.
 * @param sigma in cells; the kernel ends after `reach` cells and sums to 1
 * @param beyond which cell stands for one outside of 0 … length − 1; null: none does, it counts as 0
 */
export function blurCells(
  cells: Float64Array,
  columns: number,
  rows: number,
  { sigma, reach }: { readonly sigma: number; readonly reach: number },
  beyond: ((index: number, length: number) => number) | null,
): Float64Array {
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const pass = (from: Float64Array, length: number, stride: number): Float64Array =>
    from.map((_, i) => {
      const position = Math.floor(i / stride) % length;
      return weights.reduce((sum, weight, k) => {
        const index = position + k - reach;
        const isInside = index >= 0 && index < length;
        if (!isInside && !beyond) return sum;
        const other = isInside ? index : beyond!(index, length);
        return sum + (weight / total) * from[i + (other - position) * stride]!;
      }, 0);
    });
  return pass(pass(cells, columns, 1), rows, columns);
}

interface Taps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Weight of the second. */
  readonly share: Float32Array;
}

/** The two cells whose centres enclose each position; beyond the outermost centres, those alone. */
function tapsOf(positions: Int32Array, cell: number, cells: number): Taps {
  const { length } = positions;
  const taps = {
    first: new Int32Array(length),
    second: new Int32Array(length),
    share: new Float32Array(length),
  };
  for (let i = 0; i < length; i++) {
    const at = Math.max(0, Math.min(cells - 1, (positions[i]! + 0.5) / cell - 0.5));
    const first = Math.floor(at);
    taps.first[i] = first;
    taps.second[i] = Math.min(cells - 1, first + 1);
    taps.share[i] = at - first;
  }
  return taps;
}

/**
 * Bilinear interpolation at every pair of the given pixel columns and rows.
 * @param target row-major, columns.length × rows.length, written from `offset` on
 */
export function sampleGrid(
  grid: LevelGrid,
  columns: Int32Array,
  rows: Int32Array,
  target: Float32Array,
  offset = 0,
): void {
  const { cell, values } = grid;
  const across = tapsOf(columns, cell, grid.columns);
  const down = tapsOf(rows, cell, grid.rows);
  for (let y = 0, at = offset; y < rows.length; y++) {
    const upper = down.first[y]! * grid.columns;
    const lower = down.second[y]! * grid.columns;
    const v = down.share[y]!;
    for (let x = 0; x < columns.length; x++, at++) {
      const left = across.first[x]!;
      const right = across.second[x]!;
      const u = across.share[x]!;
      const top = values[upper + left]! + u * (values[upper + right]! - values[upper + left]!);
      const bottom = values[lower + left]! + u * (values[lower + right]! - values[lower + left]!);
      target[at] = top + v * (bottom - top);
    }
  }
}
