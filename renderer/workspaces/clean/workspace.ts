/** The Clean workspace, as it is loaded: its line of the table is `line.ts`. */
import type { Workspace } from '../../state/workspace.ts';
import CleanBar from './CleanBar.svelte';
import CleanPanels from './CleanPanels.svelte';
import ExportPanel from './ExportPanel.svelte';
import CleanSettings from './CleanSettings.svelte';
import { cleanLogic } from './desk.svelte.ts';
import NoiseMapOver from './NoiseMapOver.svelte';

export const clean: Workspace = {
  ...cleanLogic,
  panels: CleanPanels,
  foot: ExportPanel,
  bar: CleanBar,
  over: NoiseMapOver,
  settings: CleanSettings,
};
