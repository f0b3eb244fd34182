/** What a page sees of a run over a folder: the list, what became of each file, and the changes of both, told a few times a second at the most. */
import {
  noFolderRun,
  waitingFile,
  type FolderFile,
  type FolderFileChange,
  type FolderRun,
  type FolderRunEvent,
  type FolderRunState,
} from '../../contract/index.ts';

/** Milliseconds between two events: a tree of small files would tell hundreds a second. */
const tellEvery = 200;

export class FolderRunView {
  readonly #tell: (event: FolderRunEvent) => void;
  #state: FolderRunState = noFolderRun;
  #files: FolderFile[] = [];
  readonly #rows: FolderFileChange[] = [];
  readonly #changed = new Set<number>();
  readonly #arrived = new Set<number>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #toldAt = -Infinity;

  constructor(tell: (event: FolderRunEvent) => void) {
    this.#tell = tell;
  }

  get state(): FolderRunState {
    return this.#state;
  }

  get all(): FolderRun {
    return { state: this.#state, files: [...this.#files], changes: [...this.#rows] };
  }

  file(place: number): FolderFile {
    return this.#files[place]!;
  }

  row(file: number): FolderFileChange {
    return this.#rows[file]!;
  }

  /** Another list; the page asks for it when it hears of its number. */
  list(files: readonly FolderFile[]): void {
    this.#files = [...files];
    this.#rows.length = 0;
    for (let file = 0; file < files.length; file++) this.#rows.push(waitingFile(file));
    this.#changed.clear();
    this.#arrived.clear();
    this.set({ list: this.#state.list + 1 });
  }

  /** One more, or at a place that there is already, another one. @param place at most one after the last */
  put(place: number, file: FolderFile): void {
    if (place === this.#files.length) this.#rows.push(waitingFile(place));
    this.#files[place] = file;
    this.#arrived.add(place);
    this.#soon();
  }

  set(change: Partial<FolderRunState>): void {
    const turns = change.phase !== undefined && change.phase !== this.#state.phase;
    this.#state = { ...this.#state, ...change };
    if (turns) this.#now();
    else this.#soon();
  }

  change(file: number, to: Partial<FolderFileChange>): void {
    this.#rows[file] = { ...this.#rows[file]!, byJournal: false, ...to };
    this.#changed.add(file);
    this.#soon();
  }

  /** As if nothing had become of it. */
  clear(file: number): void {
    this.change(file, waitingFile(file));
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
    const arrived = [...this.#arrived].map((place) => ({ place, file: this.#files[place]! }));
    this.#arrived.clear();
    this.#tell({ type: 'folder-run', state: this.#state, arrived, changes });
  }
}
