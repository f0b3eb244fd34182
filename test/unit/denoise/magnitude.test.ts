import { describe, expect, test } from 'vitest';
import { magnitudeNoiseOf } from '../../../app/denoise/noise/magnitude.ts';
import { lookAt } from '../../../app/denoise/picture.ts';
import { colourChannels, type Raster } from '../../../app/pixels/raster.ts';
import { normal } from '../../random.ts';
import { picture } from './helpers.ts';

const SIDE = 256;
const SIGMA = 30;

/** A bright disc in air, as stored values. @param parts complex coils that are combined */
function magnitude(options: {
  sigma?: number;
  coils?: number;
  masked?: boolean;
  smooth?: boolean;
}): Raster {
  const { sigma = SIGMA, coils = 1, masked = false, smooth = false } = options;
  const noise = normal(3);
  const white = Float32Array.from({ length: 2 * coils * (SIDE + 1) ** 2 }, () => sigma * noise());
  const data = new Uint16Array(SIDE * SIDE);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const inside = Math.hypot(x - 128, y - 128) < 80;
      const signal = inside ? 600 + 200 * Math.sin(x / 9) : 0;
      let power = 0;
      for (let part = 0; part < 2 * coils; part++) {
        const at = (part * (SIDE + 1) + y) * (SIDE + 1) + x;
        // Means of 2 × 2, at the same deviation: neighbours are correlated.
        const n = smooth
          ? (white[at]! + white[at + 1]! + white[at + SIDE + 1]! + white[at + SIDE + 2]!) / 2
          : white[at]!;
        power += ((part === 0 ? signal : 0) + n) ** 2;
      }
      data[y * SIDE + x] = masked && !inside ? 0 : Math.round(Math.sqrt(power));
    }
  return { width: SIDE, height: SIDE, channels: 1, hasAlpha: false, sampleType: 'uint16', data };
}

/** In stored values. */
function read(raster: Raster): number | null {
  const seen = lookAt({ raster });
  const level = magnitudeNoiseOf(seen);
  return level && (level / 255) * (seen.range.high - seen.range.low);
}

describe('noise of magnitude images, read in air', () => {
  test('is the sigma of the complex noise, within 3 percent', () => {
    expect(read(magnitude({}))! / SIGMA).toBeCloseTo(1, 1);
    expect(Math.abs(read(magnitude({}))! / SIGMA - 1)).toBeLessThan(0.03);
    expect(Math.abs(read(magnitude({ sigma: 12 }))! / 12 - 1)).toBeLessThan(0.03);
  });
  test('correlated noise reads as more; the magnitude hides some of the correlation', () => {
    expect(read(magnitude({ smooth: true }))! / SIGMA).toBeGreaterThan(1.1);
  });
  test('nothing is read where coils were combined, where air is masked, and in other pictures', () => {
    expect(read(magnitude({ coils: 4 }))).toBeNull();
    expect(read(magnitude({ masked: true }))).toBeNull();
    for (const sigma of [0, 10, 40]) {
      const gray = picture({ width: 300, height: 200, channels: 1, sampleType: 'uint16', sigma });
      expect(colourChannels(gray)).toBe(1);
      expect(read(gray)).toBeNull();
    }
    const tiny = { ...magnitude({}), width: 8, height: 8 };
    expect(read(tiny)).toBeNull();
  });
  test('nothing is read from negative, missing or constant values', () => {
    const raster = magnitude({});
    const floats = Float32Array.from(raster.data, (value) => value - 1000);
    expect(read({ ...raster, sampleType: 'float32', data: floats })).toBeNull();
    expect(read({ ...raster, sampleType: 'float32', data: floats.fill(NaN) })).toBeNull();
    expect(read({ ...raster, data: new Uint16Array(SIDE * SIDE).fill(7) })).toBeNull();
  });
});
