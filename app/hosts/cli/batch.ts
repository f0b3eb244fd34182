/**
 * Runs one command over many files: each is a job of its own, one failure does not stop the rest.
 * JSON lines go to stdout (always when it is no terminal), words and the progress line to stderr.
 */
import { basename } from 'node:path';
import {
  toHourglassError,
  type CommandId,
  type HourglassError,
  type HourglassEvent,
} from '../../contract/index.ts';
import type { Program } from '../../jobs/index.ts';
import { printable, printableJson } from '../shared/printable.ts';
import { fromHere } from '../shared/walk.ts';
import { exitCode, type CliOptions } from './options.ts';
import { exists, planRun, type Plan, type PlannedFile } from './plan.ts';
import { ProgressLine } from './progress-line.ts';
import { failureWords, resultWords, summaryWords } from './words.ts';
import type { Invocation } from './usage.ts';

/** Progress lines of one job are at least this far apart, milliseconds. */
const progressEvery = 250;

export async function runFiles(invocation: Invocation, options: CliOptions): Promise<number> {
  const { terminal, cwd, interrupt } = options;
  const plan = await planRun(invocation, { cwd, signal: interrupt });
  const json = invocation.json || !terminal.stdout.isTerminal;
  const line = (value: object): void => {
    if (json) terminal.stdout.write(`${printableJson(value)}\n`);
  };
  if (plan.files.length === 0 && plan.problems.length === 0) {
    const isLatent = invocation.definition.reads?.kinds.every((one) => one === 'latent');
    const kind = isLatent ? 'latent files' : 'images';
    terminal.stderr.write(`There are no ${kind} in ${invocation.files.join(', ')}.\n`);
    return exitCode.good;
  }
  if (invocation.dryRun) return dryRun(plan, options, line);

  const program = options.createProgram();
  try {
    const run = new Run(invocation, plan, options, program, line, json);
    return await run.all();
  } finally {
    await program.stop();
  }
}

/** Says what would be written. */
async function dryRun(
  plan: Plan,
  { terminal, cwd }: CliOptions,
  line: (value: object) => void,
): Promise<number> {
  for (const { path, output } of plan.files) {
    if (output === null) continue;
    const isThere = await exists(output.path);
    line({ type: 'plan', source: path, output: output.path, exists: isThere });
    const words = isThere ? ' (exists already)' : '';
    terminal.stderr.write(
      `${printable(`${fromHere(path, cwd)} → ${fromHere(output.path, cwd)}`)}${words}\n`,
    );
  }
  for (const { input, error } of plan.problems) {
    line({ type: 'problem', source: input, error: error.toJSON() });
    terminal.stderr.write(`${failureWords(fromHere(input, cwd), error)}\n`);
  }
  return plan.problems.length > 0 ? exitCode.failed : exitCode.good;
}

/** One run over the planned files: what is done so far, and how that is told. */
class Run {
  readonly #command: CommandId;
  readonly #plan: Plan;
  readonly #options: CliOptions;
  readonly #program: Program;
  readonly #line: (value: object) => void;
  readonly #bar: ProgressLine | null;
  readonly #startedAt = performance.now();
  readonly #totalBytes: number;
  #doneBytes = 0;
  #done = 0;
  #failed = 0;
  #damaged = 0;
  #rate: number | null = null;

  constructor(
    invocation: Invocation,
    plan: Plan,
    options: CliOptions,
    program: Program,
    line: (value: object) => void,
    json: boolean,
  ) {
    const { terminal } = options;
    this.#command = invocation.command;
    this.#plan = plan;
    this.#options = options;
    this.#program = program;
    this.#line = line;
    this.#totalBytes = Math.max(
      1,
      plan.files.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    // JSON lines on the same terminal would run into the bar.
    const hasBar = terminal.stderr.isTerminal && !(json && terminal.stdout.isTerminal);
    this.#bar = hasBar
      ? new ProgressLine((text) => terminal.stderr.draw(text), terminal.columns, terminal.colour)
      : null;
  }

