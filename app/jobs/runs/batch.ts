/**
 * A run with everything around it, for whoever has a list of files: the journals that know of earlier runs, the plan, what is done
 * already, the lock, the work, the journal's lines. In two steps, because a plan can be looked at
 * (`--dry-run`) without anything being written.
 */
import { dirname } from 'node:path';
import {
  failureOf,
  HourglassError,
  timedId,
  toHourglassError,
  type JobRecord,
  type ListProgress,
} from '../../contract/index.ts';
import { sweepTemporaries, temporaryFolder } from '../../pixels/temporaries.ts';
import { hashOfSettings, settingsOf } from './fingerprint.ts';
import { Journal } from './journal.ts';
import { readJournal, type JournalState, type KnownResult } from './journal-state.ts';
import type { Limits } from './limits.ts';
import type { ModelPrint } from './model-prints.ts';
import { performRun, type RunOptions, type RunProgram } from './perform.ts';
import { collisionsIn, fileOf, planRun, type PlannedRun, type RunRequest } from './plan.ts';
import { Recorder } from './record.ts';
import { littleRoom, RoomWatch } from './room.ts';
import { say } from './sentences.ts';
import { takeUp } from './take-up.ts';

export interface BatchRequest extends Omit<
  RunRequest,
  'id' | 'known' | 'numbers' | 'levels' | 'done'
> {
  /** What a person should know of files together, by the paths of those that are done: whole sentences. Default: nothing. */
  readonly noticesOf?: (done: ReadonlySet<string>) => readonly string[];
  /** "Hourglass 0.1.0" */
  readonly software: string;
  /** Absolute; null: this run keeps none. */
  readonly journal: string | null;
  /** A run of fewer jobs keeps none, though it reads what is there. Default: 1. */
  readonly journalFrom?: number;
  /** Further journals that may know of results, those found in the folders for example. */
  readonly journals?: readonly string[];
  /**
   * `new`: everything is done; `resume`, `skip`: see `TakeUpOptions`. `watch`: the journal's run goes on where there is one,
   * with what has come since: a file that failed is tried again when it is another one, two files with one output do
   * not end it.
   */
  readonly mode: 'new' | 'resume' | 'skip' | 'watch';
  readonly retryFailed: boolean;
  /** Two files with one output do not end it either: the second is refused. Default: of a watch alone. */
  readonly apart?: boolean;
  readonly modelPrint: ModelPrint;
  /** How far the look at earlier results is. */
  readonly onVerify?: (looked: number, of: number) => void;
}

export interface PlannedBatch {
  readonly plan: PlannedRun;
  /** Proven to be done already. */
  readonly verified: number;
  readonly failedBefore: number;
  /** What a person should know of the files and of the journal, whole sentences. */
  readonly notices: readonly string[];
  /** Those of the files, for the journal and reports. */
  readonly ofFiles: readonly string[];
  /** The disk of the results may be too small for them, a whole sentence. */
  readonly littleRoom: string | null;
  readonly request: BatchRequest;
  readonly before: JournalState | null;
  readonly run: { readonly id: string; readonly resumed: boolean };
  readonly settings: Readonly<Record<string, unknown>>;
  readonly settingsHash: string;
}

/**
 * Writes nothing.
 * @throws HourglassError invalid-parameter: what is wrong for every file alike, other settings than those of the run
 *   that is to go on; file-not-found: there is no such run; file-not-readable: the journal is none; cancelled
 */
export async function planBatch(request: BatchRequest): Promise<PlannedBatch> {
  const planned = await planWithJournal(request);
  return { ...planned, littleRoom: await littleRoom(planned.plan, request.out) };
}

