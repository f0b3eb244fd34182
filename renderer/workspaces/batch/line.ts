/** The Batch workspace before it is loaded: a line of the table in `workspaces/index.ts`. */
import { batchActions } from '../../../app/contract/batch.ts';
import type { WorkspaceLine } from '../../state/workspace.ts';

const [action] = batchActions;

export const batch: WorkspaceLine = {
  id: 'batch',
  action,
  load: async () => (await import('./workspace.ts')).batch,
};
