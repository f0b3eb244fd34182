/** The Learn workspace, as it is loaded: its line of the table is `line.ts`. */
import type { Workspace } from '../../state/workspace.ts';
import { learnLogic } from './desk.svelte.ts';
import LearnGate from './LearnGate.svelte';
import { loadView } from './view.ts';

export const learn: Workspace = { ...learnLogic, whole: LearnGate, loadView };
