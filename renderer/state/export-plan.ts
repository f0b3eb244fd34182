/**
 * What an export makes of a file, as a workspace says it when it is asked for: a command and its input, and where
 * its state is kept. The list that performs plans is exports.svelte.ts.
 */
import type { DeidentifiedElements } from '../../app/contract/dicom-object.ts';
import type { CommandId, Notice } from '../../app/contract/index.ts';
import type { ExportState } from './entry.svelte.ts';

/** What a command answers that has written a file. */
export interface Written {
  readonly output: string;
  readonly outputName?: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly notices: readonly Notice[];
  readonly deidentified?: DeidentifiedElements | undefined;
}

export interface ExportPlan {
  /** Where the state of this export is kept. */
  readonly place: { exported: ExportState };
  /** What the pixels depend on, as text: equal texts, equal files. */
  readonly settings: string;
  /** The file's name, where the host does not say it. */
  readonly name: (index: number, inputs: number) => string;
  /** A file for each of so many slices is made, each by the same command with its `page`; absent: one file. */
  readonly slices?: number;
  /** One that reads a file and answers with `Written`. */
  readonly command: CommandId;
  /** All but the file, its number and whether an older result may be replaced. */
  readonly input: Readonly<Record<string, unknown>> & { readonly out: string };
}
