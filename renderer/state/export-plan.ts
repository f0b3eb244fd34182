/** What an export makes of a file, as a workspace says it. The queue that runs plans is exports.svelte.ts. */
import type { HostBridge, Notice } from '../../app/contract/index.ts';
import type { ExportState } from './entry.svelte.ts';

export interface Written {
  readonly output: string;
  readonly outputName?: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly notices: readonly Notice[];
}

export interface ExportPlan {
  /** Where the state of this export is kept. */
  readonly place: { exported: ExportState };
  /** What the pixels depend on, as text: equal texts, equal files. */
  readonly settings: () => string;
  /** The file's name, where the host does not say it. */
  readonly name: (index: number) => string;
  readonly run: (
    bridge: Pick<HostBridge, 'run'>,
    file: { readonly source: string; readonly index: number; readonly overwrite: boolean },
    options: { readonly job: string; readonly signal: AbortSignal },
  ) => Promise<Written>;
}
