/** Which vectors are near which: cosines of all with all that are asked for, as one product of matrices, and what a cosine is worth among those of a folder. */
import type { Inference, RunnableGraph } from '../runtime/index.ts';
import { Draws } from '../runtime/draws.ts';
import { encodeModel } from '../runtime/onnx.ts';
import { WIDTH } from './descriptor.ts';

/** Open until `close`. */
export interface Search {
  /**
   * Cosines of vectors with all of the search.
   * @returns [vectors, count of the search]; gone with the next call
   */
  cosines(vectors: readonly Float32Array[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Cosines [n, m] of `asked` [n, WIDTH] with `known` [m, WIDTH], both of length 1. */
export const productGraph = (): Uint8Array =>
  encodeModel({
    nodes: [
      {
        type: 'Gemm',
        ...{ inputs: ['asked', 'known'], outputs: ['cosines'], attributes: { transB: 1 } },
      },
    ],
    constants: [],
    inputs: [
      { name: 'asked', shape: ['n', WIDTH] },
      { name: 'known', shape: ['m', WIDTH] },
    ],
    outputs: [{ name: 'cosines', shape: ['n', 'm'] }],
  });

/** @param vectors of length 1, WIDTH numbers each @throws HourglassError device-failed, out-of-memory */
export async function openSearch(
  inference: Inference,
  vectors: readonly Float32Array[],
  threads: number,
): Promise<Search> {
  const count = vectors.length;
  const graph: RunnableGraph = await inference.openGraph(productGraph(), { threads });
  let known = joined(vectors);
  let cosines = new Float32Array(0);
  return {
    async cosines(asked) {
      const size = asked.length * count;
      if (cosines.length !== size) cosines = new Float32Array(size);
      const answer = await graph.run(
        {
          asked: { data: joined(asked), shape: [asked.length, WIDTH] },
          known: { data: known, shape: [count, WIDTH] },
        },
        { cosines: { data: cosines, shape: [asked.length, count] } },
      );
      known = own(answer.inputs.known!.data);
      return (cosines = own(answer.into.cosines!.data));
    },
    close: () => graph.close(),
  };
}

const own = (values: Float32Array): Float32Array<ArrayBuffer> =>
  values as Float32Array<ArrayBuffer>;

/** One after another. */
export function joined(vectors: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(vectors.length * WIDTH);
  for (const [at, vector] of vectors.entries()) all.set(vector, at * WIDTH);
  return all;
}

export interface Pairs {
  /** How many were looked at. */
  readonly count: number;
  /** Share of them that are less alike, percent. */
  percentile(cosine: number): number;
  /** The least cosine of a percentile. */
  cosineOf(percentile: number): number;
}

interface Looked {
  readonly vector: Float32Array;
  readonly mirrored: Float32Array;
}

const MOST_PAIRS = 20_000;

/** Cosine of two pictures, or of one and the mirror image of the other, whichever is more. */
export function alike(one: Looked, other: Looked): { cosine: number; isMirrored: boolean } {
  let [plain, mirror] = [0, 0];
  for (let i = 0; i < WIDTH; i++) {
    plain += one.vector[i]! * other.vector[i]!;
    mirror += one.mirrored[i]! * other.vector[i]!;
  }
  return mirror > plain
    ? { cosine: mirror, isMirrored: true }
    : { cosine: plain, isMirrored: false };
}

/** How alike pairs of a folder are: all, or some that are drawn, the same ones in each run. @returns null: there is no pair */
export function pairsOf(entries: readonly Looked[]): Pairs | null {
  const { length } = entries;
  const all = (length * (length - 1)) / 2;
  if (all < 1) return null;
  const cosines = new Float32Array(Math.min(all, MOST_PAIRS));
  if (all <= MOST_PAIRS) {
    let at = 0;
    for (let i = 1; i < length; i++)
      for (let j = 0; j < i; j++) cosines[at++] = alike(entries[i]!, entries[j]!).cosine;
  } else {
    const draws = new Draws(1);
    for (let at = 0; at < cosines.length; at++) {
      const i = draws.below(length);
      const j = (i + 1 + draws.below(length - 1)) % length;
      cosines[at] = alike(entries[i]!, entries[j]!).cosine;
    }
  }
  cosines.sort();
  return {
    count: cosines.length,
    percentile: (cosine) => (100 * below(cosines, cosine)) / cosines.length,
    cosineOf: (percentile) =>
      cosines[
        Math.min(cosines.length - 1, Math.max(0, Math.ceil((percentile / 100) * cosines.length)))
      ]!,
  };
}

/** How many of sorted values are below one. */
function below(values: Float32Array, value: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
