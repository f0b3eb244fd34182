/** The toy workspace before it is loaded: a line of the table in `workspaces/index.ts`. */
import { invertActions } from '../../../app/contract/invert.ts';
import type { WorkspaceLine } from '../../state/workspace.ts';

const [action] = invertActions;

export const invert: WorkspaceLine = {
  id: 'invert',
  action,
  load: async () => (await import('./workspace.ts')).invert,
};
