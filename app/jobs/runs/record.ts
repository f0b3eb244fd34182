/**
 * Keeps the journal of a run: what it is told of each job becomes lines. A job is done when its output has been read
 * back and hashed; its line is on the disk before the job after the next one begins, so that writing it costs the
 * work nothing.
 */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SeriesLevel } from '../../contract/series-level.ts';
import {
  hasEnded,
  HourglassError,
  type JobOutcome,
  type JobRecord,
  type ListProgress,
} from '../../contract/index.ts';
import { fileError } from '../../pixels/identify.ts';
import { stampOf } from '../../pixels/stamp.ts';
import { hashOfFile } from './fingerprint.ts';
import { FatesWritten, type KnownFate } from './fate-lines.ts';
import type { Journal, Unstamped } from './journal.ts';
import type { DoneLine, FailedLine } from './journal-lines.ts';
import type { ModelPrint } from './model-prints.ts';
import { fileOf, type PlannedRun } from './plan.ts';
import { say } from './sentences.ts';

interface Underway {
  readonly startedAt: number;
  attempts: number;
  proof: { readonly sha256: string; readonly bytes: number } | null;
}

export class Recorder {
  readonly #journal: Journal;
  readonly #plan: PlannedRun;
  readonly #settingsHash: string;
  readonly #modelPrint: ModelPrint;
  readonly #overwrites: boolean;
  readonly #underway = new Map<string, Underway>();
  /** Folders in which results of this run are. */
  readonly #folders = new Set<string>();
  readonly #fates = new FatesWritten();
  #telling: Promise<void> = Promise.resolve();

  constructor(
    journal: Journal,
    plan: PlannedRun,
    {
      settingsHash,
      modelPrint,
      overwrites,
    }: {
      readonly settingsHash: string;
      readonly modelPrint: ModelPrint;
      /** Somebody else's files at the outputs' places may go: what is there need not be the run's own. */
      readonly overwrites: boolean;
    },
  ) {
    this.#journal = journal;
    this.#plan = plan;
    this.#settingsHash = settingsHash;
    this.#modelPrint = modelPrint;
    this.#overwrites = overwrites;
  }

  /** What will be done, and what will not. @param told sources whose lines are there already, absolute */
  async begin(told: ReadonlySet<string>): Promise<void> {
    const name = (path: string): string => this.#journal.nameOf(path);
    const lines: Unstamped[] = [];
    for (const job of this.#plan.run.jobs) {
      const file = this.#plan.files.get(job.id);
      // Not begun this time: its line says of which file the failure was.
      if (job.state === 'failed') continue;
      if (job.state === 'refused') lines.push(this.#failed(job, { attempts: 0, seconds: 0 }));
      else if (file && job.output && !told.has(file.file.path)) {
        const { bytes, fingerprint, index, free } = file;
        const { files } = file.file;
        lines.push({
          type: 'input',
          source: name(file.file.path),
          ...(files.length > 1 ? { files: files.map(name) } : {}),
          ...{ index, bytes, fingerprint, output: name(job.output.path), free },
        });
      }
    }
    await this.#journal.say(...lines);
  }

  /**
   * Whether a job's file and place are still those that were planned.
   * @throws HourglassError file-not-found, file-not-readable, output-not-writable
   */
  async before(job: JobRecord): Promise<void> {
    const { file, stamp } = this.#plan.files.get(job.id)!;
    const now = await stampOf(file.files).catch((error: unknown) => {
      throw fileError(error, file.path);
    });
    if (now !== stamp)
      throw new HourglassError('file-not-readable', say('inputReplaced', { path: file.path }), {
        hint: say('resumeTakesIt'),
      });
    if (job.output === null) return;
    const folder = dirname(job.output.path);
    // Made anew it would look as if nothing had happened: a disk may have been unplugged.
    if (this.#folders.has(folder) && !(await stat(folder).catch(() => null)))
      throw new HourglassError('output-not-writable', say('folderVanished', { folder }), {
        hint: say('resumeMakesAnew'),
      });
  }

  /** Resolves when that can be read: a result without this line would be a stranger's. */
  async attempts(job: JobRecord, attempt: number): Promise<void> {
    const known = this.#underway.get(job.id);
    if (known) known.attempts = attempt;
    else
      this.#underway.set(job.id, {
        ...{ startedAt: performance.now(), attempts: attempt, proof: null },
      });
    await this.#journal.note({ type: 'start', source: this.#source(job), attempt });
  }

  /** Reads back what a job has written. @throws HourglassError output-not-writable, file-not-readable */
  async prove(job: JobRecord): Promise<void> {
    const { output } = job;
    const underway = this.#underway.get(job.id);
    if (!output || !underway) return;
    try {
      underway.proof = await hashOfFile(output.path);
      this.#folders.add(dirname(output.path));
    } catch (error) {
      const folder = await stat(dirname(output.path)).catch(() => null);
      throw new HourglassError(
        'output-not-writable',
        folder
          ? say('resultGone', { path: output.path })
          : say('resultFolderGone', { path: output.path }),
        { cause: error },
      );
    }
    const file = this.#plan.files.get(job.id)!;
    if ((await stampOf(file.file.files).catch(() => '')) !== file.stamp)
      throw new HourglassError(
        'file-not-readable',
        say('inputChangedAtWork', { path: fileOf(job) }),
        {
          hint: say('resumeTakesIt'),
        },
      );
  }

