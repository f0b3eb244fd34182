/**
 * A run over a folder as the page keeps it: the list and what became of each file, as the host tells it; which of them are
 * looked at (filter), pointed at and chosen. The run itself is the host's.
 */
import { toHourglassError } from '../../../app/contract/errors.ts';
import { noFolderRun, waitingFile } from '../../../app/contract/folder-run.ts';
import type {
  FolderFile,
  FolderFileChange,
  FolderFileState,
  FolderResult,
  FolderRunDoor,
  FolderRunEvent,
  FolderRunRequest,
  FolderRunState,
} from '../../../app/contract/index.ts';
import { between, selectAll, without, type Selection } from '../../state/selection.ts';
import { defaultSettings, type CleanSettings } from '../clean/settings.ts';

export type Filter = 'all' | 'waiting' | 'done' | 'failed' | 'skipped';
export const filters: readonly Filter[] = ['all', 'waiting', 'done', 'failed', 'skipped'];

/** What a filter shows: a file that runs is one that is not done yet, and so is one that was cancelled. */
const shownBy = (state: FolderFileState): Filter =>
  state === 'done' || state === 'failed' || state === 'skipped' ? state : 'waiting';

/** Places of the files that a filter shows. */
export const filtered = (
  rows: readonly Pick<FolderFileChange, 'state'>[],
  filter: Filter,
): readonly number[] =>
  rows.flatMap(({ state }, place) => (filter === 'all' || shownBy(state) === filter ? place : []));

export const countsOf = (
  rows: readonly Pick<FolderFileChange, 'state'>[],
): Readonly<Record<Filter, number>> => {
  const counts = { all: rows.length, waiting: 0, done: 0, failed: 0, skipped: 0 };
  for (const { state } of rows) counts[shownBy(state)] += 1;
  return counts;
};

export class Batch {
  state = $state.raw<FolderRunState>(noFolderRun);
  files = $state.raw<readonly FolderFile[]>([]);
  rows = $state.raw<readonly FolderFileChange[]>([]);
  /** Set by `show`. */
  filter = $state<Filter>('all');
  /** Places of the files that the filter shows, and how many each would: kept, for a list may have 40,000. */
  shown = $state.raw<readonly number[]>([]);
  counts = $state.raw(countsOf([]));
  /** Place of the file that is pointed at; null: none. */
  current = $state<number | null>(null);
  chosen = $state.raw<Selection<number>>(selectAll([]));
  settings = $state.raw<CleanSettings>(defaultSettings);
  skipExisting = $state(true);
  /** Why the last thing that was asked for was refused; null: it was not. */
  refused = $state.raw<{ readonly message: string; readonly hint: string } | null>(null);

  /** null: this host has no folders. */
  readonly door: FolderRunDoor | null;

  #returned = false;
  /** Where a range begins. */
  #anchor: number | null = null;

  constructor(door: FolderRunDoor | null) {
    this.door = door;
  }

  get busy(): boolean {
    const { phase } = this.state;
    return ['reading', 'planning', 'running', 'paused', 'watching'].includes(phase);
  }

  /** A page that was loaded anew finds the run as it is. */
  async load(): Promise<void> {
    if (!this.door) return;
    try {
      const { state, files, changes } = await this.door.all();
      // Longer it is where something came into a folder that is watched.
      const isOther = state.list !== this.state.list || files.length < this.files.length;
      this.state = state;
      this.files = files;
      this.#take(changes);
      if (!isOther) return;
      this.current = files.length > 0 ? 0 : null;
      this.chosen = selectAll([]);
      this.show('all');
    } catch (thrown) {
      this.#refuse(thrown);
    }
  }

  onEvent({ state, arrived, changes }: FolderRunEvent): void {
    const { length } = this.files;
    const added = arrived.filter(({ place }) => place >= length).sort((a, b) => a.place - b.place);
    const isGap = added.some(({ place }, at) => place !== length + at);
    if (state.list !== this.state.list || isGap) {
      // Another list, or one of which something was missed: events name only what has changed of it.
      void this.load();
      return;
    }
    this.state = state;
    if (arrived.length > 0) {
      const files = [...this.files];
      for (const { place, file } of arrived) files[place] = file;
      this.files = files;
    }
    if (changes.length === 0 && arrived.length === 0) return;
    const rows = [...this.rows];
    for (const { place } of added) rows.push(waitingFile(place));
    for (const change of changes) if (change.file < rows.length) rows[change.file] = change;
    this.#take(rows);
  }

  async ask(request: FolderRunRequest): Promise<void> {
    this.refused = null;
    try {
      await this.door?.ask(request);
    } catch (thrown) {
      this.#refuse(thrown);
    }
  }

  /** What was written of a file, to be looked at; null: why it can not be is said. */
  async result(place: number): Promise<FolderResult | null> {
    this.refused = null;
    try {
      return (await this.door?.result(place)) ?? null;
    } catch (thrown) {
      this.#refuse(thrown);
      return null;
    }
  }

  /** A person comes back to the list from one of its files. */
  come(): void {
    this.#returned = true;
  }

  /** Whether somebody has come back since this was asked last. */
  takeReturned(): boolean {
    const returned = this.#returned;
    this.#returned = false;
    return returned;
  }

  /** Something was written of the file, as far as is known. */
  hasResult(place: number): boolean {
    const row = this.rows[place];
    return row !== undefined && row.bytes !== null && ['done', 'skipped'].includes(row.state);
  }

  show(filter: Filter): void {
    this.filter = filter;
    this.#take(this.rows);
  }

  #take(rows: readonly FolderFileChange[]): void {
    this.rows = rows;
    this.shown = filtered(rows, this.filter);
    this.counts = countsOf(rows);
  }

  /** @param by places of the table, as it is filtered */
  step(by: number, extend = false): void {
    const at = this.current === null ? -1 : this.shown.indexOf(this.current);
    this.go(Math.max(0, Math.min(this.shown.length - 1, at + by)), extend);
  }

  /** @param row of the table, as it is filtered */
  go(row: number, extend = false): void {
    const next = this.shown[row];
    if (next === undefined) return;
    this.chosen = extend ? between(this.shown, this.#anchor ?? next, next) : selectAll([]);
    if (!extend) this.#anchor = next;
    this.current = next;
  }

  toggle(place: number): void {
    const { chosen } = this;
    this.chosen = chosen.has(place) ? without(chosen, [place]) : selectAll([...chosen, place]);
    this.current = place;
    this.#anchor = place;
  }

  chooseAll(): void {
    this.chosen = selectAll(this.shown);
  }

  #refuse(thrown: unknown): void {
    const { code, message, hint } = toHourglassError(thrown);
    if (code !== 'cancelled') this.refused = { message, hint };
  }
}
