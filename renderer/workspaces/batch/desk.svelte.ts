/**
 * The Batch workspace without what it looks like. It has the window for itself, but while a person looks at what was written of a file:
 * then that file is in front, with its result beside it.
 */
import { batchActions } from '../../../app/contract/batch.ts';
import type { FolderResult, HourglassEvent } from '../../../app/contract/index.ts';
import type { FileEntry } from '../../state/entry.svelte.ts';
import type { Session } from '../../state/session.svelte.ts';
import type { Desk, LeftOver, Surroundings, Work, WorkspaceLogic } from '../../state/workspace.ts';
import { Batch } from './batch.svelte.ts';
import { say } from './sentences.ts';
import { resultState, stripResult } from './words.ts';
import { batchId, Written, writtenOf } from './written.svelte.ts';

export class BatchDesk implements Desk {
  readonly invitation = say('invitation');
  readonly becomes = say('becomes');
  readonly batch: Batch;
  readonly canPaste = false;

  readonly #around: Surroundings;
  /** A result is looked at. */
  #looking = $state(false);
  /** The file that comes with it. */
  #expected: string | null = null;

  constructor(around: Surroundings) {
    this.#around = around;
    this.batch = new Batch(around.bridge.folderRun ?? null);
    void this.batch.load();
  }

  get whole(): boolean {
    return !this.#looking || this.#around.entries().length === 0;
  }

  get leftOver(): LeftOver | null {
    const { cutOff } = this.batch.state;
    if (!cutOff || this.batch.busy) return null;
    const { done, failed, left, folder } = cutOff;
    return {
      words: say('cutOff', { folder, failed, left, all: done + failed + left }),
      goOn: () => {
        this.#around.enter(batchId);
        void this.batch.ask({ ask: 'goOn' });
      },
      forget: () => void this.batch.ask({ ask: 'forget' }),
    };
  }

  /** Shows what was written of a file beside it. */
  look(session: Session, found: FolderResult): void {
    const { source } = found.source;
    this.#looking = true;
    this.#expected = source;
    const before = session.active;
    session.addAdmitted([found.source]);
    const entry = session.entries.find((one) => one.source === source);
    if (!entry) return this.home();
    writtenOf(entry).give(found);
    if (entry !== before) session.select(entry);
    else if (!entry.error) this.#around.bringUp(entry);
  }

  /** Back to the list. */
  home(): void {
    if (!this.#looking) return;
    this.#looking = false;
    this.#expected = null;
    this.batch.come();
    for (const entry of this.#around.entries()) writtenOf(entry).leave();
  }

  /** Files that a person brings have nothing to do here. */
  refuses(entry: FileEntry): boolean {
    return this.whole || entry.source !== this.#expected;
  }

  create(): Work {
    return new Written(this.#around);
  }

  arrive(entry: FileEntry): Promise<void> {
    this.show(entry, 0);
    return Promise.resolve();
  }

  show(entry: FileEntry, delay: number): void {
    writtenOf(entry).show(entry, delay);
  }

  onEvent(event: HourglassEvent): void {
    if (event.type === 'folder-run') this.batch.onEvent(event);
    else if (event.type === 'resync') void this.batch.load();
  }

  layersOf(entry: FileEntry): ReturnType<Desk['layersOf']> {
    return { layer: writtenOf(entry).picture.shown?.layer ?? null, base: null };
  }

  /** A key that is meant for something small does not end a night's work. */
  escape(): boolean {
    if (this.whole) return this.batch.busy;
    this.home();
    return true;
  }

  stripState(entry: FileEntry): ReturnType<Desk['stripState']> {
    return stripResult(entry);
  }

  pictureState(entry: FileEntry): ReturnType<Desk['pictureState']> {
    return resultState(entry);
  }

  progressWords(): { label: string; text: string } {
    return { label: '', text: '' };
  }

  paste(): boolean {
    return false;
  }

  reset(): void {
    // Its settings are no file's.
  }

  isReset(): boolean {
    return true;
  }
}

export const batchDeskOf = (session: Session): BatchDesk => session.deskOf(batchId, BatchDesk);
export const batchOf = (session: Session): Batch => batchDeskOf(session).batch;

const [action] = batchActions;

export const batchLogic: WorkspaceLogic = {
  id: batchId,
  action,
  open: (around) => new BatchDesk(around),
};
