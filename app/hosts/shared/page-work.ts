/**
 * Work that a host does for its page: one piece at a time, which can be cancelled, and a state that is told at once when its phase turns and
 * a few times a second otherwise. What the work is, is the business of who makes one (`training.ts`, `exploring.ts`).
 */
import { toHourglassError, withoutCommandLine, type HourglassEvent } from '../../contract/index.ts';

export interface WorkState {
  readonly phase: string;
  /** Of files or steps. */
  readonly done: number;
  readonly of: number;
  /** Why the last piece came to nothing. */
  readonly problem: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
  } | null;
}

export interface PageWorkOptions<S extends WorkState> {
  readonly first: S;
  /** In which nothing goes on. */
  readonly rest: S['phase'];
  /** What is told of a state, and whatever else is fresh. */
  readonly event: (state: S) => HourglassEvent;
  /** Takes private folders out of sentences. */
  readonly publicText: (text: string) => string;
  /** Where another piece is under way. */
  readonly refusal: () => Error;
}

/** Milliseconds between two events. */
const TELL_EVERY = 250;

export class PageWork<S extends WorkState> {
  state: S;

  readonly #options: PageWorkOptions<S>;
  readonly #listeners = new Set<(event: HourglassEvent) => void>();
  #work: { readonly cancel: AbortController; readonly ended: Promise<void> } | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #toldAt = -Infinity;

  constructor(options: PageWorkOptions<S>) {
    this.#options = options;
    this.state = options.first;
  }

  /** Something goes on. */
  get busy(): boolean {
    return this.#work !== null;
  }

  /** Hears events until the returned function is called. */
  listen(listener: (event: HourglassEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(event: HourglassEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  set(change: Partial<S>): void {
    const turns = change.phase !== undefined && change.phase !== this.state.phase;
    this.state = { ...this.state, ...change };
    if (turns) this.#tellNow();
    else
      this.#timer ??= setTimeout(
        () => this.#tellNow(),
        Math.max(0, this.#toldAt + TELL_EVERY - performance.now()),
      );
  }

  #tellNow(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#toldAt = performance.now();
    this.tell(this.#options.event(this.state));
  }

  /** @throws what `refusal` makes */
  refuseBusy(): void {
    if (this.#work) throw this.#options.refusal();
  }

  /** As the page may read it; null: a person has cancelled it. */
  problemOf(thrown: unknown): S['problem'] {
    const { code, message, hint } = toHourglassError(thrown);
    const { publicText } = this.#options;
    if (code === 'cancelled') return null;
    return { code, message: publicText(message), hint: withoutCommandLine(publicText(hint)) };
  }

  /** One thing at a time; what goes wrong is shown where it was asked for. */
  begin(phase: S['phase'], task: (signal: AbortSignal) => Promise<void>): void {
    this.refuseBusy();
    const cancel = new AbortController();
    this.set({ phase, problem: null } as Partial<S>);
    const ended = task(cancel.signal)
      .catch((thrown: unknown) => this.set({ problem: this.problemOf(thrown) } as Partial<S>))
      .finally(() => {
        this.#work = null;
        this.set({ phase: this.#options.rest, done: 0, of: 0 } as Partial<S>);
      });
    this.#work = { cancel, ended };
  }

  cancel(): void {
    this.#work?.cancel.abort();
  }

  /** Nothing goes on, and nothing more is told. */
  async stop(): Promise<void> {
    this.cancel();
    await this.#work?.ended;
    if (this.#timer) clearTimeout(this.#timer);
  }
}
