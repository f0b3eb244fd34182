/** Numbers and sizes as a person reads them, in the language of the page; every place of the interface uses these. */
import type { DocumentInfo } from '../../app/contract/index.ts';
import { decimal, fixed, MINUS, NO_BREAK } from '../../app/contract/sentences/index.ts';
import { say } from './sentences.ts';

/** A number with at most `digits` decimals, without trailing zeros. */
export const number = (value: number, digits = 0): string => withMinus(decimal(value, digits));

/** The same with exactly so many. */
export const fixedNumber = (value: number, digits: number): string =>
  withMinus(fixed(value, digits));

const withMinus = (text: string): string => (text.startsWith('-') ? MINUS + text.slice(1) : text);

/**
 * Stored values of one pixel as what was measured, with the unit; values as stored where they measure nothing.
 * Alpha is no measured value.
 */
export function measured(
  values: readonly number[],
  { sampleType, scale, hasAlpha }: Pick<DocumentInfo, 'sampleType' | 'scale' | 'hasAlpha'>,
): string {
  const { slope, intercept, unit } = scale;
  const whole = sampleType !== 'float32' && Number.isInteger(slope) && Number.isInteger(intercept);
  const words = values.map((value, channel) =>
    hasAlpha && channel === values.length - 1
      ? number(value, sampleType === 'float32' ? 4 : 0)
      : number(value * slope + intercept, whole ? 0 : 4),
  );
  return words.join(' ') + (unit === null ? '' : NO_BREAK + unit);
}

/** A ready percentage as "80 %". */
export const percent = (value: number, digits = 0): string =>
  say('percent', { number: number(value, digits) });

/** Decimal units, as file managers show them. */
export function bytes(count: number): string {
  const units = ['bytes', 'kilobytes', 'megabytes', 'gigabytes', 'terabytes'] as const;
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  if (unit === 0) return say('bytes', { count: Math.round(value) });
  const digits = value >= 99.5 ? 0 : value >= 9.95 ? 1 : 2;
  return say(units[unit] as Exclude<(typeof units)[number], 'bytes'>, {
    number: number(value, digits),
  });
}

/** Every byte: "199,812 bytes". */
export const exactBytes = (count: number): string => say('bytes', { count });

/** "6000 × 4000" */
export const dimensions = (size: { width: number; height: number }): string =>
  `${size.width}${NO_BREAK}×${NO_BREAK}${size.height}`;

/** Remaining time, rounded to what anybody would act on. */
export function timeLeft(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '';
  if (seconds < 10) return say('fewSecondsLeft');
  if (seconds < 60) return say('secondsLeft', { seconds: Math.ceil(seconds / 10) * 10 });
  if (seconds < 3600) return say('minutesLeft', { minutes: Math.round(seconds / 60) });
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.round((seconds % 3600) / 60);
  return minutes === 60
    ? say('hoursLeft', { hours: hours + 1 })
    : say('hoursMinutesLeft', { hours, minutes });
}

/** Bit depth of a file's samples in words. */
export const depthWords = ({
  sampleType: type,
  bits,
}: Pick<DocumentInfo, 'sampleType' | 'bits'>): string =>
  bits === undefined ? say('sampleType', { type }) : say('bitsOfFile', { bits });

/** A zoom factor as percent: 1 → "100 %", 0.0625 → "6.3 %". */
export function zoomWords(zoom: number): string {
  const value = zoom * 100;
  return percent(value, value < 10 ? 1 : 0);
}

/**
 * Splits a long name so that its end stays visible when the front is cut: [head, tail]. The tail is
 * the extension with the last characters before it, where counters and suffixes are.
 */
export function splitName(name: string, tail = 12, room = tail * 2): readonly [string, string] {
  const letters = [...name];
  if (letters.length <= room) return [name, ''];
  return [letters.slice(0, -tail).join(''), letters.slice(-tail).join('')];
}
