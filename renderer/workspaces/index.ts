/** The table of workspaces, one line per workspace, in the order of their tabs; the first one is entered. */
import type { Workspace } from '../state/workspace.ts';
import { batch } from './batch/workspace.ts';
import { clean } from './clean/workspace.ts';
import { compress } from './compress/workspace.ts';
import { explore } from './explore/workspace.ts';
import { learn } from './learn/workspace.ts';

export const workspaces: readonly Workspace[] = [
  // Entered first.
  clean,
  compress,
  learn,
  explore,
  batch,
];
