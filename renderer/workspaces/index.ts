/**
 * The table of workspaces, one line per workspace, in the order of their tabs; the first one is entered. Lines are what is
 * known before a workspace is loaded: the page invites with the first one's words, and loads them behind that screen (`rest.ts`).
 */
import type { WorkspaceLine } from '../state/workspace.ts';
import { batch } from './batch/line.ts';
import { clean } from './clean/line.ts';
import { compress } from './compress/line.ts';
import { explore } from './explore/line.ts';
import { learn } from './learn/line.ts';

export const workspaces: readonly WorkspaceLine[] = [
  // Entered first.
  clean,
  compress,
  learn,
  explore,
  batch,
];
