/**
 * What of a planned run is done already. A result counts only where it can be proven: a journal says that it was made of
 * this very file with these settings and this network, and what lies at its place has the hash that was written down.
 * Everything else is done, or done again; what somebody else may have put at an output's place is left alone,
 * and said.
 */
import { stat } from 'node:fs/promises';
import {
  failureOf,
  HourglassError,
  throwIfCancelled,
  type JobRecord,
} from '../../contract/index.ts';
import { hashOfFile } from './fingerprint.ts';
import type { DoneLine } from './journal-lines.ts';
import type { FileState, JournalState } from './journal-state.ts';
import type { ModelPrint } from './model-prints.ts';
import { fileOf, type PlannedFile, type PlannedRun } from './plan.ts';
import { pooled } from '../../pixels/pooled.ts';
import { say } from './sentences.ts';

export interface TakeUpOptions {
  /**
   * `resume`: the journal's last run goes on, so that what it left half told is its own, and what has failed has
   * failed. `skip`: a run of its own, which leaves out what any run of the journal has done.
   */
  readonly mode: 'resume' | 'skip';
  readonly state: JournalState;
  readonly settingsHash: string;
  /** What failed before is tried again. */
  readonly retryFailed: boolean;
  /** What failed is tried again where the file is another one now, or was not there. Default: it is not. */
  readonly retryChanged?: boolean;
  /** Somebody else's files at the outputs' places may go. */
  readonly overwrite: boolean;
  readonly modelPrint: ModelPrint;
  readonly signal: AbortSignal;
  /** Told now and then: hashing a tree of results takes a while. */
  readonly onProgress?: (looked: number, of: number) => void;
}

export interface TakenUp {
  readonly plan: PlannedRun;
  /** Proven, and not done again. */
  readonly verified: number;
  /** Failed before, and not tried again. */
  readonly failedBefore: number;
}

/** @throws HourglassError cancelled */
export async function takeUp(plan: PlannedRun, options: TakeUpOptions): Promise<TakenUp> {
  const { signal, onProgress } = options;
  const { jobs } = plan.run;
  let looked = 0;
  let verified = 0;
  let failedBefore = 0;
  const taken = await pooled(jobs, async (job) => {
    throwIfCancelled(signal);
    const file = plan.files.get(job.id);
    const next = job.state === 'queued' && file ? await judge(job, file, options) : job;
    if (job.state === 'queued' && next.state === 'done') verified += 1;
    if (job.state === 'queued' && next.state === 'failed') failedBefore += 1;
    onProgress?.(++looked, jobs.length);
    return next;
  });
  return { plan: { ...plan, run: { ...plan.run, jobs: taken } }, verified, failedBefore };
}

/** Said of files or places that were not there; they may be by now. */
const awayCodes: readonly string[] = ['file-not-found', 'output-not-writable'];

/** What a file at an output's place is. */
type There = 'nothing' | 'empty' | 'written' | 'something';

async function judge(
  job: JobRecord,
  file: PlannedFile,
  options: TakeUpOptions,
): Promise<JobRecord> {
  if (job.output === null) return job;
  const { mode, state, retryFailed, overwrite, signal } = options;
  const before = state.files.get(fileOf(job)) ?? null;
  const line = doneLineFor(job, before, options);
  const own = mode === 'resume' ? (before?.written ?? null) : null;
  const there = await whatIsAt(job.output.path, line ?? own, signal);
  const isDone = line && there === 'written' && (await holds(line, file, options));
  if (isDone) return { ...job, state: 'done' };
  const { refused: error } = file.file;
  if (error) return { ...job, state: 'refused', error: failureOf(error) };
  if (line && there === 'written')
    // The file, the settings or the network are others now; the result is ours, and nobody has touched it.
    return mode === 'resume' || overwrite
      ? replacing(job)
      : refused(job, say('resultOfOther', { path: job.output.path }));
  if (mode === 'resume' && before?.ended?.type === 'failed' && !retryFailed) {
    const isOther = before.input.fingerprint !== file.fingerprint;
    const wasAway = awayCodes.includes(before.ended.error.code);
    if (!options.retryChanged || !(isOther || wasAway))
      return { ...job, state: 'failed', error: before.ended.error };
  }
  if (there === 'nothing') return job;
  // A name that was reserved, and no more.
  if (there === 'empty') return replacing(job);
  if (overwrite) return job;
  // Written by an engine that ended before it could say so; the file has failed, and nobody has touched what it left.
  if (own && there === 'written') return replacing(job);
  if (mode === 'resume' && before && before.starts > 0 && (before.input.free || line || own))
    // Written by the run that was cut off, which did not come to say so.
    return replacing(job);
  const { path } = job.output;
  return refused(job, line ? say('resultChanged', { path }) : say('noResultOfOurs', { path }));
}

function doneLineFor(
  job: JobRecord,
  before: FileState | null,
  { mode, state }: TakeUpOptions,
): DoneLine | null {
  const path = job.output!.path;
  if (mode === 'resume' && before?.ended?.type === 'done') {
    const { ended } = before;
    return state.absolute(ended.output) === path ? ended : null;
  }
  return mode === 'skip' ? (state.results.get(path)?.line ?? null) : null;
}

async function whatIsAt(
  path: string,
  line: Pick<DoneLine, 'bytes' | 'sha256'> | null,
  signal: AbortSignal,
): Promise<There> {
  const facts = await stat(path).catch(() => null);
  if (!facts) return 'nothing';
  if (facts.size === 0 && facts.isFile()) return 'empty';
  if (!line || facts.size !== line.bytes || !facts.isFile()) return 'something';
  const { sha256 } = await hashOfFile(path, signal);
  return sha256 === line.sha256 ? 'written' : 'something';
}

/** The line speaks of this file, these settings, and the network that would be used now. */
async function holds(
  { fingerprint, settingsHash, model }: DoneLine,
  file: PlannedFile,
  options: TakeUpOptions,
): Promise<boolean> {
  if (fingerprint !== file.fingerprint || settingsHash !== options.settingsHash) return false;
  return !model?.sha256 || (await options.modelPrint(model.id)) === model.sha256;
}

/** What is at the output's place is the run's own and makes room. */
const replacing = (job: JobRecord): JobRecord => ({
  ...job,
  input: { ...job.input, overwrite: true },
});

const refused = (job: JobRecord, words: string): JobRecord => ({
  ...job,
  state: 'refused',
  error: failureOf(new HourglassError('output-exists', words)),
});
