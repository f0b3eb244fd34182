/**
 * Sentences for people, kept in catalogues: one `sentences.ts` beside what speaks, English in ICU MessageFormat. Code names a sentence
 * and gives its arguments; which language it comes in is decided once (`language.ts`). A translation may lack sentences or be wrong in some: those
 * are said in English.
 *
 * `say` is called when something is shown, never while a module loads: by then the language may not be known.
 */
import { IntlMessageFormat, type Formatters } from 'intl-messageformat';
import type { ArgumentsOf, NamesOf } from './arguments.ts';
import { currentLanguage, ENGLISH, onLanguage } from './language.ts';
import { numberFormat, pluralRules } from './numbers.ts';

export type Values = Readonly<Record<string, string | number | Date>>;

/** Says a sentence of one catalogue. Arguments are those of its text, checked by the compiler. */
export interface Say<S extends Readonly<Record<string, string>>> {
  <K extends keyof S & string>(
    id: K,
    ...values: [NamesOf<S[K]>] extends [never] ? [] : [values: ArgumentsOf<S[K]>]
  ): string;
}

/** A sentence of this catalogue by its id, for parts that choose one and leave the saying to others. */
export type SentenceId<T> = T extends Say<infer S> ? keyof S & string : never;

interface Message {
  format(values: Values): string;
}

/** What was parsed in this language. */
const parsed = new Map<string, Message>();
onLanguage(() => parsed.clear());

/** Numbers as this program writes them (`numbers.ts`); the rest as the language does. */
const formatters: Formatters = {
  getNumberFormat: (_tags, options) =>
    numberFormat(options as Intl.NumberFormatOptions) as Intl.NumberFormat,
  getDateTimeFormat: (...given) => new Intl.DateTimeFormat(...given),
  getPluralRules: (tags, options) => pluralRules(String(tags), options) as Intl.PluralRules,
};
// The library asks which languages there are before its first message; our tags were checked when they were set.
IntlMessageFormat.resolveLocale = (tags) => new Intl.Locale(String(tags));

/** Text without arguments and quotes is what it is; the parser is not asked. */
const isPlain = (text: string): boolean => !/[{}']/.test(text);

/** Arguments that are put in as they are, and no quotes: nor is it for these. Starting the parser is a tenth of what the page's first screen costs. */
const isSimple = (text: string): boolean => /^(?:[^{}']|\{\w+\})*$/.test(text);

function putIn(text: string, values: Values): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new RangeError(`"${text}" lacks ${name}.`);
    return String(value);
  });
}

/** @throws SyntaxError of the parser when the text is not ICU MessageFormat */
export function parseMessage(text: string, language: string): Message {
  if (isPlain(text)) return { format: () => text };
  if (isSimple(text)) return { format: (values) => putIn(text, values) };
  // `<command>` stands for itself.
  const message = new IntlMessageFormat(text, language, undefined, { formatters, ignoreTag: true });
  return { format: (values) => String(message.format(values as Record<string, string | number>)) };
}

function translated(key: string, values: Values): string | null {
  const { tag, sentences } = currentLanguage();
  const text = Object.hasOwn(sentences, key) ? sentences[key] : undefined;
  if (text === undefined) return null;
  try {
    let message = parsed.get(key);
    if (!message) parsed.set(key, (message = parseMessage(text, tag)));
    return message.format(values);
  } catch {
    // Not ICU, or with an argument that this sentence has not: English is better than nothing.
    return null;
  }
}

const english = new Map<string, Message>();

/** A sentence by its whole key. @param text in English */
export function sayKey(key: string, text: string, values: Values = {}): string {
  const said = translated(key, values);
  if (said !== null) return said;
  if (isPlain(text)) return text;
  let message = english.get(key);
  if (!message) english.set(key, (message = parseMessage(text, ENGLISH)));
  return message.format(values);
}

/** Text of a table that is data, in the place of which a translation may stand. It takes no arguments. */
export const sayText = (key: string, text: string): string => translated(key, {}) ?? text;

/** The same text as a translator gets it: its braces are no arguments. */
export const quoted = (text: string): string =>
  text.replaceAll("'", "''").replaceAll(/[{}]/g, "'$&'");

const catalogues = new Map<string, Readonly<Record<string, string>>>();

/** All that were loaded in this process, by namespace. */
export const loadedCatalogues = (): ReadonlyMap<string, Readonly<Record<string, string>>> =>
  catalogues;

/**
 * A catalogue: English text by id.
 * @param namespace of its keys, one per catalogue: `clean` makes `clean.notMeasured`
 */
export function defineSentences<const S extends Readonly<Record<string, string>>>(
  namespace: string,
  sentences: S,
): Say<S> {
  catalogues.set(namespace, sentences);
  return (id, ...values) => sayKey(`${namespace}.${id}`, sentences[id]!, values[0] as Values);
}
