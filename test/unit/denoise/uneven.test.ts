import { describe, expect, test } from 'vitest';
import { isReconstructed, unevennessOf } from '../../../app/denoise/noise/uneven.ts';
import { lookAt } from '../../../app/denoise/picture.ts';
import type { Raster, SampleType } from '../../../app/pixels/raster.ts';
import { normal } from '../../random.ts';

const WIDTH = 512;
const HEIGHT = 256;

/**
 * A slice: soft tissue with a bright ring, noise `sigma`, twice as strong in the right half.
 * @param smooth means of 3 × 3 of the noise, at the same deviation
 */
function slice(options: {
  sigma?: number;
  smooth?: boolean;
  padded?: boolean;
  sampleType?: SampleType;
}): Raster {
  const { sigma = 20, smooth = true, padded = false, sampleType = 'uint16' } = options;
  const draw = normal(5);
  const stride = WIDTH + 2;
  const white = Float32Array.from({ length: stride * (HEIGHT + 2) }, draw);
  const noise = (x: number, y: number): number => {
    if (!smooth) return white[y * stride + x]!;
    let sum = 0;
    for (let v = 0; v < 3; v++) for (let u = 0; u < 3; u++) sum += white[(y + v) * stride + x + u]!;
    return sum / 3;
  };
  const data =
    sampleType === 'uint8' ? new Uint8Array(WIDTH * HEIGHT) : new Uint16Array(WIDTH * HEIGHT);
  for (let y = 0, at = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++, at++) {
      const distance = Math.hypot(x - 256, y - 128);
      if (padded && distance > 230) continue;
      const signal = Math.abs(distance - 90) < 8 ? 2000 : 1000;
      const value = signal + sigma * (x < WIDTH / 2 ? 1 : 2) * noise(x, y);
      data[at] = sampleType === 'uint8' ? value / 10 : value;
    }
  return { width: WIDTH, height: HEIGHT, channels: 1, hasAlpha: false, sampleType, data };
}

const measured = (options: Parameters<typeof slice>[0]) =>
  unevennessOf(lookAt({ raster: slice(options) }))!;

/** Mean of the grid's values in columns from … to. */
function mean({ grid }: ReturnType<typeof measured>, from: number, to: number): number {
  let sum = 0;
  for (let row = 0; row < grid.rows; row++)
    for (let column = from; column < to; column++) sum += grid.values[row * grid.columns + column]!;
  return sum / grid.rows / (to - from);
}

describe('noise of a reconstruction', () => {
  test('is twice as strong where it is twice as strong; edges do not count', () => {
    const found = measured({});
    expect(found.grid).toMatchObject({ cell: 16, columns: 32, rows: 16 });
    expect(mean(found, 22, 32) / mean(found, 0, 10)).toBeCloseTo(2, 0);
    expect(Math.abs(mean(found, 22, 32) / mean(found, 0, 10) / 2 - 1)).toBeLessThan(0.05);
    const logs = [...found.grid.values].map(Math.log);
    expect(logs.reduce((a, b) => a + b, 0) / logs.length).toBeCloseTo(0, 6);
  });
  test('has little high frequency for its level; white noise has all of it', () => {
    // Equivalent white level: 4 × the deviation of means over 4 × 4; means of 3 × 3 triple it, roughly.
    const range = 1000;
    const level = (sigma: number) => (255 * sigma * Math.SQRT2) / range;
    expect(isReconstructed(measured({}), 3 * level(20))).toBe(true);
    const white = measured({ smooth: false });
    expect(isReconstructed(white, level(20))).toBe(false);
    expect(white.fine / level(20)).toBeCloseTo(1, 0);
  });
  test('padding takes no part', () => {
    const [whole, padded] = [measured({}), measured({ padded: true })];
    expect(padded.fine / whole.fine).toBeCloseTo(1, 0);
    expect(mean(padded, 18, 24) / mean(padded, 8, 14)).toBeGreaterThan(1.7);
    expect(Math.max(...padded.grid.values) / Math.min(...padded.grid.values)).toBeLessThan(2.6);
  });
  test('is looked for in scans only', () => {
    expect(unevennessOf(lookAt({ raster: slice({ sampleType: 'uint8' }) }))).toBeNull();
    const empty = { ...slice({}), data: new Uint16Array(WIDTH * HEIGHT).fill(7) };
    expect(unevennessOf(lookAt({ raster: empty }))).toBeNull();
    const tiny = { ...slice({}), width: 12, height: 4, data: new Uint16Array(48).fill(9) };
    tiny.data[3] = 60;
    expect(unevennessOf(lookAt({ raster: tiny }))).toBeNull();
  });
});
