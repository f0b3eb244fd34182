/**
 * One command over many files, as the command line tells it; planning and performing are those of every run
 * (`app/jobs/runs`). JSON lines go to stdout (always when it is no terminal), words and the progress line to stderr.
 */
import { basename, resolve } from 'node:path';
import {
  shareOf,
  toHourglassError,
  type CommandId,
  type HourglassError,
  type HourglassEvent,
  type JobOutcome,
  type JobRecord,
  type ListProgress,
} from '../../contract/index.ts';
import { performBatch, type BatchOptions, type PlannedBatch } from '../../jobs/runs/batch.ts';
import { readJournal } from '../../jobs/runs/journal-state.ts';
import { folderOfResults } from '../../jobs/runs/journal-place.ts';
import { estimate, SeenOfRun } from '../../jobs/runs/known-pace.ts';
import { freeBytes } from '../../pixels/free-space.ts';
import type { RunProgram } from '../../jobs/runs/perform.ts';
import { fileOf } from '../../jobs/runs/plan.ts';
import type { Crop, Crops } from '../../jobs/runs/report-crops.ts';
import { reportOf, writeReport } from '../../jobs/runs/report.ts';
import type { Program } from '../../jobs/types.ts';
import { knownPaceOf, learnPace } from '../shared/pace.ts';
import { printable, printableJson } from '../shared/printable.ts';
import { fromHere } from '../shared/walk.ts';
import { exitCode, type CliOptions } from './options.ts';
import { exists, planFiles, type Plan } from './plan.ts';
import { ProgressLine } from './progress-line.ts';
import { runQueued } from './queue.ts';
import { cropsFor } from './report.ts';
import { say } from './sentences.ts';
import { estimateWords, failureWords, kindsWords, resultWords, summaryWords } from './words.ts';
import type { Invocation } from './usage.ts';

/** Progress lines of one job are at least this far apart, milliseconds. */
const progressEvery = 250;

export async function runFiles(invocation: Invocation, options: CliOptions): Promise<number> {
  const { terminal, cwd, interrupt } = options;
  const plan = await planFiles(invocation, {
    ...{ cwd, signal: interrupt },
    onVerify: verifyLine(terminal),
  });
  const json = invocation.json || !terminal.stdout.isTerminal;
  const line = (value: object): void => {
    if (json) terminal.stdout.write(`${printableJson(value)}\n`);
  };
  for (const text of [...plan.notices, ...plan.remarks]) {
    line({ type: 'notice', text });
    terminal.stderr.write(`${printable(text)}\n`);
  }
  if (plan.plan.run.jobs.length === 0) {
    const isLatent = invocation.definition.reads?.kinds.every((one) => one === 'latent');
    const files = invocation.files.join(', ');
    terminal.stderr.write(`${say(isLatent ? 'noLatentFiles' : 'noImages', { files })}\n`);
    const { ignored, ignoredKinds } = plan;
    const none = { done: 0, failed: 0, damaged: 0, left: 0, seconds: 0, interrupted: false };
    line({ type: 'summary', ...none, ignored, ignoredKinds });
    if (ignored === 0) return exitCode.good;
    // Somebody meant these files: scans, raw, HEIC.
    const kinds = kindsWords(ignoredKinds);
    terminal.stderr.write(`${say('nothingToRead', { ignored, kinds })}\n`);
    return exitCode.failed;
  }
  if (invocation.dryRun) return dryRun(plan, options, line);

  const report = new Report(invocation, plan, options, line, json);
  if (invocation.run.queue !== undefined) return runQueued(invocation, plan, options, report);
  const program = options.createProgram();
  try {
    return await report.of(program, program);
  } finally {
    await program.stop();
  }
}

/** Says what would be written, and as far as that was measured here how long it takes and how large it gets. */
async function dryRun(
  plan: Plan,
  { terminal, cwd }: CliOptions,
  line: (value: object) => void,
): Promise<number> {
  const { jobs } = plan.plan.run;
  for (const job of jobs) {
    if (job.output === null || job.state !== 'queued') continue;
    const [path, output] = [fileOf(job), job.output.path];
    const isThere = await exists(output);
    line({ type: 'plan', source: path, output, exists: isThere });
    const names = { from: fromHere(path, cwd), to: fromHere(output, cwd) };
    terminal.stderr.write(`${printable(say(isThere ? 'plannedThere' : 'planned', names))}\n`);
  }
  const refused = jobs.filter(({ state }) => state === 'refused');
  for (const job of refused) {
    line({ type: 'problem', source: fileOf(job), error: job.error });
    terminal.stderr.write(`${failureWords(fromHere(fileOf(job), cwd), job.error!)}\n`);
  }
  const guess = estimate(plan.plan, await knownPaceOf(plan));
  if (guess.files > 0) {
    const places = jobs.filter(({ output }) => output !== null).map(fileOf);
    const free = await freeBytes(await folderOfResults(plan.request.out, places));
    line({ type: 'estimate', ...guess, freeBytes: free });
    terminal.stderr.write(`${printable(estimateWords(guess, free))}\n`);
  }
  return refused.length > 0 ? exitCode.failed : exitCode.good;
}

