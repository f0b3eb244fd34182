// `npm start [-- files and folders]`: says in one line where Hourglass opens and why, builds what is
// stale, and opens it: the Electron window, or the browser host (in Chromium's app mode when there is
// a Chromium and a display, else as an address to open).
//   --host electron|browser   choose for yourself
//   --port N                  port of the browser host (default: any free one)
//   --no-open                 print the address only
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
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

/** The host opens the browser's window, and ends with it. */
function openBrowserHost() {
  const main = join(root, 'dist/app/hosts/web/main.js');
  const browser = choice.browser ? ['--browser', choice.browser] : [];
  const host = spawn(
    process.execPath,
    ['--enable-source-maps', main, '--port', port, ...browser, '--', ...files],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  endWith(host);
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
