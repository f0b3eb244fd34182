/** The covariance against its definition. */
import { expect, it } from 'vitest';
import {
  addBlock,
  BLOCK,
  covariance,
  createMoments,
} from '../../../app/denoise/noise/covariance.ts';

it.each([4, 12, 64, 192])(
  'of %i components, of blocks that are full and one that is not',
  (dimension) => {
    const count = 2 * BLOCK + 37;
    let state = 1;
    const random = (): number =>
      ((state = (state * 48_271) % 0x7fff_ffff) / 0x7fff_ffff) * 255 - 127;
    const vectors = Array.from({ length: count }, () => Array.from({ length: dimension }, random));
    const moments = createMoments(dimension);
    vectors.forEach((vector, index) => {
      vector.forEach((value, i) => (moments.block[i * BLOCK + (index % BLOCK)] = value));
      if ((index + 1) % BLOCK === 0 || index === count - 1) addBlock(moments, (index % BLOCK) + 1);
    });
    expect(moments.count).toBe(count);
    const means = Array.from(
      { length: dimension },
      (_, i) => vectors.reduce((sum, vector) => sum + vector[i]!, 0) / count,
    );
    const found = covariance(moments);
    for (let i = 0; i < dimension; i++)
      for (let j = 0; j < dimension; j += 3) {
        const right = vectors.reduce(
          (sum, vector) => sum + ((vector[i]! - means[i]!) * (vector[j]! - means[j]!)) / count,
          0,
        );
        expect(Math.abs(found[i * dimension + j]! - right)).toBeLessThan(1e-8);
      }
  },
);

it('has memory of its own each time', () => {
  const [one, other] = [createMoments(4), createMoments(4)];
  one.block.fill(3);
  addBlock(one, 1);
  expect(one.products[0]).toBe(9);
  expect(other.products[0]).toBe(0);
});
