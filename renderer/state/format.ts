/** Numbers and sizes as a person reads them. Pure; every place of the interface uses these. */
import type { DocumentInfo } from '../../app/contract/index.ts';

const NO_BREAK = '\u00a0';
const MINUS = '\u2212';

/** A number with at most `digits` decimals, without trailing zeros. */
export function number(value: number, digits = 0): string {
  const text = String(Number(value.toFixed(digits)));
  return text.startsWith('-') ? MINUS + text.slice(1) : text;
}

/** A share 0–1 or a ready percentage as "80 %". */
export const percent = (value: number): string => `${number(value)}${NO_BREAK}%`;

/** Decimal units, as file managers show them. */
export function bytes(count: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : value >= 9.95 ? 1 : 2;
  if (unit === 0 && value === 1) return `1${NO_BREAK}byte`;
  return `${number(value, digits)}${NO_BREAK}${units[unit]!}`;
}

/** "6000 × 4000" */
export const dimensions = (size: { width: number; height: number }): string =>
  `${size.width}${NO_BREAK}×${NO_BREAK}${size.height}`;

/** Remaining time, rounded to what anybody would act on. */
export function timeLeft(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '';
  if (seconds < 10) return 'a few seconds left';
  if (seconds < 60) return `${Math.ceil(seconds / 10) * 10}${NO_BREAK}s left`;
  if (seconds < 3600) return `${Math.round(seconds / 60)}${NO_BREAK}min left`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.round((seconds % 3600) / 60);
  return minutes === 60
    ? `${hours + 1}${NO_BREAK}h left`
    : `${hours}${NO_BREAK}h ${minutes}${NO_BREAK}min left`;
}

/** "1 photo", "12 photos" */
export const count = (amount: number, one: string, many = `${one}s`): string =>
  `${amount} ${amount === 1 ? one : many}`;

/** Bit depth of stored samples in words. */
export const depthWords: Readonly<Record<DocumentInfo['sampleType'], string>> = {
  uint8: `8${NO_BREAK}bit`,
  uint16: `16${NO_BREAK}bit`,
  int16: `16${NO_BREAK}bit signed`,
  float32: `32${NO_BREAK}bit float`,
};

/** A zoom factor as percent: 1 → "100 %", 0.0625 → "6.3 %". */
export function zoomWords(zoom: number): string {
  const value = zoom * 100;
  return `${number(value, value < 10 ? 1 : 0)}${NO_BREAK}%`;
}

/**
 * Splits a long name so that its end stays visible when the front is cut: [head, tail]. The tail is
 * the extension with the last characters before it, where counters and suffixes are.
 */
export function splitName(name: string, tail = 12): readonly [string, string] {
  const letters = [...name];
  if (letters.length <= tail * 2) return [name, ''];
  return [letters.slice(0, -tail).join(''), letters.slice(-tail).join('')];
}
