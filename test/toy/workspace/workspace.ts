/** The toy workspace: a line of the table in `workspaces/index.ts`. */
import type { Workspace } from '../../state/workspace.ts';
import { invertLogic } from './desk.svelte.ts';
import InvertBar from './InvertBar.svelte';
import InvertPanel from './InvertPanel.svelte';

export const invert: Workspace = { ...invertLogic, panels: InvertPanel, bar: InvertBar };
