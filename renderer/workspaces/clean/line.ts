/** The Clean workspace before it is loaded: a line of the table in `workspaces/index.ts`. */
import { denoiseActions } from '../../../app/contract/denoise.ts';
import type { WorkspaceLine } from '../../state/workspace.ts';
import { say } from './sentences.ts';

const [action, ...actions] = denoiseActions;

export const clean: WorkspaceLine = {
  id: 'clean',
  action,
  actions,
  invitation: () => say('dropNoisyPhotosHereAnd'),
  load: async () => (await import('./workspace.ts')).clean,
};
