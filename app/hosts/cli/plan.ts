/**
 * What a run over files will do, decided before anything is done: files are found by `../shared/walk.ts`, jobs
 * made of them by `app/jobs/runs`; here is where its journal is, and what a mistake of the person's is called.
 */
import { stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { toHourglassError } from '../../contract/index.ts';
import { planBatch, type PlannedBatch } from '../../jobs/runs/batch.ts';
import { journalPlace } from '../../jobs/runs/journal-place.ts';
import { modelPrints } from '../../jobs/runs/model-prints.ts';
import { withSeries, type Groupings } from '../shared/grouping.ts';
import { modelsFolder, personFolders, software } from '../shared/paths.ts';
import { fromHere, walk, type WalkResult } from '../shared/walk.ts';
import { say } from './sentences.ts';
import { asUsageError, UsageError, type Invocation } from './usage.ts';

export interface Plan extends PlannedBatch {
  /** Files in folders that are no images, or results of an earlier run. */
  readonly ignored: number;
  /** Those that are no images, by extension (`walk.ts`). */
  readonly ignoredKinds: Readonly<Record<string, number>>;
  /** What a person should know of how files were found, whole sentences. */
  readonly remarks: readonly string[];
}

export interface PlanOptions {
  readonly cwd: string;
  /** Default: as `walk`. */
  readonly groupings?: Groupings;
  readonly signal: AbortSignal;
  /** How far the look at earlier results is. */
  readonly onVerify?: (looked: number, of: number) => void;
}

/**
 * @throws UsageError one output name for several files, or two files with one output
 * @throws HourglassError cancelled; of a journal: see `planBatch`
 */
export async function planFiles(
  invocation: Invocation,
  { cwd, groupings, signal, onVerify }: PlanOptions,
): Promise<Plan> {
  const { command, definition, input, files, run } = invocation;
  if (run.report && run.journal === 'none') throw new UsageError(say('reportNeedsJournal'));
  const found = await walk(files, {
    ...{ cwd, signal, groupings, takes: definition.reads?.kinds },
    choice: run,
  });
  const out = typeof input.out === 'string' ? resolvedOut(input.out, cwd) : null;
  const { reads } = definition;
  const ofSeries = { reads, settings: input };
  const { files: meant, noticesOf } = await withSeries(found.files, ofSeries, signal, {
    ...(groupings ? { table: groupings } : {}),
  });
  const planned = await planBatch({
    ...{ command, settings: input, out, files: meant, noticesOf, problems: found.problems },
    ...{ software, signal, retryFailed: run.retryFailed },
    journalFrom: asksForJournal(run) ? 1 : 2,
    journal: await journalOf(
      invocation,
      out,
      found.files.map(({ path }) => path),
      cwd,
    ),
    journals: found.journals,
    mode: run.resume || run.retryFailed ? 'resume' : run.skipExisting ? 'skip' : 'new',
    modelPrint: modelPrints(() => [modelsFolder(), personFolders().models]),
    ...(onVerify ? { onVerify } : {}),
  }).catch((error: unknown) => {
    const known = toHourglassError(error);
    throw known.code === 'invalid-parameter' ? asUsageError(known, definition) : known;
  });
  const { collision, ownResults } = planned.plan;
  if (collision) {
    throw new UsageError(
      say('bothBecome', {
        first: fromHere(collision.first, cwd),
        second: fromHere(collision.second, cwd),
        output: fromHere(collision.output, cwd),
        ...{ dir: '{dir}', ext: '{ext}', n: '{n}' },
      }),
    );
  }
  const { ignoredKinds } = found;
  const remarks = [...remarksOf(found), ...(planned.littleRoom ? [planned.littleRoom] : [])];
  return { ...planned, ignored: found.ignored + ownResults, ignoredKinds, remarks };
}

function remarksOf({ unchosen, hidden, links: { followed, dead } }: WalkResult): string[] {
  return [
    ...(unchosen > 0 ? [say('leftOutByGlobs', { count: unchosen })] : []),
    ...(hidden > 0 ? [say('hiddenPassedBy', { count: hidden })] : []),
    ...(followed > 0 ? [say('linksFollowed', { count: followed })] : []),
    ...(dead > 0 ? [say('linksDead', { count: dead })] : []),
  ];
}

/** A template that begins with {dir} stays relative to each file; others are meant from here. */
export function resolvedOut(out: string, cwd: string): string {
  if (out.startsWith('{dir}')) return out;
  return resolve(cwd, out) + (/[/\\]$/.test(out) ? sep : '');
}

/**
 * Where the journal of a run is: as asked for; else beside the folder of the results, or where these go beside the
 * pictures, in the folder that holds them all. null: none, for a single file for example.
 * @param out as of `resolvedOut`; null: the command's default @param paths what was found, absolute
 */
export async function journalOf(
  { definition, command, run }: Invocation,
  out: string | null,
  paths: readonly string[],
  cwd: string,
): Promise<string | null> {
  if (!definition.writes || run.journal === 'none') return null;
  if (run.journal !== undefined) return resolve(cwd, run.journal);
  if (paths.length < 2 && !asksForJournal(run)) return null;
  return journalPlace(command, out, paths);
}

/** Of a single file too. */
const asksForJournal = ({
  journal,
  resume,
  retryFailed,
  skipExisting,
  report,
  queue,
}: Invocation['run']): boolean =>
  [journal, report, queue].some((one) => one !== undefined) ||
  resume ||
  retryFailed ||
  skipExisting;

/** True when something is at the path already. */
export const exists = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null)) !== null;
