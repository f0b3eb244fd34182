/** Which vectors are near which: cosines of all with all that are asked for, as one product of matrices, and what a cosine is worth among those of a folder. */
import type { Inference, RunnableGraph } from '../runtime/index.ts';
import { Draws } from '../runtime/draws.ts';
import { encodeModel } from '../runtime/onnx.ts';
import { FORM, WIDTH } from './descriptor.ts';

/** Open until `close`. */
export interface Search {
  /**
   * Cosines of vectors with all of the search.
   * @returns [vectors, count of the search]; gone with the next call
   */
  cosines(vectors: readonly Float32Array[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Cosines [n, m] of `asked` [n, numbers] with `known` [m, numbers], both of length 1. */
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
      { name: 'asked', shape: ['n', 'numbers'] },
      { name: 'known', shape: ['m', 'numbers'] },
    ],
    outputs: [{ name: 'cosines', shape: ['n', 'm'] }],
  });

/** @param vectors of length 1, as many numbers each @throws HourglassError device-failed, out-of-memory */
export async function openSearch(
  inference: Inference,
  vectors: readonly Float32Array[],
  threads: number,
): Promise<Search> {
  const count = vectors.length;
  const width = vectors[0]?.length ?? WIDTH;
  const graph: RunnableGraph = await inference.openGraph(productGraph(), { threads });
  let known = joined(vectors);
  let cosines = new Float32Array(0);
  return {
    async cosines(asked) {
      const size = asked.length * count;
      if (cosines.length !== size) cosines = new Float32Array(size);
      const answer = await graph.run(
        {
          asked: { data: joined(asked), shape: [asked.length, width] },
          known: { data: known, shape: [count, width] },
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
  const all = new Float32Array(vectors.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const vector of vectors) {
    all.set(vector, at);
    at += vector.length;
  }
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

export interface Likeness {
  readonly cosine: number;
  /** Of the forms alone; of the codes of a network it says nothing. */
  readonly form: number;
  /** The form is nearer to that of the mirror image. */
  readonly isMirrored: boolean;
}

/** Of two pictures, or of one and the mirror image of the other, whichever is more. */
export function alike(one: Looked, other: Looked): Likeness {
  const { length } = other.vector;
  const formEnd = Math.min(FORM, length);
  const ways = [one.vector, one.mirrored].map((vector) => {
    let [form, texture] = [0, 0];
    for (let i = 0; i < formEnd; i++) form += vector[i]! * other.vector[i]!;
    for (let i = formEnd; i < length; i++) texture += vector[i]! * other.vector[i]!;
    return { cosine: form + texture, form: 2 * form };
  });
  const [plain, mirror] = [ways[0]!, ways[1]!];
  return {
    cosine: Math.max(plain.cosine, mirror.cosine),
    form: Math.max(plain.form, mirror.form),
    isMirrored: mirror.form > plain.form,
  };
}

/** To be asked for: its cosine with a vector is that of their forms alone. */
export function formOf(vector: Float32Array): Float32Array {
  const form = new Float32Array(WIDTH);
  for (let i = 0; i < FORM; i++) form[i] = 2 * vector[i]!;
  return form;
}

/** The largest of some cosines, the largest first. @param own place that does not count; -1: none */
export function nearest(
  cosines: Float32Array,
  own: number,
  count: number,
): { readonly other: number; readonly cosine: number }[] {
  const found: { other: number; cosine: number }[] = [];
  for (let other = 0; other < cosines.length; other++) {
    const cosine = cosines[other]!;
    const isFull = found.length === count;
    if (other === own || (isFull && cosine <= found[count - 1]!.cosine)) continue;
    if (isFull) found.pop();
    let at = found.length;
    while (at > 0 && found[at - 1]!.cosine < cosine) at--;
    found.splice(at, 0, { other, cosine });
  }
  return found;
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
