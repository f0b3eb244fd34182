/**
 * The jobs of a service: performed one after another by the one list of jobs, asked for and waited for by their ids, kept for
 * a while after they have ended. How a job is performed is the door's.
 */
import { randomBytes } from 'node:crypto';
import {
  hasEnded,
  HourglassError,
  JobList,
  newJob,
  toHourglassError,
  type HourglassEvent,
  type JobRecord,
} from '../../contract/index.ts';
import { say } from './sentences.ts';

export interface ServiceJobsOptions {
  readonly perform: (job: JobRecord, signal: AbortSignal) => Promise<unknown>;
  /** The job is forgotten: its file too. */
  readonly forgotten: (result: unknown) => void;
  /** That wait or run at a time. */
  readonly limit: number;
  readonly keepMs: number;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** A job and what came of it. */
export interface ServiceJob {
  readonly record: JobRecord;
  /** The command's output; null: there is none (yet). */
  readonly result: unknown;
  /** Why there will be none. */
  readonly error: HourglassError | null;
}

/** More jobs than are taken at a time. */
export class TooManyJobs extends HourglassError {
  constructor(jobs: number) {
    super('not-allowed', say('tooManyJobs', { jobs }), { hint: say('waitForJobs') });
  }
}

interface Kept extends ServiceJob {
  readonly usedAt: number;
}

export class ServiceJobs {
  readonly #options: ServiceJobsOptions;
  readonly #list: JobList;
  readonly #kept = new Map<string, Kept>();
  /** Who waits for a job. */
  readonly #waiting = new Map<string, Set<() => void>>();
  #stopped = false;

  constructor(options: ServiceJobsOptions) {
    this.#options = options;
    this.#list = new JobList({
      perform: options.perform,
      told: (record, outcome) => {
        const result = outcome?.kind === 'result' ? outcome.result : null;
        const error = outcome?.kind === 'error' ? outcome.error : null;
        if (this.#kept.has(record.id)) this.#put({ record, result, error });
        else if (result !== null) options.forgotten(result);
        if (hasEnded(record)) for (const heard of this.#waiting.get(record.id) ?? []) heard();
      },
    });
  }

  /** @throws TooManyJobs; HourglassError cancelled: the service is being stopped */
  add(command: string, input: Readonly<Record<string, unknown>>): ServiceJob {
    if (this.#stopped) throw new HourglassError('cancelled', say('serviceStops'));
    this.expire();
    const { counts } = this.#list.progress;
    if (counts.queued + counts.running >= this.#options.limit)
      throw new TooManyJobs(counts.queued + counts.running);
    const id = randomBytes(12).toString('base64url');
    const record = newJob({ id, run: id, command, input: { ...input } });
    this.#put({ record, result: null, error: null });
    this.#list.add({ jobs: [record] });
    return this.find(id);
  }

  get all(): readonly ServiceJob[] {
    this.expire();
    return [...this.#kept.values()];
  }

  /** @throws HourglassError file-not-found */
  find(id: string): ServiceJob {
    const kept = this.#kept.get(id);
    if (!kept)
      throw new HourglassError('file-not-found', say('noSuchJob', { id: id.slice(0, 100) }), {
        hint: say('jobMayBeGone', { minutes: this.#options.keepMs / 60_000 }),
      });
    this.#put(kept);
    return kept;
  }

  /** The job when it has ended, or as it is when the signal says so. @throws as `find` */
  async ended(id: string, signal: AbortSignal): Promise<ServiceJob> {
    if (hasEnded(this.find(id).record) || signal.aborted) return this.find(id);
    await new Promise<void>((resolve) => {
      const heard = this.#waiting.get(id) ?? new Set();
      this.#waiting.set(id, heard);
      const done = (): void => {
        heard.delete(done);
        if (heard.size === 0) this.#waiting.delete(id);
        signal.removeEventListener('abort', done);
        resolve();
      };
      heard.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
    return this.find(id);
  }

  /** Cancels what has not ended, forgets what has. @throws as `find` */
  remove(id: string): void {
    if (hasEnded(this.find(id).record)) this.#forget(id);
    else this.#list.cancel(id);
  }

  follow(event: HourglassEvent): void {
    this.#list.follow(event);
  }

  /** Forgets what nobody has asked for. */
  expire(): void {
    const now = this.#now();
    for (const [id, { record, usedAt }] of [...this.#kept])
      if (hasEnded(record) && now - usedAt > this.#options.keepMs) this.#forget(id);
    this.#list.clear();
  }

  /** Nothing more begins; what runs is told to stop. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#list.cancel();
    await this.#list.idle().catch((error: unknown) => {
      throw toHourglassError(error);
    });
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #put({ record, result, error }: ServiceJob): void {
    this.#kept.set(record.id, { record, result, error, usedAt: this.#now() });
  }

  #forget(id: string): void {
    const { result } = this.#kept.get(id)!;
    this.#kept.delete(id);
    if (result !== null) this.#options.forgotten(result);
  }
}
