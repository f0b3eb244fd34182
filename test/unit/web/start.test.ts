/** `npm start` chooses the door that is really there, and says why. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseHost, findElectron, hasDisplay } from '../../../build/choose-host.mjs';

const there = { path: '/electron' };
const missing = { missing: 'the Electron binary is not installed' };
const facts = { wanted: null, electron: there, display: true, browser: '/chromium', open: true };

describe('chooseHost', () => {
  it('opens the window where Electron and a display are', () => {
    expect(chooseHost(facts)).toMatchObject({ host: 'electron', possible: true });
  });

  it('opens a browser window without the binary', () => {
    const choice = chooseHost({ ...facts, electron: missing });
    expect(choice).toMatchObject({ host: 'browser', browser: '/chromium' });
    expect(choice.line).toBe(
      'Hourglass opens as a browser window: the Electron binary is not installed.',
    );
  });

  it('prints the address without a display or a Chromium', () => {
    const noDisplay = chooseHost({ ...facts, display: false });
    expect(noDisplay).toMatchObject({ host: 'browser', browser: null });
    expect(noDisplay.line).toContain('there is no display; open the address yourself');
    const noBrowser = chooseHost({ ...facts, electron: missing, browser: null });
    expect(noBrowser.line).toContain('no Chromium was found');
    expect(chooseHost({ ...facts, electron: missing, open: false }).browser).toBeNull();
  });

  it('does as asked, or says that it can not', () => {
    expect(chooseHost({ ...facts, wanted: 'browser' })).toMatchObject({ host: 'browser' });
    const impossible = chooseHost({ ...facts, wanted: 'electron', electron: missing });
    expect(impossible).toMatchObject({ possible: false });
    expect(impossible.line).toContain('the Electron binary is not installed');
  });
});

describe('findElectron', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'hourglass-start-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('takes the package without its binary for missing, and starts no download', async () => {
    expect(findElectron(root, {})).toEqual({ missing: 'Electron is not installed here' });
    const folder = join(root, 'node_modules/electron');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{}');
    await writeFile(join(folder, 'index.js'), 'throw new Error("loaded")');
    expect(findElectron(root, {})).toHaveProperty('missing');
    await writeFile(join(folder, 'path.txt'), 'electron');
    expect(findElectron(root, {})).toHaveProperty('missing');
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'dist/electron'), '');
    expect(findElectron(root, {})).toEqual({ path: join(folder, 'dist/electron') });
  });
});

describe('hasDisplay', () => {
  it('asks the environment on Linux only', () => {
    expect(hasDisplay('linux', {})).toBe(false);
    expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
    expect(hasDisplay('win32', {})).toBe(true);
  });
});
