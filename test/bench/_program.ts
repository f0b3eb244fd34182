/** The built command line, as the benches use it: one process, results as objects, peak memory. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '../data.ts';
import { watchPeaks } from './_peaks.ts';

export interface Ran<Output> {
  readonly outputs: Output[];
  /** Of all its processes; null where the system does not tell. */
  readonly peakBytes: number | null;
  /** Seconds of the whole process. */
  readonly wall: number;
}

/** @throws Error with what it printed, where it does not end well */
export async function hourglass<Output>(args: readonly string[]): Promise<Ran<Output>> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [join(repositoryRoot, 'dist/app/hosts/cli/main.js'), ...args, '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const peaks = watchPeaks(child.pid!);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  const peakBytes = peaks.stop();
  if (code !== 0) throw new Error(`hourglass ${args[0]} ended with ${code}: ${text}`);
  const outputs = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; output: Output })
    .filter(({ type }) => type === 'result')
    .map(({ output }) => output);
  return { outputs, peakBytes, wall: (performance.now() - started) / 1000 };
}