  async all(): Promise<number> {
    const { interrupt } = this.#options;
    for (const { input, error } of this.#plan.problems) this.#fail(input, error);
    for (const [index, file] of this.#plan.files.entries()) {
      if (interrupt.aborted) break;
      await this.#one(file, index);
    }
    return this.#finish();
  }

  async #one(file: PlannedFile, index: number): Promise<void> {
    const job = `file-${index + 1}`;
    const stopListening = this.#program.listen(this.#teller(job, file, index));
    try {
      const output = await this.#program.runUnknown(this.#command, file.input, {
        job,
        signal: this.#options.interrupt,
        ...(file.output ? { output: file.output } : {}),
      });
      this.#done += 1;
      if (isDamaged(output)) this.#damaged += 1;
      this.#rate = rateOf(output) ?? this.#rate;
      this.#line({ type: 'result', job, command: this.#command, output });
      this.#say(resultWords(this.#command, output, (path) => fromHere(path, this.#options.cwd)));
    } catch (error) {
      const known = toHourglassError(error);
      if (!(known.code === 'cancelled' && this.#options.interrupt.aborted))
        this.#fail(file.path, known);
    } finally {
      stopListening();
      this.#doneBytes += file.bytes;
    }
  }

  /** Forwards a job's events as JSON lines, and draws the bar. */
  #teller(job: string, file: PlannedFile, index: number): (event: HourglassEvent) => void {
    const startedAt = performance.now();
    let toldAt = -Infinity;
    return (event) => {
      if (event.type !== 'job') {
        if (event.type !== 'layer') this.#line(event);
        return;
      }
      if (event.job !== job) return;
      const now = performance.now();
      const isProgress = event.state === 'running' && event.progress !== null;
      if (!isProgress || now - toldAt >= progressEvery) {
        toldAt = now;
        this.#line(event);
      }
      if (event.state !== 'running') return;
      const { done = 0, total = 0, megapixels } = event.progress ?? {};
      const share = total > 0 ? done / total : 0;
      if (megapixels !== undefined && share > 0)
        this.#rate = (1000 * megapixels * share) / (now - startedAt);
      this.#draw(file, index, share);
    };
  }

  #draw(file: PlannedFile, index: number, share: number): void {
    const fraction = (this.#doneBytes + share * file.bytes) / this.#totalBytes;
    const elapsed = this.#elapsed();
    this.#bar?.draw({
      fraction,
      file: index + 1,
      files: this.#plan.files.length,
      name: basename(file.path),
      megapixelsPerSecond: this.#rate,
      // A guess from the first tile of many is worth nothing.
      secondsLeft: fraction > 0.02 && elapsed > 2 ? (elapsed * (1 - fraction)) / fraction : null,
    });
  }

  #fail(source: string, error: HourglassError): void {
    this.#failed += 1;
    this.#line({ type: 'problem', source, error: error.toJSON() });
    this.#say(failureWords(fromHere(source, this.#options.cwd), error));
  }

  #say(words: string): void {
    this.#bar?.clear();
    this.#options.terminal.stderr.write(`${words}\n`);
  }

  #finish(): number {
    this.#bar?.clear();
    const isInterrupted = this.#options.interrupt.aborted;
    const tally = {
      done: this.#done,
      failed: this.#failed,
      damaged: this.#damaged,
      left: this.#plan.files.length + this.#plan.problems.length - this.#done - this.#failed,
      ignored: this.#plan.ignored,
      seconds: this.#elapsed(),
    };
    this.#line({ type: 'summary', ...tally, interrupted: isInterrupted });
    if (isInterrupted) this.#say(`Interrupted: ${summaryWords(tally)}`);
    else if (this.#plan.files.length + this.#plan.problems.length > 1)
      this.#say(summaryWords(tally));
    if (isInterrupted) return exitCode.interrupted;
    return this.#failed + this.#damaged > 0 ? exitCode.failed : exitCode.good;
  }

  #elapsed(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }
}

/** Of a latent file: something in it was damaged, whatever could be made of the rest. */
export function isDamaged(output: unknown): boolean {
  const { ok, damaged } = output as { ok?: unknown; damaged?: unknown };
  return ok === false || (Array.isArray(damaged) && damaged.length > 0);
}

function rateOf(output: unknown): number | null {
  const rate = (output as { megapixelsPerSecond?: unknown }).megapixelsPerSecond;
  return typeof rate === 'number' ? rate : null;
}
