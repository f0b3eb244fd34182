/** What a run tells of its files, as it is shown to a page, with the time that is left. */
import { extname } from 'node:path';
import {
  hasEnded,
  shareOf,
  type HourglassEvent,
  type JobOutcome,
  type JobRecord,
} from '../../contract/index.ts';
import type { PlannedBatch } from '../../jobs/runs/batch.ts';
import { Pace } from '../../jobs/runs/pace.ts';
import { fileOf, type FileOfRun } from '../../jobs/runs/plan.ts';
import type { FolderRunView } from './folder-run-view.ts';
import { say } from './sentences.ts';

/** What is read of a result, whatever the command. */
interface Written {
  readonly bytes?: number;
  readonly width?: number;
  readonly height?: number;
  readonly seconds?: number;
  readonly notices?: readonly { readonly text: string; readonly level: string }[];
}

/** Milliseconds between two looks at the clock. */
const tick = 1000;

export class FolderRunTold {
  readonly #view: FolderRunView;
  readonly #places: ReadonlyMap<string, number>;
  readonly #pace = new Pace();
  /** Bytes of the input, by job. */
  readonly #sizes = new Map<string, number>();
  /** By job. */
  readonly #startedAt = new Map<string, number>();
  readonly #byJob = new Map<string, number>();
  readonly #beganAt = performance.now();
  #begunAt = performance.now();
  #paused = 0;
  #pausedAt: number | null = null;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(view: FolderRunView, places: ReadonlyMap<string, number>) {
    this.#view = view;
    this.#places = places;
    this.#timer = setInterval(() => this.#tellPace(), tick);
  }

  /** @param files that the run is over: what has no job is a result of an earlier one */
  planned({ plan, before }: PlannedBatch, files: readonly FileOfRun[]): void {
    const without = new Set(files.map(({ path }) => path));
    for (const job of plan.run.jobs) {
      const place = this.#places.get(fileOf(job));
      without.delete(fileOf(job));
      if (place === undefined) continue;
      this.#byJob.set(job.id, place);
      this.#view.clear(place);
      const bytes = plan.files.get(job.id)?.bytes ?? 0;
      this.#sizes.set(job.id, bytes);
      if (job.state === 'queued') this.#pace.expect(kindOf(job), bytes);
      else if (job.state === 'done') {
        const known = job.output && before?.results.get(job.output.path);
        const size = known?.line.bytes ?? null;
        this.#view.change(place, { state: 'skipped', bytes: size, notices: [say('doneBefore')] });
      } else this.#view.change(place, { state: 'failed', error: job.error });
    }
    for (const path of without) {
      const place = this.#places.get(path);
      if (place === undefined) continue;
      this.#view.clear(place);
      this.#view.change(place, { state: 'skipped', notices: [say('isResult')] });
    }
    this.#begunAt = performance.now();
  }

  told(job: JobRecord, outcome: JobOutcome | null): void {
    const place = this.#byJob.get(job.id);
    if (place === undefined) return;
    const bytes = this.#sizes.get(job.id)!;
    if (job.state === 'running') {
      if (!this.#startedAt.has(job.id)) this.#startedAt.set(job.id, performance.now());
      this.#view.change(place, { state: 'running', progress: shareOf(job.progress) });
      return;
    }
    if (!hasEnded(job)) return;
    const seconds = this.#secondsOf(job.id);
    if (outcome?.kind === 'result') {
      const result = outcome.result as Written;
      const { width = 0, height = 0 } = result;
      const took = result.seconds ?? seconds;
      this.#pace.done(kindOf(job), bytes, took, (width * height) / 1e6);
      const notices = (result.notices ?? []).filter(({ level }) => level !== 'info');
      this.#view.change(place, {
        ...{ state: 'done', progress: null, bytes: result.bytes ?? null, seconds: took },
        notices: notices.map(({ text }) => text),
      });
    } else {
      this.#pace.dropped(kindOf(job), bytes);
      const isCancelled = job.state === 'cancelled';
      this.#view.change(place, {
        ...{ state: isCancelled ? 'cancelled' : 'failed', progress: null },
        ...{ seconds: isCancelled ? null : seconds, error: isCancelled ? null : job.error },
      });
    }
  }

  /** Progress of a file comes as an event of the program. */
  follow(event: HourglassEvent): void {
    if (event.type !== 'job' || event.state !== 'running' || !event.progress) return;
    const place = this.#byJob.get(event.job);
    if (place === undefined || this.#view.row(place).state !== 'running') return;
    this.#view.change(place, { progress: shareOf(event.progress) });
  }

  /** A pause is no time of the run's. */
  async whilePaused(wait: () => Promise<void>): Promise<void> {
    this.#pausedAt ??= performance.now();
    try {
      await wait();
    } finally {
      if (this.#pausedAt !== null) this.#paused += performance.now() - this.#pausedAt;
      this.#pausedAt = null;
    }
  }

  end(): void {
    clearInterval(this.#timer);
    this.#view.set({ secondsLeft: null });
  }

  #secondsOf(job: string): number {
    return (performance.now() - (this.#startedAt.get(job) ?? this.#beganAt)) / 1000;
  }

  #tellPace(): void {
    const pause = this.#paused + (this.#pausedAt === null ? 0 : performance.now() - this.#pausedAt);
    const elapsed = (performance.now() - this.#begunAt - pause) / 1000;
    this.#view.set({
      secondsLeft: this.#pace.secondsLeft(elapsed),
      megapixelsPerSecond: this.#pace.megapixelsPerSecond(elapsed),
    });
  }
}

/** Files whose names end alike take alike. */
const kindOf = (job: JobRecord): string => extname(fileOf(job)).toLowerCase();
