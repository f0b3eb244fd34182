/**
 * A command that answers once: it waits, runs with progress, and ends with its facts or an error. Asking
 * again cancels what runs. What the facts are for lives elsewhere.
 */
import { toHourglassError, type SerializedError } from '../../app/contract/errors.ts';
import type { HourglassEvent } from '../../app/contract/index.ts';

type JobEvent = Extract<HourglassEvent, { type: 'job' }>;
export type AnswerStatus = 'none' | 'waiting' | 'running' | 'ready' | 'failed';
export interface AskOptions {
  readonly job: string;
  readonly signal: AbortSignal;
}

export class Answer<O> {
  status = $state<AnswerStatus>('none');
  /** Known when ready. */
  facts = $state.raw<O | null>(null);
  progress = $state.raw<{ done: number; total: number } | null>(null);
  error = $state.raw<SerializedError | null>(null);

  readonly #name: string;
  #job = '';
  #abort: AbortController | null = null;

  /** @param name begins the ids of its jobs */
  constructor(name: string) {
    this.#name = name;
  }

  get busy(): boolean {
    return this.status === 'waiting' || this.status === 'running';
  }

  /** Forgets everything; what runs is cancelled. */
  lose(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.status = 'none';
    this.facts = null;
    this.progress = null;
    this.error = null;
  }

  /** Cancels what runs; facts of an earlier run stay. */
  stop(): void {
    if (!this.busy) return;
    const { facts } = this;
    this.lose();
    this.facts = facts;
    if (facts !== null) this.status = 'ready';
  }

  /** The engine ended: a running job is left to be rejected by the host, whose error says what happened. */
  engineDied(): void {
    if (!this.busy) this.lose();
  }

  onJob(event: JobEvent): void {
    if (event.job !== this.#job || !this.busy) return;
    if (event.state === 'queued') this.status = 'waiting';
    if (event.state !== 'running') return;
    this.status = 'running';
    if (event.progress && event.progress.total > 0)
      this.progress = { done: event.progress.done, total: event.progress.total };
  }

  /**
   * Runs the command anew. `cancelled`: by the host; `left`: by this page.
   * @param keep earlier facts stay until the new ones are there
   */
  async start(
    run: (options: AskOptions) => Promise<O>,
    keep = false,
  ): Promise<'ready' | 'failed' | 'cancelled' | 'left'> {
    const abort = new AbortController();
    const before = keep ? this.facts : null;
    this.lose();
    this.facts = before;
    this.#abort = abort;
    this.#job = `${this.#name}-${crypto.randomUUID()}`;
    this.status = 'running';
    try {
      const facts = await run({ job: this.#job, signal: abort.signal });
      if (abort.signal.aborted) return 'left';
      this.facts = facts;
      this.status = 'ready';
      this.#abort = null;
      return 'ready';
    } catch (thrown) {
      if (abort.signal.aborted) return 'left';
      const error = toHourglassError(thrown);
      this.lose();
      if (error.code === 'cancelled') return 'cancelled';
      this.error = error.toJSON();
      this.status = 'failed';
      return 'failed';
    }
  }
}
