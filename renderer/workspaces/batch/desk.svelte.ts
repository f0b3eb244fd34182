/** The Batch workspace without what it looks like: it has no file in front, and makes no picture. */
import { batchContract } from '../../../app/contract/batch.ts';
import type { HourglassEvent } from '../../../app/contract/index.ts';
import { noPicture } from '../../state/no-picture.ts';
import type { Session } from '../../state/session.svelte.ts';
import type { Desk, Surroundings, Work, WorkspaceLogic } from '../../state/workspace.ts';
import { Batch } from './batch.svelte.ts';
import { say } from './sentences.ts';

export const batchId = 'batch';

/** Files of the strip have nothing to do here. */
const noWork = (): Work => ({
  ...{ exported: { kind: 'none' }, picture: noPicture(), suspect: false, layers: [] },
  leave: () => undefined,
  lose: () => undefined,
  engineDied: () => undefined,
  outdate: () => undefined,
  forget: () => undefined,
  onGone: () => false,
  onLayer: () => undefined,
  onJob: () => undefined,
});

export class BatchDesk implements Desk {
  readonly whole = true;
  readonly invitation = say('invitation');
  readonly becomes = say('becomes');
  readonly batch: Batch;
  readonly canPaste = false;

  constructor({ bridge }: Surroundings) {
    this.batch = new Batch(bridge.folderRun ?? null);
    void this.batch.load();
  }

  create(): Work {
    return noWork();
  }

  arrive(): Promise<void> {
    return Promise.resolve();
  }

  show(): void {
    // There is no picture.
  }

  onEvent(event: HourglassEvent): void {
    if (event.type === 'folder-run') this.batch.onEvent(event);
    else if (event.type === 'resync') void this.batch.load();
  }

  layersOf(): { layer: null; base: null } {
    return { layer: null, base: null };
  }

  /** A key that is meant for something small does not end a night's work. */
  escape(): boolean {
    return this.batch.busy;
  }

  stripState(): ReturnType<Desk['stripState']> {
    return { sign: 'none', text: '' };
  }

  pictureState(): ReturnType<Desk['pictureState']> {
    return { sign: 'none', text: '' };
  }

  progressWords(): { label: string; text: string } {
    return { label: '', text: '' };
  }

  copy(): string {
    return '';
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

export const batchOf = (session: Session): Batch => session.deskOf(batchId, BatchDesk).batch;

const [action] = batchContract.actions;

export const batchLogic: WorkspaceLogic = {
  id: batchId,
  action,
  open: (around) => new BatchDesk(around),
};
