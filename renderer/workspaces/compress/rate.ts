/**
 * Size against quality: what lies between the measured points. Pure. Sizes grow nearly exponentially with
 * the quality, so their logarithm is what is interpolated. The search for the best quality within a size
 * is the engine's, by real sizes.
 */
import type { OutputOf } from '../../../app/contract/index.ts';
import type { peerCommand, rateCurveCommand } from '../../../app/contract/latent.ts';

export type RatePoint = OutputOf<typeof rateCurveCommand>['points'][number];

export const qualities = { min: 1, max: 100 } as const;

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

/** Another format as it was really made: its size, and its PSNR against the same picture. */
export type PeerPoint = Pick<OutputOf<typeof peerCommand>, 'format' | 'quality' | 'bytes' | 'psnr'>;

/** The quality whose PSNR is this, between the measured points; null: they do not reach it. */
export function qualityAtPsnr(points: readonly RatePoint[], psnr: number): number | null {
  const above = points.findIndex((point) => point.psnr >= psnr);
  if (above < 0) return null;
  const high = points[above]!;
  const low = points[above - 1];
  if (!low) return high.psnr === psnr ? high.quality : null;
  const share = (psnr - low.psnr) / (high.psnr - low.psnr);
  return low.quality + (high.quality - low.quality) * share;
}

/** With one more, from the smallest file up; made again it takes the place of itself. */
export function withPeer(known: readonly PeerPoint[], made: PeerPoint): readonly PeerPoint[] {
  const { format, quality, bytes, psnr } = made;
  const others = known.filter((one) => one.format !== format || one.quality !== quality);
  return [...others, { format, quality, bytes, psnr }].sort((a, b) => a.bytes - b.bytes);
}

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

/** The measured points with what was made exactly: the curve goes through both. */
export function throughExact(
  points: readonly RatePoint[],
  exact: KnownSizes,
): readonly RatePoint[] {
  const made = [...exact].map(([quality, bytes]) => ({
    quality,
    bytes,
    psnr: psnrAt(points, quality) ?? 0,
  }));
  const others = points.filter(({ quality }) => !exact.has(quality));
  return [...others, ...made].sort((a, b) => a.quality - b.quality);
}

export const withSize = (known: KnownSizes, quality: number, bytes: number): KnownSizes =>
  new Map([...known, [quality, bytes]]);
