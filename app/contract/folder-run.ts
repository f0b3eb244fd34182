/**
 * A run over a folder of the person's, as a page sees it: its files, what became of each, and what can be asked of it. Who keeps it is
 * the host (`hosts/shared/folder-run.ts`), with the list and the journal that the command line has; a page names no path, only a file by
 * its place in the list.
 */
import * as z from 'zod';
import type { AdmittedFile } from './bridge.ts';
import { failureSchema } from './jobs.ts';

/** `skipped`: proven to be done before, or a result itself. */
export const folderFileStates = [
  ...(['waiting', 'running', 'done', 'failed', 'skipped', 'cancelled'] as const),
] as const;
export type FolderFileState = (typeof folderFileStates)[number];

/** What became of a file, by its place in the list. */
export const folderFileChangeSchema = z.lazy(() =>
  z.object({
    file: z.number().int(),
    state: z.enum(folderFileStates),
    progress: z.number().nullable().describe('0–1, while it runs'),
    bytes: z.number().nullable().describe('Size of the result'),
    seconds: z.number().nullable(),
    error: failureSchema.nullable(),
    notices: z.array(z.string()),
    byJournal: z
      .boolean()
      .optional()
      .describe('So says the journal of an earlier run; it is proven when the next one begins'),
  }),
);
export type FolderFileChange = z.infer<typeof folderFileChangeSchema>;

/** Nothing has become of it yet. @param file its place */
export const waitingFile = (file: number): FolderFileChange => ({
  ...{ file, state: 'waiting', progress: null, bytes: null, seconds: null },
  ...{ error: null, notices: [] },
});

export const folderFileSchema = z.lazy(() =>
  z.object({
    source: z.string().nullable().describe('`@id` of the file; null: it could not be read'),
    name: z.string(),
    folder: z.string().describe('Below the folder that was read, with /; empty at its top'),
    bytes: z.number(),
  }),
);
export type FolderFile = z.infer<typeof folderFileSchema>;

/** `planning`: what was done before is looked at; `watching`: what comes into the folder is waited for. */
export const folderRunPhases = [
  ...(['none', 'reading', 'ready', 'planning', 'running', 'paused', 'watching'] as const),
  'ended',
] as const;

export const folderRunStateSchema = z.lazy(() =>
  z.object({
    phase: z.enum(folderRunPhases),
    list: z.number().int().describe('Counts lists: another number, other files'),
    folder: z.string().nullable().describe('Of the inputs, for display'),
    out: z.string().nullable().describe('Where results go, for display'),
    journal: z.string().nullable().describe('For display; null: there is none yet'),
    before: z
      .object({
        command: z.string(),
        done: z.number().int(),
        failed: z.number().int(),
        left: z.number().int(),
      })
      .nullable()
      .describe('The last run in the journal, which can go on; null: there is none'),
    cutOff: z
      .object({
        folder: z.string(),
        command: z.string(),
        done: z.number().int(),
        failed: z.number().int(),
        left: z.number().int(),
      })
      .nullable()
      .describe('A run of an earlier start that did not come to its end; null: there is none'),
    looked: z.number().int().describe('Files found so far, or results looked at'),
    ignored: z.number().int().describe('Files in the folder that are no pictures'),
    choice: z
      .object({ include: z.array(z.string()), exclude: z.array(z.string()) })
      .describe('Globs of the files that are meant, and of files and folders that are not'),
    unchosen: z.number().int().describe('Files and folders that the globs leave out'),
    watch: z
      .object({
        arriving: z.number().int().describe('Files that are there and not whole yet'),
        away: z.array(z.string()).describe('What is not there and is waited for, for display'),
        done: z.number().int().describe('Since it began'),
        failed: z.number().int().describe('Since it began'),
      })
      .nullable()
      .describe('The folder is watched, in a pause and while files are done too'),
    ended: z
      .enum(['done', 'cancelled', 'stopped'])
      .nullable()
      .describe('How the last run ended; stopped: it was a watch'),
    secondsLeft: z.number().nullable(),
    megapixelsPerSecond: z.number().nullable(),
    notices: z.array(z.string()),
    problem: failureSchema.nullable().describe('Why the folder or the run could not be begun'),
  }),
);
export type FolderRunState = z.infer<typeof folderRunStateSchema>;

