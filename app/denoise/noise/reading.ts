/**
 * From an estimate to what a person reads: the level in words, and a suggested strength that leaves
 * clean pictures alone. How the level is found: `estimator.ts`.
 */
import type { ImageFormat, Progress } from '../../contract/index.ts';
import type { NoiseReading } from '../../contract/denoise.ts';
import type { Described } from '../../pixels/content.ts';
import { hasPlainEnds, type Raster } from '../../pixels/raster.ts';
import { lookAt, type Picture } from '../picture.ts';
import { isFullScale } from '../range.ts';
import { bySensor, type NoiseKind } from './combine.ts';
import { estimateNoise, estimators, type NoiseEstimate, type NoiseServices } from './estimator.ts';
import { TISSUE_WINDOW } from './tissue.ts';
import { decimal } from '../../contract/sentences/index.ts';
import { say } from '../sentences.ts';

/**
 * Below this many levels nothing is suggested. Clean pictures read 0.3–1.1 (CBSD68) and up to 1.7
 * (sand) by Chen's formula; even cleaned at the full reading they come back at 50.5 dB or more
 * (docs/denoising.md), so the zone only spares the work and keeps clean files bit-identical.
 */
export const DEAD_ZONE: Readonly<Record<NoiseKind, number>> = { white: 1, camera: 1.3, unknown: 1 };

/** Hounsfield units: one level of a window that shows soft tissue; below it nothing is seen. */
const TISSUE_ZONE = TISSUE_WINDOW / 255;

/** The sensor's own noise, measured by who developed the picture (`app/raw`). */
const MOSAIC = 'mosaic';

/** Upper ends of the ranges, 8-bit levels, as seen at 100 % on an ordinary display. */
const ranges = [
  [3, 'hardlyVisibleAt100'],
  [7, 'visibleAt100'],
  [18, 'clearlyVisibleAt100'],
  [35, 'strong'],
  [Infinity, 'veryStrong'],
] as const;

/** The reading of an estimate; pure. @param format of the file, for the words */
export function readNoise(
  estimate: NoiseEstimate,
  { range, source }: Pick<Picture, 'range'> & { source: Pick<Raster, 'sampleType' | 'scale'> },
  format?: ImageFormat,
): NoiseReading {
  const { sigma, suggested, kind, uneven, tissue, source: made, method } = estimate;
  const worthCleaning = tissue === null ? sigma >= DEAD_ZONE[kind] : tissue >= TISSUE_ZONE;
  const ranged = !isFullScale(range, source) || !hasPlainEnds(source);
  const storedSigma = ranged ? (sigma / 255) * (range.high - range.low) : null;
  return {
    sigma,
    perChannel: [...estimate.perChannel],
    words: worthCleaning ? wordsFor(estimate, storedSigma, format) : nothing(estimate),
    suggestedStrength: worthCleaning ? Math.round((100 * suggested) / sigma) : 0,
    suggestedSigma: worthCleaning ? suggested : 0,
    range: ranged ? { low: range.low, high: range.high } : null,
    storedSigma,
    uneven,
    source: made,
    method,
  };
}

function wordsFor(
  { sigma, kind: told, uneven, tissue, fine }: NoiseEstimate,
  storedSigma: number | null,
  format: ImageFormat | undefined,
): string {
  if (tissue !== null) return wordsForTissue(tissue, uneven);
  const [, range] = ranges.find(([end]) => sigma < end)!;
  const level = twoFigures(sigma);
  // Other formats may hold what was a JPEG once; nobody who opened one expects that name.
  const blocks = format === 'jpeg' ? 'jpeg' : 'compressed';
  const kind = fine.blocks && storedSigma === null ? blocks : told;
  const facts = { level, shown: decimal(level, 9), kind, seen: say(range) };
  const stored = storedSigma === null ? null : twoFigures(storedSigma);
  const words =
    stored === null
      ? say('noiseOf', facts)
      : say('noiseOfStored', { ...facts, stored, shownStored: decimal(stored, 9) });
  return uneven ? say('andUneven', { words }) : words;
}

/** Nobody looks at a slice's whole range: what is seen of the noise, a window shows. */
function wordsForTissue(tissue: number, uneven: boolean): string {
  const shown = decimal(twoFigures(tissue), 9);
  const levels = decimal(twoFigures((tissue * 255) / TISSUE_WINDOW), 9);
  const words = say('noiseInTissue', { shown, levels, window: TISSUE_WINDOW });
  return uneven ? say('andUneven', { words }) : words;
}

/**
 * From here on the finest variation is more than smooth pictures have, levels: noise that no estimator is sure of, or
 * texture everywhere (one in eight photographs of CBSD68).
 */
const UNCLEAR = 1.5;

/** The formula alone does not see correlated noise; the networks do. */
function nothing({ noRoom, fine, method }: NoiseEstimate): string {
  if (noRoom === 'pattern') return say('patternNotNoise');
  if (noRoom === 'smooth') return say('noNoiseWorthCleaningMeasured');
  if (fine.level >= UNCLEAR) return say('noiseOrTexture');
  return method.startsWith('noise-')
    ? say('noNoiseWorthCleaningMeasured')
    : say('noNoiseWorthCleaningMeasuredGrain');
}

/** Two significant figures: 1.5 levels, 0.0031 stored values, 120 stored values. */
const twoFigures = (value: number): number =>
  value < 3 ? Number(value.toPrecision(2)) : Math.round(value);

/** Raised where a reading may come out otherwise than before, whatever network it asks. */
const READING = 1;

/** Of the readings here: with another one, or other networks, a picture may read otherwise. */
export async function noiseVersion({ models }: Pick<NoiseServices, 'models'>): Promise<string> {
  const asked = new Set(estimators.map(({ model }) => model));
  const cards = (await models.list()).filter(({ id }) => asked.has(id));
  return [READING, ...cards.map(({ id, sha256 }) => `${id} ${sha256}`).sort()].join(', ');
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
  const estimate = await estimateNoise(picture, run);
  const sensor = image.metadata?.sensorNoise ?? null;
  if (sensor === null || estimate.noRoom !== null)
    return readNoise(estimate, picture, image.format);
  const { method: other } = estimate;
  const method = say('methodWith', { method: MOSAIC, other });
  const perChannel = estimate.perChannel.map(() => sensor);
  const plain = { uneven: false, tissue: null, source: null };
  const known = { ...estimate, ...bySensor(sensor), ...plain, perChannel, method };
  return readNoise(known, picture, image.format);
}
