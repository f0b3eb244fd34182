/** The Learn workspace: a line of the table in `workspaces/index.ts`. */
import type { Workspace } from '../../state/workspace.ts';
import { learnLogic } from './desk.svelte.ts';
import LearnGate from './LearnGate.svelte';

export const learn: Workspace = { ...learnLogic, whole: LearnGate };
