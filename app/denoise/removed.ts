/**
 * What the network took away from a tile, in luma, and what of it is given back: detail, and the local mean of
 * pictures of one tone.
 */
import type { Rect } from '../contract/index.ts';
import { bandsOf, nextTurn, type RowBand } from '../pixels/turns.ts';
import type { TilePlace } from './asking.ts';
import type { CleanSpec } from './clean-spec.ts';
import { DETAIL_MARGIN, findDetail } from './detail.ts';
import { localMean, MEAN_MARGIN } from './local-mean.ts';
import { LUMA } from '../pixels/luma.ts';
import { LUMA_NOISE } from './luma.ts';
import { isFullScale } from './range.ts';

/** Pixels around the core that are looked at. */
export const marginOf = (spec: CleanSpec): number => (spec.detail > 0 ? DETAIL_MARGIN : 0);

/** Planes of a tile's core, core.width × core.height, in units of the picture's range. */
export interface Removed {
  /** Luma of the source. */
  readonly luma: Float32Array;
  /** What was taken away from it. */
  readonly residual: Float32Array;
  /** What of that is given back; null: nothing. */
  readonly returned: Float32Array | null;
}

/** @param cleaned planar [image channels, side, side] */
export async function removedFrom(
  spec: CleanSpec,
  { tile, plan }: TilePlace,
  cleaned: Float32Array,
): Promise<Removed> {
  const { core, origin } = tile;
  const around = spec.keepsMean ? Math.min(MEAN_MARGIN, plan.halo) : 0;
  const region = grow(core, Math.max(marginOf(spec), around), spec.source);
  const luma = new Float32Array(region.width * region.height);
  const residual = new Float32Array(luma.length);
  const window = { spec, region, origin, side: plan.side, cleaned };
  for (const rows of bandsOf(region)) {
    removedLuma(window, rows, luma, residual);
    await nextTurn();
  }

  const inner = { ...core, x: core.x - region.x, y: core.y - region.y };
  const returned = await returnedOf(spec, { ...region, data: residual }, inner);
  if (!returned) return { luma, residual, returned };
  return {
    luma: crop(luma, region.width, inner),
    residual: crop(residual, region.width, inner),
    returned,
  };
}

/**
 * - detail: what `detail.ts` finds, by the percent asked for
 * - one tone: the local mean, added as well
 */
async function returnedOf(
  { detail, noise, tones, keepsMean }: CleanSpec,
  residual: { readonly data: Float32Array; readonly width: number; readonly height: number },
  inner: Rect,
): Promise<Float32Array | null> {
  let returned: Float32Array | null = null;
  if (detail > 0) {
    const sigma = (noise / 255) * (tones === 1 ? 1 : LUMA_NOISE);
    returned = findDetail(residual, inner, sigma);
    for (let i = 0; i < returned.length; i++) returned[i]! *= detail / 100;
    await nextTurn();
  }
  if (!keepsMean) return returned;
  const mean = localMean(residual, inner);
  if (returned) for (let i = 0; i < mean.length; i++) mean[i]! += returned[i]!;
  return mean;
}

function grow(rect: Rect, by: number, within: { width: number; height: number }): Rect {
  const x = Math.max(0, rect.x - by);
  const y = Math.max(0, rect.y - by);
  return {
    x,
    y,
    width: Math.min(within.width, rect.x + rect.width + by) - x,
    height: Math.min(within.height, rect.y + rect.height + by) - y,
  };
}

function crop(plane: Float32Array, width: number, inner: Rect): Float32Array {
  const result = new Float32Array(inner.width * inner.height);
  for (let y = 0; y < inner.height; y++) {
    const from = (inner.y + y) * width + inner.x;
    result.set(plane.subarray(from, from + inner.width), y * inner.width);
  }
  return result;
}

interface Window {
  readonly spec: CleanSpec;
  /** Image coordinates, inside the picture. */
  readonly region: Rect;
  /** Image coordinates of the outputs' top left. */
  readonly origin: { readonly x: number; readonly y: number };
  readonly side: number;
  readonly cleaned: Float32Array;
}

/** Luma of these rows of the source, and what the network took away from it; 0 where the source is not finite. */
function removedLuma(
  window: Window,
  rows: RowBand,
  luma: Float32Array,
  residual: Float32Array,
): void {
  const { spec, region, origin, side, cleaned } = window;
  const { source, card, range } = spec;
  const { data, channels, width } = source;
  const { low } = range;
  const scale = 1 / (range.high - low);
  const ranged = !isFullScale(range, source);
  const plane = side * side;
  const floats = source.sampleType === 'float32';
  const [red, green, blue] = LUMA;
  const gray = spec.tones === 1;
  const planes = card.input.imageChannels;
  for (let y = rows.top, to = y * region.width; y < rows.bottom; y++) {
    let from = ((region.y + y) * width + region.x) * channels;
    let at = (region.y + y - origin.y) * side + region.x - origin.x;
    for (let x = 0; x < region.width; x++, to++, at++, from += channels) {
      let value: number;
      let result: number;
      if (gray) {
        value = (data[from]! - low) * scale;
        // As the network saw it: far outside of the range rounding is no small number.
        if (ranged) value = Math.fround(value);
        result =
          planes === 1
            ? cleaned[at]!
            : (cleaned[at]! + cleaned[at + plane]! + cleaned[at + 2 * plane]!) / 3;
      } else {
        value =
          (red * data[from]! + green * data[from + 1]! + blue * data[from + 2]! - low) * scale;
        result =
          red * cleaned[at]! + green * cleaned[at + plane]! + blue * cleaned[at + 2 * plane]!;
      }
      if (floats && !Number.isFinite(value)) continue;
      luma[to] = value;
      residual[to] = value - result;
    }
  }
}
