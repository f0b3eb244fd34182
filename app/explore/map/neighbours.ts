/** The nearest of each picture, all compared with all: exact, where a library would guess in a thread of JavaScript. */
import { throwIfCancelled } from '../../contract/index.ts';
import { nextTurn } from '../../pixels/turns.ts';
import { nearest, type Search } from '../search.ts';

export interface Neighbours {
  /** Of each picture, itself among them as the first. */
  readonly count: number;
  /** [pictures, count], the nearest first. */
  readonly indices: Int32Array<ArrayBuffer>;
  /** [pictures, count], Euclidean. */
  readonly distances: Float32Array<ArrayBuffer>;
}

/** Rows of cosines at a time: of 100,000 pictures 12 MB. */
const ROWS = 32;

/**
 * @param vectors of length 1, those of the search
 * @param count fewer than there are vectors
 * @throws HourglassError cancelled
 */
export async function neighboursOf(
  vectors: readonly Float32Array[],
  search: Search,
  count: number,
  signal: AbortSignal,
  told: (done: number) => void,
): Promise<Neighbours> {
  const all = vectors.length;
  const indices = new Int32Array(all * count);
  const distances = new Float32Array(all * count);
  for (let start = 0; start < all; start += ROWS) {
    throwIfCancelled(signal);
    const rows = vectors.slice(start, start + ROWS);
    const cosines = await search.cosines(rows);
    for (let row = 0; row < rows.length; row++) {
      const from = (start + row) * count;
      const near = nearest(cosines.subarray(row * all, (row + 1) * all), start + row, count - 1);
      indices[from] = start + row;
      for (const [at, { other, cosine }] of near.entries()) {
        indices[from + 1 + at] = other;
        distances[from + 1 + at] = Math.sqrt(Math.max(0, 2 - 2 * cosine));
      }
    }
    told(Math.min(all, start + ROWS));
    await nextTurn();
  }
  return { count, indices, distances };
}
