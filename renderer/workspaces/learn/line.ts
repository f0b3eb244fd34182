/** The Learn workspace before it is loaded: a line of the table in `workspaces/index.ts`. */
import { learnActions } from '../../../app/contract/learn.ts';
import type { WorkspaceLine } from '../../state/workspace.ts';

const [action] = learnActions;

export const learn: WorkspaceLine = {
  id: 'learn',
  action,
  load: async () => (await import('./workspace.ts')).learn,
};
