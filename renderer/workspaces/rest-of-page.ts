/** How the rest of the page comes: in chunks of its own, all at once. */
import type { Workspace, WorkspaceLine } from '../state/workspace.ts';

export interface RestOfPage {
  readonly parts: typeof import('./rest.ts');
  readonly workspaces: readonly Workspace[];
}

export async function loadRest(table: readonly WorkspaceLine[]): Promise<RestOfPage> {
  const [parts, ...workspaces] = await Promise.all([
    import('./rest.ts'),
    ...table.map((line) => line.load()),
  ]);
  return { parts, workspaces };
}

/** What else will perhaps be entered. Whoever enters it before, or without a host that answers, loads it then. */
export function loadViews({ workspaces }: RestOfPage): void {
  for (const { loadView } of workspaces)
    requestIdleCallback(() => void loadView?.().catch(() => undefined));
}
