/**
 * The one list under every door: jobs are performed one after another, or several at once where who makes it says so,
 * one failure does not end the rest, one cancel ends a job or all of them. Jobs may be added while it goes. It knows neither files nor processes: who
 * makes it says how a job is performed and hears of every change, in the window's page, on the command line
 * and wherever runs are kept on a disk alike.
 */
import {
  failureOf,
  fractionOf,
  hasEnded,
  JobTally,
  type JobCounts,
  type JobRecord,
  type Run,
} from './jobs.ts';
import { HourglassError, toHourglassError } from './errors.ts';
import { Pace, type PacedJob } from './pace.ts';
import type { HourglassEvent } from './events.ts';

/** What came of a job that was performed. */
export type JobOutcome =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'error'; readonly error: HourglassError };

export interface JobListOptions {
  /** Does the work. A rejection with `cancelled` is no failure. */
  readonly perform: (job: JobRecord, signal: AbortSignal) => Promise<unknown>;
  /**
   * A job is in another state, or further on. Another job takes its place when the promise is fulfilled, so that a
   * journal is on the disk by then; when it rejects, the list ends and `idle` rejects.
   */
  readonly told: (job: JobRecord, outcome: JobOutcome | null) => void | Promise<void>;
  /** Size of a job's work, in one unit for all; null: not known yet. Asked again at every change. Default: all alike. */
  readonly weightOf?: (job: JobRecord) => number | null;
  /** Jobs of one kind take alike for their weight. Default: all are. */
  readonly kindOf?: (job: JobRecord) => string;
  /** Whether the next job may begin beside those that run. Default: never. */
  readonly mayJoin?: (job: JobRecord, running: readonly JobRecord[]) => boolean;
  /** Milliseconds. A clock that stands still meanwhile makes a pause no time of the list's. */
  readonly now?: () => number;
}

export interface ListProgress {
  readonly counts: JobCounts;
  readonly total: number;
  /** 0–1, by the work that is through. */
  readonly fraction: number;
  /** Work that is through, in the unit of the weights. */
  readonly through: number;
  /** Since the list was last idle. */
  readonly seconds: number;
  /** null: not known yet. */
  readonly secondsLeft: number | null;
}

export class JobList {
  readonly #options: JobListOptions;
  readonly #now: () => number;
  /** In their order; those that ended stay until `clear`. */
  readonly #jobs = new Map<string, { readonly job: JobRecord; readonly weight: number | null }>();
  #tally = new JobTally();
  #pace = new Pace();
  readonly #waiting = new Set<string>();
  readonly #running = new Map<string, { readonly cancel: AbortController; readonly at: number }>();
  #working: Promise<void> | null = null;
  #telling: Promise<void> | null = null;
  #startedAt = 0;
  #endedAt: number | null = null;
  /** Seconds that the list worked before it began for the last time: jobs were done in them, whose pace is known. */
  #workedBefore = 0;
  /** What had ended before it was added: work that says nothing of how fast this list goes. */
  readonly #endedBefore = new Set<string>();
  #before = new JobTally();

