/** The Learn workspace without what it looks like. It has the window for itself: no file is in front, and none is made anything of. */
import type { HourglassEvent } from '../../../app/contract/index.ts';
import { learnContract } from '../../../app/contract/learn.ts';
import { noPicture } from '../../state/no-picture.ts';
import type { Session } from '../../state/session.svelte.ts';
import type { Desk, Surroundings, Work, WorkspaceLogic } from '../../state/workspace.ts';
import { Learning } from './learning.svelte.ts';
import { say } from './sentences.ts';

const learnId = 'learn';

const none = (): void => undefined;

/** What is made of a file here: nothing. */
const noWork = (): Work => ({
  ...{ exported: { kind: 'none' }, picture: noPicture(), suspect: false, layers: [] },
  ...{ leave: none, lose: none, engineDied: none, outdate: none, forget: none },
  ...{ onGone: () => false, onLayer: none, onJob: none },
});

export class LearnDesk implements Desk {
  readonly invitation = say('invitation');
  readonly becomes = say('becomes');
  readonly learning: Learning;
  readonly whole = true;
  readonly canPaste = false;

  constructor(around: Surroundings) {
    this.learning = new Learning(around.bridge.training ?? null);
  }

  onEvent(event: HourglassEvent): void {
    if (event.type === 'training') this.learning.onEvent(event);
    else if (event.type === 'resync') void this.learning.load();
  }

  create(): Work {
    return noWork();
  }

  /** Chosen once more, it is where a training is begun. */
  home(): void {
    const { state } = this.learning;
    if (state.phase === 'rest' && state.current !== null)
      void this.learning.ask({ ask: 'show', training: null });
  }

  arrive(): Promise<void> {
    return Promise.resolve();
  }

  show(): void {
    // Nothing of a file.
  }

  layersOf(): ReturnType<Desk['layersOf']> {
    return { layer: null, base: null };
  }

  /** A key that is meant for something small does not end a training. */
  escape(): boolean {
    return this.learning.busy;
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

export const learningOf = (session: Session): Learning =>
  session.deskOf(learnId, LearnDesk).learning;

const [action] = learnContract.actions;

export const learnLogic: WorkspaceLogic = {
  id: learnId,
  action,
  open: (around) => new LearnDesk(around),
};
