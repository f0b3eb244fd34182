/**
 * The order of queued work: one job at a time in each slot, first come, first served. What somebody looks at
 * runs beside other work and shares the device with it tile by tile (`app/runtime/thread-client.ts`).
 * Knows nothing of what a job does.
 */
import type { Slot } from '../contract/index.ts';

export interface QueuedWork {
  readonly slot: Slot;
  /** Does the work; must not reject (an outcome belongs to the job, not to the queue). */
  start(): Promise<void>;
}

interface Line {
  running: Promise<void> | null;
  readonly waiting: QueuedWork[];
}

export class SlotQueue {
  readonly #lines: Record<Slot, Line> = {
    view: { running: null, waiting: [] },
    work: { running: null, waiting: [] },
  };
  #whenIdle: (() => void)[] = [];

  get busy(): boolean {
    return Object.values(this.#lines).some(({ running, waiting }) => running || waiting.length > 0);
  }

  add(work: QueuedWork): void {
    this.#lines[work.slot].waiting.push(work);
    this.#next(work.slot);
  }

  /** Takes waiting work out; false when it runs already or is not here. */
  remove(work: QueuedWork): boolean {
    const { waiting } = this.#lines[work.slot];
    const place = waiting.indexOf(work);
    if (place >= 0) waiting.splice(place, 1);
    this.#next(work.slot);
    return place >= 0;
  }

  /** Resolves when the job that runs in this slot now has ended. */
  async afterRunning(slot: Slot): Promise<void> {
    await this.#lines[slot].running;
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    if (!this.busy) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #next(slot: Slot): void {
    const line = this.#lines[slot];
    if (line.running) return;
    const work = line.waiting.shift();
    if (!work) {
      if (!this.busy) for (const resolve of this.#whenIdle.splice(0)) resolve();
      return;
    }
    line.running = work.start().finally(() => {
      line.running = null;
      this.#next(slot);
    });
  }
}
