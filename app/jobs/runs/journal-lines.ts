/**
 * The lines of a journal, as data: one JSON object a line. What each means for people and other programs is
 * docs/journal.md. Writing is `journal.ts`, what follows from many of them is `journal-state.ts`.
 */
import * as z from 'zod';
import { seriesLevelSchema } from '../../contract/series-level.ts';
import { failureSchema } from '../../contract/index.ts';

/** Raised when a line of an older journal would be misunderstood. */
export const journalVersion = 1;

/** In the names of journals, which a walk through folders leaves alone. */
export const journalEnding = '.hourglass.jsonl';

const at = z.string().describe('ISO 8601');
const source = z.string().describe('Relative to the journal’s folder, with /; the key of a file');
const seconds = z.number();
/** Who writes: `pixels/owner.ts`. */
const writer = { owner: z.string(), boot: z.string() };

export const sessionLine = z.object({ type: z.literal('session'), at, ...writer });

export const runLine = z.object({
  type: z.literal('run'),
  version: z.number().int(),
  run: z.string().describe('Id; the same again where it was taken up'),
  resumed: z.boolean(),
  at,
  software: z.string(),
  command: z.string(),
  settings: z.record(z.string(), z.unknown()).describe('As asked for, defaults filled in'),
  settingsHash: z.string(),
  inputs: z.number().int().describe('Files when it was begun: {n} has as many digits'),
  notices: z.array(z.string()).optional().describe('Of its files together: series with gaps …'),
});

export const inputLine = z.object({
  type: z.literal('input'),
  source,
  files: z.array(z.string()).optional().describe('All files of it, where they are several'),
  index: z.number().int().describe('For {n}'),
  bytes: z.number(),
  fingerprint: z.string(),
  output: z.string(),
  free: z.boolean().describe('Nothing was at the output’s place'),
});

export const startLine = z.object({
  type: z.literal('start'),
  source,
  attempt: z.number().int().min(1),
  at,
});

/** Tag and keyword, divided by a space; a private or unknown one has none. */
const elementsOf = z.array(z.string());

export const elementsLine = z.object({
  type: z.literal('elements'),
  removed: elementsOf,
  emptied: elementsOf,
  replaced: elementsOf,
  kept: elementsOf,
  at,
});

export const doneLine = z.object({
  type: z.literal('done'),
  source,
  fingerprint: z.string().describe('Of the input'),
  output: z.string(),
  bytes: z.number(),
  sha256: z.string().describe('Of the output'),
  settingsHash: z.string(),
  model: z
    .object({
      id: z.string(),
      version: z.string(),
      precision: z.string().nullable(),
      sha256: z.string().nullable().describe('Of its file'),
    })
    .nullable(),
  device: z.object({ id: z.string(), label: z.string() }).nullable(),
  seconds,
  attempts: z.number().int(),
  damaged: z.boolean().describe('Something in the source was damaged'),
  notices: z.array(z.string()),
  seriesLevel: seriesLevelSchema.optional().describe('Of its series, where it was cleaned at that'),
  elements: z
    .string()
    .optional()
    .describe('What became of its elements: numbers of those that `elements` lines said'),
  facts: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  at,
});

export const failedLine = z.object({
  type: z.literal('failed'),
  source,
  error: failureSchema,
  refused: z.boolean().describe('It was not even begun'),
  written: z
    .object({ bytes: z.number(), sha256: z.string() })
    .optional()
    .describe(
      'What it has left at its place all the same: the engine ended before it could say so',
    ),
  attempts: z.number().int(),
  seconds,
  at,
});

export const endLine = z.object({
  type: z.literal('end'),
  owner: z.string(),
  done: z.number().int(),
  failed: z.number().int(),
  left: z.number().int(),
  interrupted: z.boolean(),
  at,
});

export const journalLine = z.discriminatedUnion('type', [
  sessionLine,
  runLine,
  inputLine,
  startLine,
  elementsLine,
  doneLine,
  failedLine,
  endLine,
]);

export type JournalLine = z.infer<typeof journalLine>;
export type RunLine = z.infer<typeof runLine>;
export type InputLine = z.infer<typeof inputLine>;
export type ElementsLine = z.infer<typeof elementsLine>;
export type DoneLine = z.infer<typeof doneLine>;
export type FailedLine = z.infer<typeof failedLine>;
export type SessionLine = z.infer<typeof sessionLine>;

export interface ReadLine {
  /** null: no line of a journal of this version. Fields that it does not know are left out. */
  readonly line: JournalLine | null;
  /** That the line says its journal has, whatever else is in it. */
  readonly version: number | null;
}

export function parseLine(text: string): ReadLine {
  try {
    const given = JSON.parse(text) as { type?: unknown; version?: unknown } | null;
    return {
      line: journalLine.safeParse(given).data ?? null,
      version: given?.type === 'run' && typeof given.version === 'number' ? given.version : null,
    };
  } catch {
    return { line: null, version: null };
  }
}
