/**
 * Options of the pixels that a file does not have, said instead of passed over: a format that holds what its source does (DICOM, NIfTI) has
 * its bits and colours, and only DICOM is coded by a transfer syntax. What would be another picture (smaller, a window) is refused elsewhere.
 */
import { basename } from 'node:path';
import {
  abilitiesOf,
  labelOf,
  outputSettingsSchema,
  type Notice,
  type OutputFormat,
} from '../../contract/index.ts';
import type { TransferSyntaxChoice } from '../../contract/dicom-object.ts';
import { say } from './sentences.ts';

export interface AskedOfFile {
  readonly depth: 'keep' | '8' | '16';
  readonly quality: number;
  readonly srgb: boolean;
  readonly transferSyntax: TransferSyntaxChoice;
}

interface Option {
  readonly flag: string;
  readonly isAsked: (asked: AskedOfFile) => boolean;
  readonly hasNone: (format: OutputFormat) => boolean;
}

/** What nobody has to ask for. */
const usualQuality = outputSettingsSchema.shape.quality.parse(undefined);

const isSources = (format: OutputFormat): boolean => abilitiesOf(format).isSources === true;

const options: readonly Option[] = [
  { flag: '--depth', isAsked: ({ depth }) => depth !== 'keep', hasNone: isSources },
  { flag: '--quality', isAsked: ({ quality }) => quality !== usualQuality, hasNone: isSources },
  { flag: '--srgb', isAsked: ({ srgb }) => srgb, hasNone: isSources },
  {
    flag: '--transfer-syntax',
    isAsked: ({ transferSyntax }) => transferSyntax !== 'uncompressed',
    hasNone: (format) => format !== 'dicom',
  },
];

/** What was asked for and does nothing for this file, in one sentence. */
export function unusedOf(
  asked: AskedOfFile,
  { path, format }: { readonly path: string; readonly format: OutputFormat },
): Notice[] {
  const list = options
    .filter(({ isAsked, hasNone }) => isAsked(asked) && hasNone(format))
    .map(({ flag }) => flag);
  if (list.length === 0) return [];
  const facts = { name: basename(path), format: labelOf(format), list: list.join(', ') };
  return [
    {
      level: 'warning',
      text: say(isSources(format) ? 'doesNothingForSources' : 'doesNothing', facts),
    },
  ];
}