/** No folder was chosen. */
export const noFolderRun: FolderRunState = {
  ...{ phase: 'none', list: 0, folder: null, out: null, journal: null, before: null },
  cutOff: null,
  ...{ choice: { include: [], exclude: [] }, unchosen: 0 },
  ...{ looked: 0, ignored: 0, watch: null, ended: null },
  ...{ secondsLeft: null, megapixelsPerSecond: null, notices: [], problem: null },
};

/** All of it, for a page that comes up. */
export interface FolderRun {
  readonly state: FolderRunState;
  readonly files: readonly FolderFile[];
  readonly changes: readonly FolderFileChange[];
}

export const folderReportFormats = ['html', 'csv', 'json'] as const;
/** Files that a report shows pieces of: a page of 40,000 pairs is nothing to print. */
export const usualCrops = 12;
export type FolderReportFormat = (typeof folderReportFormats)[number];

const globsSchema = z.lazy(() => z.array(z.string().min(1).max(1000)).max(100));

/** What a page may ask. Answers come as events, but for `all`. */
export const folderRunRequestSchema = z.lazy(() =>
  z.discriminatedUnion('ask', [
    z.strictObject({ ask: z.literal('all') }),
    /** The system's dialog; then the tree is read. */
    z.strictObject({ ask: z.literal('folder') }),
    /** Which files of the folder are meant, by globs as `--include` and `--exclude`; a folder that was chosen is read again. */
    z.strictObject({ ask: z.literal('choice'), include: globsSchema, exclude: globsSchema }),
    /** Where results go, in the system's dialog. */
    z.strictObject({ ask: z.literal('out') }),
    z.strictObject({
      ask: z.literal('start'),
      command: z.string().max(100),
      settings: z.record(z.string(), z.unknown()),
      /** Places in the list; null: all. */
      files: z.array(z.number().int().min(0)).max(1_000_000).nullable(),
      skipExisting: z.boolean(),
    }),
    /**
     * What is in the folder is done, and what comes into it as soon as it is whole, until `cancel`. Where the journal has a run,
     * that one goes on with the settings that it was begun with.
     */
    z.strictObject({
      ask: z.literal('watch'),
      command: z.string().max(100),
      settings: z.record(z.string(), z.unknown()),
    }),
    /** The journal's last run goes on, with the settings that it was begun with. */
    z.strictObject({ ask: z.literal('resume'), retryFailed: z.boolean() }),
    /** The run that was cut off goes on, or is not offered any more. */
    z.strictObject({ ask: z.literal('goOn') }),
    z.strictObject({ ask: z.literal('forget') }),
    z.strictObject({ ask: z.literal('pause'), paused: z.boolean() }),
    /** Reading, planning, running or watching ends. */
    z.strictObject({ ask: z.literal('cancel') }),
    /** Written beside the journal, and shown. */
    z.strictObject({ ask: z.literal('report'), format: z.enum(folderReportFormats) }),
    /** What was written of a file, by its place in the list. */
    z.strictObject({ ask: z.literal('result'), file: z.number().int().min(0) }),
  ]),
);
export type FolderRunRequest = z.infer<typeof folderRunRequestSchema>;

/** What was written of a file, to be looked at beside it. */
export interface FolderResult {
  readonly source: AdmittedFile;
  readonly result: AdmittedFile;
  /** It is not what the journal says was written. */
  readonly changed: boolean;
  /** The source is not what it was made of. */
  readonly sourceChanged: boolean;
}

/** What a host that has folders offers its page. Rejects with HourglassError. */
export interface FolderRunDoor {
  all(): Promise<FolderRun>;
  ask(request: FolderRunRequest): Promise<void>;
  /** @param file its place in the list. Rejects with file-not-found: none is known, or it is gone */
  result(file: number): Promise<FolderResult>;
}

/** Told by the host: what of the run is another now. */
export const folderRunEventSchema = z.lazy(() =>
  z.object({
    type: z.literal('folder-run'),
    state: folderRunStateSchema,
    arrived: z
      .array(z.object({ place: z.number().int(), file: folderFileSchema }))
      .describe('Files that came to the end of the list, and those that are others now'),
    changes: z.array(folderFileChangeSchema),
  }),
);
export type FolderRunEvent = z.infer<typeof folderRunEventSchema>;
