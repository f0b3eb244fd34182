/** The Explore workspace before it is loaded: a line of the table in `workspaces/index.ts`. */
import { exploreActions } from '../../../app/contract/explore.ts';
import type { WorkspaceLine } from '../../state/workspace.ts';

const [action, ...actions] = exploreActions;

export const explore: WorkspaceLine = {
  id: 'explore',
  action,
  actions,
  load: async () => (await import('./workspace.ts')).explore,
};