async function planWithJournal(request: BatchRequest): Promise<Omit<PlannedBatch, 'littleRoom'>> {
  const { command, journal, mode, signal } = request;
  if (mode === 'watch' && request.settings.levelOf === 'series')
    throw new HourglassError('invalid-parameter', say('seriesLevelWatched'), {
      hint: say('seriesLevelWatchedHint'),
    });
  const before = journal === null ? null : await readJournal(journal);
  const settings = settingsOf(command, {
    ...request.settings,
    ...(request.out === null ? {} : { out: request.out }),
  });
  // Cut off before it began: there is nothing to go on with, and nothing that could be done twice.
  const resumed =
    (mode === 'resume' && (before === null || before.run !== null)) ||
    (mode === 'watch' && before !== null && before.run !== null);
  if (resumed) refuseOtherRun(before, journal, request, settings);
  const id = resumed ? before!.run!.run : timedId();
  const plan = await planRun({
    ...{ ...request, id, known: await knownResults(before, request.journals ?? []) },
    ...(resumed
      ? { numbers: numbersOf(before!), levels: levelsOf(before!), done: doneOf(before!) }
      : {}),
  });
  const settingsHash = hashOfSettings(command, settings);
  // Results of an earlier run that lie here too are no slices of theirs.
  const done = new Set([...plan.files.values()].map(({ file }) => file.path));
  const ofFiles = request.noticesOf?.(done) ?? [];
  const base = { ofFiles, request, before, run: { id, resumed }, settings, settingsHash };
  const notices = [
    ...ofFiles,
    ...(before ? wordsOf(before) : []),
    ...(before && mode === 'resume' && resumed ? missingWords(before, request) : []),
  ];
  const isWatch = mode === 'watch';
  const apart = (one: PlannedRun): PlannedRun =>
    isWatch || request.apart ? withoutCollisions(one) : one;
  if (mode === 'new' || !before || (isWatch && !resumed))
    return { ...base, plan: apart(plan), verified: 0, failedBefore: 0, notices };
  const { onVerify, modelPrint, retryFailed } = request;
  const taken = await takeUp(plan, {
    ...{ state: before, settingsHash, retryFailed, modelPrint, signal },
    ...{ mode: isWatch ? 'resume' : mode, retryChanged: isWatch },
    overwrite: request.settings.overwrite === true,
    ...(onVerify ? { onProgress: onVerify } : {}),
  });
  return { ...base, ...taken, plan: apart(taken.plan), notices };
}

/** The first of files with one output is done, the others are refused. */
function withoutCollisions(plan: PlannedRun): PlannedRun {
  const waiting = plan.run.jobs.filter(({ state }) => state === 'queued');
  const seconds = new Map(collisionsIn(waiting).map((one) => [one.second, one]));
  const jobs = plan.run.jobs.map((job): JobRecord => {
    const collision = seconds.get(fileOf(job));
    if (!collision) return job;
    const error = new HourglassError(
      'output-exists',
      say('sameOutput', { ...collision, dir: '{dir}', ext: '{ext}', n: '{n}' }),
    );
    return { ...job, state: 'refused', error: failureOf(error) };
  });
  return { ...plan, run: { ...plan.run, jobs }, collision: null };
}

export interface BatchOptions extends Pick<
  RunOptions,
  'signal' | 'told' | 'before' | 'now' | 'atOnce' | 'elsewhere'
> {
  readonly limits?: Limits;
  /** Of `openJournal`, which stays open afterwards. Default: one of the run's own. */
  readonly journal?: Journal;
  /** Something that is no file's, in between: the disk gets full. Default: nobody hears of it. */
  readonly notice?: (text: string) => void;
  /** The run is over, and its journal is not whole. Default: that is thrown. */
  readonly onJournalLost?: (error: HourglassError) => void;
}

/**
 * @returns how it ended
 * @throws HourglassError not-allowed: another run writes this journal; output-not-writable: the journal
 */
export async function performBatch(
  program: RunProgram,
  batch: PlannedBatch,
  given: BatchOptions,
): Promise<ListProgress> {
  const options = watchingRoom(batch, given);
  const { request, plan, run, settingsHash } = batch;
  if (run.resumed) sweepAfter(plan.run.jobs);
  if (request.journal === null || plan.run.jobs.length < (request.journalFrom ?? 1))
    return performRun(program, plan, options);
  const journal = options.journal ?? (await openJournal(batch));
  const { modelPrint } = request;
  const recorder = new Recorder(journal, plan, {
    ...{ settingsHash, modelPrint },
    overwrites: request.settings.overwrite === true,
  });
  await recorder.begin(toldBefore(batch));
  const end = await performRun(program, plan, {
    ...options,
    attempts: (job, attempt) => recorder.attempts(job, attempt),
    before: async (job, cancel) => {
      await options.before?.(job, cancel);
      await recorder.before(job);
    },
    prove: (job) => recorder.prove(job),
    told: async (job, outcome, progress) => {
      await Promise.all([options.told(job, outcome, progress), recorder.told(job, outcome)]);
    },
  });
  try {
    if (options.journal) await recorder.settled();
    else await recorder.end(end, options.signal.aborted);
  } catch (error) {
    if (!options.onJournalLost) throw error;
    options.onJournalLost(toHourglassError(error));
  }
  return end;
}

/** What was said before the run is not said again while it goes on. */
function watchingRoom(
  { plan, request: { out }, littleRoom: said }: PlannedBatch,
  options: BatchOptions,
): BatchOptions {
  const { notice, told } = options;
  if (!notice || said !== null) return options;
  const room = new RoomWatch({ plan, out, notice });
  return {
    ...options,
    told: async (job, outcome, progress) => {
      await Promise.all([told(job, outcome, progress), room.told(job, outcome)]);
    },
  };
}

/**
 * Becomes the writer of a run's journal, for several batches of one run: folders that are watched.
 * @throws HourglassError not-allowed, output-not-writable; see `Journal.open`
 */
