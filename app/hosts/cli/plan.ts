/**
 * What a run over files will do, decided before anything is done: which files, where each result
 * goes, and what can not be right. Naming itself is owned by `pixels`, finding files by
 * `../shared/walk.ts`.
 */
import { stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import {
  HourglassError,
  parseInput,
  throwIfCancelled,
  toHourglassError,
  type NamedOutput,
} from '../../contract/index.ts';
import { nameOutput } from '../../jobs/outputs.ts';
import type { Groupings } from '../shared/grouping.ts';
import { fromHere, walk, type FoundFile } from '../shared/walk.ts';
import { asUsageError, UsageError, type Invocation } from './usage.ts';

export interface PlannedFile {
  readonly path: string;
  /** Differs from file to file in the source, its number and, below a walked folder, `out`. */
  readonly input: Readonly<Record<string, unknown>>;
  /** null: the command writes no file. */
  readonly output: NamedOutput | null;
  readonly bytes: number;
}

export interface Problem {
  /** As it was given, or the path of a found file. */
  readonly input: string;
  readonly error: HourglassError;
}

export interface Plan {
  readonly files: readonly PlannedFile[];
  readonly problems: readonly Problem[];
  /** Files in folders that are no images, or results of an earlier run. */
  readonly ignored: number;
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
export async function planRun(invocation: Invocation, options: PlanOptions): Promise<Plan> {
  const { cwd, signal } = options;
  const found = await walk(invocation.files, {
    cwd,
    signal,
    groupings: options.groupings,
    takes: invocation.definition.reads?.kinds,
  });
  const problems: Problem[] = [...found.problems];
  const out = typeof invocation.input.out === 'string' ? resolved(invocation.input.out, cwd) : null;
  const keepsTree = out !== null && (await isFolder(out));
  const named: (PlannedFile & { readonly named: boolean })[] = [];
  for (const [position, file] of found.files.entries()) {
    throwIfCancelled(signal);
    const folder = out !== null && keepsTree ? inTree(out, file) : out;
    const input = inputFor(invocation, file, position + 1, found.files.length, folder);
    try {
      const { command, definition } = invocation;
      const output = await nameOutput(command, parseInput(definition, input));
      const sizes = await Promise.all(file.files.map(async (path) => (await stat(path)).size));
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      named.push({ path: file.path, input, output, bytes, named: file.named });
    } catch (error) {
      const known = toHourglassError(error);
      // A parameter is wrong for every file alike; anything else is this file's own trouble.
      if (known.code === 'invalid-parameter') throw asUsageError(known, invocation.definition);
      problems.push({ input: file.path, error: known });
    }
  }

  // A result of an earlier run, found in a folder, is no input of this one.
  const outputs = new Set(named.map(({ output }) => output?.path));
  const files = named.filter((file) => file.named || !outputs.has(file.path));
  refuseCollisions(files, cwd);
  return { files, problems, ignored: found.ignored + named.length - files.length };
}

function inputFor(
  { input, definition }: Invocation,
  file: FoundFile,
  index: number,
  inputs: number,
  out: string | null,
): Record<string, unknown> {
  const { reads, writes } = definition;
  return {
    ...input,
    ...(reads ? { [reads.field]: file.path } : {}),
    ...(reads?.files && file.files.length > 1 ? { [reads.files]: file.files } : {}),
    ...(writes ? { index, inputs } : {}),
    ...(writes && out !== null ? { [writes.field]: out } : {}),
  };
}

/** A template that begins with {dir} stays relative to each file; others are meant from here. */
function resolved(out: string, cwd: string): string {
  if (out.startsWith('{dir}')) return out;
  return resolve(cwd, out) + (/[/\\]$/.test(out) ? sep : '');
}

/** By the rule of `pixels/naming.ts`. */
async function isFolder(out: string): Promise<boolean> {
  if (/\{[^{}]*\}/.test(out)) return false;
  return out.endsWith(sep) || ((await stat(out).catch(() => null))?.isDirectory() ?? false);
}

/** The walked folder's tree appears again below the output folder. */
const inTree = (out: string, file: FoundFile): string => join(out, file.below) + sep;

function refuseCollisions(files: readonly PlannedFile[], cwd: string): void {
  const owners = new Map<string, string>();
  for (const { path, output } of files) {
    if (output === null) continue;
    // On file systems that ignore case one would overwrite the other.
    const key = output.path.normalize('NFC').toLowerCase();
    const owner = owners.get(key);
    if (owner !== undefined)
      throw new UsageError(
        `${fromHere(owner, cwd)} and ${fromHere(path, cwd)} would both become ${fromHere(output.path, cwd)}; tell them apart with {dir}, {ext} or {n} in --out.`,
      );
    owners.set(key, path);
  }
}

/** True when something is at the path already. */
export const exists = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null)) !== null;
