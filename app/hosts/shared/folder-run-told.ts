/** What a run tells of its files, as it is shown to a page, with its clock, which stands still in a pause. */
import {
  hasEnded,
  shareOf,
  type FolderFileChange,
  type HourglassEvent,
  type JobOutcome,
  type JobRecord,
  type ListProgress,
} from '../../contract/index.ts';
import type { PlannedBatch } from '../../jobs/runs/batch.ts';
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
  /** How far the list is; null: it has not told yet. */
  #progress: (() => ListProgress) | null = null;
  /** Of what was done, millions. */
  #megapixels = 0;
  /** By job. */
  readonly #startedAt = new Map<string, number>();
  readonly #byJob = new Map<string, number>();
  readonly #beganAt: number;
  #paused = 0;
  #pausedAt: number | null = null;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(view: FolderRunView, places: ReadonlyMap<string, number>) {
    this.#view = view;
    this.#places = places;
    this.#beganAt = this.now();
    this.#timer = setInterval(() => this.#tellPace(), tick);
  }

  /** @param files that the run is over: what has no job is a result of an earlier one */
  planned({ plan, before, request }: PlannedBatch, files: readonly FileOfRun[]): void {
    // What this run has done is done; what another one did is left out of it.
    const proven: Partial<FolderFileChange> =
      request.mode === 'watch'
        ? { state: 'done' }
        : { state: 'skipped', notices: [say('doneBefore')] };
    const without = new Set(files.map(({ path }) => path));
    for (const job of plan.run.jobs) {
      const place = this.#places.get(fileOf(job));
      without.delete(fileOf(job));
      if (place === undefined) continue;
      this.#byJob.set(job.id, place);
      this.#view.clear(place);
      if (job.state === 'queued') continue;
      if (job.state === 'done') {
        const known = job.output && before?.results.get(job.output.path);
        const size = known?.line.bytes ?? null;
        this.#view.change(place, { ...proven, bytes: size });
      } else this.#view.change(place, { state: 'failed', error: job.error });
    }
    for (const path of without) {
      const place = this.#places.get(path);
      if (place === undefined) continue;
      this.#view.clear(place);
      this.#view.change(place, { state: 'skipped', notices: [say('isResult')] });
    }
  }

  told(job: JobRecord, outcome: JobOutcome | null, progress: () => ListProgress): void {
    this.#progress = progress;
    const place = this.#byJob.get(job.id);
    if (place === undefined) return;
    if (job.state === 'running') {
      if (!this.#startedAt.has(job.id)) this.#startedAt.set(job.id, this.now());
      this.#view.change(place, { state: 'running', progress: shareOf(job.progress) });
      return;
    }
    if (!hasEnded(job)) return;
    const seconds = this.#secondsOf(job.id);
    if (outcome?.kind === 'result') {
      const result = outcome.result as Written;
      const { width = 0, height = 0 } = result;
      const took = result.seconds ?? seconds;
      this.#megapixels += (width * height) / 1e6;
      const notices = (result.notices ?? []).filter(({ level }) => level !== 'info');
      this.#view.change(place, {
        ...{ state: 'done', progress: null, bytes: result.bytes ?? null, seconds: took },
        notices: notices.map(({ text }) => text),
      });
    } else {
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

  /** Milliseconds, without pauses. */
  now(): number {
    const now = performance.now();
    return now - this.#paused - (this.#pausedAt === null ? 0 : now - this.#pausedAt);
  }

  /** Something is in the way of a file that is next: it has not begun. */
  async whileHeld({ id }: Pick<JobRecord, 'id'>, wait: () => Promise<void>): Promise<void> {
    const place = this.#byJob.get(id);
    if (place !== undefined) this.#view.change(place, { state: 'waiting', progress: null });
    await wait();
    if (place !== undefined) this.#view.change(place, { state: 'running', progress: 0 });
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
    return (this.now() - (this.#startedAt.get(job) ?? this.#beganAt)) / 1000;
  }

  #tellPace(): void {
    if (!this.#progress) return;
    const { seconds, secondsLeft } = this.#progress();
    const megapixelsPerSecond =
      this.#megapixels > 0 && seconds > 0 ? this.#megapixels / seconds : null;
    this.#view.set({ secondsLeft, megapixelsPerSecond });
  }
}