export function openJournal(batch: PlannedBatch): Promise<Journal> {
  const { request, before, run, settings, settingsHash, plan, ofFiles } = batch;
  return Journal.open(request.journal!, before, {
    ...{ run: run.id, resumed: run.resumed, software: request.software },
    ...{ command: request.command, settings, settingsHash, inputs: plan.inputs },
    ...(ofFiles.length > 0 ? { notices: [...ofFiles] } : {}),
  });
}

/** What the run that was cut off left beside its results; its processes are gone. */
function sweepAfter(jobs: readonly JobRecord[]): void {
  const folders = jobs.flatMap(({ output }) => (output ? [dirname(output.path)] : []));
  for (const folder of new Set([temporaryFolder(), ...folders])) sweepTemporaries(folder);
}

/** Whose lines are there already, as they are now. */
function toldBefore({ run, before, plan }: PlannedBatch): Set<string> {
  if (!run.resumed || !before) return new Set();
  const now = [...plan.files.values()];
  const same = now.filter(
    ({ file, fingerprint }) => before.files.get(file.path)?.input.fingerprint === fingerprint,
  );
  return new Set(same.map(({ file }) => file.path));
}

async function knownResults(
  before: JournalState | null,
  others: readonly string[],
): Promise<ReadonlyMap<string, KnownResult>> {
  const known = new Map<string, KnownResult>();
  for (const path of others) {
    if (path === before?.path) continue;
    // One that can not be read knows nothing.
    const state = await readJournal(path).catch(() => null);
    for (const [output, result] of state?.results ?? []) known.set(output, result);
  }
  for (const [output, result] of before?.results ?? []) known.set(output, result);
  return known;
}

function numbersOf({ run, files }: JournalState): NonNullable<RunRequest['numbers']> {
  const of = new Map([...files].map(([path, { input }]) => [path, input.index]));
  return { of, inputs: run!.inputs };
}

const doneOf = ({ files }: JournalState): ReadonlySet<string> =>
  new Set([...files].flatMap(([path, { ended }]) => (ended?.type === 'done' ? [path] : [])));

/** What is left of a series is cleaned at the level of what was done, whatever has become of the files that were measured. */
function levelsOf({ files }: JournalState): NonNullable<RunRequest['levels']> {
  return new Map(
    [...files].flatMap(([path, { ended }]) =>
      ended?.type === 'done' && ended.seriesLevel ? [[path, ended.seriesLevel] as const] : [],
    ),
  );
}

function refuseOtherRun(
  before: JournalState | null,
  path: string | null,
  { command }: BatchRequest,
  settings: Readonly<Record<string, unknown>>,
): void {
  if (!before?.run)
    throw new HourglassError('file-not-found', say('nothingToResume', { path: path ?? '-' }), {
      hint: say('nameItsJournal'),
    });
  const { run } = before;
  if (run.command !== command)
    throw new HourglassError(
      'invalid-parameter',
      say('otherCommand', { path: before.path, then: run.command, now: command }),
    );
  const differences = differencesOf(run.settings, settings);
  if (differences.length > 0)
    throw new HourglassError(
      'invalid-parameter',
      say('otherRun', { path: before.path, differences: differences.join(', ') }),
    );
}

/** Fields that may be others when a run goes on. */
const free = new Set(['overwrite', 'threads', 'allowMemory']);

/** Whole words, for those that matter where a run goes on. @param then, now as `settingsOf` gives them */
export function differencesOf(
  then: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): string[] {
  const names = new Set([...Object.keys(then), ...Object.keys(now)]);
  return [...names].flatMap((name) => {
    const [one, other] = [JSON.stringify(then[name]), JSON.stringify(now[name])];
    if (free.has(name) || one === other) return [];
    return [say('settingDiffers', { name, then: one ?? '-', now: other ?? '-' })];
  });
}

/** What the run had, has not done, and was not given this time. */
function missingWords({ files }: JournalState, request: BatchRequest): string[] {
  const given = new Set(request.files.map(({ path }) => path));
  const missing = [...files].flatMap(([path, { ended }]) =>
    given.has(path) || ended?.type === 'done' ? [] : [path],
  );
  if (missing.length === 0) return [];
  const names = missing.slice(0, mostNumbers).join(', ');
  return [
    say('inputsNotFound', {
      count: missing.length,
      names: missing.length > mostNumbers ? `${names}, …` : names,
    }),
  ];
}

/** Numbers of lines, and names, that are told. */
const mostNumbers = 5;

function wordsOf({ path, torn, unreadable }: JournalState): string[] {
  const words = torn ? [say('lineTorn', { path })] : [];
  if (unreadable.length > 0) {
    const numbers = unreadable.slice(0, mostNumbers).join(', ');
    words.push(
      say('linesLeftOut', {
        ...{ path, count: unreadable.length },
        numbers: unreadable.length > mostNumbers ? `${numbers}, …` : numbers,
      }),
    );
  }
  return words;
}
