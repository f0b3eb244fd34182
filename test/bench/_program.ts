/** The program as the benches use it: the built command line, one process, results as objects, what all its processes used; or in this one. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram, launchNodeProcess, type Program } from '../../app/jobs/index.ts';
import { repositoryRoot } from '../data.ts';
import { endedChildrenSeconds, watchTree } from './_tree.ts';

export interface Ran<Output> {
  readonly outputs: Output[];
  /** Of all its processes; null where the system does not tell. */
  readonly peakBytes: number | null;
  /** Seconds of CPU, user and system, of all its processes; null where the system does not tell. */
  readonly cpu: number | null;
  /** Seconds of the whole process. */
  readonly wall: number;
}

export interface RunSurroundings {
  /** A built checkout; default: this one. */
  readonly checkout?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** `pipe`: what it says of its progress is shown only when it fails; default: on our own stderr. */
  readonly stderr?: 'inherit' | 'pipe';
}

/** The command line's built entry, as the checkout's package.json names it. */
export function commandLineOf(checkout: string): string {
  const facts = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
    bin: { hourglass: string };
  };
  return join(checkout, facts.bin.hourglass);
}

/** A command with results as JSON lines. @throws Error with what it printed, where it does not end well */
export async function hourglass<Output>(
  args: readonly string[],
  surroundings: RunSurroundings = {},
): Promise<Ran<Output>> {
  const { text, ...used } = await runCommandLine([...args, '--json'], surroundings);
  const outputs = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; output: Output })
    .filter(({ type }) => type === 'result')
    .map(({ output }) => output);
  return { outputs, ...used };
}

/** @throws Error with what it printed, where it does not end well */
export const runCommandLine = (
  args: readonly string[],
  { checkout = repositoryRoot, ...surroundings }: RunSurroundings = {},
): ReturnType<typeof runProgram> =>
  runProgram(process.execPath, [commandLineOf(checkout), ...args], surroundings);

/** Any program. @throws Error with what it printed, where it does not end well */
export async function runProgram(
  program: string,
  args: readonly string[],
  { env = process.env, stderr = 'inherit' }: Omit<RunSurroundings, 'checkout'> = {},
): Promise<Omit<Ran<never>, 'outputs'> & { readonly text: string }> {
  const started = performance.now();
  const before = endedChildrenSeconds();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', stderr], env });
  const tree = watchTree(child.pid!);
  let text = '';
  let said = '';
  child.stdout!.on('data', (chunk: Buffer) => (text += chunk));
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  const wall = (performance.now() - started) / 1000;
  const { peakBytes, cpuSeconds } = tree.stop();
  const after = endedChildrenSeconds();
  if (code !== 0)
    throw new Error(`${[program, ...args].join(' ')} ended with ${code}: ${text}${said}`);
  // What was waited for is exact, but has no grandchild whose parent left first; the looks have it nearly.
  const cpu = before === null || after === null ? null : Math.max(after - before, cpuSeconds ?? 0);
  return { text, peakBytes, cpu, wall };
}

/** The program in this process, with an engine of its own. @param folder for what it remembers */
export const benchProgram = (folder: string): Program =>
  createProgram({
    launch: launchNodeProcess,
    cacheFolder: join(folder, 'cache'),
    modelsFolder: join(repositoryRoot, 'models'),
    userModelsFolder: join(folder, 'models'),
    software: 'Hourglass bench',
  });
