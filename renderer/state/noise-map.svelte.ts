/**
 * Where the noise of one picture is, when a person asks to see it: the command runs once, its layer
 * stands in the viewer in the place of the cleaned one. Knows nothing of compare modes or pixels.
 */
import { toHourglassError, type SerializedError } from '../../app/contract/errors.ts';
import type { HourglassEvent, OutputOf, noiseMapCommand } from '../../app/contract/index.ts';
import type { ViewerLayer } from '../viewer/types.ts';

export type NoiseMapOutput = OutputOf<typeof noiseMapCommand>;
type JobEvent = Extract<HourglassEvent, { type: 'job' }>;

export type RunNoiseMap = (
  document: string,
  options: { job: string; signal: AbortSignal },
) => Promise<NoiseMapOutput>;

export class NoiseMap {
  /** The person wants to see it; stays while the picture is not in front. */
  wanted = $state(false);
  status = $state<'none' | 'waiting' | 'running' | 'ready' | 'failed'>('none');
  /** Known when ready. */
  facts = $state.raw<NoiseMapOutput | null>(null);
  progress = $state.raw<{ done: number; total: number } | null>(null);
  error = $state.raw<SerializedError | null>(null);

  readonly #run: RunNoiseMap;
  #job = '';
  #abort: AbortController | null = null;

  constructor(run: RunNoiseMap) {
    this.#run = run;
  }

  get busy(): boolean {
    return this.status === 'waiting' || this.status === 'running';
  }

  /** What the viewer shows in the place of the cleaned picture; null: nothing yet. */
  get layer(): ViewerLayer | null {
    if (!this.wanted || !this.facts) return null;
    return { id: this.facts.layer, version: 1, complete: true, kind: 'noise-map' };
  }

  /** Makes it for an open document, unless it is there or under way. */
  show(document: string): void {
    this.wanted = true;
    if (this.busy || this.status === 'ready') return;
    void this.#start(document);
  }

  /** Leaves it; what is not finished is cancelled. */
  hide(): void {
    this.wanted = false;
    if (this.busy || this.status === 'failed') this.lose();
  }

  /** The engine has forgotten the document, its layers with it. */
  lose(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.status = 'none';
    this.facts = null;
    this.progress = null;
    this.error = null;
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

  async #start(document: string): Promise<void> {
    const abort = new AbortController();
    this.lose();
    this.#abort = abort;
    this.#job = `noise-map-${crypto.randomUUID()}`;
    this.status = 'running';
    try {
      const facts = await this.#run(document, { job: this.#job, signal: abort.signal });
      if (abort.signal.aborted) return;
      this.facts = facts;
      this.status = 'ready';
    } catch (thrown) {
      if (abort.signal.aborted) return;
      const error = toHourglassError(thrown);
      this.lose();
      if (error.code === 'cancelled') this.wanted = false;
      else {
        this.error = error.toJSON();
        this.status = 'failed';
      }
    }
    this.#abort = null;
  }
}
