/**
 * The order of heavy work: one job at a time, what somebody looks at before other work, otherwise first come, first
 * served. Knows nothing of what a job does. A journal of waiting batch work will sit here.
 */
import type { Slot } from '../contract/index.ts';

export interface QueuedWork {
  readonly priority: Slot;
  /** Does the work; must not reject (an outcome belongs to the job, not to the queue). */
  start(): Promise<void>;
}

export class HeavyQueue {
  readonly #waiting: QueuedWork[] = [];
  #whenIdle: (() => void)[] = [];
  #running: QueuedWork | null = null;

  get busy(): boolean {
    return this.#running !== null || this.#waiting.length > 0;
  }

  get waiting(): readonly QueuedWork[] {
    return this.#waiting;
  }

  add(work: QueuedWork): void {
    const place =
      work.priority === 'view'
        ? this.#waiting.findIndex(({ priority }) => priority === 'work')
        : -1;
    if (place < 0) this.#waiting.push(work);
    else this.#waiting.splice(place, 0, work);
    this.#next();
  }

  /** Takes waiting work out; false when it runs already or is not here. */
  remove(work: QueuedWork): boolean {
    const place = this.#waiting.indexOf(work);
    if (place >= 0) this.#waiting.splice(place, 1);
    this.#next();
    return place >= 0;
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    if (!this.busy) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #next(): void {
    if (this.#running) return;
    const work = this.#waiting.shift();
    if (!work) {
      for (const resolve of this.#whenIdle.splice(0)) resolve();
      return;
    }
    this.#running = work;
    void work.start().finally(() => {
      this.#running = null;
      this.#next();
    });
  }
}
