/**
 * Text on its way to a terminal or a log. File names, metadata and messages may hold anything, escape
 * sequences included, which a terminal would obey; what is not meant to be seen is shown as its code.
 */

/**
 * Controls (ECMA-48: escape, and the one-byte control sequence introducer), separators that break a
 * line, and what turns the direction of writing for all that follows (Unicode UAX #9).
 */
const unprintable = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

const hex = (character: string, digits: number): string =>
  character.codePointAt(0)!.toString(16).padStart(digits, '0');

const code = (character: string): string =>
  character < '\u0100' ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`;

/** On one line: a name, a message. */
export const printable = (text: string): string => text.replace(unprintable, code);

/** Several lines that we have laid out ourselves: line breaks and tabs stay. */
export const printableLines = (text: string): string =>
  text.replace(unprintable, (character) =>
    '\n\t'.includes(character) ? character : code(character),
  );

/** JSON for a reader that may be a terminal: the same value, such characters as JSON's own escapes. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value).replace(unprintable, (character) => `\\u${hex(character, 4)}`);
