import { describe, expect, test } from 'vitest';
import { fillPhotonMap, photonNoiseOf } from '../../../app/denoise/noise/light.ts';
import { lookAt } from '../../../app/denoise/picture.ts';
import type { Raster } from '../../../app/pixels/raster.ts';
import { normal } from '../../random.ts';
import { cells, cellsInLight, gray, OFFSET, photons, SIDE } from './photons.ts';

const measured = (raster: Raster) => photonNoiseOf(lookAt({ raster }));

describe('noise of few photons', () => {
  test.each([6, 12, 30])('is a line over the light: %i photons', (peak) => {
    const raster = photons(peak);
    const found = measured(raster)!;
    const shot = 0.75 / peak;
    const read = (0.75 * 0.4) ** 2 / peak ** 2 - shot * OFFSET;
    const light = (at: number): number => Math.sqrt(found.shot * at + found.read);
    for (const at of [0.3, 0.5, 0.8])
      // Of six photons some is cut off at white, and the steepest part is not seen.
      expect(Math.abs(light(at) / Math.sqrt(shot * at + read) - 1)).toBeLessThan(0.15);
    const clean = cellsInLight();
    let squares = 0;
    for (let i = 0; i < SIDE ** 2; i++) squares += (raster.data[i]! - clean.data[i]!) ** 2;
    const rms = Math.sqrt(squares / SIDE ** 2) / 255;
    expect(Math.abs(found.rms / rms - 1)).toBeLessThan(0.1);
  });

  test.each<[string, (draw: () => number) => (x: number, y: number) => number]>([
    [
      'noise that is everywhere the same',
      (draw) => (x, y) => 0.1 + 0.7 * cells(x, y) + 0.1 * draw(),
    ],
    [
      'noise that falls with light',
      (draw) => (x, y) => 0.1 + 0.8 * cells(x, y) + 0.12 * (1.1 - cells(x, y)) * draw(),
    ],
    ['a clean picture', () => (x, y) => 0.1 + 0.8 * cells(x, y)],
    [
      'texture that is stronger where it is bright',
      (draw) => (x, y) =>
        cells(x, y) * (0.7 + (Math.floor(x / 16) % 3 === 0 ? 0.3 : 0.02) * draw()),
    ],
    [
      'a magnitude with its air',
      (draw) => (x, y) =>
        Math.hypot((x > 100 ? 0.6 * cells(x, y) : 0) + 0.06 * draw(), 0.06 * draw()),
    ],
    ['little of it', (draw) => (x, y) => 0.1 + 0.8 * cells(x, y) + 0.01 * cells(x, y) * draw()],
  ])('is not %s', (_what, valueAt) => {
    expect(measured(gray(valueAt(normal(6))))).toBeNull();
  });

  test('nor that of a picture with opacity', () => {
    const { data, ...plain } = photons(10);
    const both = new Uint8Array(2 * data.length).fill(255);
    data.forEach((value, i) => (both[2 * i] = value));
    expect(measured({ ...plain, channels: 2, hasAlpha: true, data: both })).toBeNull();
  });
});

describe('what the denoiser is told of a place', () => {
  const noise = { shot: 0.08, read: -0.004 };
  const map = (lightAt: (x: number, y: number) => number, share = 1): Float32Array => {
    const light = Float32Array.from({ length: 32 * 32 }, (_, i) => lightAt(i % 32, i >> 5));
    const target = new Float32Array(32 * 32);
    fillPhotonMap(noise, light, 32, share, target);
    return target;
  };

  test('the root of the line at its light, times the share', () => {
    for (const value of map(() => 0.5, 0.7))
      expect(value).toBeCloseTo(0.7 * Math.sqrt(0.08 * 0.5 - 0.004), 6);
  });

  test('the light is that of 1.5 pixels around, to the edge of the tile', () => {
    const told = map((x) => (x < 16 ? 0.2 : 0.8));
    const at = (x: number): number => (told[16 * 32 + x]! ** 2 - noise.read) / noise.shot;
    expect(at(0)).toBeCloseTo(0.2, 5);
    expect(at(31)).toBeCloseTo(0.8, 5);
    // A step under a Gaussian: half a pixel beside it, 0.63 of the way.
    expect(at(16)).toBeCloseTo(0.2 + 0.6 * 0.63, 2);
  });

  test('half a level at least', () => {
    for (const value of map(() => 0)) expect(value).toBeCloseTo(0.5 / 255, 6);
  });
});
