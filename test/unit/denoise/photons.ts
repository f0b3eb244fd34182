/** Made pictures of few photons, for tests: what a fluorescence microscope or a counter of X-rays sees. */
import type { Raster } from '../../../app/pixels/raster.ts';
import { normal, uniform } from '../../random.ts';

export const SIDE = 256;

/** Cells on a dark ground, 0 to 1: soft discs of several brightnesses with fine texture. */
export function cells(x: number, y: number): number {
  const u = ((x + 8 * Math.sin(y / 40)) % 64) - 32;
  const v = (y % 64) - 32;
  const bright = 0.25 + (0.7 * ((Math.floor(x / 64) + 2 * Math.floor(y / 64)) % 4)) / 3;
  const disc = 1 / (1 + Math.exp((Math.hypot(u, v) - 22) / 2));
  return bright * disc * (1 + 0.1 * Math.sin(x / 3) * Math.cos(y / 3));
}

/** Counted one by one: the exponential waits of a Poisson process (Knuth, TAOCP 2, 3.4.1, algorithm Q). */
function poisson(mean: number, next: () => number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = next(); product > limit; product *= next()) count++;
  return count;
}

export function gray(valueAt: (x: number, y: number) => number): Raster {
  const data = new Uint8Array(SIDE * SIDE);
  for (let y = 0, at = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++, at++)
      data[at] = Math.max(0, Math.min(255, Math.round(255 * valueAt(x, y))));
  return { width: SIDE, height: SIDE, channels: 1, hasAlpha: false, sampleType: 'uint8', data };
}

export const OFFSET = 0.05;
/** The light of `photons` as it is stored, without noise. */
export const cellsInLight = (): Raster => gray((x, y) => OFFSET + 0.75 * cells(x, y));

/** @param peak photons at 1, which is stored as 0.75 + offset; with 0.4 electrons of read noise */
export function photons(peak: number): Raster {
  const next = uniform(3);
  const draw = normal(4);
  return gray(
    (x, y) => OFFSET + (0.75 * (poisson(peak * cells(x, y), next) + 0.4 * draw())) / peak,
  );
}
