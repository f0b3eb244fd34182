/** Which languages there are, and which one a person is given. No `Intl` here: English starts without it. */

/** Those that ship, by tag, each by its own name: who looks for theirs may not read the one on the screen. */
export const shippedLanguages = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  ja: '日本語',
} as const;

export type ShippedLanguage = keyof typeof shippedLanguages;
export const shippedTags = Object.keys(shippedLanguages) as readonly ShippedLanguage[];

/** Translations to which sentences are missing still, which are said in English. */
export const begunLanguages: readonly ShippedLanguage[] = ['fr', 'ja'];

/** A BCP 47 tag as file names and variables may have it. */
export const isTag = (tag: string): boolean => /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(tag);

/** The tag and what it is a kind of, the nearest first: `zh-Hant-TW`, `zh-Hant`, `zh` (RFC 4647, lookup). */
export function lookupChain(tag: string): readonly string[] {
  const parts = tag.split('-');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('-'));
}

/** The language itself: `de` of `de-AT`. */
export const languageOf = (tag: string): string => tag.split('-', 1)[0]!.toLowerCase();

/** Scripts that are read from right to left (Unicode, bidi class R or AL), as far as languages of today are written in them. */
const rightToLeft: ReadonlySet<string | undefined> = new Set([
  'Adlm',
  'Arab',
  'Hebr',
  'Mand',
  'Nkoo',
  'Rohg',
  'Samr',
  'Syrc',
  'Thaa',
]);

/** How the page of a language is laid out. */
export const directionOf = (tag: string): 'ltr' | 'rtl' =>
  rightToLeft.has(new Intl.Locale(tag).maximize().script) ? 'rtl' : 'ltr';
