/** The Compress workspace, as it is loaded: its line of the table is `line.ts`. */
import type { Workspace } from '../../state/workspace.ts';
import CompressBar from './CompressBar.svelte';
import CompressFoot from './CompressFoot.svelte';
import CompressPanels from './CompressPanels.svelte';
import { compressLogic } from './desk.svelte.ts';

export const compress: Workspace = {
  ...compressLogic,
  panels: CompressPanels,
  foot: CompressFoot,
  bar: CompressBar,
};
