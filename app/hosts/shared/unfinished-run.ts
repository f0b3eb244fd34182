/**
 * Which run over a folder is under way, remembered until it ends: when the program is cut off (a crash, a power cut, closed in the
 * middle), the next one finds it and offers to go on. What was done of it is in the run's journal; here is only where that is.
 */
import * as z from 'zod';
import { isCommandId, type FolderRunState } from '../../contract/index.ts';
import { readJournal } from '../../jobs/runs/journal-state.ts';
import { reportOf } from '../../jobs/runs/report.ts';
import { recall, remember } from '../../pixels/remembered.ts';

const runSchema = z.object({
  /** Of the inputs, absolute. */
  folder: z.string(),
  out: z.string().nullable(),
  /** Absolute. */
  journal: z.string(),
  choice: z.object({ include: z.array(z.string()), exclude: z.array(z.string()) }),
});
export type UnfinishedRun = z.infer<typeof runSchema>;

export interface FoundRun extends UnfinishedRun {
  readonly cutOff: NonNullable<FolderRunState['cutOff']>;
}

export interface UnfinishedRuns {
  /** What is left of one that was cut off; null: nothing is, or its journal is gone. */
  find(): Promise<FoundRun | null>;
  begin(run: UnfinishedRun): Promise<void>;
  /** It has ended, or nobody wants it. */
  end(): Promise<void>;
}

/** @param path of the file that remembers, absolute; null: nothing is remembered. What can not be written is not in the way of a run */
export function unfinishedRuns(path: string | null): UnfinishedRuns {
  const keep = async (run: UnfinishedRun | null): Promise<void> => {
    if (path !== null) await remember(path, run).catch(() => undefined);
  };
  return {
    async find() {
      const run = path === null ? null : await recall(path, (value) => runSchema.parse(value));
      const state = run && (await readJournal(run.journal).catch(() => null));
      const report = state && reportOf(state);
      if (!run || !report || report.left === 0 || !isCommandId(report.command)) return null;
      const { command, done, failed, left } = report;
      return { ...run, cutOff: { folder: run.folder, command, done, failed, left } };
    },
    begin: (run) => keep(run),
    end: () => keep(null),
  };
}
