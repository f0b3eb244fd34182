/** What a page sees of a run over a folder: the list, what became of each file, and the changes of both, told a few times a second at the most. */
import type {
  FolderFile,
  FolderFileChange,
  FolderRun,
  FolderRunEvent,
  FolderRunState,
} from '../../contract/index.ts';

/** Milliseconds between two events: a tree of small files would tell hundreds a second. */
const tellEvery = 200;

const nothing: FolderRunState = {
  ...{ phase: 'none', list: 0, folder: null, out: null, journal: null, before: null },
  ...{ choice: { include: [], exclude: [] }, unchosen: 0 },
  ...{ looked: 0, ignored: 0, ended: null, secondsLeft: null, megapixelsPerSecond: null },
  ...{ notices: [], problem: null },
};

const waiting = (file: number): FolderFileChange => ({
  ...{ file, state: 'waiting', progress: null, bytes: null, seconds: null },
  ...{ error: null, notices: [] },
});

export class FolderRunView {
  readonly #tell: (event: FolderRunEvent) => void;
  #state: FolderRunState = nothing;
  #files: readonly FolderFile[] = [];
  readonly #rows: FolderFileChange[] = [];
  readonly #changed = new Set<number>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #toldAt = -Infinity;

  constructor(tell: (event: FolderRunEvent) => void) {
    this.#tell = tell;
  }

  get state(): FolderRunState {
    return this.#state;
  }

  get all(): FolderRun {
    return { state: this.#state, files: this.#files, changes: [...this.#rows] };
  }

  row(file: number): FolderFileChange {
    return this.#rows[file]!;
  }

  /** Another list; the page asks for it when it hears of its number. */
  list(files: readonly FolderFile[]): void {
    this.#files = files;
    this.#rows.splice(0, this.#rows.length, ...files.map((_, file) => waiting(file)));
    this.#changed.clear();
    this.set({ list: this.#state.list + 1 });
  }

  set(change: Partial<FolderRunState>): void {
    const turns = change.phase !== undefined && change.phase !== this.#state.phase;
    this.#state = { ...this.#state, ...change };
    if (turns) this.#now();
    else this.#soon();
  }

  change(file: number, to: Partial<FolderFileChange>): void {
    this.#rows[file] = { ...this.#rows[file]!, ...to };
    this.#changed.add(file);
    this.#soon();
  }

  /** As nothing had become of it. */
  clear(file: number): void {
    this.change(file, waiting(file));
  }

  #soon(): void {
    this.#timer ??= setTimeout(
      () => this.#now(),
      Math.max(0, this.#toldAt + tellEvery - performance.now()),
    );
  }

  #now(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#toldAt = performance.now();
    const changes = [...this.#changed].map((file) => this.#rows[file]!);
    this.#changed.clear();
    this.#tell({ type: 'folder-run', state: this.#state, changes });
  }
}
