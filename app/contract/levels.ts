/**
 * Stored values to levels of an 8-bit screen. One formula for tiles that the engine converts, for
 * tiles that the page looks up in a table of its own and for pictures of a window that are written, so that all show the same.
 */
import * as z from 'zod';
import type { Scale } from './domain.ts';

/** Stored values. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/** Stored values between black and white, and how levels run from one to the other. */
export interface ShownRange extends ValueRange {
  /**
   * Along a curve that comes to black and white only far beyond `low` and `high` (SIGMOID of DICOM PS3.3 C.11.2.1.3.1); absent: in
   * a straight line.
   */
  readonly sigmoid?: true;
  /** Values that stand for nothing that was measured: black, whichever way round the others are. */
  readonly padding?: ValueRange;
}

/** Level of a stored value where `low` and `high` are shown as black and white. */
export function levelInRange(range: ShownRange): (value: number) => number {
  const level = range.sigmoid ? curvedLevel(range) : straightLevel(range);
  const { padding } = range;
  if (!padding) return level;
  return (value) => (value >= padding.low && value <= padding.high ? 0 : level(value));
}

function straightLevel({ low, high }: ValueRange): (value: number) => number {
  const scale = 255 / (high - low);
  return (value) => {
    const level = (value - low) * scale;
    return level <= 0 ? 0 : level >= 255 ? 255 : (level + 0.5) | 0;
  };
}

function curvedLevel({ low, high }: ValueRange): (value: number) => number {
  const center = (low + high) / 2;
  const steepness = -4 / (high - low);
  return (value) => (255 / (1 + Math.exp(steepness * (value - center))) + 0.5) | 0;
}

type Shown = Pick<Scale, 'inverted' | 'padding'>;

/**
 * Stored values that are black and white in a window of measured ones (LINEAR_EXACT of DICOM PS3.3
 * C.11.2.1.3.2, or SIGMOID). `high` is below `low` where small stored values are bright: a negative slope, or an inverted scale.
 */
export function rangeOfWindow(
  scale: Shown & Pick<Scale, 'slope' | 'intercept'>,
  { center, width, sigmoid }: NonNullable<Scale['window']>,
): ShownRange {
  const stored = (measured: number): number => (measured - scale.intercept) / scale.slope;
  const range = shownOf(scale, {
    low: stored(center - width / 2),
    high: stored(center + width / 2),
  });
  return sigmoid ? { ...range, sigmoid } : range;
}

/** Stored values that are black and white until a person says otherwise. */
export const firstRange = (scale: Scale): ShownRange =>
  scale.window
    ? rangeOfWindow(scale, scale.window)
    : shownOf(scale, { low: scale.black, high: scale.white });

const shownOf = ({ inverted, padding }: Shown, { low, high }: ValueRange): ShownRange => ({
  ...(inverted ? { low: high, high: low } : { low, high }),
  ...(padding ? { padding } : {}),
});

/** How the codes in tiles of 16 bits are read: code _c_ is the stored value `origin` + `step` · _c_. */
export const tileCodesSchema = z.object({
  origin: z.number().describe('Stored value of code 0'),
  step: z.number().describe('Difference of stored values from code to code'),
});
export type TileCodes = z.infer<typeof tileCodesSchema>;

/** How many codes there are. */
const CODES = 65_536;

/** Level of every code. */
export function levelTable(
  { origin, step }: TileCodes,
  range: ShownRange,
): Uint8Array<ArrayBuffer> {
  const level = levelInRange(range);
  return Uint8Array.from({ length: CODES }, (_, code) => level(origin + step * code));
}