  /** Resolves when the line of the job before is on the disk. */
  async told(job: JobRecord, outcome: JobOutcome | null): Promise<void> {
    if (!hasEnded(job)) return;
    await this.#telling;
    this.#telling = this.#tell(job, outcome);
  }

  /** Resolves when the lines of all jobs that have ended are on the disk, or kept because they can not be. */
  async settled(): Promise<void> {
    await this.#telling;
  }

  /** The last lines. @throws HourglassError output-not-writable: the journal is not whole */
  async end({ counts }: Pick<ListProgress, 'counts'>, interrupted: boolean): Promise<void> {
    await this.settled();
    await this.#journal.close({
      done: counts.done,
      failed: counts.failed + counts.refused,
      left: counts.queued + counts.running + counts.cancelled,
      interrupted,
    });
  }

  async #tell(job: JobRecord, outcome: JobOutcome | null): Promise<void> {
    const underway = this.#underway.get(job.id) ?? null;
    this.#underway.delete(job.id);
    const seconds = underway ? round((performance.now() - underway.startedAt) / 1000) : 0;
    const attempts = underway?.attempts ?? 0;
    if (outcome?.kind === 'result' && underway?.proof && job.output) {
      const { proof } = underway;
      await this.#journal.say(
        ...(await this.#done(job, outcome.result, { ...proof, seconds, attempts })),
      );
    } else if (job.state === 'failed') {
      const written = attempts > 0 ? await this.#writtenBy(job) : null;
      const line = this.#failed(job, { attempts, seconds });
      await this.#journal.say(written ? { ...line, written } : line);
    }
    // Who was cancelled has no line: it goes on from the start.
  }

  /** What a job that failed has left at its place: an engine may end between giving the result its name and saying so. */
  async #writtenBy({ id, input, output }: JobRecord): Promise<FailedLine['written'] | null> {
    const isOwn = this.#plan.files.get(id)?.free === true || input.overwrite === true;
    if (!output || this.#overwrites || !isOwn) return null;
    return hashOfFile(output.path).catch(() => null);
  }

  #failed(
    job: JobRecord,
    took: { readonly attempts: number; readonly seconds: number },
  ): Extract<Unstamped, { type: 'failed' }> {
    const { code, message, hint } = job.error!;
    return {
      type: 'failed',
      source: this.#source(job),
      error: { code, message, hint },
      refused: job.state === 'refused',
      ...took,
    };
  }

  async #done(
    job: JobRecord,
    result: unknown,
    took: Pick<DoneLine, 'sha256' | 'bytes' | 'seconds' | 'attempts'>,
  ): Promise<Unstamped[]> {
    const { device, model, notices, seriesLevel, deidentified, ...rest } = result as Result;
    const fates = deidentified ? this.#fates.of(deidentified) : null;
    const done: Unstamped = {
      type: 'done',
      source: this.#source(job),
      fingerprint: this.#plan.files.get(job.id)!.fingerprint,
      output: this.#journal.nameOf(job.output!.path),
      settingsHash: this.#settingsHash,
      model: model
        ? {
            ...{ id: model.id, version: model.version, precision: model.precision ?? null },
            sha256: await this.#modelPrint(model.id),
          }
        : null,
      device: device ? { id: device.id, label: device.label } : null,
      damaged: isDamagedResult(rest),
      notices: (notices ?? []).map(({ text }) => text),
      ...(seriesLevel ? { seriesLevel } : {}),
      ...(fates ? { elements: fates.numbers } : {}),
      facts: factsOf(rest),
      ...took,
    };
    return fates?.line ? [fates.line, done] : [done];
  }

  #source(job: JobRecord): string {
    return this.#journal.nameOf(fileOf(job));
  }
}

/** What commands that write a file say, as far as it is here. */
interface Result extends Record<string, unknown> {
  readonly device?: { readonly id: string; readonly label: string };
  readonly model?: { readonly id: string; readonly version: string; readonly precision?: string };
  readonly notices?: readonly { readonly text: string }[];
  readonly seriesLevel?: SeriesLevel;
  readonly deidentified?: readonly KnownFate[];
}

/** Something in the source was damaged, whatever could be made of the rest. */
export function isDamagedResult(result: unknown): boolean {
  const { ok, damaged, damagedSource } = result as Record<string, unknown>;
  return ok === false || damagedSource === true || (Array.isArray(damaged) && damaged.length > 0);
}

/** Its numbers and words, without places and what has a field of its own. */
function factsOf(result: Readonly<Record<string, unknown>>): DoneLine['facts'] {
  const own = ['source', 'output', 'outputName', 'bytes', 'seconds', 'damagedSource'];
  return Object.fromEntries(
    Object.entries(result).filter(
      (entry): entry is [string, number | string | boolean] =>
        !own.includes(entry[0]) && ['number', 'string', 'boolean'].includes(typeof entry[1]),
    ),
  );
}

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;
