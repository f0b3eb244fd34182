/**
 * Eigenvalues of a small symmetric matrix, and nothing else: Householder reduction to tridiagonal
 * form, then the implicit QL iteration, values only (Golub, Van Loan, "Matrix Computations",
 * 4th ed., 8.3.1 and 8.3.3; Wilkinson, Reinsch, "Handbook for Automatic Computation" II/2 and II/3).
 * Own code because 70 lines on typed arrays do what the noise estimate needs in 10 ms for 192 × 192;
 * the linear algebra libraries of npm would bring a matrix class and eigenvectors nobody asks for.
 */
import { HourglassError } from '../../contract/index.ts';
import { say } from '../sentences.ts';

/** An eigenvalue of a tridiagonal matrix settles in two or three QL steps; this many never happen. */
const MOST_STEPS = 60;

/**
 * @param matrix symmetric, n × n, row-major; only the lower triangle is read, nothing is written
 * @returns the n eigenvalues, ascending
 * @throws HourglassError internal, when the iteration does not converge (NaN in the matrix)
 */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  const { diagonal, off } = tridiagonalise(matrix, n);
  diagonaliseByQl(diagonal, off);
  return diagonal.sort();
}

/** A → QᵀAQ tridiagonal. `off[i]` couples i and i + 1. */
function tridiagonalise(
  matrix: Float64Array,
  n: number,
): { diagonal: Float64Array; off: Float64Array } {
  const a = matrix.slice();
  const diagonal = new Float64Array(n);
  const off = new Float64Array(n);
  const p = new Float64Array(n);
  // From the last row upwards: row i is reflected onto its entry i - 1 within the leading block.
  for (let i = n - 1; i >= 1; i--) {
    const row = i * n;
    let norm = 0;
    for (let k = 0; k < i; k++) norm += a[row + k]! * a[row + k]!;
    const last = a[row + i - 1]!;
    const alpha = last > 0 ? -Math.sqrt(norm) : Math.sqrt(norm);
    diagonal[i] = a[row + i]!;
    off[i - 1] = alpha;
    // vᵀv / 2 of v = x - alpha·e; zero when the row is already reduced.
    const half = norm - alpha * last;
    if (half === 0) {
      off[i - 1] = last;
      continue;
    }
    a[row + i - 1] = last - alpha;
    // p = A v / half, K = vᵀp / (2 half), w = p - K v, A ← A - v wᵀ - w vᵀ (lower triangle).
    p.fill(0, 0, i);
    for (let j = 0; j < i; j++) {
      const vj = a[row + j]!;
      let sum = a[j * n + j]! * vj;
      for (let k = 0; k < j; k++) {
        const ajk = a[j * n + k]!;
        sum += ajk * a[row + k]!;
        p[k]! += ajk * vj;
      }
      p[j]! += sum;
    }
    let dot = 0;
    for (let j = 0; j < i; j++) {
      p[j]! /= half;
      dot += p[j]! * a[row + j]!;
    }
    const factor = dot / (2 * half);
    for (let j = 0; j < i; j++) p[j]! -= factor * a[row + j]!;
    for (let j = 0; j < i; j++) {
      const vj = a[row + j]!;
      const wj = p[j]!;
      const line = j * n;
      for (let k = 0; k <= j; k++) a[line + k]! -= vj * p[k]! + wj * a[row + k]!;
    }
  }
  diagonal[0] = a[0]!;
  return { diagonal, off };
}

/** Implicit QL with Wilkinson's shift; `diagonal` becomes the eigenvalues, unsorted. */
function diagonaliseByQl(diagonal: Float64Array, off: Float64Array): void {
  const n = diagonal.length;
  // Couplings below rounding of the largest row count as zero: small eigenvalues are needed to
  // absolute accuracy only, and a rank-deficient matrix (a flat picture) settles at once.
  let largest = 0;
  for (let i = 0; i < n; i++)
    largest = Math.max(largest, Math.abs(diagonal[i]!) + Math.abs(off[i]!));
  const negligible = Number.EPSILON * largest;
  for (let l = 0; l < n; l++) {
    for (let step = 0; ; step++) {
      let m = l;
      while (m < n - 1 && !(Math.abs(off[m]!) <= negligible)) m++;
      if (m === l) break;
      if (step === MOST_STEPS)
        throw new HourglassError('internal', say('eigenvaluesNoiseEstimateDidNot'));
      let g = (diagonal[l + 1]! - diagonal[l]!) / (2 * off[l]!);
      let r = Math.hypot(g, 1);
      g = diagonal[m]! - diagonal[l]! + off[l]! / (g + (g >= 0 ? r : -r));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * off[i]!;
        const b = c * off[i]!;
        r = Math.hypot(f, g);
        off[i + 1] = r;
        if (r === 0) {
          diagonal[i + 1]! -= p;
          off[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = diagonal[i + 1]! - p;
        const t = (diagonal[i]! - g) * s + 2 * c * b;
        p = s * t;
        diagonal[i + 1] = g + p;
        g = c * t - b;
      }
      if (r === 0 && i >= l) continue;
      diagonal[l]! -= p;
      off[l] = g;
      off[m] = 0;
    }
  }
}
