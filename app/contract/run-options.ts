/**
 * What is asked of a run over many files besides what its command does to each of them. Flags, help and
 * docs/commands.md are derived from these schemas, like those of commands.
 */
import * as z from 'zod';
import { queueAddress, sharedFolder } from './queue-address.ts';

const globSchema = z.array(z.string().min(1));

/** Of every command that takes many files. */
export const runOptionsSchema = z.object({
  include: globSchema
    .optional()
    .describe(
      "Only files of folders that fit the glob: '*.jpg' by name, 'day-1/**' by place; may be given several times",
    ),
  exclude: globSchema
    .optional()
    .describe('No files of folders, and no folders, that fit the glob; may be given several times'),
  timeLimit: z
    .number()
    .min(1)
    .max(604_800)
    .optional()
    .describe('Seconds that one file may take; then it fails, and the next begins'),
  memoryLimit: z
    .number()
    .int()
    .min(64)
    .max(1_000_000)
    .optional()
    .describe(
      'Memory that the engine may take, MB: a file that needs more is tried once more in a fresh engine, then it fails',
    ),
});
export type RunSettings = z.infer<typeof runOptionsSchema>;

/** Of those that write a file of each. */
export const batchOptionsSchema = runOptionsSchema.extend({
  resume: z
    .boolean()
    .default(false)
    .describe(
      'Go on with the run of the journal: what is proven to be done is not done again, what failed has failed',
    ),
  retryFailed: z
    .boolean()
    .default(false)
    .describe('Go on with the run of the journal, and try again what failed'),
  skipExisting: z
    .boolean()
    .default(false)
    .describe(
      'Leave out files whose result is there, proven by the journal to be ours, of this very file, with these settings',
    ),
  journal: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Where the journal of the run is kept; none: nowhere. Default: beside the output folder, where there are several files',
    ),
  report: z
    .array(z.string().regex(/\.(json|csv|html)$/i))
    .optional()
    .describe(
      'Write a report of the run at its end, made from its journal: FILE.json, FILE.csv or FILE.html (a page to print); may be given several times',
    ),
  queue: queueAddress
    .optional()
    .describe(
      'Redis address of a queue, redis://host:6379: workers (`hourglass worker`) do the files, this run keeps the journal',
    ),
  shared: sharedFolder
    .optional()
    .describe(
      'With a queue: the folder that the workers have too, perhaps by another name; files and results lie in it. Default: the working folder',
    ),
});
export type BatchSettings = z.infer<typeof batchOptionsSchema>;

/** Of those, over folders that are watched: what is done is always known from the journal. */
export const watchOptionsSchema = batchOptionsSchema
  .pick({ timeLimit: true, memoryLimit: true, retryFailed: true })
  .extend({
    journal: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Where the journal of the watch is kept. Default: beside the output folder, or in the folder that is watched',
      ),
    report: batchOptionsSchema.shape.report,
    settle: z
      .number()
      .min(0.1)
      .max(3600)
      .default(2)
      .describe(
        'Seconds that size and time of change of a file must stay as they are before it counts as whole; an empty one is waited for 15 times as long',
      ),
  });
export const watchExamples = [
  'hourglass watch incoming/ --out cleaned/',
  'hourglass watch encode incoming/ --out small/ --size 200KB --format webp',
  'hourglass watch denoise /mnt/scans --out cleaned/ --settle 30 --json',
] as const;
export type WatchSettings = z.infer<typeof watchOptionsSchema>;
