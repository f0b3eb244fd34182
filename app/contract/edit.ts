/**
 * Being the external editor of another program: a verb of the command line that opens files to be saved in place, and what
 * the page of such a session and its host say to each other. Nothing else of the program writes to a file that it was given,
 * and no page can ask for it: the files are those that the person (or the other program) named when the session was started.
 */
import * as z from 'zod';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import { noticeSchema } from './domain.ts';
import { source } from './fields.ts';

export const editCommand = defineCommand({
  id: 'edit',
  title: 'Edit in place',
  summary:
    'Opens images to be cleaned and saved in place, as the external editor of another program: waits until they are saved or the page is closed. The one command that writes to the file that it was given, whole or not at all, in the same format and depth, and only when the person says Save.',
  runs: 'terminal',
  reads: { field: 'source', kinds: ['photo'], many: true },
  get input() {
    return z.object({
      source,
      address: z
        .boolean()
        .default(false)
        .describe('Print the address to open instead of opening a browser'),
    });
  },
  get output() {
    return z.object({
      source: z.string(),
      saved: z.boolean().describe('The file was saved; false: it is as it was'),
      bytes: z.number().int().optional().describe('Size of the saved file'),
      notices: z.array(noticeSchema),
    });
  },
  cli: { examples: ['hourglass edit photo.tif', 'hourglass edit --address copy-1.tif copy-2.tif'] },
});

export const editContract = defineContract({ commands: { edit: editCommand } });

/** *Save*, as a page asks for it. How and where the file is written is not the page's to say. */
export const saveRequestSchema = z.strictObject({
  source: z.string().describe('`@id` of a file of this session'),
  job: z.string().min(1).max(200).describe('Id of the job, for events and cancel'),
  settings: z
    .record(z.string(), z.unknown())
    .describe('What decides the cleaned pixels: fields of `denoise`; others are left out'),
  accept: z.boolean().describe('Save although something can not be kept'),
});
export type SaveRequest = z.infer<typeof saveRequestSchema>;

export interface SaveAnswer {
  /** false: something can not be kept (the warnings say what), and nothing was written. */
  readonly saved: boolean;
  readonly notices: readonly z.infer<typeof noticeSchema>[];
  /** Files of the session that are not saved yet. */
  readonly left: number;
}

/** What a session that edits in place offers its page. */
export interface EditDoor {
  /** Rejects with HourglassError; the file is then as it was. */
  save(request: SaveRequest, signal?: AbortSignal): Promise<SaveAnswer>;
  /** The person is done: the program that waits goes on. */
  done(): Promise<void>;
}

/** What a session came to, as its process says it when it ends. */
export const editExit = { saved: 0, failed: 1, closed: 3 } as const;
