/**
 * The queue of exports: one file at a time, one failure never stops the rest, cancel ends what runs
 * and what waits. Knows how far the whole run is and how fast it goes.
 */
import { toHourglassError } from '../../app/contract/errors.ts';
import type { HostBridge, HourglassEvent } from '../../app/contract/index.ts';
import type { FileEntry } from './entry.svelte.ts';
import type { ExportPlan } from './export-plan.ts';

interface Task {
  readonly entry: FileEntry;
  readonly plan: ExportPlan;
  readonly index: number;
  readonly overwrite: boolean;
}

export interface RunProgress {
  /** Files that are through, failed ones included. */
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  /** Megapixels per second over the whole run; null before anything is known. */
  readonly speed: number | null;
  /** null: not known yet. */
  readonly secondsLeft: number | null;
}

export class ExportQueue {
  /** The run that is under way; null when idle. */
  run = $state.raw<RunProgress | null>(null);
  /** The file that is being written. */
  current = $state.raw<FileEntry | null>(null);
  /** What the last run came to; null when it was looked at or nothing ran. */
  summary = $state.raw<{ done: number; failed: number; cancelled: number } | null>(null);

  readonly #bridge: HostBridge;
  readonly #now: () => number;
  #tasks: Task[] = [];
  #job = '';
  #abort: AbortController | null = null;
  /** Where the state of what is being written is kept. */
  #place: ExportPlan['place'] | null = null;
  #started = 0;
  #megapixels = 0;
  #counted = 0;
  #total = 0;
  #done = 0;
  #failed = 0;
  #cancelled = 0;

  constructor(bridge: HostBridge, now: () => number = () => performance.now()) {
    this.#bridge = bridge;
    this.#now = now;
  }

  get busy(): boolean {
    return this.run !== null;
  }

  /** Queues files, each with what is to be made of it. Those already waiting are not queued twice. */
  add(
    entries: readonly FileEntry[],
    planOf: (entry: FileEntry) => ExportPlan,
    options: { overwrite?: boolean } = {},
  ): void {
    const idle = !this.busy;
    if (idle) this.#begin();
    for (const entry of entries) {
      if (this.#tasks.some((task) => task.entry === entry) || this.current === entry) continue;
      this.#total += 1;
      const plan = planOf(entry);
      plan.place.exported = { kind: 'queued' };
      this.#tasks.push({
        entry,
        plan,
        index: this.#total,
        overwrite: options.overwrite ?? false,
      });
    }
    this.#report(0);
    if (idle) void this.#work();
  }

  /** Ends the running export and forgets the waiting ones. Nothing partial is written. */
  cancel(): void {
    for (const { plan } of this.#tasks) plan.place.exported = { kind: 'cancelled' };
    this.#cancelled += this.#tasks.length;
    this.#tasks = [];
    this.#abort?.abort();
  }

  /** Takes a file out, when it is removed from the session. */
  drop(entry: FileEntry): void {
    const waiting = this.#tasks.length;
    this.#tasks = this.#tasks.filter((task) => task.entry !== entry);
    this.#total -= waiting - this.#tasks.length;
    if (this.current === entry) this.#abort?.abort();
  }

  dismissSummary(): void {
    this.summary = null;
  }

  onJob(event: Extract<HourglassEvent, { type: 'job' }>): void {
    const place = this.#place;
    if (event.job !== this.#job || !place || event.state !== 'running' || !event.progress) return;
    const { done, total } = event.progress;
    if (total <= 0) return;
    place.exported = { kind: 'running', done, total };
    this.#report(done / total);
  }

  #begin(): void {
    this.#started = this.#now();
    this.#megapixels = this.#counted = 0;
    this.#total = this.#done = this.#failed = this.#cancelled = 0;
    this.summary = null;
  }

  async #work(): Promise<void> {
    for (let task = this.#tasks.shift(); task; task = this.#tasks.shift()) {
      await this.#export(task);
      this.#report(0);
    }
    this.current = null;
    this.run = null;
    this.summary = { done: this.#done, failed: this.#failed, cancelled: this.#cancelled };
  }

  async #export({ entry, plan, index, overwrite }: Task): Promise<void> {
    const { place } = plan;
    this.current = entry;
    this.#place = place;
    this.#abort = new AbortController();
    this.#job = `export-${crypto.randomUUID()}`;
    place.exported = { kind: 'running', done: 0, total: 0 };
    try {
      const source = await entry.admitted;
      const started = plan.settings();
      const result = await plan.run(
        this.#bridge,
        { source, index, overwrite },
        { job: this.#job, signal: this.#abort.signal },
      );
      place.exported = {
        kind: 'done',
        output: result.output,
        name: result.outputName ?? plan.name(index),
        bytes: result.bytes,
        settings: started,
        notices: result.notices,
      };
      this.#done += 1;
      this.#megapixels += (result.width * result.height) / 1e6;
      this.#counted += 1;
      if (this.#bridge.info.exports === 'download') await this.#bridge.reveal(result.output);
    } catch (thrown) {
      const error = toHourglassError(thrown);
      if (error.code === 'cancelled') {
        place.exported = { kind: 'cancelled' };
        this.#cancelled += 1;
      } else {
        place.exported = { kind: 'failed', error: error.toJSON() };
        this.#failed += 1;
      }
    } finally {
      this.current = null;
      this.#place = null;
      this.#abort = null;
    }
  }

  /** @param fraction how much of the running file is through, 0–1 */
  #report(fraction: number): void {
    const info = this.current?.info;
    const mean = this.#counted > 0 ? this.#megapixels / this.#counted : null;
    const size = info ? (info.width * info.height) / 1e6 : mean;
    const through = this.#megapixels + (size ?? 0) * fraction;
    const seconds = (this.#now() - this.#started) / 1000;
    const speed = through > 0 && seconds > 0.5 ? through / seconds : null;
    const done = this.#done + this.#failed;
    const left = this.#total - done - fraction;
    const typical = mean ?? size;
    this.run = {
      done,
      total: this.#total,
      failed: this.#failed,
      speed,
      secondsLeft: speed !== null && typical !== null ? (left * typical) / speed : null,
    };
  }
}
