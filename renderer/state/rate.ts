/**
 * Size against quality: what lies between the measured points, and the search for the best quality
 * within a size. Pure. Sizes grow nearly exponentially with the quality, so their logarithm is what is
 * interpolated.
 */
import type { OutputOf, rateCurveCommand } from '../../app/contract/index.ts';

export type RatePoint = OutputOf<typeof rateCurveCommand>['points'][number];

export const qualities = { min: 1, max: 100 } as const;

/** Each quality step of the codec changes its quantiser by 2^(1/16); sizes follow more slowly. */
const USUAL_SLOPE = (0.7 * Math.LN2) / 16;

/** A size this near below the wanted one is good enough, share of it. */
const CLOSE = 0.97;

/** Between the two points around a quality; beyond the ends, as the outer two go on. */
function interpolate(
  points: readonly RatePoint[],
  quality: number,
  of: (point: RatePoint) => number,
): number | null {
  if (points.length === 0) return null;
  if (points.length === 1) return of(points[0]!);
  let index = points.findIndex((point) => point.quality >= quality);
  if (index < 0) index = points.length - 1;
  const [low, high] = [points[Math.max(0, index - 1)]!, points[Math.max(1, index)]!];
  const share = (quality - low.quality) / (high.quality - low.quality);
  return of(low) + (of(high) - of(low)) * share;
}

/** Size at a quality, bytes; null without points. @param points from the lowest quality up */
export function sizeAt(points: readonly RatePoint[], quality: number): number | null {
  const log = interpolate(points, quality, ({ bytes }) => Math.log(Math.max(1, bytes)));
  return log === null ? null : Math.exp(log);
}

/** PSNR at a quality, dB; null without points. */
export const psnrAt = (points: readonly RatePoint[], quality: number): number | null =>
  interpolate(points, quality, ({ psnr }) => psnr);

/** The highest quality whose file is expected to stay below a size; null: there is none. */
export function qualityBelow(points: readonly RatePoint[], bytes: number): number | null {
  for (let quality = qualities.max; quality >= qualities.min; quality--) {
    const size = sizeAt(points, quality);
    if (size !== null && size < bytes) return quality;
  }
  return null;
}

/** What was measured exactly so far: size by quality. */
export type KnownSizes = ReadonlyMap<number, number>;

export const noSizes: KnownSizes = new Map();

export const withSize = (known: KnownSizes, quality: number, bytes: number): KnownSizes =>
  new Map([...known, [quality, bytes]]);

export type SizeSearch =
  | { readonly kind: 'try'; readonly quality: number }
  /** The best quality that is known to fit. */
  | { readonly kind: 'found'; readonly quality: number }
  /** Even the lowest quality is larger. */
  | { readonly kind: 'impossible' };

/**
 * The next step of the search for the best quality whose file is at most `target` bytes. Ends: every
 * step narrows what is left between the best that fits and the least that does not.
 */
export function searchSize(
  target: number,
  known: KnownSizes,
  points: readonly RatePoint[],
  start: number,
): SizeSearch {
  let fits: number = qualities.min - 1;
  let exceeds: number = qualities.max + 1;
  for (const [quality, bytes] of known)
    if (bytes <= target) fits = Math.max(fits, quality);
    else exceeds = Math.min(exceeds, quality);
  if (exceeds <= qualities.min) return { kind: 'impossible' };
  const near = (known.get(fits) ?? 0) >= CLOSE * target;
  if (fits >= qualities.min && (near || exceeds - fits <= 1))
    return { kind: 'found', quality: fits };
  let guess = start;
  if (known.size > 0 || points.length > 0) {
    guess = fits + 1;
    for (let quality = exceeds - 1; quality > fits; quality--)
      if (expected(quality, known, points) <= target) {
        guess = quality;
        break;
      }
  }
  return { kind: 'try', quality: Math.min(exceeds - 1, Math.max(fits + 1, guess)) };
}

/** Size to be expected: the curve, or the usual growth, through the nearest quality that is known. */
function expected(quality: number, known: KnownSizes, points: readonly RatePoint[]): number {
  const onCurve = (at: number): number | null => sizeAt(points, at);
  const nearest = [...known.keys()].reduce<number | null>(
    (best, at) => (best === null || Math.abs(at - quality) < Math.abs(best - quality) ? at : best),
    null,
  );
  if (nearest === null) return onCurve(quality) ?? 0;
  const [here, there] = [onCurve(quality), onCurve(nearest)];
  const growth =
    here !== null && there !== null ? here / there : Math.exp((quality - nearest) * USUAL_SLOPE);
  return known.get(nearest)! * growth;
}
