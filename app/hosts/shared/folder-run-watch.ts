/**
 * A folder of a page's run that is watched: the watching is that of the command line (`app/jobs/runs/watch.ts`), so that either goes on with what the
 * other began; here it is shown. Files that come join the list when they are whole.
 */
import { basename, sep } from 'node:path';
import {
  rolesOf,
  type FolderFile,
  type FolderRunState,
  type JobCounts,
} from '../../contract/index.ts';
import type { BatchOptions, PlannedBatch } from '../../jobs/runs/batch.ts';
import { fileOf } from '../../jobs/runs/plan.ts';
import { watchFolders, type WatchEvent, type WatchOptions } from '../../jobs/runs/watch.ts';
import type { Admission } from './admission.ts';
import { FolderRunTold } from './folder-run-told.ts';
import type { FolderRunView } from './folder-run-view.ts';
import { followSeries } from './grouping.ts';
import { walk, type FoundFile } from './walk.ts';

/** Seconds that a file must stay as it is: the default of `hourglass watch`. */
const settle = 2;

export interface FolderWatchOptions {
  readonly request: WatchOptions['request'];
  /** Absolute. */
  readonly folder: string;
  /** That of the results, absolute. */
  readonly results: string;
  readonly choice: FolderRunState['choice'];
  /** The list; what comes is added. */
  readonly files: FoundFile[];
  /** Places in it, by path. */
  readonly places: Map<string, number>;
  readonly view: FolderRunView;
  readonly admission: Admission;
  readonly signal: AbortSignal;
  readonly perform: (
    batch: PlannedBatch,
    told: FolderRunTold,
    more: Pick<BatchOptions, 'journal' | 'before'>,
  ) => Promise<JobCounts>;
}

/** As the page sees a file of the list. */
export async function listed(
  { path, files, below }: FoundFile,
  admission: Admission,
): Promise<FolderFile> {
  const shown = { name: basename(path), folder: below.split(sep).join('/') };
  try {
    const { source, bytes } = await admission.admit(path, files);
    return { ...shown, source, bytes };
  } catch {
    // It says why when it is planned.
    return { ...shown, source: null, bytes: 0 };
  }
}

/** Ends when the signal says so. @throws HourglassError as `watchFolders` */
export async function watchFolder(options: FolderWatchOptions): Promise<void> {
  const { request, folder, results, choice, files, places, view, admission, signal } = options;
  let watch: NonNullable<FolderRunState['watch']> = { arriving: 0, away: [], done: 0, failed: 0 };
  const set = (change: Partial<typeof watch>): void => {
    watch = { ...watch, ...change };
    view.set({ watch });
  };
  const notice = (text: string): void => view.set({ notices: [...view.state.notices, text] });
  /** Of the look that the files of a batch come from. */
  let found: readonly FoundFile[] = [];
  let told = null as FolderRunTold | null;

  const list = async (file: FoundFile): Promise<void> => {
    const known = places.get(file.path);
    const shown = await listed(file, admission);
    if (known !== undefined && view.file(known).bytes === shown.bytes) return;
    const place = known ?? files.length;
    files[place] = file;
    places.set(file.path, place);
    view.put(place, shown);
  };

  const tell = (event: WatchEvent): void => {
    if (event.kind === 'watching') view.set({ journal: event.journal });
    else if (event.kind === 'arriving') set({ arriving: event.count });
    else if (event.kind === 'waiting') set({ away: [...watch.away, event.path] });
    else if (event.kind === 'back') set({ away: watch.away.filter((path) => path !== event.path) });
    else if (event.kind === 'problem') notice(event.error.message);
    else if (event.kind === 'notice') notice(event.text);
  };

  set({});
  try {
    await watchFolders({
      ...{ request, settle, signal, told: tell },
      ...{ folders: [folder], results },
      together: followSeries(rolesOf(request.command), signal),
      look: async (folders) => {
        const look = await walk(folders, { cwd: folder, signal, choice });
        found = look.files;
        view.set({ ignored: look.ignored, unchosen: look.unchosen });
        return look;
      },
      planned: async (batch) => {
        const { jobs } = batch.plan.run;
        const meant = new Set(jobs.map(fileOf));
        // One after another, in the order of the walk.
        for (const file of found) if (meant.has(file.path)) await list(file);
        told?.end();
        told = new FolderRunTold(view, places);
        told.planned(batch, batch.request.files);
      },
      perform: async (batch, more) => {
        const counts = await options.perform(batch, told!, more);
        set({
          done: watch.done + counts.done,
          failed: watch.failed + counts.failed + counts.refused,
        });
        return counts;
      },
    });
  } finally {
    told?.end();
    view.set({ watch: null });
  }
}
