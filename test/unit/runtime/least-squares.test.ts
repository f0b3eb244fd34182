/** Linear regression against weights that are known. */
import { expect, it } from 'vitest';
import { leastSquares } from '../../../app/runtime/least-squares.ts';
import { uniform } from '../../random.ts';

it('finds the weights of what was made with them, for several outputs at once', () => {
  const random = uniform(3);
  const wanted = [
    [2, -1],
    [0.5, 4],
    [-3, 0],
  ];
  const features = Float32Array.from({ length: 300 }, () => random() - 0.5);
  const targets = Float32Array.from({ length: 200 }, (_, at) =>
    wanted.reduce((sum, row, i) => sum + row[at % 2]! * features[3 * Math.floor(at / 2) + i]!, 0),
  );
  const found = leastSquares(features, targets, 3, 2);
  for (const [i, row] of wanted.entries())
    for (const [o, weight] of row.entries()) expect(found[i * 2 + o]).toBeCloseTo(weight, 4);
});

it('gives nothing to a feature that is there by rounding alone, and to one that is not there', () => {
  const random = uniform(4);
  const [features, targets]: [number[], number[]] = [[], []];
  for (let at = 0; at < 200; at++) {
    const value = 1000 * (random() - 0.5);
    features.push(value, 1e-5 * (random() - 0.5), 0);
    targets.push(2 * value + random());
  }
  const found = leastSquares(Float32Array.from(features), Float32Array.from(targets), 3, 1);
  expect(found[0]).toBeCloseTo(2, 2);
  expect(Math.abs(found[1]!)).toBeLessThan(1);
  expect(found[2]).toBe(0);
});
