/**
 * Saving the files of another program in place: what *Save* does in a session that was started for that
 * (`hourglass edit`). One file at a time; what can not be kept is asked about before anything is written.
 */
import { toHourglassError } from '../../app/contract/errors.ts';
import type {
  EditDoor,
  HourglassEvent,
  Notice,
  SerializedError,
} from '../../app/contract/index.ts';
import type { FileEntry } from './entry.svelte.ts';

export type SaveState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'running';
      readonly entry: FileEntry;
      readonly done: number;
      readonly total: number;
    }
  /** Something can not be kept. */
  | { readonly kind: 'asked'; readonly entry: FileEntry; readonly notices: readonly Notice[] }
  | { readonly kind: 'failed'; readonly entry: FileEntry; readonly error: SerializedError };

export class Saving {
  state = $state.raw<SaveState>({ kind: 'none' });
  /** How many files are saved. */
  saved = $state(0);
  /** The person is done; nothing is to be had from this page any more. */
  over = $state(false);

  readonly #door: EditDoor;
  /** The file is saved and others are not: it leaves the strip. */
  readonly #leave: (entry: FileEntry) => void;
  #job = '';
  #abort: AbortController | null = null;

  constructor(door: EditDoor, leave: (entry: FileEntry) => void) {
    this.#door = door;
    this.#leave = leave;
  }

  get busy(): boolean {
    return this.state.kind === 'running';
  }

  /** What is to be said of a file; of others there is nothing. */
  of(entry: FileEntry): SaveState {
    return this.state.kind !== 'none' && this.state.entry === entry ? this.state : { kind: 'none' };
  }

  /** @param settings what decides the cleaned pixels @param accept although something can not be kept */
  async save(
    entry: FileEntry,
    settings: Readonly<Record<string, unknown>>,
    accept = false,
  ): Promise<void> {
    if (this.busy || this.over) return;
    this.state = { kind: 'running', entry, done: 0, total: 0 };
    const abort = (this.#abort = new AbortController());
    const job = (this.#job = `save-${crypto.randomUUID()}`);
    try {
      const source = await entry.admitted;
      const request = { source, job, settings, accept };
      const { saved, notices, left } = await this.#door.save(request, abort.signal);
      this.state = saved ? { kind: 'none' } : { kind: 'asked', entry, notices };
      if (!saved) return;
      this.saved += 1;
      if (left > 0) this.#leave(entry);
      else await this.finish();
    } catch (thrown) {
      const error = toHourglassError(thrown);
      this.state =
        error.code === 'cancelled'
          ? { kind: 'none' }
          : { kind: 'failed', entry, error: error.toJSON() };
    }
  }

  /** Nothing is written; also takes back what was asked or said. */
  cancel(): void {
    if (this.busy) this.#abort?.abort();
    else this.state = { kind: 'none' };
  }

  /** The program that waits goes on, with what is saved. */
  async finish(): Promise<void> {
    if (this.busy) return;
    this.over = true;
    // The host ends with this; there may be no answer.
    await this.#door.done().catch(() => undefined);
    // A window of its own goes; a tab that the browser does not let go shows that it may be closed.
    window.close();
  }

  onJob(event: Extract<HourglassEvent, { type: 'job' }>): void {
    if (event.job !== this.#job || this.state.kind !== 'running' || !event.progress) return;
    const { done, total } = event.progress;
    this.state = { ...this.state, done, total };
  }
}
