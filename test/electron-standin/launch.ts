/**
 * Starts the window for a test: the real Electron where its binary is (and a display), else the
 * stand-in. Both give the page and `evaluate`, which runs a function in the main process with the
 * electron module.
 */
import { _electron, chromium, type Page } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findElectron, hasDisplay } from '../../build/choose-host.mjs';
import { repositoryRoot } from '../data.ts';
import { usedBefore } from '../known-devices.ts';

/** The module as tests use it; the stand-in's has `standin` fields beside. */
export type ElectronModule = typeof import('electron');

export interface WindowUnderTest {
  readonly kind: 'electron' | 'stand-in';
  readonly page: Page;
  /** Home of this run: configuration, caches, pictures. */
  readonly home: string;
  /** What the main process wrote to stderr so far. */
  readonly log: () => string;
  evaluate<T, A>(
    work: (electron: ElectronModule, argument: A) => T | Promise<T>,
    argument?: A,
  ): Promise<T>;
  /** Makes a file of this page's inputs and drops come from `path` (stand-in only: Electron knows). */
  setFilePath(name: string, path: string): Promise<void>;
  /** Starts the program once more, and waits until that start has ended. Its exit code. */
  startAgain(files: readonly string[]): Promise<number>;
  /** Exit code of the main process, once it has ended. */
  readonly ended: Promise<number>;
  close(): Promise<void>;
}

const register = join(repositoryRoot, 'test/electron-standin/register.mjs');

/** The real binary, or null with the stand-in in its place. */
export const realElectron = (): string | null => {
  const found = findElectron(repositoryRoot);
  return 'path' in found && hasDisplay(process.platform, process.env) ? found.path : null;
};

/**
 * @param options.home stays when the window is closed; default: a new folder, which goes
 * @param options.env beside the usual environment
 * @param options.firstUse nobody has worked with it here: devices are not known, the first steps are shown; default: somebody has
 * @param options.root another built checkout, whose program is started
 */
export async function launchWindow(
  files: readonly string[] = [],
  options: {
    readonly home?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly root?: string;
    readonly firstUse?: boolean;
  } = {},
): Promise<WindowUnderTest> {
  const root = options.root ?? repositoryRoot;
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'hourglass-window-test-')));
  const env = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_DATA_HOME: join(home, 'data'),
    ...options.env,
  };
  if (!options.root && !options.firstUse) usedBefore(env);
  const binary = realElectron();
  const started = binary
    ? await launchReal(binary, [root, ...files], env)
    : await launchStandIn(root, files, env);
  return {
    ...started,
    home,
    async close() {
      await started.close();
      if (options.home === undefined)
        await rm(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

type Started = Omit<WindowUnderTest, 'home'>;
type Environment = Record<string, string | undefined>;

async function launchReal(
  binary: string,
  args: readonly string[],
  env: Environment,
): Promise<Started> {
  let log = '';
  const app = await _electron.launch({
    executablePath: binary,
    args: [...args],
    env: definedOf(env),
  });
  app.process().stderr?.on('data', (chunk: Buffer) => (log += chunk.toString('utf8')));
  return {
    kind: 'electron',
    page: await app.firstWindow(),
    log: () => log,
    evaluate: (work, argument) => app.evaluate(work as never, argument as never),
    setFilePath: async () => undefined,
    startAgain: (more) => endOf(spawn(binary, [args[0]!, ...more], { env, stdio: 'ignore' })),
    ended: endOf(app.process()),
    close: () => app.close(),
  };
}

const definedOf = (env: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

async function launchStandIn(
  root: string,
  files: readonly string[],
  env: Environment,
): Promise<Started> {
  const main = join(root, 'dist/app/hosts/electron/main.js');
  const args = ['--enable-source-maps', '--import', register, main];
  let log = '';
  const child = spawn(process.execPath, [...args, ...files], {
    env,
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString('utf8')));
  const ended = endOf(child);
  const door = openDoor(child, () => log);
  const port = await door.port;
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  const page = browser.contexts()[0]!.pages()[0]!;
  await page.waitForURL(/\.invalid\//);
  return {
    kind: 'stand-in',
    page,
    log: () => log,
    evaluate: door.evaluate,
    setFilePath: (name, path) =>
      page.evaluate(
        (file) =>
          (globalThis as unknown as StandInPage).__standinFilePath(
            file.name,
            file.path,
          ) as undefined,
        { name, path },
      ),
    startAgain: (more) =>
      endOf(spawn(process.execPath, [...args, ...more], { env, stdio: 'ignore' })),
    ended,
    async close() {
      child.kill('SIGTERM');
      await ended;
      await browser.close();
    },
  };
}

interface StandInPage {
  __standinFilePath(name: string, path: string): unknown;
}

const endOf = (child: ChildProcess): Promise<number> =>
  child.exitCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once('exit', (code) => resolve(code ?? -1)));

interface Door {
  readonly port: Promise<number>;
  readonly evaluate: WindowUnderTest['evaluate'];
}

type Message = { port: number } | { id: number; value?: unknown; error?: string };

function openDoor(child: ChildProcess, log: () => string): Door {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let last = 0;
  const port = new Promise<number>((resolve, reject) => {
    child.on('message', (message: Message) => {
      if ('port' in message) return resolve(message.port);
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error === undefined) call?.resolve(message.value);
      else call?.reject(new Error(message.error));
    });
    child.once('exit', (code) => {
      const error = new Error(`The main process ended with ${code}.\n${log()}`);
      reject(error);
      for (const call of waiting.values()) call.reject(error);
    });
  });
  return {
    port,
    evaluate: <T, A>(
      work: (electron: ElectronModule, argument: A) => T | Promise<T>,
      argument?: A,
    ) =>
      new Promise<T>((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve: resolve as (value: unknown) => void, reject });
        child.send({ id: last, text: work.toString(), argument });
      }),
  };
}
