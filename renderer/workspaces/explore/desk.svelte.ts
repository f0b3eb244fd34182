/** The Explore workspace without what it looks like. */
import { exploreActions } from '../../../app/contract/explore.ts';
import type { HourglassEvent } from '../../../app/contract/index.ts';
import type { Session } from '../../state/session.svelte.ts';
import { WholeDesk } from '../../state/whole-desk.ts';
import type { Behaviour, Surroundings, WorkspaceLogic } from '../../state/workspace.ts';
import { Exploring } from './exploring.svelte.ts';
import { say } from './sentences.ts';

const exploreId = 'explore';

export class ExploreDesk extends WholeDesk {
  readonly invitation = say('invitation');
  readonly becomes = say('becomes');
  readonly exploring: Exploring;
  readonly behaviours: Readonly<Record<string, Behaviour>> = {
    'heat-map': {
      enabled: ({ session }) => session.desk === this && this.exploring.hot !== null,
      perform: () => {
        this.exploring.heat = !this.exploring.heat;
      },
    },
  };

  constructor(around: Surroundings) {
    super();
    this.exploring = new Exploring(around.bridge.exploring ?? null);
  }

  onEvent(event: HourglassEvent): void {
    if (event.type === 'exploring') this.exploring.onEvent(event);
    else if (event.type === 'resync') void this.exploring.load();
  }

  /** What a question has taken is remembered: it ends at once, and goes on when it is asked again. */
  escape(): boolean {
    if (!this.exploring.busy) return false;
    void this.exploring.ask({ ask: 'cancel' });
    return true;
  }
}

export const exploringOf = (session: Session): Exploring =>
  session.deskOf(exploreId, ExploreDesk).exploring;

const [action, ...actions] = exploreActions;

export const exploreLogic: WorkspaceLogic = {
  id: exploreId,
  action,
  actions,
  open: (around) => new ExploreDesk(around),
};
