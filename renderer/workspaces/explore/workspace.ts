/** The Explore workspace, as it is loaded: its line of the table is `line.ts`. */
import type { Workspace } from '../../state/workspace.ts';
import { exploreLogic } from './desk.svelte.ts';
import ExploreGate from './ExploreGate.svelte';
import { loadView } from './view.ts';

export const explore: Workspace = { ...exploreLogic, whole: ExploreGate, loadView };
