/**
 * From an estimate to what a person reads: the level in words, and a suggested strength that leaves
 * clean pictures alone. How the level is found: `estimator.ts`.
 */
import type { NoiseReading } from '../../contract/index.ts';
import type { Raster } from '../../pixels/raster.ts';
import { estimators, type Estimator, type NoiseEstimate } from './estimator.ts';

/**
 * Below this many levels nothing is suggested. Clean pictures read 0.3–1.1 (CBSD68) and up to 1.7
 * (sand); even cleaned at the full reading they come back at 50.5 dB or more (docs/denoising.md), so
 * the zone only spares the work and keeps clean files bit-identical.
 */
export const DEAD_ZONE = 1;

/** Upper ends of the ranges, 8-bit levels, as seen at 100 % on an ordinary display. */
const ranges: readonly (readonly [number, string])[] = [
  [3, 'hardly visible at 100 %'],
  [7, 'visible at 100 %'],
  [18, 'clearly visible at 100 %'],
  [35, 'strong'],
  [Infinity, 'very strong'],
];

/** The reading of an estimate; pure. */
export function readNoise(estimate: NoiseEstimate, method: string): NoiseReading {
  const sigma = estimate.sigma;
  const worthCleaning = sigma >= DEAD_ZONE;
  return {
    sigma,
    perChannel: [...estimate.perChannel],
    words: worthCleaning
      ? `About ${levels(sigma)} of noise: ${ranges.find(([end]) => sigma < end)![1]}.`
      : 'No noise worth cleaning was measured. Grain of camera JPEGs can hide from this measurement: if you see some, set a noise level yourself.',
    suggestedStrength: worthCleaning ? 100 : 0,
    suggestedSigma: worthCleaning ? sigma : 0,
    method,
  };
}

const levels = (sigma: number): string => {
  const rounded = sigma < 3 ? Math.round(sigma * 10) / 10 : Math.round(sigma);
  return `${rounded} ${rounded === 1 ? 'level' : 'levels'}`;
};

/**
 * Measures a whole picture. Yields to the event loop every few milliseconds.
 * @throws HourglassError cancelled
 */
export async function measureNoise(
  raster: Raster,
  signal: AbortSignal,
  estimator: Estimator = estimators[0],
): Promise<NoiseReading> {
  return readNoise(await estimator.estimate(raster, signal), estimator.id);
}
