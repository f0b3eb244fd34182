/**
 * Performs a run with the program, on behalf of whoever planned it: the command line, a folder that is watched, a
 * worker. The list itself is `app/contract/job-list.ts`; a journal is one that is told, a run that is taken up
 * again one whose jobs have partly ended already.
 */
import {
  JobList,
  type JobOutcome,
  type JobRecord,
  type ListProgress,
} from '../../contract/index.ts';
import type { Program } from '../types.ts';
import type { PlannedRun } from './plan.ts';

export interface RunOptions {
  /** Ends the run: what runs is cancelled, what waits never begins. */
  readonly signal: AbortSignal;
  /** See `JobListOptions.told`. */
  readonly told: (
    job: JobRecord,
    outcome: JobOutcome | null,
    progress: () => ListProgress,
  ) => void | Promise<void>;
}

/** @returns how it ended @throws whatever `told` throws */
export async function performRun(
  program: Program,
  { run, bytes }: Pick<PlannedRun, 'run' | 'bytes'>,
  { signal, told }: RunOptions,
): Promise<ListProgress> {
  const list: JobList = new JobList({
    perform: ({ id, command, input, output }, cancel) =>
      program.runUnknown(command, input, {
        job: id,
        signal: cancel,
        ...(output ? { output } : {}),
      }),
    told: (job, outcome) => told(job, outcome, () => list.progress),
    // A file of no bytes is work too.
    weightOf: ({ id }) => Math.max(1, bytes.get(id) ?? 0),
  });
  const stopListening = program.listen((event) => list.follow(event));
  const cancel = (): void => list.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const { jobs } = run;
    const ended = (job: JobRecord): JobRecord =>
      job.state === 'queued' ? { ...job, state: 'cancelled' } : job;
    list.add({ jobs: signal.aborted ? jobs.map(ended) : jobs });
    await list.idle();
    return list.progress;
  } finally {
    signal.removeEventListener('abort', cancel);
    stopListening();
  }
}
