/** The Compress workspace before it is loaded: a line of the table in `workspaces/index.ts`. */
import { latentActions } from '../../../app/contract/latent.ts';
import type { WorkspaceLine } from '../../state/workspace.ts';

const [action] = latentActions;

export const compress: WorkspaceLine = {
  id: 'compress',
  action,
  load: async () => (await import('./workspace.ts')).compress,
};
