/**
 * Starts the built browser host as `npm start` does, in a home of its own, with every outgoing
 * connection of all its processes written down.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../data.ts';
import { knowDevices, usedBefore } from '../known-devices.ts';

export interface WebHost {
  /** With the token. */
  readonly address: string;
  readonly home: string;
  readonly pid: number;
  /** Environment of its processes. */
  readonly env: NodeJS.ProcessEnv;
  /** What it printed, words for people included. */
  readonly output: () => string;
  /** One line per attempt to connect somewhere. */
  connections(): Promise<string[]>;
  /** Ctrl-C. Its exit code. */
  stop(): Promise<number>;
}

const counter = pathToFileURL(join(repositoryRoot, 'test/e2e/count-connections.mjs')).href;

/** Folders of a person whose home is `home`: what a host under test is started with. */
export const homeIn = (home: string): NodeJS.ProcessEnv => ({
  HOME: home,
  XDG_CONFIG_HOME: join(home, 'config'),
  XDG_CACHE_HOME: join(home, 'cache'),
  XDG_DATA_HOME: join(home, 'data'),
});

/**
 * @param options.home stays when the host ends; default: a new folder, which goes
 * @param options.env beside the usual environment
 * @param options.firstUse nobody has worked with it here: devices are not known, the first steps are shown; default: somebody has
 * @param options.root another built checkout, whose program is started
 */
export async function startWebHost(
  files: readonly string[] = [],
  options: {
    readonly home?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly root?: string;
    readonly firstUse?: boolean;
  } = {},
): Promise<WebHost> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'hourglass-web-host-')));
  const connections = join(home, 'connections.txt');
  await writeFile(connections, '');
  const main = join(options.root ?? repositoryRoot, 'dist/app/hosts/web/main.js');
  const env = {
    ...process.env,
    ...homeIn(home),
    ...options.env,
    NODE_OPTIONS: `--import=${counter}`,
    HOURGLASS_CONNECTIONS: connections,
  };
  if (!options.root && !options.firstUse) usedBefore(env);
  const child = spawn(process.execPath, [main, ...files], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? -1)));
  const launch = await Promise.race([
    new Promise<string>((resolve) =>
      child.on('message', (message: { address: string }) => resolve(message.address)),
    ),
    ended.then((code): never => {
      throw new Error(`The browser host ended with ${code}.\n${output}`);
    }),
  ]);
  // As the browser does it: the launch code is exchanged for the session's own address. An older host
  // that is measured against has given that itself.
  const { headers } = await fetch(launch, { redirect: 'manual' });
  const address = new URL(headers.get('location') ?? launch, launch).href;
  return {
    address,
    home,
    pid: child.pid!,
    env,
    output: () => output,
    connections: async () =>
      (await readFile(connections, 'utf8')).split('\n').filter((line) => line !== ''),
    async stop() {
      child.kill('SIGINT');
      const code = await ended;
      if (options.home === undefined) await rm(home, { recursive: true, force: true });
      return code;
    },
  };
}

/** Starts `hourglass edit`, built, as another program does. `ended`: its exit code. */
export async function startEditHost(
  files: readonly string[],
): Promise<{ readonly address: string; readonly ended: Promise<number> }> {
  const home = await mkdtemp(join(tmpdir(), 'hourglass-edit-host-'));
  const main = join(repositoryRoot, 'dist/app/hosts/cli/main.js');
  const env = { ...process.env, ...homeIn(home) };
  knowDevices(env);
  const child = spawn(process.execPath, [main, 'edit', '--address', ...files], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
  });
  let words = '';
  const ended = new Promise<number>((resolve) =>
    child.once('exit', (code) => {
      void rm(home, { recursive: true, force: true }).then(() => resolve(code ?? -1));
    }),
  );
  const address = await Promise.race([
    new Promise<string>((resolve) =>
      child.stderr.on('data', (chunk: Buffer) => {
        words += chunk.toString('utf8');
        const [found] = /http:\S+/.exec(words) ?? [];
        if (found) resolve(found);
      }),
    ),
    ended.then((code): never => {
      throw new Error(`hourglass edit ended with ${code}.\n${words}`);
    }),
  ]);
  return { address, ended };
}
