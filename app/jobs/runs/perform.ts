/**
 * Performs a run with the program, on behalf of whoever planned it: the command line, a folder that is watched, a
 * worker. The list itself is `app/contract/job-list.ts`; a journal is one that is told (`record.ts`), a run that
 * is taken up again one whose jobs have partly ended already.
 *
 * An engine that dies takes one try of each file under way with it: each gets a second one, alone in a fresh engine.
 */
import {
  hasEnded,
  HourglassError,
  JobList,
  type JobOutcome,
  type JobRecord,
  type ListProgress,
} from '../../contract/index.ts';
import type { Program } from '../types.ts';
import { mayJoin, Tries } from './flow.ts';
import { limited, type Limits } from './limits.ts';
import { kindOf, type PlannedFile, type PlannedRun } from './plan.ts';

/** What of the program a run needs: another machine's can stand for it. */
export type RunProgram = Pick<Program, 'runUnknown' | 'listen' | 'engineMemory' | 'endEngine'>;

export interface RunOptions {
  /** Ends the run: what runs is cancelled, what waits never begins. */
  readonly signal: AbortSignal;
  /** See `JobListOptions.told`. */
  readonly told: (
    job: JobRecord,
    outcome: JobOutcome | null,
    progress: () => ListProgress,
  ) => void | Promise<void>;
  /** See `JobListOptions.now`. */
  readonly now?: () => number;
  /** Waits for, or throws, what is in the way of a job. */
  readonly before?: (job: JobRecord, signal: AbortSignal) => Promise<void>;
  /** A job goes to the engine: for the first time, for the second. */
  readonly attempts?: (job: JobRecord, attempt: number) => Promise<void>;
  /** Looks at what has come of a job before that is told as done; throws where it is not there. */
  readonly prove?: (job: JobRecord, result: unknown) => Promise<void>;
  /** Per file, and then one after another: what several take together is nobody's. Default: none. */
  readonly limits?: Limits;
  /** Files under way at a time. Default: as `flow.ts` says. */
  readonly atOnce?: number;
  /** Other machines do the work: they bound what is under way there, keep the limits, and have the second try. */
  readonly elsewhere?: boolean;
}

/** Times that a file goes to an engine, where the first one dies with it. */
const mostAttempts = 2;

/** @returns how it ended @throws whatever `told` throws */
export async function performRun(
  program: RunProgram,
  {
    run,
    files,
  }: Pick<PlannedRun, 'run'> & {
    readonly files: ReadonlyMap<string, Pick<PlannedFile, 'bytes' | 'free'>>;
  },
  options: RunOptions,
): Promise<ListProgress> {
  const { signal, told, elsewhere = false } = options;
  const limits = elsewhere ? {} : (options.limits ?? {});
  const tries = new Tries();
  const bytesOf = ({ id }: JobRecord): number => files.get(id)?.bytes ?? 0;
  const isLimited = Object.values(limits).some((limit) => limit !== undefined);
  const atOnce = isLimited ? 1 : options.atOnce;
  const list: JobList = new JobList({
    perform: async (job, cancel) => {
      await options.before?.(job, cancel);
      const result = await withSecondTry(program, job, cancel, {
        ...{ elsewhere, limits, tries, run: run.id },
        attempts: (attempt) => options.attempts?.(job, attempt) ?? Promise.resolve(),
        // An engine may die after it has given the result its name: that one is ours.
        again: { ...job.input, ...(files.get(job.id)?.free ? { overwrite: true } : {}) },
      });
      await options.prove?.(job, result);
      return result;
    },
    told: (job, outcome) => told(job, outcome, () => list.progress),
    // A file of no bytes is work too.
    weightOf: (job) => Math.max(1, bytesOf(job)),
    kindOf,
    ...(options.now ? { now: options.now } : {}),
    mayJoin: elsewhere ? (_, running) => running.length < (atOnce ?? 1) : mayJoin(bytesOf, atOnce),
  });
  const stopListening = program.listen((event) => list.follow(event));
  const cancel = (): void => list.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const { jobs } = run;
    const ended = (job: JobRecord): JobRecord =>
      hasEnded(job) ? job : { ...job, state: 'cancelled' };
    list.add({ jobs: signal.aborted ? jobs.map(ended) : jobs });
    await list.idle();
    return list.progress;
  } finally {
    signal.removeEventListener('abort', cancel);
    stopListening();
  }
}

interface Trying extends Pick<RunOptions, 'elsewhere'> {
  readonly attempts?: ((attempt: number) => Promise<void>) | undefined;
  readonly limits: Limits;
  readonly tries: Tries;
  readonly run: string;
  /** Its input at the second try. */
  readonly again: JobRecord['input'];
}

/** A job's work; where the engine dies with it, once more, alone in a fresh one. @throws whatever the work throws */
export async function withSecondTry(
  program: RunProgram,
  job: Pick<JobRecord, 'id' | 'command' | 'input' | 'output'>,
  signal: AbortSignal,
  { attempts, limits, tries, run, again, elsewhere }: Trying,
): Promise<unknown> {
  const { id, command, input, output } = job;
  for (let attempt = 1; ; attempt++) {
    const attend = async (): Promise<unknown> => {
      await attempts?.(attempt);
      return limited(program, limits, signal, (limit) =>
        program.runUnknown(command, attempt > 1 ? again : input, {
          ...{ job: id, signal: limit, run },
          ...(output ? { output } : {}),
        }),
      );
    };
    try {
      return await (attempt > 1 ? tries.alone(attend) : tries.shared(attend));
    } catch (error) {
      if (elsewhere || attempt >= mostAttempts || signal.aborted || !isLoss(error)) throw error;
    }
  }
}

/** The engine is gone, or has grown beyond what it may: another one may have better luck. */
const isLoss = (error: unknown): boolean =>
  error instanceof HourglassError &&
  (error.code === 'engine-died' ||
    (error.code === 'limit-reached' && error.details?.limit === 'memory'));
