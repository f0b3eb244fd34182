/** Sentences in catalogues, and numbers as the language writes them. */
export { defineSentences, quoted, sayText, type Say, type SentenceId } from './catalogue.ts';
export { currentLanguage, ENGLISH, setLanguage, type Language } from './language.ts';
export { decimal, fixed, MINUS, moment, NO_BREAK } from './numbers.ts';
