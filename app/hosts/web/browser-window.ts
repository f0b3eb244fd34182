/**
 * Opens the page in the person's browser: as a window of its own, which can be closed with its host and the other way round,
 * where there is a Chromium; else in whatever the system opens addresses with. Which one is looked for, and where, is
 * `browsers.json`, which `build/chromium.mjs` reads too.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import browsers from './browsers.json' with { type: 'json' };
import { say } from './sentences.ts';

export interface BrowserWindow {
  /** Settles when it is closed, and nothing of it is left. */
  readonly closed: Promise<void>;
  /** Closes it, and waits for that. */
  close(): Promise<void>;
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** A Chromium of this machine, HOURGLASS_CHROMIUM first; null: none. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): string | null {
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => browsers.names.map((name) => join(folder, name)));
  const named = env.HOURGLASS_CHROMIUM ? [env.HOURGLASS_CHROMIUM] : [];
  return [...named, ...browsers.places, ...onPath].find(isExecutable) ?? null;
}

/** Can a window be shown at all? */
export const hasDisplay = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv): boolean =>
  platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);

const quiet = [
  ...['--no-first-run', '--no-default-browser-check', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-default-apps'],
];

/**
 * A window without tabs, on a profile of its own that goes away with it. Everybody on this machine can read a command line:
 * the address carries a launch code, which is used up when the window opens, and not the session's token.
 */
export function openWindow(
  browser: string,
  address: string,
  log: (line: string) => void,
): BrowserWindow {
  const profile = mkdtempSync(join(tmpdir(), 'hourglass-window-'));
  const window = spawn(
    browser,
    [
      `--app=${address}`,
      `--user-data-dir=${profile}`,
      '--window-size=1440,900',
      ...quiet,
      // Chromium refuses to run as root with its sandbox.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
    { stdio: 'ignore' },
  );
  const closed = new Promise<void>((resolve) => {
    window.on('error', (error) => {
      log(say('browserDidNotStart', { reason: error.message }));
      resolve();
    });
    window.on('exit', () => resolve());
  }).then(() => removeProfile(profile, log));
  process.once('exit', () => window.kill());
  return {
    closed,
    close() {
      window.kill();
      return closed;
    },
  };
}

/** The browser's helpers end, and write, a moment after the browser itself. */
async function removeProfile(profile: string, log: (line: string) => void): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1)
    try {
      return await rm(profile, { recursive: true, force: true });
    } catch {
      await setTimeout(200);
    }
  log(say('profileNotRemoved', { profile }));
}

/** In the browser that the system opens addresses with; it can not be closed from here. False: there is none. */
export function openAddress(address: string): Promise<boolean> {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', address]
        : ['xdg-open', address];
  const opener = spawn(command!, args, { stdio: 'ignore', detached: true });
  opener.unref();
  return new Promise((resolve) => {
    opener.on('error', () => resolve(false));
    opener.on('spawn', () => resolve(true));
  });
}
