/**
 * One of the planes beside the picture: which page of it is there, how far its volume is read, why it is not shown. Where it is
 * to be cut, `scan-desk.svelte.ts` says. Its document is its own: nothing is made of it, and nothing is written.
 */
import { toHourglassError, type SerializedError } from '../../app/contract/errors.ts';
import type { HostBridge } from '../../app/contract/bridge.ts';
import type { Allowance, DocumentInfo, HourglassEvent, Plane } from '../../app/contract/index.ts';
import { Leaving } from '../state/leaving.ts';
import { ViewState, type SeenThrough } from '../viewer/view-state.svelte.ts';

/** A page of a plane. */
export interface SidePage {
  readonly source: string;
  readonly allowed: Readonly<Partial<Record<Allowance, true>>>;
  /** From 1 on, of all times. */
  readonly page: number;
}

const isSame = (one: SidePage | null, other: SidePage | null): boolean =>
  one?.source === other?.source && one?.page === other?.page && one?.allowed === other?.allowed;

export class SidePlane {
  readonly plane: Plane;
  readonly view: ViewState;
  /** What is shown; null: nothing yet. */
  info = $state.raw<DocumentInfo | null>(null);
  /** Why the page that is asked for is not there. */
  error = $state.raw<SerializedError | null>(null);
  /** Slices of the volume that were read so far, while all of them are. */
  progress = $state.raw<{ readonly done: number; readonly total: number } | null>(null);
  /** A person gave up reading the volume. */
  stopped = $state(false);

  readonly #bridge: Pick<HostBridge, 'run'>;
  #wanted: SidePage | null = null;
  #done: SidePage | null = null;
  #working = false;
  #job = '';
  #abort: AbortController | null = null;
  readonly #leaving = new Leaving((document) => this.#close(document));

  /** @param seen which values are seen: those of the picture beside it */
  constructor(plane: Plane, bridge: Pick<HostBridge, 'run'>, seen: () => SeenThrough) {
    this.plane = plane;
    this.#bridge = bridge;
    this.view = new ViewState(seen);
  }

  /**
   * This page is to be seen; null: none. What is being opened is opened to its end unless it is of another volume: whoever
   * drags sees the pages on his way.
   */
  show(wanted: SidePage | null): void {
    if (isSame(wanted, this.#wanted)) return;
    if (wanted?.source !== this.#wanted?.source) {
      this.#abort?.abort();
      this.#forget();
    }
    this.#wanted = wanted;
    void this.#work();
  }

  /** Once more: it failed, was given up, or its document is gone. */
  again(): void {
    this.#done = null;
    this.stopped = false;
    void this.#work();
  }

  /** Ends reading the volume. */
  stop(): void {
    if (!this.#working) return;
    this.stopped = true;
    this.#abort?.abort();
  }

  onJob({ job, progress }: Extract<HourglassEvent, { type: 'job' }>): void {
    if (job !== this.#job || !progress || progress.total === 0) return;
    this.progress = { done: progress.done, total: progress.total };
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.#wanted !== this.#done && !this.stopped) {
      const wanted = this.#wanted;
      this.#done = wanted;
      if (wanted) await this.#open(wanted);
      else this.#forget();
    }
    this.#working = false;
  }

  async #open(wanted: SidePage): Promise<void> {
    const { plane } = this;
    const { source, allowed, page } = wanted;
    const document = crypto.randomUUID();
    const abort = new AbortController();
    this.#abort = abort;
    this.#job = `open-${document}`;
    this.error = null;
    try {
      const input = { ...{ source, document, plane, ...allowed }, ...(page > 1 ? { page } : {}) };
      const options = { job: this.#job, signal: abort.signal };
      const info = await this.#bridge.run('open', input, options);
      if (this.#wanted?.source !== source || abort.signal.aborted) return this.#close(document);
      if (this.info) this.#leaving.leave(this.info.document);
      this.info = info;
    } catch (thrown) {
      if (!abort.signal.aborted) this.error = toHourglassError(thrown).toJSON();
      else this.#close(document);
    } finally {
      this.#job = '';
      this.progress = null;
    }
  }

  #forget(): void {
    if (this.info) this.#leaving.leave(this.info.document);
    this.info = null;
    this.error = null;
    this.stopped = false;
  }

  #close(document: string): void {
    // The engine may have forgotten it by itself, which is what is wanted.
    this.#bridge.run('close', { document }).catch(() => undefined);
  }
}