/** What one batch came to, told. */
export interface Performed {
  readonly end: ListProgress;
  readonly damaged: number;
  /** Why the journal is not whole; null: it is. */
  readonly lost: HourglassError | null;
}

/** How one run over the planned files is told: JSON lines, words, and the bar. */
export class Report {
  readonly #command: CommandId;
  readonly #run: Invocation['run'];
  readonly #plan: PlannedBatch & Partial<Plan>;
  readonly #options: CliOptions;
  readonly #line: (value: object) => void;
  readonly #bar: ProgressLine | null;
  /** Of the jobs that will be done: where each stands among the files. */
  readonly #places: ReadonlyMap<string, number>;
  #damaged = 0;
  #deidentified = 0;
  /** A folder that is watched gets many, one by one. */
  readonly #isOne: boolean;
  #rate: number | null = null;
  #startedAt = 0;
  #toldAt = -Infinity;

  constructor(
    invocation: Invocation,
    plan: PlannedBatch & Partial<Plan>,
    options: CliOptions,
    line: (value: object) => void,
    json: boolean,
  ) {
    const { terminal } = options;
    this.#command = invocation.command;
    this.#run = invocation.run;
    this.#plan = plan;
    this.#options = options;
    this.#line = line;
    this.#isOne = !invocation.watch && plan.plan.run.jobs.length === 1;
    const files = plan.plan.run.jobs.filter(({ state }) => state === 'queued');
    this.#places = new Map(files.map(({ id }, index) => [id, index]));
    // JSON lines on the same terminal would run into the bar.
    const hasBar = terminal.stderr.isTerminal && !(json && terminal.stdout.isTerminal);
    this.#bar = hasBar
      ? new ProgressLine((text) => terminal.stderr.draw(text), terminal.columns, terminal.colour)
      : null;
  }