  constructor(options: JobListOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  get busy(): boolean {
    return this.#working !== null;
  }

  get jobs(): readonly JobRecord[] {
    return [...this.#jobs.values()].map(({ job }) => job);
  }

  /**
   * Jobs that have ended already (refused, or done before this run was taken up again) are counted, and neither
   * told nor performed.
   */
  add({ jobs }: Pick<Run, 'jobs'>): void {
    if (!this.busy) {
      if (this.#jobs.size === 0) {
        this.#pace = new Pace();
        this.#workedBefore = 0;
      } else if (this.#endedAt !== null)
        this.#workedBefore += (this.#endedAt - this.#startedAt) / 1000;
      this.#startedAt = this.#now();
      this.#endedAt = null;
    }
    for (const job of jobs) {
      if (this.#jobs.has(job.id))
        throw new HourglassError('internal', `The job ${job.id} is in the list already.`);
      if (job.state !== 'queued') this.#endedBefore.add(job.id);
      this.#put(job);
      if (job.state === 'queued') this.#waiting.add(job.id);
      else this.#before.add(job, this.#jobs.get(job.id)!.weight);
    }
    if (this.#working || this.#waiting.size === 0) return;
    this.#working = this.#work();
    // It is heard of in `idle`.
    this.#working.catch(() => undefined);
  }

  /** Resolves when nothing is left to do. @throws whatever `told` throws */
  async idle(): Promise<void> {
    await this.#working;
  }

  /** Ends one job, or everything: what waits never begins, what runs is told to stop. */
  cancel(id?: string): void {
    for (const waiting of id === undefined ? [...this.#waiting] : [id])
      if (this.#waiting.delete(waiting)) this.#change(waiting, { state: 'cancelled' });
    if (id !== undefined) this.#running.get(id)?.cancel.abort();
    else for (const { cancel } of this.#running.values()) cancel.abort();
  }

  /** Takes a job out that nobody wants to hear of any more. */
  remove(id: string): void {
    this.#running.get(id)?.cancel.abort();
    if (this.#waiting.delete(id)) this.#drop(id);
  }

  /** Forgets what has ended. */
  clear(): void {
    for (const { job } of [...this.#jobs.values()]) if (hasEnded(job)) this.#drop(job.id);
    this.#before = new JobTally();
  }

  /** Takes a running job's progress from the program's events. */
  follow(event: HourglassEvent): void {
    if (event.type !== 'job' || event.state !== 'running' || !event.progress) return;
    if (this.#running.has(event.job)) this.#change(event.job, { progress: event.progress });
  }

  get progress(): ListProgress {
    const { counts, total, work } = this.#tally;
    const now = this.#now();
    const seconds = ((this.#endedAt ?? now) - this.#startedAt) / 1000;
    const underway = [...this.#running].flatMap(([id, { at }]) => {
      const paced = this.#paced(id);
      return paced ? [{ ...paced, seconds: (now - at) / 1000 }] : [];
    });
    const through = Math.max(0, work.through - this.#before.work.through);
    return {
      ...{ counts, total, through, seconds },
      fraction: fractionOf(work),
      secondsLeft: this.#pace.secondsLeft(this.#workedBefore + seconds, underway),
    };
  }

  async #work(): Promise<void> {
    const underWay = new Set<Promise<void>>();
    try {
      for (;;) {
        const [id] = this.#waiting;
        if (id !== undefined && this.#mayBegin(id)) {
          const ended = this.#perform(id).finally(() => underWay.delete(ended));
          underWay.add(ended);
        } else if (underWay.size > 0) await Promise.race(underWay);
        else break;
      }
    } catch (error) {
      for (const { cancel } of this.#running.values()) cancel.abort();
      await Promise.allSettled(underWay);
      // Nobody could be told of what comes next.
      for (const id of this.#waiting) this.#put({ ...this.#jobs.get(id)!.job, state: 'cancelled' });
      this.#waiting.clear();
      throw error;
    } finally {
      this.#endedAt = this.#now();
      this.#working = null;
    }
  }

  #mayBegin(id: string): boolean {
    if (this.#running.size === 0) return true;
    const running = [...this.#running.keys()].map((one) => this.#jobs.get(one)!.job);
    return this.#options.mayJoin?.(this.#jobs.get(id)!.job, running) ?? false;
  }

  async #perform(id: string): Promise<void> {
    this.#waiting.delete(id);
    const cancel = new AbortController();
    const at = this.#now();
    this.#running.set(id, { cancel, at });
    const job = this.#change(id, { state: 'running' });
    let outcome: JobOutcome;
    try {
      outcome = { kind: 'result', result: await this.#options.perform(job, cancel.signal) };
    } catch (thrown) {
      outcome = { kind: 'error', error: toHourglassError(thrown) };
    }
    this.#running.delete(id);
    if (outcome.kind === 'result') {
      const paced = this.#paced(id);
      if (paced) this.#pace.took(paced.kind, (this.#now() - at) / 1000);
      this.#change(id, { state: 'done' }, outcome);
    } else {
      const state = outcome.error.code === 'cancelled' ? 'cancelled' : 'failed';
      this.#change(id, { state, error: failureOf(outcome.error) }, outcome);
    }
    await this.#telling;
  }

  #change(
    id: string,
    to: Partial<Pick<JobRecord, 'state' | 'progress' | 'error'>>,
    outcome: JobOutcome | null = null,
  ): JobRecord {
    const job = { ...this.#jobs.get(id)!.job, ...to };
    this.#put(job);
    const told = this.#options.told(job, outcome);
    if (told) {
      const before = this.#telling;
      this.#telling = (async () => {
        await before;
        await told;
      })();
      // It is heard of where the list waits for it.
      this.#telling.catch(() => undefined);
    }
    return job;
  }

  #put(job: JobRecord): void {
    this.#uncount(job.id);
    const weight = this.#options.weightOf ? this.#options.weightOf(job) : 1;
    // A known id keeps its place.
    this.#jobs.set(job.id, { job, weight });
    this.#tally.add(job, weight);
    const paced = this.#paced(job.id);
    if (paced) this.#pace.add(paced);
  }

  #uncount(id: string): void {
    const before = this.#jobs.get(id);
    if (!before) return;
    this.#tally.remove(before.job, before.weight);
    const paced = this.#paced(id);
    // What a job that was done took stays known, whoever has forgotten it.
    if (paced && before.job.state !== 'done') this.#pace.remove(paced);
  }

  /** A job as its pace is told; null: it is not there, or had ended before it was added. */
  #paced(id: string): PacedJob | null {
    const known = this.#jobs.get(id);
    if (!known || this.#endedBefore.has(id)) return null;
    return { ...known, kind: this.#options.kindOf?.(known.job) ?? '' };
  }

  #drop(id: string): void {
    this.#uncount(id);
    this.#jobs.delete(id);
    this.#endedBefore.delete(id);
  }
}
