/**
 * The order of queued work: one job at a time in each slot, first come, first served, except jobs of one run that
 * are sent to run beside each other. What somebody looks at runs beside other work and shares the device with it
 * tile by tile (`app/runtime/thread-client.ts`).
 * Knows nothing of what a job does.
 */
import type { Slot } from '../contract/index.ts';

export interface QueuedWork {
  readonly slot: Slot;
  /** It waits for nothing, and nothing for it. */
  readonly beside?: boolean | undefined;
  /** Of a run that says itself how many of its jobs are under way: they wait for others, not for each other. */
  readonly run?: string | undefined;
  /** Does the work; must not reject (an outcome belongs to the job, not to the queue). */
  start(): Promise<void>;
}

interface Line {
  readonly running: Map<QueuedWork, Promise<void>>;
  readonly waiting: QueuedWork[];
}

export class SlotQueue {
  readonly #lines: Record<Slot, Line> = {
    view: { running: new Map(), waiting: [] },
    work: { running: new Map(), waiting: [] },
  };
  #whenIdle: (() => void)[] = [];

  get busy(): boolean {
    return Object.values(this.#lines).some(
      ({ running, waiting }) => running.size > 0 || waiting.length > 0,
    );
  }

  add(work: QueuedWork): void {
    if (work.beside) return this.#begin(work);
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

  /** Resolves when what runs in this slot now has ended. */
  async afterRunning(slot: Slot): Promise<void> {
    await Promise.all(this.#lines[slot].running.values());
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    if (!this.busy) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #next(slot: Slot): void {
    const { running, waiting } = this.#lines[slot];
    for (let [work] = waiting; work && mayJoin(work, running); [work] = waiting) {
      waiting.shift();
      this.#begin(work);
    }
    if (!this.busy) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #begin(work: QueuedWork): void {
    const { running } = this.#lines[work.slot];
    const ended = work.start().finally(() => {
      running.delete(work);
      this.#next(work.slot);
    });
    running.set(work, ended);
  }
}

function mayJoin({ run }: QueuedWork, running: ReadonlyMap<QueuedWork, unknown>): boolean {
  const others = [...running.keys()].filter(({ beside }) => !beside);
  return others.length === 0 || (run !== undefined && others.every((one) => one.run === run));
}
