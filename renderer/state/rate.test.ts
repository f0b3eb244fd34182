import { describe, expect, it } from 'vitest';
import { psnrAt, qualityBelow, searchSize, sizeAt, type RatePoint } from './rate.ts';

/** A codec whose sizes double every 20 steps; its curve was sampled and is 8 % off. */
const size = (quality: number): number => Math.round(10_000 * 2 ** (quality / 20));
const point = (quality: number, error = 1): RatePoint => ({
  quality,
  bytes: Math.round(size(quality) * error),
  psnr: 20 + quality / 5,
});
const curve = [1, 20, 40, 60, 80, 100].map((quality) => point(quality, 1.08));

/** Runs the search to its end against the real sizes. */
function search(target: number, points: readonly RatePoint[], start = 60) {
  const known = new Map<number, number>();
  for (let runs = 0; runs < 100; runs++) {
    const step = searchSize(target, known, points, start);
    if (step.kind !== 'try') return { ...step, runs };
    known.set(step.quality, size(step.quality));
  }
  throw new Error('The search does not end.');
}

describe('size at a quality', () => {
  it('is interpolated in its logarithm and goes on beyond the ends', () => {
    const points = [point(20), point(40)];
    expect(sizeAt(points, 30)).toBeCloseTo(size(30), -1);
    expect(sizeAt(points, 50)).toBeCloseTo(size(50), -2);
    expect(sizeAt(points, 10)).toBeCloseTo(size(10), -2);
    expect(psnrAt(points, 30)).toBeCloseTo(26);
    expect(sizeAt([], 30)).toBeNull();
  });

  it('gives the quality that stays below a size', () => {
    const points = [point(1), point(100)];
    expect(qualityBelow(points, size(47) + 10)).toBe(47);
    expect(qualityBelow(points, 100)).toBeNull();
  });
});

describe('searchSize', () => {
  it.each([12_000, 30_000, 77_777, 150_000])('finds a quality that fits %d bytes', (target) => {
    for (const points of [curve, []]) {
      const found = search(target, points);
      expect(found.kind).toBe('found');
      const quality = found.kind === 'found' ? found.quality : 0;
      expect(size(quality)).toBeLessThanOrEqual(target);
      expect(size(quality + 1) > target || size(quality) >= 0.97 * target).toBe(true);
      expect(found.runs).toBeLessThanOrEqual(points.length > 0 ? 3 : 6);
    }
  });

  it('ends at the ends of the scale', () => {
    expect(search(1e9, curve)).toMatchObject({ kind: 'found', quality: 100 });
    expect(search(100, curve)).toMatchObject({ kind: 'impossible' });
    expect(search(100, [])).toMatchObject({ kind: 'impossible' });
  });
});
