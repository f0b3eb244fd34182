/**
 * One noise level for a whole series (slices, frames, pages): the median of what is measured in some of them, evenly spaced. It is kept
 * in measured units, for slices lie between black and white of their own: in levels of 8 bits the same noise is another number in each.
 */
import { stat } from 'node:fs/promises';
import { HourglassError, toHourglassError, type Allowances } from '../contract/index.ts';
import type { NoiseReading } from '../contract/denoise.ts';
import { evenlySpaced, type SeriesLevel } from '../contract/series-level.ts';
import { KeptWhile, Shared, type DecodedImage } from '../pixels/index.ts';
import { scaleOf } from '../pixels/raster.ts';
import type { EngineServices } from '../runtime/index.ts';
import { measureNoise } from './noise/reading.ts';
import { lookAt, type Picture } from './picture.ts';

/** One slice: a file, or a page of one. */
interface Part {
  readonly path: string;
  /** From 0 on. */
  readonly page: number;
}

export interface LevelRequest extends Allowances {
  /** Any slice of the series; its files are in their order. */
  readonly image: DecodedImage;
  /** Of a slice that is a job of its own: files of its series that are measured, as `evenlySpaced` chooses them. */
  readonly files?: readonly string[] | undefined;
  readonly services: EngineServices;
  readonly signal: AbortSignal;
}

/** Megapixels: slices of what was admitted already. */
const ADMITTED = 2000;
/** Nobody has asked for so long. */
const IDLE_MS = 600_000;
const kept = new KeptWhile<Shared<SeriesLevel>>(IDLE_MS);

/** Stored values of a picture in one level of 8 bits, in measured units. */
function unitOf({ range, source }: Picture): number {
  const { slope } = scaleOf(source);
  return ((range.high - range.low) / 255) * (Math.abs(slope) || 1);
}

/** Slices that are measured; null: there is only one. */
function partsOf({ image, files }: Pick<LevelRequest, 'image' | 'files'>): readonly Part[] | null {
  if (files) return files.map((path) => ({ path, page: 0 }));
  if (image.files && image.files.length > 1)
    return evenlySpaced(image.files).map(({ path }) => ({ path, page: 0 }));
  const { volume } = image.scanned ?? {};
  const count = image.cutFrom && volume ? volume.size[2] * volume.times : (image.pages?.count ?? 1);
  const { path } = image;
  return count > 1
    ? evenlySpaced(Array.from({ length: count }, (_, page) => ({ path, page })))
    : null;
}

/**
 * Measured once for equal files.
 * @returns null: it is no slice of several
 * @throws HourglassError as `measureNoise`; as opening, where none of them could be measured
 */
export async function seriesLevelOf(request: LevelRequest): Promise<SeriesLevel | null> {
  const parts = partsOf(request);
  if (!parts) return null;
  const paths = [...new Set(parts.map(({ path }) => path))];
  const stamps = await Promise.all(
    paths.map(async (path) => {
      const facts = await stat(path).catch(() => null);
      return [path, facts?.size, facts?.mtimeMs];
    }),
  );
  return kept.use(
    JSON.stringify([stamps, parts.map(({ page }) => page)]),
    () => new Shared(),
    (level) => level.get(request.signal, (signal) => measureAll(parts, { ...request, signal })),
  );
}

async function measureAll(parts: readonly Part[], request: LevelRequest): Promise<SeriesLevel> {
  const { services, signal } = request;
  const { allowDamaged = false, allowMemory = false } = request;
  const found: SeriesLevel[] = [];
  let failure: HourglassError | null = null;
  for (const part of parts)
    try {
      const image = await services.documents.sourceImage({
        ...{ ...part, document: undefined, maxMegapixels: ADMITTED, signal },
        ...{ allowDamaged, allowMemory },
      });
      const reading = await measureNoise(image, services, signal);
      found.push(levelOf(reading, lookAt(image)));
    } catch (error) {
      const known = toHourglassError(error);
      // What one slice lacks the others tell; its own job says what is wrong with it.
      if (known.code !== 'damaged-image' && known.code !== 'file-not-found') throw known;
      failure ??= known;
    }
  const middle = found.sort(byLevel)[(found.length - 1) >> 1];
  if (!middle) throw failure!;
  return { ...middle, slices: found.length };
}

const byLevel = (one: SeriesLevel, other: SeriesLevel): number =>
  one.suggested - other.suggested || one.noise - other.noise;

function levelOf(reading: NoiseReading, picture: Picture): SeriesLevel {
  const { sigma, suggestedSigma, suggestedStrength, uneven, source, words, method } = reading;
  const unit = unitOf(picture);
  return {
    ...{ noise: sigma * unit, suggested: suggestedSigma * unit },
    ...{ strength: suggestedStrength, uneven, source, words, method, slices: 1 },
  };
}

/** A level of the series as a reading of one of its slices. */
export function readingOfSeries(level: SeriesLevel, image: DecodedImage): NoiseReading {
  const picture = lookAt(image);
  const unit = unitOf(picture);
  const sigma = Math.min(255, level.noise / unit);
  const { range, source, tones } = picture;
  const { black, white } = scaleOf(source);
  const isWhole = range.low === black && range.high === white;
  return {
    sigma,
    perChannel: Array.from({ length: tones }, () => sigma),
    words: level.words,
    suggestedStrength: level.strength,
    suggestedSigma: Math.min(255, level.suggested / unit),
    range: isWhole ? null : { ...range },
    storedSigma: isWhole ? null : (sigma / 255) * (range.high - range.low),
    uneven: level.uneven,
    source: level.source,
    method: level.method,
    slices: level.slices,
  };
}

/** What a picture is cleaned by. */
export interface LevelUsed {
  readonly reading: NoiseReading;
  /** That of its series; null: its own. */
  readonly level: SeriesLevel | null;
}

/**
 * @param own measures the picture itself, where its own level is meant or it is no slice of several
 * @param known as it was measured before
 * @throws HourglassError as `own` and `seriesLevelOf`
 */
export async function levelUsed(
  levelOf: 'slice' | 'series',
  request: LevelRequest,
  own: () => Promise<NoiseReading>,
  known?: SeriesLevel,
): Promise<LevelUsed> {
  const level = levelOf === 'series' ? (known ?? (await seriesLevelOf(request))) : null;
  return {
    reading: level ? readingOfSeries(level, request.image) : await own(),
    level,
  };
}
