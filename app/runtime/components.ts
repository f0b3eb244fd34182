/**
 * Principal components: the directions in which vectors differ most, and so what the best linear code of a width keeps. Found by orthogonal
 * iteration on the covariance (Golub & Van Loan, Matrix Computations, 4th edition, section 8.2.4).
 */
import { Draws } from './draws.ts';

export interface Components {
  readonly mean: Float64Array;
  /** Of length 1, the strongest first, [width][values]. */
  readonly vectors: readonly Float64Array[];
}

/** More vectors than are wanted: the last wanted one converges by its distance to the last of all. */
const EXTRA = 8;
const ROUNDS = 400;
/** Change of each variance, of their sum, that ends it: the sum alone stands still while the wanted directions still turn within their plane. */
const STILL = 1e-10;

/**
 * @param samples vectors of `size` values, one after another
 * @param width components, at most `size`
 */
export function componentsOf(samples: Float32Array, size: number, width: number): Components {
  const count = samples.length / size;
  const mean = new Float64Array(size);
  for (let at = 0; at < samples.length; at++) mean[at % size]! += samples[at]! / count;
  const covariance = covarianceOf(samples, size, mean);
  const kept = Math.min(size, width + EXTRA);
  const draws = new Draws(7, size);
  let vectors = orthonormal(
    Array.from({ length: kept }, () =>
      Float64Array.from({ length: size }, () => draws.next() - 0.5),
    ),
  );
  let before: readonly number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const turned = vectors.map((vector) => times(covariance, vector));
    const variances = turned.map((vector, at) => dot(vector, vectors[at]!)).slice(0, width);
    vectors = orthonormal(turned);
    const sum = variances.reduce((a, b) => a + b, 0);
    if (variances.every((one, at) => Math.abs(one - (before[at] ?? Infinity)) <= STILL * sum))
      break;
    before = variances;
  }
  return { mean, vectors: vectors.slice(0, width) };
}

function covarianceOf(samples: Float32Array, size: number, mean: Float64Array): Float64Array[] {
  const rows = Array.from({ length: size }, () => new Float64Array(size));
  const centred = new Float64Array(size);
  const count = samples.length / size;
  for (let start = 0; start < samples.length; start += size) {
    for (let i = 0; i < size; i++) centred[i] = samples[start + i]! - mean[i]!;
    for (let i = 0; i < size; i++) {
      const row = rows[i]!;
      const factor = centred[i]! / count;
      for (let j = 0; j <= i; j++) row[j]! += factor * centred[j]!;
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) rows[j]![i] = rows[i]![j]!;
  return rows;
}

/** Sum of products. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const times = (rows: readonly Float64Array[], vector: Float64Array): Float64Array =>
  Float64Array.from(rows, (row) => dot(row, vector));

/** Gram and Schmidt, modified. */
function orthonormal(vectors: Float64Array[]): Float64Array[] {
  for (const [at, vector] of vectors.entries()) {
    for (let before = 0; before < at; before++) {
      const other = vectors[before]!;
      const along = dot(vector, other);
      for (let i = 0; i < vector.length; i++) vector[i]! -= along * other[i]!;
    }
    const length = Math.sqrt(dot(vector, vector));
    // Nothing is left where the data have fewer dimensions: a vector of zeros adds nothing.
    if (length > 1e-12) for (let i = 0; i < vector.length; i++) vector[i]! /= length;
    else vector.fill(0);
  }
  return vectors;
}
