/** The Batch workspace: a line of the table in `workspaces/index.ts`. */
import type { Workspace } from '../../state/workspace.ts';
import BatchView from './BatchView.svelte';
import { batchLogic } from './desk.svelte.ts';

export const batch: Workspace = { ...batchLogic, whole: BatchView };
