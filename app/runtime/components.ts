/**
 * Principal components: the directions in which vectors differ most, and so what the best linear code of a width keeps. Found by orthogonal
 * iteration on the covariance with Ritz's vectors (Golub & Van Loan, Matrix Computations, 4th edition, sections 8.2.4 and 8.5.2; Saad, Numerical Methods for
 * Large Eigenvalue Problems, 2nd edition, algorithm 5.3).
 */
import { throwIfCancelled } from '../contract/index.ts';
import { nextTurn } from '../pixels/turns.ts';
import { Draws } from './draws.ts';

export interface Components {
  readonly mean: Float64Array;
  /** Of length 1, the strongest first, [width][values]. */
  readonly vectors: readonly Float64Array[];
  /** Of the samples along each. */
  readonly variances: readonly number[];
}

/** More vectors than are wanted: each wanted one converges by its distance to the last of all. Many wanted ones leave those behind them nearly alike, so that a share of them counts. */
const EXTRA = 8;
const EXTRA_SHARE = 0.5;
const ROUNDS = 100;
/** Times that vectors are turned before they are told apart, which costs as much as a few turns. */
const TURNS = 4;
/** Change of each variance, of their sum, that ends it: the sum alone stands still while the wanted directions still turn within their plane. */
const STILL = 1e-10;

/**
 * For few and short vectors: all of it in one turn.
 * @param samples vectors of `size` values, one after another
 * @param width components, at most `size`
 */
export function componentsOf(samples: Float32Array, size: number, width: number): Components {
  const work = components(samples, size, width);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Longest work without a turn for others, milliseconds. */
const TURN = 20;

/** The same, the same bits, while others have their turns: of long vectors it is the work of seconds. @throws HourglassError cancelled */
export async function componentsInTurns(
  samples: Float32Array,
  size: number,
  width: number,
  signal: AbortSignal,
): Promise<Components> {
  const work = components(samples, size, width);
  let begun = performance.now();
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() - begun < TURN) continue;
    await nextTurn();
    throwIfCancelled(signal);
    begun = performance.now();
  }
}

/** Yields after each few milliseconds' work. */
function* components(
  samples: Float32Array,
  size: number,
  width: number,
): Generator<undefined, Components> {
  const count = samples.length / size;
  const mean = new Float64Array(size);
  for (let at = 0; at < samples.length; at++) mean[at % size]! += samples[at]! / count;
  const covariance = yield* covarianceOf(samples, size, mean);
  const kept = Math.min(size, width + Math.max(EXTRA, Math.ceil(EXTRA_SHARE * width)));
  if (kept === size) {
    const { values, vectors } = yield* symmetricEigen(covariance);
    return { mean, vectors: vectors.slice(0, width), variances: values.slice(0, width) };
  }
  const draws = new Draws(7, size);
  let vectors = yield* orthonormal(
    Array.from({ length: kept }, () =>
      Float64Array.from({ length: size }, () => draws.next() - 0.5),
    ),
  );
  let before: readonly number[] = [];
  let variances: readonly number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let turn = 1; turn < TURNS; turn++)
      vectors = yield* orthonormal(yield* timesEach(covariance, vectors));
    const turned = yield* timesEach(covariance, vectors);
    const { values, vectors: next } = yield* toldApart(vectors, turned);
    vectors = yield* orthonormal(next);
    variances = values.slice(0, width);
    const sum = variances.reduce((a, b) => a + b, 0);
    if (variances.every((one, at) => Math.abs(one - (before[at] ?? Infinity)) <= STILL * sum))
      break;
    before = variances;
  }
  return { mean, vectors: vectors.slice(0, width), variances };
}

/**
 * Ritz's vectors: among themselves directions are found at once, however alike their variances are.
 * @param vectors of length 1, at right angles
 * @param turned by the covariance
 * @returns the largest first
 */
function* toldApart(
  vectors: readonly Float64Array[],
  turned: readonly Float64Array[],
): Generator<undefined, { readonly values: number[]; readonly vectors: Float64Array[] }> {
  const within: Float64Array[] = [];
  for (const vector of vectors) {
    within.push(Float64Array.from(turned, (other) => dot(vector, other)));
    yield;
  }
  const { values, vectors: mixes } = yield* symmetricEigen(within);
  return { values, vectors: mixes.map((mix) => mixed(turned, mix)) };
}

