/**
 * Covariance of many small vectors, accumulated in blocks; the products in WASM (`assembly/`), in half the time of
 * typed loops. Owns the arithmetic only: `patches.ts` says which vectors, `chen.ts` what the result means.
 */
import { FREE_FROM, kernelOf, type Kernel } from '../kernel.ts';

/** Vectors per block: 192 × 128 doubles stay within a core's cache. */
export const BLOCK = 128;

/** Running first and second moments of `dimension`-vectors (`dimension` a multiple of 4). */
export interface Moments {
  readonly dimension: number;
  count: number;
  readonly sum: Float64Array;
  /** Lower triangle of Σ x xᵀ, row-major, dimension × dimension. */
  readonly products: Float64Array;
  /**
   * What is added next: component i of vector b at `block[i × BLOCK + b]`. Values should be near zero on average, so that
   * nothing cancels later.
   */
  readonly block: Float64Array;
  /** Adds the block's products. */
  readonly addProducts: () => void;
}

/** `assembly/index.ts`. */
interface Products extends Kernel {
  addProducts(block: number, products: number, dimension: number, length: number): void;
}

/** @throws Error when the program was not built */
export function createMoments(dimension: number): Moments {
  const blockAt = FREE_FROM;
  const productsAt = blockAt + 8 * dimension * BLOCK;
  const end = productsAt + 8 * dimension ** 2;
  const kernel = kernelOf<Products>('denoise/noise/covariance.wasm', end);
  const { buffer } = kernel.memory;
  return {
    dimension,
    count: 0,
    sum: new Float64Array(dimension),
    products: new Float64Array(buffer, productsAt, dimension ** 2),
    block: new Float64Array(buffer, blockAt, dimension * BLOCK),
    addProducts: () => kernel.addProducts(blockAt, productsAt, dimension, BLOCK),
  };
}

/** Adds the block, of which `filled` vectors count; the others are overwritten with zero. */
export function addBlock(moments: Moments, filled: number): void {
  const { dimension, sum, block } = moments;
  moments.count += filled;
  for (let i = 0; i < dimension; i++) {
    const line = i * BLOCK;
    let total = 0;
    for (let b = 0; b < filled; b++) total += block[line + b]!;
    sum[i]! += total;
    if (filled < BLOCK) block.fill(0, line + filled, line + BLOCK);
  }
  moments.addProducts();
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
