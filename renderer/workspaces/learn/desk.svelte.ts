/** The Learn workspace without what it looks like. */
import type { HourglassEvent } from '../../../app/contract/index.ts';
import { learnActions } from '../../../app/contract/learn.ts';
import type { Session } from '../../state/session.svelte.ts';
import { WholeDesk } from '../../state/whole-desk.ts';
import type { Surroundings, WorkspaceLogic } from '../../state/workspace.ts';
import { Learning } from './learning.svelte.ts';
import { say } from './sentences.ts';

const learnId = 'learn';

export class LearnDesk extends WholeDesk {
  readonly invitation = say('invitation');
  readonly becomes = say('becomes');
  readonly learning: Learning;

  constructor(around: Surroundings) {
    super();
    this.learning = new Learning(around.bridge.training ?? null);
  }

  onEvent(event: HourglassEvent): void {
    if (event.type === 'training') this.learning.onEvent(event);
    else if (event.type === 'resync') void this.learning.load();
  }

  /** Chosen once more, it is where a training is begun. */
  home(): void {
    const { state } = this.learning;
    if (state.phase === 'rest' && state.current !== null)
      void this.learning.ask({ ask: 'show', training: null });
  }

  /** A key that is meant for something small does not end a training. */
  escape(): boolean {
    return this.learning.busy;
  }
}

export const learningOf = (session: Session): Learning =>
  session.deskOf(learnId, LearnDesk).learning;

const [action] = learnActions;

export const learnLogic: WorkspaceLogic = {
  id: learnId,
  action,
  open: (around) => new LearnDesk(around),
};
