/** Processes that a test starts and listens to, in a home of their own; all are ended with the test file. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '../../data.ts';
import { knowDevices } from '../../known-devices.ts';

/** The command line's built entry. */
export const commandLine = join(repositoryRoot, 'dist/app/hosts/cli/main.js');

/** Of a program, built, whose caches and data are in `home`, and who knows this machine's devices. */
export function environmentIn(home: string): NodeJS.ProcessEnv {
  const env = { ...process.env, XDG_CACHE_HOME: home, XDG_DATA_HOME: join(home, 'data') };
  knowDevices(env);
  return env;
}

export function processesIn(home: string) {
  const running = new Set<ChildProcess>();
  /** `ended`: its exit code. */
  const start = (
    command: string,
    args: readonly string[],
    cwd: string,
    more: Readonly<Record<string, string>> = {},
  ) => {
    const child = spawn(command, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...environmentIn(home), ...more },
    });
    running.add(child);
    const said = { out: '', words: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.words += text));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    return { child, said, ended };
  };
  return {
    start,
    /** The command line in `home`, to its end. */
    async run(...args: string[]) {
      const { said, ended } = start(process.execPath, [commandLine, ...args], home);
      return { code: await ended, ...said };
    },
    endAll: (): void => {
      for (const child of running) child.kill('SIGKILL');
    },
  };
}
