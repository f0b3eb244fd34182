// `npm start [-- files and folders]`: says in one line where Hourglass opens and why, builds what is
// stale, and opens it: the Electron window, or the browser host (in Chromium's app mode when there is
// a Chromium and a display, else as an address to open).
//   --host electron|browser   choose for yourself
//   --port N                  port of the browser host (default: any free one)
//   --no-open                 print the address only
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chooseHost, findElectron, hasDisplay } from './choose-host.mjs';
import { findChromium } from './chromium.mjs';

const root = resolve(import.meta.dirname, '..');
const { wanted, port, open, files } = readArguments();
const choice = chooseHost({
  wanted,
  electron: findElectron(root),
  display: hasDisplay(process.platform, process.env),
  browser: open ? findChromium() : null,
  open,
});
console.log(choice.line);
if (!choice.possible) process.exit(1);

// Only now: the line above comes at once, and the builder takes a moment to load.
const { buildIfStale } = await import('./build.mjs');
await buildIfStale();

if (choice.host === 'electron') openElectron();
else openBrowserHost();

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        host: { type: 'string' },
        port: { type: 'string', default: '0' },
        'no-open': { type: 'boolean', default: false },
      },
    });
    if (values.host !== undefined && !['electron', 'browser'].includes(values.host))
      throw new Error(
        `Expected one of electron, browser for --host but received "${values.host}".`,
      );
    // npm runs scripts in the package's folder; paths are meant from where the person stands.
    const from = process.env.INIT_CWD ?? process.cwd();
    return {
      wanted: values.host ?? null,
      port: values.port,
      open: !values['no-open'],
      files: positionals.map((path) => resolve(from, path)),
    };
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
}

function openElectron() {
  const child = spawn(findElectron(root).path, [root, ...files], { stdio: 'inherit' });
  endWith(child);
}

function openBrowserHost() {
  const main = join(root, 'dist/app/hosts/web/main.js');
  const host = spawn(
    process.execPath,
    ['--enable-source-maps', main, '--port', port, '--', ...files],
    {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  host.on('message', (message) => {
    if (message?.kind === 'listening' && choice.browser) openWindow(message.address, host);
  });
  endWith(host);
}

/**
 * A window without tabs, on a profile of its own that goes away with it; closing it ends the host.
 * Everybody on this machine can read a command line: the address carries a launch code, which is used up
 * when the window opens, and not the session's token.
 */
function openWindow(address, host) {
  const profile = mkdtempSync(join(tmpdir(), 'hourglass-window-'));
  const quiet = ['--no-first-run', '--no-default-browser-check', '--disable-sync'];
  const offline = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
  ];
  const window = spawn(
    choice.browser,
    [
      `--app=${address}`,
      `--user-data-dir=${profile}`,
      '--window-size=1440,900',
      ...quiet,
      ...offline,
      // Chromium refuses to run as root with its sandbox.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
    { stdio: 'ignore' },
  );
  window.on('error', (error) => console.error(`The browser did not start: ${error.message}`));
  window.on('exit', () => {
    host.kill('SIGTERM');
    void removeProfile(profile);
  });
  host.on('exit', () => window.kill());
}

/** The browser's helpers end, and write, a moment after the browser itself. */
async function removeProfile(profile) {
  for (let attempt = 0; attempt < 20; attempt += 1)
    try {
      return await rm(profile, { recursive: true, force: true });
    } catch {
      await setTimeout(200);
    }
  console.error(`${profile} could not be removed.`);
}

/** Ends as the child ends. Ctrl-C reaches both from the terminal; the child decides how to stop. */
function endWith(child) {
  const ignore = () => {};
  process.on('SIGINT', ignore);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
