/**
 * Covariance of many small vectors, accumulated in blocks with typed loops. Owns the arithmetic
 * only: `patches.ts` says which vectors, `chen.ts` what the result means.
 */

/** Vectors per block: 192 × 128 doubles stay within a core's cache. */
export const BLOCK = 128;

/** Running first and second moments of `dimension`-vectors (`dimension` a multiple of 4). */
export interface Moments {
  readonly dimension: number;
  count: number;
  readonly sum: Float64Array;
  /** Lower triangle of Σ x xᵀ, row-major, dimension × dimension. */
  readonly products: Float64Array;
}

export const createMoments = (dimension: number): Moments => ({
  dimension,
  count: 0,
  sum: new Float64Array(dimension),
  products: new Float64Array(dimension * dimension),
});

/**
 * Adds a full or partly filled block.
 * @param block component i of vector b at `block[i × BLOCK + b]`; entries from `filled` on are
 *   overwritten with zero. Values should be near zero on average, so that nothing cancels later.
 */
export function addBlock(moments: Moments, block: Float64Array, filled: number): void {
  const { dimension, sum, products } = moments;
  moments.count += filled;
  for (let i = 0; i < dimension; i++) {
    const line = i * BLOCK;
    let total = 0;
    for (let b = 0; b < filled; b++) total += block[line + b]!;
    sum[i]! += total;
    if (filled < BLOCK) block.fill(0, line + filled, line + BLOCK);
  }
  // Blocks of 4 × 2 products: eight running sums fit the registers, six loads serve eight products.
  for (let i = 0; i < dimension; i += 4) {
    const i0 = i * BLOCK;
    const i1 = i0 + BLOCK;
    const i2 = i1 + BLOCK;
    const i3 = i2 + BLOCK;
    for (let j = 0; j < i + 4; j += 2) {
      const j0 = j * BLOCK;
      const j1 = j0 + BLOCK;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let s20 = 0;
      let s21 = 0;
      let s30 = 0;
      let s31 = 0;
      for (let b = 0; b < BLOCK; b++) {
        const y0 = block[j0 + b]!;
        const y1 = block[j1 + b]!;
        const x0 = block[i0 + b]!;
        s00 += x0 * y0;
        s01 += x0 * y1;
        const x1 = block[i1 + b]!;
        s10 += x1 * y0;
        s11 += x1 * y1;
        const x2 = block[i2 + b]!;
        s20 += x2 * y0;
        s21 += x2 * y1;
        const x3 = block[i3 + b]!;
        s30 += x3 * y0;
        s31 += x3 * y1;
      }
      const r0 = i * dimension + j;
      const r1 = r0 + dimension;
      const r2 = r1 + dimension;
      const r3 = r2 + dimension;
      products[r0]! += s00;
      products[r0 + 1]! += s01;
      products[r1]! += s10;
      products[r1 + 1]! += s11;
      products[r2]! += s20;
      products[r2 + 1]! += s21;
      products[r3]! += s30;
      products[r3 + 1]! += s31;
    }
  }
}

/**
 * Covariance (divided by the count) of the components `from` … `from + size`.
 * @returns size × size, row-major, both triangles
 */
export function covariance(moments: Moments, from = 0, size = moments.dimension): Float64Array {
  const { dimension, count, sum, products } = moments;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      const second = products[(from + i) * dimension + from + j]! / count;
      const value = second - (sum[from + i]! / count) * (sum[from + j]! / count);
      matrix[i * size + j] = value;
      matrix[j * size + i] = value;
    }
  return matrix;
}
