/** The Explore workspace: a line of the table in `workspaces/index.ts`. */
import type { Workspace } from '../../state/workspace.ts';
import { exploreLogic } from './desk.svelte.ts';
import ExploreGate from './ExploreGate.svelte';

export const explore: Workspace = { ...exploreLogic, whole: ExploreGate };
