import { describe, expect, it } from 'vitest';
import {
  psnrAt,
  qualityAtPsnr,
  qualityBelow,
  sizeAt,
  throughExact,
  withPeer,
  type PeerPoint,
  type RatePoint,
} from './rate.ts';

/** A codec whose sizes double every 20 steps. */
const size = (quality: number): number => Math.round(10_000 * 2 ** (quality / 20));
const point = (quality: number): RatePoint => ({
  quality,
  bytes: size(quality),
  psnr: 20 + quality / 5,
});

describe('size at a quality', () => {
  it('is interpolated in its logarithm and goes on beyond the ends', () => {
    const points = [point(20), point(40)];
    expect(sizeAt(points, 30)).toBeCloseTo(size(30), -1);
    expect(sizeAt(points, 50)).toBeCloseTo(size(50), -2);
    expect(sizeAt(points, 10)).toBeCloseTo(size(10), -2);
    expect(psnrAt(points, 30)).toBeCloseTo(26);
    expect(sizeAt([], 30)).toBeNull();
  });

  it('goes through what was made exactly, so that the chosen quality lies on the curve', () => {
    const points = [point(20), point(40), point(60)];
    const made = new Map([
      [40, 50_000],
      [47, 70_000],
    ]);
    const through = throughExact(points, made);
    expect(through.map(({ quality }) => quality)).toEqual([20, 40, 47, 60]);
    for (const [quality, bytes] of made) expect(sizeAt(through, quality)).toBeCloseTo(bytes);
    expect(sizeAt(through, 20)).toBeCloseTo(size(20));
    expect(throughExact(points, new Map())).toEqual(points);
  });

  it('gives the quality that stays below a size', () => {
    const points = [point(1), point(100)];
    expect(qualityBelow(points, size(47) + 10)).toBe(47);
    expect(qualityBelow(points, 100)).toBeNull();
  });
});

describe('other formats on the chart', () => {
  it('stand at the quality with their PSNR, and nowhere where it is not reached', () => {
    const points = [point(20), point(40), point(60)];
    expect(qualityAtPsnr(points, 26)).toBeCloseTo(30);
    expect(qualityAtPsnr(points, 24)).toBe(20);
    expect(qualityAtPsnr(points, 23.9)).toBeNull();
    expect(qualityAtPsnr(points, 32.1)).toBeNull();
    expect(qualityAtPsnr([], 30)).toBeNull();
  });

  it('are kept as they were made, once each, from the smallest up', () => {
    const peer = (format: PeerPoint['format'], quality: number, bytes: number): PeerPoint => ({
      ...{ format, quality, bytes, psnr: 30 },
    });
    const known = [peer('jpeg', 80, 900), peer('webp', 70, 500), peer('jpeg', 80, 901)].reduce<
      readonly PeerPoint[]
    >(withPeer, []);
    expect(known).toEqual([peer('webp', 70, 500), peer('jpeg', 80, 901)]);
  });
});
