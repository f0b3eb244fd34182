import { describe, expect, test } from 'vitest';
import { lookAt, readUnits } from '../../../app/denoise/picture.ts';
import { unitRange } from '../../../app/denoise/range.ts';
import type { Raster, Samples } from '../../../app/pixels/raster.ts';
import { uniform } from '../../random.ts';
import { picture } from './helpers.ts';

const gray = (data: Samples, sampleType: Raster['sampleType'], width = data.length): Raster => ({
  width,
  height: data.length / width,
  channels: 1,
  hasAlpha: false,
  sampleType,
  data,
});

/** By sorting: the plain meaning of "nearest rank". */
const sorted = (values: ArrayLike<number>): { low: number; high: number } => {
  const list = Array.from(values).sort((a, b) => a - b);
  const at = (share: number): number => list[Math.round(share * (list.length - 1))]!;
  return { low: at(0.001), high: at(0.999) };
};

describe('the unit range', () => {
  test('16 bits and floats of one tone: percentiles 0.1 and 99.9, exactly', () => {
    const next = uniform(4);
    const twelve = Uint16Array.from({ length: 5000 }, () => 1000 + Math.floor(4096 * next() ** 3));
    expect(unitRange(gray(twelve, 'uint16'), true)).toEqual(sorted(twelve));
    const floats = Float32Array.from({ length: 5000 }, () => (next() - 0.7) * 10 ** (8 * next()));
    expect(unitRange(gray(floats, 'float32'), true)).toEqual(sorted(floats));
    const hounsfield = Float32Array.from({ length: 9000 }, () => Math.floor(3000 * next()) - 1024);
    expect(unitRange(gray(hounsfield, 'float32'), true)).toEqual(sorted(hounsfield));
  });
  test('a few hot pixels, NaN and infinities do not move it', () => {
    const data = Float32Array.from({ length: 10_000 }, (_, i) => i % 100);
    data.set([NaN, Infinity, -Infinity, 1e30, -1e30], 700);
    expect(unitRange(gray(data, 'float32'), true)).toEqual({ low: 0, high: 99 });
  });
  test('the full scale: 8 bits, colour, and where there is nothing to stretch', () => {
    const noisy = (options: object) => picture({ width: 60, height: 50, sigma: 9, ...options });
    for (const [options, white] of [
      [{ channels: 1, sampleType: 'uint8' }, 255],
      [{ channels: 3, sampleType: 'uint16' }, 65535],
      [{ channels: 4, sampleType: 'float32' }, 1],
    ] as const)
      expect(lookAt({ raster: noisy(options) }).range).toEqual({ low: 0, high: white });
    expect(unitRange(gray(new Uint16Array(900).fill(7), 'uint16'), true)).toEqual({
      ...{ low: 0, high: 65_535 },
    });
    const nothing = gray(new Float32Array(9).fill(NaN), 'float32');
    expect(unitRange(nothing, true)).toEqual({ low: 0, high: 1 });
  });
  test('gray stored as RGB, with alpha, is measured on its one tone', () => {
    const one = picture({ width: 50, height: 40, channels: 1, sampleType: 'uint16', sigma: 9 });
    const data = new Uint16Array(50 * 40 * 4);
    one.data.forEach((value, i) => data.set([value, value, value, i], 4 * i));
    const stored: Raster = { ...one, channels: 4, hasAlpha: true, data };
    expect(lookAt({ raster: stored })).toMatchObject({ tones: 1, range: sorted(one.data) });
  });
  test('large pictures are sampled evenly: every column has its turn', () => {
    // A ramp from left to right: sampled columns alone would show as another range.
    const data = Uint16Array.from({ length: 300 * 200 }, (_, i) => (i % 300) * 10);
    const { low, high } = unitRange(gray(data, 'uint16', 300), true, 20_000);
    expect(low).toBe(0);
    expect(high).toBe(2990);
  });
});

test('windows are read in units of the range, not clipped, mirrored, one plane or three', () => {
  const data = Uint16Array.from({ length: 64 * 64 }, (_, i) => 500 + ((i * 37) % 1000));
  data[65] = 60_000;
  const view = lookAt({ raster: gray(data, 'uint16', 64) });
  const { low, high } = view.range;
  expect(high).toBeLessThan(1500);
  const target = new Float32Array(3 * 8 * 8);
  readUnits(view, { x: -2, y: -2 }, 8, target, 3);
  expect(target[2 * 8 + 2]).toBeCloseTo((data[0]! - low) / (high - low), 6);
  expect(target[0]).toBe(target[4 * 8 + 4]);
  expect(target[3 * 8 + 3]).toBeGreaterThan(50);
  expect(target.subarray(64, 128)).toEqual(target.subarray(0, 64));
  expect(target.subarray(128)).toEqual(target.subarray(0, 64));
});