  /** Performs the run. @param pictures see `writeReports` @returns the exit code */
  async of(
    program: RunProgram,
    pictures: Pick<Program, 'run' | 'tile'> | null,
    more: Parameters<Report['perform']>[1] = {},
  ): Promise<number> {
    const { end, lost } = await this.perform(program, more);
    await writeReports(this.#run, this.#plan.request.journal, this.#options, pictures);
    const code = this.#finish(end);
    if (lost === null) return code;
    // Every result is on the disk; what can not be told any more is that it is.
    this.#say([lost.message, lost.hint].join(' '));
    return code === exitCode.good ? exitCode.failed : code;
  }

  /** Something that is no file's, in between. */
  notice(text: string): void {
    this.#line({ type: 'notice', text });
    this.#say(printable(text));
  }

  /** Performs a batch and tells of each file. */
  async perform(
    program: RunProgram,
    more: Pick<BatchOptions, 'journal' | 'before' | 'atOnce' | 'elsewhere'> = {},
  ): Promise<Performed> {
    const stopListening = program.listen((event) => this.#onEvent(event));
    let lost = null as HourglassError | null;
    try {
      for (const job of this.#plan.plan.run.jobs)
        if (job.state === 'refused' || job.state === 'failed') this.#failed(job);
      const { timeLimit: seconds, memoryLimit } = this.#run;
      const seen = new SeenOfRun(this.#plan.plan);
      const end = await performBatch(program, this.#plan, {
        signal: this.#options.interrupt,
        limits: {
          seconds,
          memoryBytes: memoryLimit === undefined ? undefined : memoryLimit * 1e6,
        },
        told: (job, outcome, progress) => {
          seen.told(job, outcome);
          this.#told(job, outcome, progress);
        },
        onJournalLost: (error) => (lost = error),
        notice: (text) => this.notice(text),
        ...more,
      });
      // What other machines did says nothing of this one.
      if (!more.elsewhere) await learnPace(this.#plan, seen.at(end));
      return { end, damaged: this.#damaged, lost };
    } finally {
      this.#bar?.clear();
      stopListening();
    }
  }

  #told(job: JobRecord, outcome: JobOutcome | null, progress: () => ListProgress): void {
    if (job.state === 'running') return this.#running(job, progress);
    if (outcome?.kind === 'result') {
      const output = outcome.result;
      if (isDamaged(output)) this.#damaged += 1;
      this.#rate = rateOf(output) ?? this.#rate;
      this.#line({ type: 'result', job: job.id, command: this.#command, output });
      if ((output as { deidentified?: unknown }).deidentified) this.#deidentified += 1;
      const show = (path: string): string => fromHere(path, this.#options.cwd);
      this.#say(resultWords(this.#command, output, show, this.#isOne));
    } else if (outcome && !(job.state === 'cancelled' && this.#options.interrupt.aborted))
      this.#failed(job);
  }

  #running(job: JobRecord, progress: () => ListProgress): void {
    const { megapixels } = job.progress ?? {};
    const share = shareOf(job.progress);
    if (job.progress === null) this.#startedAt = performance.now();
    else if (megapixels !== undefined && share > 0)
      this.#rate = (1000 * megapixels * share) / (performance.now() - this.#startedAt);
    if (!this.#bar) return;
    const { fraction, secondsLeft } = progress();
    this.#bar.draw({
      ...{ fraction, secondsLeft },
      file: this.#places.get(job.id)! + 1,
      files: this.#places.size,
      name: basename(fileOf(job)),
      megapixelsPerSecond: this.#rate,
    });
  }

  /** Forwards events as JSON lines. */
  #onEvent(event: HourglassEvent): void {
    if (event.type !== 'job') {
      if (event.type !== 'layer') this.#line(event);
      return;
    }
    if (!this.#places.has(event.job)) return;
    const now = performance.now();
    const isProgress = event.state === 'running' && event.progress !== null;
    if (isProgress && now - this.#toldAt < progressEvery) return;
    this.#toldAt = event.state === 'queued' ? -Infinity : now;
    this.#line(event);
  }

  #failed(job: JobRecord): void {
    const source = fileOf(job);
    this.#line({ type: 'problem', source, error: job.error });
    this.#say(failureWords(fromHere(source, this.#options.cwd), job.error!));
  }

  #say(words: string): void {
    this.#bar?.clear();
    this.#options.terminal.stderr.write(`${words}\n`);
  }

  #finish({ counts, total, seconds }: ListProgress): number {
    this.#bar?.clear();
    const isInterrupted = this.#options.interrupt.aborted;
    const { done } = counts;
    // Who was cancelled though nobody has asked for that was not done either.
    const failed = counts.failed + counts.refused + (isInterrupted ? 0 : counts.cancelled);
    const { ignored = 0, ignoredKinds = {}, verified: before } = this.#plan;
    const damaged = this.#damaged;
    const tally = {
      ...{ done, before },
      failed,
      damaged,
      left: total - done - failed,
      ignored,
      ignoredKinds,
      seconds,
    };
    this.#line({ type: 'summary', ...tally, interrupted: isInterrupted });
    if (this.#deidentified > 0 && !this.#isOne) this.#say(say('elementsElsewhere'));
    if (isInterrupted) this.#say(say('interrupted', { summary: summaryWords(tally) }));
    else if (total > 1) this.#say(summaryWords(tally));
    if (isInterrupted) return exitCode.interrupted;
    return failed + damaged > 0 ? exitCode.failed : exitCode.good;
  }
}

/**
 * Those that were asked for.
 * @param program with an engine, for the pictures of a page; null: there is none yet
 */
export async function writeReports(
  { report: paths }: Pick<Invocation['run'], 'report'>,
  journal: string | null,
  options: Pick<CliOptions, 'createProgram' | 'cwd' | 'interrupt'>,
  program: Pick<Program, 'run' | 'tile'> | null,
): Promise<void> {
  if (!paths || journal === null) return;
  const state = await readJournal(journal);
  const report = state && reportOf(state);
  if (!report) return;
  // Whoever has interrupted a run waits for no pictures: `hourglass report` makes them later.
  const hasPictures = paths.some((path) => /\.html$/i.test(path)) && !options.interrupt.aborted;
  const crops: Crops = hasPictures
    ? await cropsFor(report, options, { program }).catch((error: unknown) => {
        if (toHourglassError(error).code === 'cancelled') return new Map<string, Crop>();
        throw error;
      })
    : new Map<string, Crop>();
  for (const path of paths) await writeReport(resolve(options.cwd, path), report, undefined, crops);
}

/** Of a latent file: something in it was damaged, whatever could be made of the rest. */
export function isDamaged(output: unknown): boolean {
  const { ok, damaged } = output as { ok?: unknown; damaged?: unknown };
  return ok === false || (Array.isArray(damaged) && damaged.length > 0);
}

/** A line that a terminal shows while results of an earlier run are hashed. */
function verifyLine({ stderr }: CliOptions['terminal']): (looked: number, of: number) => void {
  let toldAt = performance.now();
  return (looked, of) => {
    if (!stderr.isTerminal || performance.now() - toldAt < 1000) return;
    toldAt = performance.now();
    stderr.write(`${say('lookingAtResults', { looked, of })}\n`);
  };
}

function rateOf(output: unknown): number | null {
  const rate = (output as { megapixelsPerSecond?: unknown }).megapixelsPerSecond;
  return typeof rate === 'number' ? rate : null;
}
