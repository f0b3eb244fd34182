/** What commander says by itself, in the language of the program. A sentence that is not known here stays in English. */
import { say } from './sentences.ts';

/** Its headings of a help page. */
const headings: Readonly<Record<string, () => string>> = {
  'Usage:': () => say('usageTitle'),
  'Arguments:': () => say('argumentsTitle'),
  'Options:': () => say('optionsTitle'),
  'Commands:': () => say('commandsTitle'),
};

/** For `configureHelp`. */
export const styleTitle = (title: string): string => headings[title]?.() ?? title;

/** A message without "error: ", first line, and what is said of it. */
const sentences: readonly (readonly [RegExp, (...found: string[]) => string])[] = [
  [/^unknown option '(.+)'$/, (option) => say('unknownOption', { option: option! })],
  [
    /^missing required argument '(.+)'$/,
    (argument) => say('missingArgument', { argument: argument! }),
  ],
  [/^option '(.+)' argument missing$/, (option) => say('optionWithoutValue', { option: option! })],
  [
    /^too many arguments(?: for '(.+)')?\. Expected (\d+) arguments? but got (\d+)\.$/,
    (command = 'hourglass', expected, got) =>
      say('tooManyArguments', { command, expected: Number(expected), got: Number(got) }),
  ],
];
const suggestion = /^\(Did you mean (one of )?(.+)\?\)$/;

/** "error: unknown option '--x'" and what it suggests, as sentences. */
export function commanderWords(message: string): string {
  const [first = '', second = ''] = message.replace(/^error: /, '').split('\n');
  const [, several, near] = suggestion.exec(second) ?? [];
  const guess = near ? say('didYouMean', { near, several: several ? 'yes' : 'no' }) : second.trim();
  return [said(first), guess].filter(Boolean).join(' ');
}

function said(line: string): string {
  for (const [pattern, words] of sentences) {
    const found = pattern.exec(line);
    if (found) return words(...found.slice(1));
  }
  const start = line.charAt(0).toUpperCase() + line.slice(1);
  return /[.?!]$/.test(start) ? start : `${start}.`;
}
