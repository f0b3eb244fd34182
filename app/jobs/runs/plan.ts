/**
 * From a list of files to a run: one job a file, each numbered for {n}, each output named, and what can not be
 * right found before anything is done. Which files are meant is the host's business; what a template comes to
 * that of `../outputs.ts`; which files are results of an earlier run that of `results.ts`.
 */
import { stat } from 'node:fs/promises';
import { basename, extname, join, sep } from 'node:path';
import {
  failureOf,
  formatOfName,
  HourglassError,
  newJob,
  parseInput,
  rolesOf,
  throwIfCancelled,
  toHourglassError,
  type CommandId,
  type JobRecord,
  type Run,
} from '../../contract/index.ts';
import { evenlySpaced, type SeriesLevel } from '../../contract/series-level.ts';
import { fileError, identify } from '../../pixels/identify.ts';
import { namesFolder } from '../../pixels/naming.ts';
import { ownMarkOf } from '../../pixels/own-mark.ts';
import { nameOutput } from '../outputs.ts';
import { fingerprintOf, type InputFacts } from './fingerprint.ts';
import type { KnownResult } from './journal-state.ts';
import { pooled } from '../../pixels/pooled.ts';
import { ownResultsAmong } from './results.ts';
import { say } from './sentences.ts';

export interface FileOfRun {
  /** Absolute. */
  readonly path: string;
  /** All files of a source of several, its own path among them. */
  readonly files: readonly string[];
  /** The files of the series that it is one of, in their order, where its noise level is theirs. Default: it has its own. */
  readonly series?: readonly string[] | undefined;
  /** Why it is not worked on, as who knows the files of its format says. Default: it is. */
  readonly refused?: HourglassError | undefined;
  /** Its folder below the folder that was walked, '' at the top and for files named by themselves. */
  readonly below: string;
  /** Named by itself, not found in a folder. */
  readonly named: boolean;
}

