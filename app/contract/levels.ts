/**
 * Stored values to levels of an 8-bit screen. One formula for tiles that the engine converts and for
 * tiles that the page looks up in a table of its own, so that both show the same picture.
 */
import * as z from 'zod';
import type { Scale } from './domain.ts';

/** Stored values. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/** Level of a stored value where `low` and `high` are shown as black and white. */
export function levelInRange({ low, high }: ValueRange): (value: number) => number {
  const scale = 255 / (high - low);
  return (value) => {
    const level = (value - low) * scale;
    return level <= 0 ? 0 : level >= 255 ? 255 : (level + 0.5) | 0;
  };
}

/**
 * Stored values that are black and white in a window of measured ones (LINEAR_EXACT of DICOM PS3.3
 * C.11.2.1.3.2). `high` is below `low` where small stored values are bright: a negative slope, or an inverted scale.
 */
export function rangeOfWindow(
  scale: Pick<Scale, 'slope' | 'intercept' | 'inverted'>,
  { center, width }: NonNullable<Scale['window']>,
): ValueRange {
  const stored = (measured: number): number => (measured - scale.intercept) / scale.slope;
  return turned(scale, { low: stored(center - width / 2), high: stored(center + width / 2) });
}

/** Stored values that are black and white until a person says otherwise. */
export const firstRange = (scale: Scale): ValueRange =>
  scale.window
    ? rangeOfWindow(scale, scale.window)
    : turned(scale, { low: scale.black, high: scale.white });

const turned = ({ inverted }: Pick<Scale, 'inverted'>, { low, high }: ValueRange): ValueRange =>
  inverted ? { low: high, high: low } : { low, high };

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
  range: ValueRange,
): Uint8Array<ArrayBuffer> {
  const level = levelInRange(range);
  return Uint8Array.from({ length: CODES }, (_, code) => level(origin + step * code));
}
