/**
 * Neighbours of the photo on the screen, made ready while nobody waits for anything: opened, and made into what
 * the workspace shows of them. Anything else that is to be done ends it; the engine stops within a tile.
 * How a photo is made ready belongs to the workspace.
 */
import type { FileEntry } from './entry.svelte.ts';

/** Which photos are wanted next, counted from the one in front: people mostly go on the way they went. */
export const wantedNext = (direction: number): readonly number[] => [
  direction,
  -direction,
  2 * direction,
];

export interface AheadOptions {
  /** Makes a photo ready. Resolves when its work has begun, or when there is none; may reject. */
  readonly prepare: (entry: FileEntry, signal: AbortSignal) => Promise<void>;
  /** True while what `prepare` began goes on. */
  readonly busy: (entry: FileEntry) => boolean;
  /** Ends that. */
  readonly leave: (entry: FileEntry) => void;
}

/** How things are. */
export interface Around {
  /** The photo on the screen. */
  readonly front: FileEntry | null;
  /** True when it is ready, and nothing else is done or waited for. */
  readonly idle: boolean;
  /** The photos to make ready, the most wanted first. */
  readonly next: readonly FileEntry[];
}

export class Ahead {
  readonly #options: AheadOptions;
  #around: Around = { front: null, idle: false, next: [] };
  #current = $state.raw<{ readonly entry: FileEntry; readonly abort: AbortController } | null>(
    null,
  );
  #starting = false;
  /** Had its turn beside this front: what does not fit into memory with the others is not made again and again. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nobody follows it
  #tried = new Set<FileEntry>();

  constructor(options: AheadOptions) {
    this.#options = options;
  }

  /** True while one is made ready. */
  get working(): boolean {
    return this.#current !== null;
  }

  /** Goes on, or ends. To be called whenever any of it has changed, `busy` too. */
  update(around: Around): void {
    if (around.front !== this.#around.front) this.#tried.clear();
    this.#around = around;
    if (this.#current && !(around.idle && around.next.includes(this.#current.entry))) this.#stop();
    if (!around.idle || this.#starting) return;
    if (this.#current && this.#options.busy(this.#current.entry)) return;
    this.#current = null;
    const entry = around.next.find((one) => !this.#tried.has(one));
    if (entry) void this.#start(entry);
  }

  #stop(): void {
    const { entry, abort } = this.#current!;
    this.#current = null;
    abort.abort();
    // What has come to the front meanwhile goes on there.
    if (entry !== this.#around.front) this.#options.leave(entry);
    this.#tried.delete(entry);
  }

  async #start(entry: FileEntry): Promise<void> {
    const abort = new AbortController();
    this.#current = { entry, abort };
    this.#tried.add(entry);
    this.#starting = true;
    try {
      await this.#options.prepare(entry, abort.signal);
    } catch {
      // Nobody has asked for it: whatever went wrong is said when somebody does.
    }
    this.#starting = false;
    this.update(this.#around);
  }
}