export interface RunRequest {
  readonly id: string;
  readonly command: CommandId;
  /** Input that is the same for all files. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** File, folder or template for the results, absolute or beginning with {dir}; null: the command's default. */
  readonly out: string | null;
  readonly files: readonly FileOfRun[];
  /** What could not even be found. */
  readonly problems: readonly { readonly input: string; readonly error: HourglassError }[];
  /** Absolute paths of files that are there too, though they are no part of this run. Default: none. */
  readonly others?: readonly string[];
  /** What journals know of results, by absolute path. Default: nothing. */
  readonly known?: ReadonlyMap<string, KnownResult>;
  /** Of a run that is taken up: the numbers that its files had, and how many they were. */
  readonly numbers?: { readonly of: ReadonlyMap<string, number>; readonly inputs: number };
  /** The same: levels that files of it were cleaned at, those of their series. */
  readonly levels?: ReadonlyMap<string, SeriesLevel>;
  /** The same: files that were done; one of them that is not to be worked on now is refused only if it would be (`take-up.ts`). */
  readonly done?: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** A job's file and place as they were when the run was planned. */
export interface PlannedFile extends InputFacts {
  readonly file: FileOfRun;
  /** Number for {n}. */
  readonly index: number;
  /** Nothing is at the output's place. */
  readonly free: boolean;
}

export interface PlannedRun {
  /** Refused jobs first, then those that will be done. */
  readonly run: Run;
  /** By the job's id, of those that are not refused. */
  readonly files: ReadonlyMap<string, PlannedFile>;
  /** How many files {n} counts. */
  readonly inputs: number;
  /** Files in folders that are results of an earlier run, and no inputs of this one. */
  readonly ownResults: number;
  /** Two files that would become one; such a run must not begin. */
  readonly collision: Collision | null;
}

export interface Collision {
  readonly first: string;
  readonly second: string;
  readonly output: string;
}

/** The file that a job of a run works on. */
export const fileOf = ({ command, input }: JobRecord): string =>
  String(input[rolesOf(command as CommandId).reads!.field]);

/**
 * Files of one kind take alike: those whose names end alike. '': in nothing that Hourglass knows; DICOM's files often end in a part
 * of a UID, or of a person's name, which are no kinds and are remembered nowhere.
 */
export function kindOf(job: JobRecord): string {
  const path = fileOf(job);
  return formatOfName(basename(path)) ? extname(path).toLowerCase() : '';
}

/** A file that was looked at. */
interface Seen extends InputFacts {
  readonly file: FileOfRun;
  readonly mark: string | null;
}

interface Refusal {
  readonly file: FileOfRun;
  readonly error: HourglassError;
}

interface Named extends PlannedFile, Pick<JobRecord, 'input' | 'output'> {
  /** Device and inode of what is at the output's place. */
  readonly node: string | null;
}

const isRefusal = (one: Seen | Named | Refusal): one is Refusal => 'error' in one;
const isFine = <T extends Seen | Named>(one: T | Refusal): one is T => !isRefusal(one);

/**
 * @throws HourglassError invalid-parameter: what is wrong for every file alike; cancelled
 */
export async function planRun(request: RunRequest): Promise<PlannedRun> {
  const { id: run, command, signal } = request;
  const refused: JobRecord[] = [];
  const refuse = (file: string, error: HourglassError): void => {
    const id = `refused-${refused.length + 1}`;
    const input = { ...request.settings, [rolesOf(command).reads!.field]: file };
    const job = newJob({ id, run, command, input });
    refused.push({ ...job, state: 'refused', error: failureOf(error) });
  };
  for (const { input, error } of request.problems) refuse(input, error);

  const looks = await pooled(request.files, (file) => look(file, request));
  const seen = looks.filter(isFine);
  // A result of an earlier run, found in a folder, is no input of this one.
  const own = new Set(request.files.map(({ path }) => path));
  const others = (request.others ?? []).filter((path) => !own.has(path));
  const candidates = [
    ...seen.map(({ file, mark }) => ({ ...file, mark })),
    ...others.map((path) => ({ path, named: false, mark: null })),
  ];
  const results = ownResultsAmong(candidates, command, request.known ?? new Map());
  const meant = looks.filter(({ file }) => !results.has(file.path));
  const numbers = numbersFor(meant, request);

  const keepsTree = request.out !== null && (await namesFolder(request.out));
  const named = await pooled(meant, async (one, position): Promise<Named | Refusal> => {
    throwIfCancelled(signal);
    if (isRefusal(one)) return one;
    const { file } = one;
    const out = keepsTree ? join(request.out!, file.below) + sep : request.out;
    const input = inputFor(request, file, { index: numbers.of[position]!, out, ...numbers });
    try {
      const output = await nameOutput(command, parseInput(rolesOf(command), input));
      const there = output && (await stat(output.path, { bigint: true }).catch(() => null));
      return {
        ...{ ...one, input, index: numbers.of[position]!, free: there === null },
        node: there && there.ino !== 0n ? `${there.dev}:${there.ino}` : null,
        output: output && { ...output, notices: [...output.notices] },
      };
    } catch (error) {
      const known = toHourglassError(error);
      // A parameter is wrong for every file alike; anything else is this file's own trouble.
      if (known.code === 'invalid-parameter' || known.code === 'cancelled') throw known;
      return { file, error: known };
    }
  });

  const good = named.filter(isFine);
  const outputs = new Set(good.map(({ output }) => output?.path));
  const taken = good.filter(({ file }) => file.named || !outputs.has(file.path));
  const nodes = new Map(
    taken.flatMap((one) => one.nodes.map((node) => [node, one.file.path] as const)),
  );
  const originals = new Set(others.filter((path) => !results.has(path)));
  const files = new Map<string, PlannedFile>();
  const jobs: JobRecord[] = [];
  for (const { file, error } of named.filter(isRefusal)) refuse(file.path, error);
  for (const { node, input, output, ...facts } of taken) {
    const isOriginal = output !== null && originals.has(output.path);
    const original = isOriginal ? output.path : node === null ? undefined : nodes.get(node);
    if (original !== undefined) refuse(facts.file.path, overwritesInput(facts.file.path, original));
    else {
      const id = `file-${jobs.length + 1}`;
      jobs.push(newJob({ id, run, command, input, output }));
      files.set(id, facts);
    }
  }
  return {
    ...{ run: { id: run, jobs: [...refused, ...jobs] }, files, inputs: numbers.inputs },
    ownResults: looks.length - meant.length + good.length - taken.length,
    collision: collisionsIn(jobs)[0] ?? null,
  };
}

/** Whatever its name: the output is the file of another job. */
const overwritesInput = (path: string, original: string): HourglassError =>
  new HourglassError('output-is-source', say('outputIsInput', { path, original }));

async function look(
  file: FileOfRun,
  { signal, done }: Pick<RunRequest, 'signal' | 'done'>,
): Promise<Seen | Refusal> {
  throwIfCancelled(signal);
  if (file.refused && !done?.has(file.path)) return { file, error: file.refused };
  try {
    const isFile = (await stat(file.path)).isFile();
    // Opening a pipe would wait for ever; what it is not, is said where formats are told apart.
    if (!isFile) await identify(file.path);
    const ends: Buffer[] = [];
    const facts = await fingerprintOf(file.files, {
      ends: (head, tail) => void ends.push(head, tail),
    });
    const mark = file.named ? null : await ownMarkOf(file.path, ends[0]!, ends[1]!);
    return { ...facts, file, mark };
  } catch (error) {
    // Names are bytes on Linux; these are no text, and what stands for them here leads nowhere.
    if (file.path.includes('\ufffd') && (error as NodeJS.ErrnoException).code === 'ENOENT')
      return {
        file,
        error: new HourglassError('file-not-readable', say('nameIsNoText', { path: file.path }), {
          hint: say('renameIt'),
          cause: error,
        }),
      };
    return { file, error: toHourglassError(fileError(error, basename(file.path))) };
  }
}

/** The number of each, and what they are counted up to. New files of a run that is taken up come last. */
function numbersFor(
  files: readonly { readonly file: FileOfRun }[],
  { numbers }: RunRequest,
): { readonly of: readonly number[]; readonly inputs: number } {
  if (!numbers) return { of: files.map((_, position) => position + 1), inputs: files.length };
  let last = Math.max(0, ...numbers.of.values());
  const of = files.map(({ file }) => numbers.of.get(file.path) ?? ++last);
  // Folders that are watched begin with none.
  return { of, inputs: Math.max(1, numbers.inputs) };
}

function inputFor(
  { command, settings, levels }: RunRequest,
  { path, files: own, series }: FileOfRun,
  { index, inputs, out }: { readonly index: number; readonly inputs: number; out: string | null },
): Record<string, unknown> {
  const { reads, writes } = rolesOf(command);
  return {
    ...settings,
    ...(reads ? { [reads.field]: path } : {}),
    ...(reads?.files && own.length > 1 ? { [reads.files]: own } : {}),
    ...(reads?.series && series ? { [reads.series]: seriesInput(series, levels) } : {}),
    ...(writes ? { index, inputs } : {}),
    ...(writes && out !== null ? { [writes.field]: out } : {}),
  };
}

/** What is measured of a series; of a run that is taken up, what was. */
function seriesInput(
  series: readonly string[],
  levels: RunRequest['levels'],
): Readonly<Record<string, unknown>> {
  const level = levels && series.map((path) => levels.get(path)).find((one) => one !== undefined);
  return { files: evenlySpaced(series), ...(level ? { level } : {}) };
}

/** Of every file whose output would be that of one before it. */
export function collisionsIn(jobs: readonly JobRecord[]): Collision[] {
  const collisions: Collision[] = [];
  const owners = new Map<string, JobRecord>();
  for (const job of jobs) {
    if (job.output === null) continue;
    const { path } = job.output;
    // On file systems that ignore case one would overwrite the other.
    const key = path.normalize('NFC').toLowerCase();
    const owner = owners.get(key);
    if (owner) collisions.push({ first: fileOf(owner), second: fileOf(job), output: path });
    else owners.set(key, job);
  }
  return collisions;
}
