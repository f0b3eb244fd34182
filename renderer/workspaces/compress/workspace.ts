/** The Compress workspace: a line of the table in `workspaces/index.ts`. */
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
