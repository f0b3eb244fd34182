/**
 * What a run over files will do, decided before anything is done: files are found by `../shared/walk.ts`, jobs
 * made of them by `app/jobs/runs`; here is what a mistake of the person's is called.
 */
import { stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { toHourglassError } from '../../contract/index.ts';
import { planRun, type PlannedRun } from '../../jobs/runs/plan.ts';
import type { Groupings } from '../shared/grouping.ts';
import { fromHere, walk } from '../shared/walk.ts';
import { say } from './sentences.ts';
import { asUsageError, UsageError, type Invocation } from './usage.ts';

export interface Plan extends PlannedRun {
  /** Files in folders that are no images, or results of an earlier run. */
  readonly ignored: number;
  /** Those that are no images, by extension (`walk.ts`). */
  readonly ignoredKinds: Readonly<Record<string, number>>;
}

export interface PlanOptions {
  readonly cwd: string;
  /** Default: as `walk`. */
  readonly groupings?: Groupings;
  readonly signal: AbortSignal;
}

/**
 * @throws UsageError one output name for several files, or two files with one output
 * @throws HourglassError cancelled
 */
export async function planFiles(
  invocation: Invocation,
  { cwd, groupings, signal }: PlanOptions,
): Promise<Plan> {
  const { command, definition, input, files } = invocation;
  const found = await walk(files, { cwd, signal, groupings, takes: definition.reads?.kinds });
  const plan = await planRun({
    id: 'run',
    command,
    settings: input,
    out: typeof input.out === 'string' ? resolved(input.out, cwd) : null,
    files: found.files,
    problems: found.problems,
    signal,
  }).catch((error: unknown) => {
    const known = toHourglassError(error);
    throw known.code === 'invalid-parameter' ? asUsageError(known, definition) : known;
  });
  const { collision } = plan;
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
  return { ...plan, ignored: found.ignored + plan.ownResults, ignoredKinds };
}

/** A template that begins with {dir} stays relative to each file; others are meant from here. */
function resolved(out: string, cwd: string): string {
  if (out.startsWith('{dir}')) return out;
  return resolve(cwd, out) + (/[/\\]$/.test(out) ? sep : '');
}

/** True when something is at the path already. */
export const exists = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null)) !== null;
