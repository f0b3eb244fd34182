import { expect, test } from 'vitest';
import { symmetricEigenvalues } from '../../../app/denoise/noise/eigenvalues.ts';
import { normal } from '../../random.ts';

test('the second-difference matrix has its known eigenvalues 2 − 2 cos(kπ / (n + 1))', () => {
  const n = 50;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    matrix[i * n + i] = 2;
    if (i > 0) matrix[i * n + i - 1] = matrix[(i - 1) * n + i] = -1;
  }
  const values = symmetricEigenvalues(matrix, n);
  for (let k = 1; k <= n; k++)
    expect(values[k - 1]).toBeCloseTo(2 - 2 * Math.cos((k * Math.PI) / (n + 1)), 12);
});

test('a full matrix H diag(λ) H of a Householder reflection gives λ back', () => {
  const n = 192;
  const random = normal(3);
  const v = Float64Array.from({ length: n }, random);
  const norm = v.reduce((sum, x) => sum + x * x, 0);
  const lambda = Float64Array.from({ length: n }, (_, i) => (i < 150 ? 25 : 10 * i)).sort();
  const h = (i: number, j: number) => (i === j ? 1 : 0) - (2 * v[i]! * v[j]!) / norm;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += h(i, k) * lambda[k]! * h(j, k);
      matrix[i * n + j] = sum;
    }
  const before = matrix.slice();
  const values = symmetricEigenvalues(matrix, n);
  values.forEach((value, i) => expect(value).toBeCloseTo(lambda[i]!, 8));
  expect(matrix).toEqual(before);
});

test('matrices of rank 0, 1 and of size 1 are no trouble', () => {
  expect([...symmetricEigenvalues(new Float64Array(64 * 64), 64)]).toEqual(new Array(64).fill(0));
  const ones = symmetricEigenvalues(new Float64Array(9).fill(1), 3);
  expect(ones[2]).toBeCloseTo(3, 12);
  expect(Math.abs(ones[0]!)).toBeLessThan(1e-12);
  expect([...symmetricEigenvalues(Float64Array.of(7), 1)]).toEqual([7]);
});

test('not-a-number ends with an error, not with a hang', () => {
  expect(() => symmetricEigenvalues(Float64Array.of(1, NaN, NaN, 1), 2)).toThrow(
    'did not converge',
  );
});
