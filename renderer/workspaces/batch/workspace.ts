/** The Batch workspace, as it is loaded: its line of the table is `line.ts`. */
import type { Workspace } from '../../state/workspace.ts';
import BatchView from './BatchView.svelte';
import { batchLogic } from './desk.svelte.ts';
import ResultBar from './ResultBar.svelte';
import ResultFoot from './ResultFoot.svelte';
import ResultPanels from './ResultPanels.svelte';

export const batch: Workspace = {
  ...batchLogic,
  whole: BatchView,
  panels: ResultPanels,
  foot: ResultFoot,
  bar: ResultBar,
};
