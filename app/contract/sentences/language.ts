/**
 * The language of this process: one tag, and what a translation says in the place of English. Told once, before the first
 * sentence: a host chooses it (`app/hosts/shared/language.ts`), other processes and threads learn it by `app/runtime/language.ts`, a page
 * from its host.
 */

export const ENGLISH = 'en';

export interface Language {
  /** BCP 47, `pl` for example: decides plurals, and how numbers are written. */
  readonly tag: string;
  /** Text by key (`clean.notMeasured`); what is missing is said in English. */
  readonly sentences: Readonly<Record<string, string>>;
}

let language: Language = { tag: ENGLISH, sentences: {} };
const whenSet: (() => void)[] = [];

export const currentLanguage = (): Language => language;

/** @throws RangeError when the tag is none */
export function setLanguage(given: Language): void {
  const [tag] = Intl.getCanonicalLocales(given.tag);
  language = { ...given, tag: tag ?? ENGLISH };
  for (const forget of whenSet) forget();
}

/** For what is kept of a language: `forget` is called when there is another one. */
export function onLanguage(forget: () => void): void {
  whenSet.push(forget);
}
