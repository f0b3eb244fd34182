/**
 * What lies in the queue: jobs and answers as data. Paths are relative to the folder that the machines share, with /; what comes
 * out of Redis is validated, whoever put it in.
 */
import * as z from 'zod';
import { noticeSchema, outputFormats } from '../../contract/index.ts';

/** Prefix of all keys in Redis. */
export const prefix = 'hourglass';
/** One queue a version: workers of another one never see its jobs. */
export const queueOf = (version: string): string => `files-${version}`;
/** Where workers say that they are there; it goes by itself when they are not. */
export const presenceKey = (id: string): string => `${prefix}:worker:${id}`;
export const presenceSeconds = 30;
/** Channel on which a job is called off while it is worked on. */
export const cancelChannel = `${prefix}:cancel`;

const inFolder = z
  .string()
  .min(1)
  .refine((path) => !path.split('/').includes('..') && !/^\/|^[A-Za-z]:|\\|\0/.test(path));

export const jobSchema = z.object({
  run: z.string(),
  command: z.string(),
  /** Without its files and places. */
  input: z.record(z.string(), z.unknown()),
  files: z.array(inFolder).min(1),
  /** Of size and ends of the files, without times: those differ between machines. */
  fingerprint: z.string(),
  output: z.object({
    path: inFolder,
    format: z.enum([...outputFormats, 'hgl']),
    notices: z.array(noticeSchema),
  }),
  /** Nothing was at the output's place: what is there at a second try is this job's own. */
  free: z.boolean(),
  /** It has been given to the queue before, which has lost it. */
  again: z.boolean(),
  limits: z.object({ seconds: z.number().optional(), memoryBytes: z.number().optional() }),
});
export type QueueJob = z.infer<typeof jobSchema>;

const errorSchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});

/** A job that fails is answered too: one that has failed in BullMQ's sense would block its id without a word. */
export const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), root: z.string(), result: z.record(z.string(), z.unknown()) }),
  z.object({ ok: z.literal(false), root: z.string(), error: errorSchema }),
]);
export type Answer = z.infer<typeof answerSchema>;

/** Paths below one folder are said as those below another, in whatever was answered. */
export function relocated<T>(value: T, from: string, to: string): T {
  if (from === to) return value;
  if (typeof value === 'string') return value.replaceAll(`${from}/`, () => `${to}/`) as T;
  if (Array.isArray(value)) return value.map((one) => relocated<unknown>(one, from, to)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, relocated<unknown>(one, from, to)]),
  ) as T;
}
