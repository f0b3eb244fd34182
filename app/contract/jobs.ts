/**
 * Jobs and runs as data. A *job* is one command on one input; a *run* is the list of jobs that was asked for at
 * once. Also what follows from such data alone: counts, how far a list is. Every door shows these; how long the rest takes
 * is `pace.ts`, who performs the jobs of a list, one after another, `job-list.ts`.
 */
import * as z from 'zod';
import { noticeSchema } from './domain.ts';
import type { Progress } from './command.ts';
import type { HourglassError } from './errors.ts';
import { outputFormats } from './formats.ts';

/** `refused`: it was never begun, because of what was found before (no such file, no place to write to). */
export const jobStates = ['queued', 'running', 'done', 'failed', 'cancelled', 'refused'] as const;
export type JobState = (typeof jobStates)[number];

export const progressSchema = z.object({
  done: z.number(),
  total: z.number(),
  unit: z.enum(['tiles', 'rows', 'files', 'bytes', 'steps']),
  message: z.string(),
  megapixels: z
    .number()
    .optional()
    .describe('Size of the picture being worked on, millions of pixels'),
});

/** Why something did not come about. */
export const failureSchema = z.object({ code: z.string(), message: z.string(), hint: z.string() });

export const jobRecordSchema = z.lazy(() =>
  z.object({
    id: z.string().describe('Id of the job, as in events'),
    run: z.string().describe('Id of the run that it belongs to'),
    command: z.string(),
    input: z.record(z.string(), z.unknown()).describe('As it was asked for'),
    output: z
      .object({
        path: z.string(),
        format: z.enum([...outputFormats, 'hgl']),
        notices: z.array(noticeSchema),
      })
      .nullable()
      .describe('Where the result goes, once that is named; null: not yet, or it writes nothing'),
    state: z.enum(jobStates),
    progress: progressSchema.nullable(),
    error: failureSchema
      .extend({ details: z.record(z.string(), z.unknown()).optional() })
      .nullable(),
  }),
);
export type JobRecord = z.infer<typeof jobRecordSchema>;

export const runSchema = z.lazy(() => z.object({ id: z.string(), jobs: z.array(jobRecordSchema) }));
export type Run = z.infer<typeof runSchema>;

/** A job that nothing has become of yet. */
export const newJob = (
  job: Pick<JobRecord, 'id' | 'run' | 'command' | 'input'> & Partial<Pick<JobRecord, 'output'>>,
): JobRecord => ({ output: null, state: 'queued', progress: null, error: null, ...job });

/** An error as a record holds it. */
export function failureOf(error: HourglassError): NonNullable<JobRecord['error']> {
  const { details, ...failure } = error.toJSON();
  return details ? { ...failure, details: { ...details } } : failure;
}

export const hasEnded = ({ state }: Pick<JobRecord, 'state'>): boolean =>
  state !== 'queued' && state !== 'running';

export type JobCounts = Readonly<Record<JobState, number>>;

/** How much of a job's work is through, 0–1. */
export const shareOf = (progress: Pick<Progress, 'done' | 'total'> | null): number =>
  progress && progress.total > 0 ? progress.done / progress.total : 0;

/** Work of a list, in the unit of its weights. */
export interface WorkDone {
  readonly through: number;
  readonly left: number;
}

/**
 * Counts of a list and its work, kept up to date: a list may have 40,000 jobs. A weight is the size of a job's
 * work in a unit that is the same for all (bytes, megapixels); where it is not known yet (null) the job counts
 * as much as the others on average. What failed took its time and counts as through; what was cancelled or
 * refused is no work at all.
 */
export class JobTally {
  readonly #counts: Record<JobState, number> = {
    ...{ queued: 0, running: 0, done: 0, failed: 0, cancelled: 0, refused: 0 },
  };
  /** Jobs, the sum of their weights, and how much of it is through. */
  readonly #known = { jobs: 0, weight: 0, through: 0 };
  readonly #unknown = { jobs: 0, weight: 0, through: 0 };

  add(job: Pick<JobRecord, 'state' | 'progress'>, weight: number | null): void {
    this.#count(job, weight, 1);
  }

  /** @param job as it was added */
  remove(job: Pick<JobRecord, 'state' | 'progress'>, weight: number | null): void {
    this.#count(job, weight, -1);
  }

  get counts(): JobCounts {
    return { ...this.#counts };
  }

  get total(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  get work(): WorkDone {
    const { jobs, weight, through } = this.#known;
    const typical = jobs > 0 ? weight / jobs : 1;
    const all = weight + typical * this.#unknown.weight;
    const done = through + typical * this.#unknown.through;
    return { through: done, left: Math.max(0, all - done) };
  }

  #count(
    { state, progress }: Pick<JobRecord, 'state' | 'progress'>,
    weight: number | null,
    sign: 1 | -1,
  ): void {
    this.#counts[state] += sign;
    if (state === 'cancelled' || state === 'refused') return;
    const sums = weight === null ? this.#unknown : this.#known;
    const share = hasEnded({ state }) ? 1 : shareOf(progress);
    sums.jobs += sign;
    sums.weight += sign * (weight ?? 1);
    sums.through += sign * (weight ?? 1) * share;
  }
}

/** 0–1; 0 where there is no work. */
export const fractionOf = ({ through, left }: WorkDone): number =>
  through > 0 ? through / (through + left) : 0;
