import { expect, test } from 'vitest';
import type { Field } from '../../bench/quality/field.ts';
import { ssim } from '../../bench/quality/ssim.ts';

const width = 10;
const height = 12;

/** @param value of row y, column x, channel c */
function field(channels: 1 | 3, value: (y: number, x: number, c: number) => number): Field {
  const data = new Float32Array(width * height * channels);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) for (let c = 0; c < channels; c++) data[at++] = value(y, x, c);
  return { width, height, channels, data };
}

const a = (y: number, x: number): number => (7 * x + 13 * y + x * y) % 64;
const b = (y: number, x: number): number => (7 * x + 13 * y + x * y + ((3 * x + 5 * y) % 11)) % 64;

// The figures: scikit-image 0.26.0, structural_similarity(…, data_range=63[, channel_axis=2]).
test('agrees with scikit-image on one channel and on three', () => {
  expect(ssim(field(1, a), field(1, b), { low: 0, high: 63 })).toBeCloseTo(0.6740083406541834, 6);
  const first = field(
    3,
    (y, x, c) => [a(y, x), (a(y, x) * 3 + y) % 64, (a(y, x) + 5 * x) % 64][c]!,
  );
  const second = field(
    3,
    (y, x, c) => [b(y, x), (a(y, x) * 3 + 2 * y) % 64, (a(y, x) + 5 * x + (x % 3)) % 64][c]!,
  );
  expect(ssim(first, second, { low: 0, high: 63 })).toBeCloseTo(0.7387971023617332, 6);
});

test('is 1 for equal pictures, and refuses pictures of different size', () => {
  expect(ssim(field(1, a), field(1, a), { low: 0, high: 63 })).toBeCloseTo(1, 12);
  expect(() => ssim(field(1, a), { ...field(1, b), width: 9 }, { low: 0, high: 1 })).toThrow(
    /one size/,
  );
});
