/** What is said of the values of a scan in a latent file: on the command line and in the window alike. */
import type { Scale } from './domain.ts';
import { say } from './sentences.ts';
import { decimal, MINUS, NO_BREAK } from './sentences/index.ts';

interface Loss {
  readonly largestError: number;
  readonly unit: string | null;
}

interface Kept {
  readonly scale: Scale | null;
  readonly keepsPadding: boolean;
}

/** A number may be written with at all (ECMA-402). */
const MOST_DECIMALS = 20;

/** With so many digits that count, whatever its size. */
const significant = (value: number, digits: number): string =>
  decimal(Number(value.toPrecision(digits)), MOST_DECIMALS).replace('-', MINUS);

/** "41 HU": the largest error, and the unit of the values. */
export const largestErrorWords = ({ largestError, unit }: Loss): string =>
  significant(largestError, 3) + (unit === null ? '' : NO_BREAK + unit);

/** What measured values are, and what of them is kept besides; empty: the file does not say it. */
export const scaleWords = ({ scale, keepsPadding }: Kept) =>
  scale === null
    ? ''
    : say('valuesOfScan', {
        sign: scale.black < 0 ? 'yes' : 'no',
        slope: significant(scale.slope, 6),
        way: scale.intercept < 0 ? 'less' : 'more',
        intercept: significant(Math.abs(scale.intercept), 6),
        unit: scale.unit ?? 'none',
        padding: keepsPadding ? 'yes' : 'no',
      });

/** Level and width of the window that the file asks for; empty: none. */
export const windowWords = ({ scale }: Pick<Kept, 'scale'>): string =>
  scale?.window
    ? say('windowOfScan', {
        center: significant(scale.window.center, 6),
        width: significant(scale.window.width, 6),
      })
    : '';
