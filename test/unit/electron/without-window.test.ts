import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, expect, test, vi } from 'vitest';
import { repositoryRoot } from '../../data.ts';

const switches: string[] = [];
vi.mock('electron', () => ({
  app: {
    ...{ setPath: () => undefined, disableHardwareAcceleration: () => undefined },
    commandLine: { appendSwitch: (...given: string[]) => switches.push(given.join('=')) },
    // What comes after it is not looked at here.
    whenReady: () => new Promise(() => undefined),
  },
  utilityProcess: {},
}));
const { withoutWindow, workWithoutWindow } =
  await import('../../../app/hosts/electron/without-window.ts');

test.each([
  [['--cli'], { entry: 'cli/main', args: [] }],
  [
    ['--cli', 'denoise', 'a.jpg', '--host'],
    { entry: 'cli/main', args: ['denoise', 'a.jpg', '--host'] },
  ],
  [['--no-sandbox', '--cli', 'info', '-'], { entry: 'cli/main', args: ['info', '-'] }],
  [['--host', 'web/main', '--edit', 'a.jpg'], { entry: 'web/main', args: ['--edit', 'a.jpg'] }],
  [['denoise', 'a.jpg'], { entry: 'cli/main', args: ['denoise', 'a.jpg'] }],
  [['add-model', 'x'], { entry: 'cli/main', args: ['add-model', 'x'] }],
  [['--help'], { entry: 'cli/main', args: ['--help'] }],
  // Files that are opened in the window.
  [['/home/me/denoise'], null],
  [['a.jpg'], null],
  [['a.jpg', '--cli'], null],
  [[], null],
  // Nothing but our hosts is ever loaded.
  [['--host', '../../../elsewhere'], null],
  [['--host'], null],
])('%j', (args, expected) => {
  expect(withoutWindow(args)).toEqual(expected);
});

test.runIf(process.platform === 'linux')(
  'on Linux it needs no display, and that is said before the program is ready',
  () => {
    void workWithoutWindow({ entry: 'cli/main', args: [] }, ['hourglass'], tmpdir());
    expect(switches).toEqual(['ozone-platform=headless']);
  },
);

const homes: string[] = [];
afterEach(async () => {
  for (const home of homes.splice(0))
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
});

async function newHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'hourglass-cli-test-'));
  homes.push(home);
  return home;
}

/** The built main process with the stand-in for Electron (`test/electron-standin`). */
function start(home: string, args: readonly string[]) {
  const child = spawn(
    process.execPath,
    [join(repositoryRoot, 'dist/app/hosts/electron/main.js'), ...args],
    {
      cwd: home,
      env: {
        ...process.env,
        // As it would be Electron again that a host is started with.
        NODE_OPTIONS: `--import ${join(repositoryRoot, 'test/electron-standin/register.mjs')}`,
        HOME: home,
        XDG_CONFIG_HOME: join(home, 'config'),
        XDG_CACHE_HOME: join(home, 'cache'),
        XDG_DATA_HOME: join(home, 'data'),
        XDG_STATE_HOME: join(home, 'state'),
      },
    },
  );
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return { child, said: () => ({ stdout, stderr }), ended: once(child, 'close') };
}

test('the installed program cleans a picture from a terminal, with its engine in a utility process', async () => {
  const home = await newHome();
  await sharp({ create: { width: 48, height: 32, channels: 3, background: '#777' } })
    .png()
    .toFile(join(home, 'x.png'));
  const { said, ended } = start(home, [
    ...['--cli', 'denoise', 'x.png', '--sigma', '10', '--device', 'cpu', '--out', 'y.png'],
  ]);
  const [code] = await ended;
  expect(said().stderr).toContain('y.png');
  expect(code).toBe(0);
  const { width, height } = await sharp(await readFile(join(home, 'y.png'))).metadata();
  expect([width, height]).toEqual([48, 32]);
}, 180_000);

test('its exit code is the command’s', async () => {
  const { said, ended } = start(await newHome(), ['--cli', 'denoise', 'nowhere.png']);
  const [code] = await ended;
  expect(code).toBe(1);
  expect(said().stderr).toContain('nowhere.png');
}, 180_000);

test('`serve` starts the program once more, without a window too', async () => {
  const { child, said, ended } = start(await newHome(), ['--cli', 'serve', '--port', '0']);
  await expect
    .poll(() => said().stderr + said().stdout, { timeout: 60_000 })
    .toMatch(/http:\/\/127/);
  child.kill('SIGINT');
  const [code] = await ended;
  expect(code).toBe(130);
}, 180_000);
