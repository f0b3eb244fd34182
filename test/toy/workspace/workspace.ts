/** The toy workspace, as it is loaded: its line of the table is `line.ts`. */
import type { Workspace } from '../../state/workspace.ts';
import { invertLogic } from './desk.svelte.ts';
import InvertBar from './InvertBar.svelte';
import InvertPanel from './InvertPanel.svelte';

export const invert: Workspace = { ...invertLogic, panels: InvertPanel, bar: InvertBar };
