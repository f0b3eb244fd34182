/**
 * Numbers, sizes, shares and times of day as a language writes them. English is as it always was in this program: no commas between
 * thousands, a no-break space before a unit.
 */
import { currentLanguage, ENGLISH, onLanguage } from './language.ts';

/** Between a number and its unit. */
export const NO_BREAK = '\u00a0';
export const MINUS = '\u2212';

/** What a sentence needs of a format of numbers. */
type NumberWriter = Pick<Intl.NumberFormat, 'format'>;

const kept = new Map<string, NumberWriter>();
onLanguage(() => kept.clear());

/**
 * English without commas is what `toFixed` writes. The first `Intl` object of a process reads the list of all languages, 24 ms
 * on two cores, which the command line would pay at each start.
 */
const englishWriter = (options: Intl.NumberFormatOptions): NumberWriter => ({
  format: (value) =>
    options.minimumFractionDigits === undefined
      ? String(value)
      : Number(value).toFixed(options.minimumFractionDigits),
});

/** What English has no need of `Intl` for. */
const isSimple = (options: Intl.NumberFormatOptions): boolean =>
  Object.keys(options).every((name) => /^(minimum|maximum)FractionDigits$/.test(name));

/** A format of the language, made once; thousands are not grouped unless that is asked for. */
export function numberFormat(options: Intl.NumberFormatOptions = {}): NumberWriter {
  const key = JSON.stringify(options);
  let format = kept.get(key);
  if (!format) {
    const { tag } = currentLanguage();
    format =
      tag === ENGLISH && isSimple(options)
        ? englishWriter(options)
        : new Intl.NumberFormat(tag, { useGrouping: false, ...options });
    kept.set(key, format);
  }
  return format;
}

/** Which plural a number takes; English is known without `Intl`, as above. */
export const pluralRules = (
  tag: string,
  options: Intl.PluralRulesOptions = {},
): Pick<Intl.PluralRules, 'select'> =>
  tag === ENGLISH && options.type !== 'ordinal'
    ? { select: (count) => (count === 1 ? 'one' : 'other') }
    : new Intl.PluralRules(tag, options);

/** Rounded as `toFixed` rounds: in binary, so that 1.005 is 1.00. Never −0. */
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits)) + 0;

/** With at most `digits` decimals, without trailing zeros. */
export const decimal = (value: number, digits = 0): string =>
  numberFormat({ maximumFractionDigits: digits }).format(rounded(value, digits));

/** With exactly `digits` decimals. */
export const fixed = (value: number, digits: number): string =>
  numberFormat({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    rounded(value, digits),
  );

/** A moment, in the person's time zone. */
export const moment = (when: Date | number, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(currentLanguage().tag, options).format(when);