function* covarianceOf(
  samples: Float32Array,
  size: number,
  mean: Float64Array,
): Generator<undefined, Float64Array[]> {
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
    yield;
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) rows[j]![i] = rows[i]![j]!;
  return rows;
}

/** Of the square of what is on the diagonal, what may be left beside it. */
const DIAGONAL = 1e-26;
const SWEEPS = 30;

/**
 * Jacobi's cyclic method.
 * @param matrix symmetric, [n][n]; is overwritten
 * @returns the largest value first, vectors [n][n]
 */
function* symmetricEigen(
  matrix: Float64Array[],
): Generator<undefined, { readonly values: number[]; readonly vectors: Float64Array[] }> {
  const size = matrix.length;
  const vectors = matrix.map((_, at) => new Float64Array(size).fill(1, at, at + 1));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let [beside, on] = [0, 0];
    for (const [p, row] of matrix.entries())
      for (const [q, value] of row.entries()) {
        if (p === q) on += value ** 2;
        else beside += value ** 2;
      }
    if (beside <= DIAGONAL * on) break;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) turn(matrix, vectors, p, q);
      yield;
    }
  }
  const order = matrix.map((_, at) => at).toSorted((a, b) => matrix[b]![b]! - matrix[a]![a]!);
  return {
    values: order.map((at) => matrix[at]![at]!),
    vectors: order.map((at) => vectors[at]!),
  };
}

/** Turns two directions so that nothing is left between them. @param vectors one a row */
function turn(matrix: Float64Array[], vectors: Float64Array[], p: number, q: number): void {
  const [one, other] = [matrix[p]!, matrix[q]!];
  const between = one[q]!;
  if (between === 0) return;
  const slope = (other[q]! - one[p]!) / (2 * between);
  const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.hypot(1, slope));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = tangent * cosine;
  for (const row of matrix) {
    const [a, b] = [row[p]!, row[q]!];
    row[p] = cosine * a - sine * b;
    row[q] = sine * a + cosine * b;
  }
  for (const [a, b] of [
    [one, other],
    [vectors[p]!, vectors[q]!],
  ] as const)
    for (let i = 0; i < a.length; i++) {
      const [x, y] = [a[i]!, b[i]!];
      a[i] = cosine * x - sine * y;
      b[i] = sine * x + cosine * y;
    }
}

/** Sum of vectors, so much of each. */
function mixed(vectors: readonly Float64Array[], shares: Float64Array): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  for (const [at, vector] of vectors.entries()) {
    const share = shares[at]!;
    for (let i = 0; i < sum.length; i++) sum[i]! += share * vector[i]!;
  }
  return sum;
}

/** Sum of products. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function* timesEach(
  matrix: readonly Float64Array[],
  vectors: readonly Float64Array[],
): Generator<undefined, Float64Array[]> {
  const products: Float64Array[] = [];
  for (const vector of vectors) {
    products.push(times(matrix, vector));
    yield;
  }
  return products;
}

/** Four rows at once: a sum waits for each of its additions, four wait no longer than one. */
function times(rows: readonly Float64Array[], vector: Float64Array): Float64Array {
  const product = new Float64Array(rows.length);
  const fours = rows.length - (rows.length % 4);
  for (let row = 0; row < fours; row += 4) {
    const [a, b, c, d] = [rows[row]!, rows[row + 1]!, rows[row + 2]!, rows[row + 3]!];
    let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
    for (let i = 0; i < vector.length; i++) {
      const value = vector[i]!;
      sumA += a[i]! * value;
      sumB += b[i]! * value;
      sumC += c[i]! * value;
      sumD += d[i]! * value;
    }
    product.set([sumA, sumB, sumC, sumD], row);
  }
  for (let row = fours; row < rows.length; row++) product[row] = dot(rows[row]!, vector);
  return product;
}

/** Gram and Schmidt, modified. */
function* orthonormal(vectors: Float64Array[]): Generator<undefined, Float64Array[]> {
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
    yield;
  }
  return vectors;
}
