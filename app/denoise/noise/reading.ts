/**
 * From an estimate to what a person reads: the level in words, and a suggested strength that leaves
 * clean pictures alone. How the level is found: `estimator.ts`.
 */
import type { Progress } from '../../contract/index.ts';
import type { NoiseReading } from '../../contract/denoise.ts';
import type { Described } from '../../pixels/content.ts';
import type { Raster } from '../../pixels/raster.ts';
import { lookAt, type Picture } from '../picture.ts';
import { isFullScale } from '../range.ts';
import type { NoiseKind } from './combine.ts';
import { estimateNoise, type NoiseEstimate, type NoiseServices } from './estimator.ts';

/**
 * Below this many levels nothing is suggested. Clean pictures read 0.3–1.1 (CBSD68) and up to 1.7
 * (sand) by Chen's formula; even cleaned at the full reading they come back at 50.5 dB or more
 * (docs/denoising.md), so the zone only spares the work and keeps clean files bit-identical.
 */
export const DEAD_ZONE: Readonly<Record<NoiseKind, number>> = { white: 1, camera: 1.3, unknown: 1 };

/** Upper ends of the ranges, 8-bit levels, as seen at 100 % on an ordinary display. */
const ranges: readonly (readonly [number, string])[] = [
  [3, 'hardly visible at 100 %'],
  [7, 'visible at 100 %'],
  [18, 'clearly visible at 100 %'],
  [35, 'strong'],
  [Infinity, 'very strong'],
];

/** The reading of an estimate; pure. */
export function readNoise(
  estimate: NoiseEstimate,
  { range, source }: Pick<Picture, 'range'> & { source: Pick<Raster, 'sampleType' | 'scale'> },
): NoiseReading {
  const { sigma, suggested, kind, uneven, method } = estimate;
  const worthCleaning = sigma >= DEAD_ZONE[kind];
  const ranged = !isFullScale(range, source);
  const storedSigma = ranged ? (sigma / 255) * (range.high - range.low) : null;
  return {
    sigma,
    perChannel: [...estimate.perChannel],
    words: worthCleaning ? wordsFor(estimate, storedSigma) : nothing(method),
    suggestedStrength: worthCleaning ? Math.round((100 * suggested) / sigma) : 0,
    suggestedSigma: worthCleaning ? suggested : 0,
    range: ranged ? { low: range.low, high: range.high } : null,
    storedSigma,
    uneven,
    method,
  };
}

function wordsFor({ sigma, kind, uneven }: NoiseEstimate, storedSigma: number | null): string {
  const noise = kind === 'camera' ? 'camera noise' : 'noise';
  const stored = storedSigma === null ? '' : ` (about ${counted(storedSigma, 'stored value')})`;
  const seen = ranges.find(([end]) => sigma < end)![1];
  const spread = uneven ? ' It differs over the picture, and so does the cleaning.' : '';
  return `About ${counted(sigma, 'level')} of ${noise}${stored}: ${seen}.${spread}`;
}

/** The formula alone does not see correlated noise; the networks do. */
const nothing = (method: string): string =>
  method.startsWith('noise-')
    ? 'No noise worth cleaning was measured.'
    : 'No noise worth cleaning was measured. Grain of camera JPEGs can hide from this measurement: if you see some, set a noise level yourself.';

/** Two significant figures: "1.5 levels", "0.0031 stored values", "120 stored values". */
function counted(value: number, unit: string): string {
  const rounded = value < 3 ? Number(value.toPrecision(2)) : Math.round(value);
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`;
}

/**
 * Measures a whole picture. Yields to the event loop every few milliseconds.
 * @throws HourglassError cancelled, model-damaged; as `Inference.run`
 */
export async function measureNoise(
  image: Described,
  services: NoiseServices,
  signal: AbortSignal,
  progress?: (progress: Progress) => void,
): Promise<NoiseReading> {
  const picture = lookAt(image);
  const run = { services, signal, ...(progress ? { progress } : {}) };
  return readNoise(await estimateNoise(picture, run), picture);
}
