/**
 * From a list of files to a run: one job a file, each numbered for {n}, each output named, and what can not be
 * right found before anything is done. Which files are meant is the host's business; what a template comes to
 * that of `../outputs.ts`.
 */
import { stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import {
  failureOf,
  newJob,
  parseInput,
  rolesOf,
  throwIfCancelled,
  toHourglassError,
  type CommandId,
  type HourglassError,
  type JobRecord,
  type Run,
} from '../../contract/index.ts';
import { namesFolder } from '../../pixels/naming.ts';
import { nameOutput } from '../outputs.ts';

export interface FileOfRun {
  /** Absolute. */
  readonly path: string;
  /** All files of a source of several, its own path among them. */
  readonly files: readonly string[];
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
  readonly signal: AbortSignal;
}

export interface PlannedRun {
  /** Refused jobs first, then those that will be done. */
  readonly run: Run;
  /** Size of each job's file, bytes, by the job's id. */
  readonly bytes: ReadonlyMap<string, number>;
  /** Files in folders that are results of an earlier run, and no inputs of this one. */
  readonly ownResults: number;
  /** Two files that would become one; such a run must not begin. */
  readonly collision: {
    readonly first: string;
    readonly second: string;
    readonly output: string;
  } | null;
}

/** The file that a job of a run works on. */
export const fileOf = ({ command, input }: JobRecord): string =>
  String(input[rolesOf(command as CommandId).reads!.field]);

/**
 * @throws HourglassError invalid-parameter: what is wrong for every file alike; cancelled
 */
export async function planRun(request: RunRequest): Promise<PlannedRun> {
  const { id: run, command, files, signal } = request;
  const refused: JobRecord[] = [];
  const refuse = (file: string, error: HourglassError): void => {
    const id = `refused-${refused.length + 1}`;
    const input = { ...request.settings, [rolesOf(command).reads!.field]: file };
    const job = newJob({ id, run, command, input });
    refused.push({ ...job, state: 'refused', error: failureOf(error) });
  };
  for (const { input, error } of request.problems) refuse(input, error);

  const keepsTree = request.out !== null && (await namesFolder(request.out));
  const named: (FileOfRun & Pick<JobRecord, 'input' | 'output'> & { readonly bytes: number })[] =
    [];
  for (const [position, file] of files.entries()) {
    throwIfCancelled(signal);
    const out = keepsTree ? join(request.out!, file.below) + sep : request.out;
    const input = inputFor(request, file, position + 1, out);
    try {
      const output = await nameOutput(command, parseInput(rolesOf(command), input));
      const sizes = await Promise.all(file.files.map(async (path) => (await stat(path)).size));
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      named.push({
        ...file,
        input,
        bytes,
        output: output && { ...output, notices: [...output.notices] },
      });
    } catch (error) {
      const known = toHourglassError(error);
      // A parameter is wrong for every file alike; anything else is this file's own trouble.
      if (known.code === 'invalid-parameter') throw known;
      refuse(file.path, known);
    }
  }

  // A result of an earlier run, found in a folder, is no input of this one.
  const outputs = new Set(named.map(({ output }) => output?.path));
  const taken = named.filter((file) => file.named || !outputs.has(file.path));
  const jobs = taken.map(({ input, output }, index) =>
    newJob({ id: `file-${index + 1}`, run, command, input, output }),
  );
  return {
    run: { id: run, jobs: [...refused, ...jobs] },
    bytes: new Map(jobs.map(({ id }, index) => [id, taken[index]!.bytes])),
    ownResults: named.length - taken.length,
    collision: collisionIn(jobs),
  };
}

function inputFor(
  { command, settings, files }: RunRequest,
  { path, files: own }: FileOfRun,
  index: number,
  out: string | null,
): Record<string, unknown> {
  const { reads, writes } = rolesOf(command);
  return {
    ...settings,
    ...(reads ? { [reads.field]: path } : {}),
    ...(reads?.files && own.length > 1 ? { [reads.files]: own } : {}),
    ...(writes ? { index, inputs: files.length } : {}),
    ...(writes && out !== null ? { [writes.field]: out } : {}),
  };
}

function collisionIn(jobs: readonly JobRecord[]): PlannedRun['collision'] {
  const owners = new Map<string, JobRecord>();
  for (const job of jobs) {
    if (job.output === null) continue;
    const { path } = job.output;
    // On file systems that ignore case one would overwrite the other.
    const key = path.normalize('NFC').toLowerCase();
    const owner = owners.get(key);
    if (owner) return { first: fileOf(owner), second: fileOf(job), output: path };
    owners.set(key, job);
  }
  return null;
}
