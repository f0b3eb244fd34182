// Decides where `npm start` opens: the Electron window when its binary is really here and there is a
// display, else the browser host. Looks only at files: `require('electron')` would start a download.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The Electron binary of this checkout, or why there is none.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ path: string } | { missing: string }}
 */
export function findElectron(root, env = process.env) {
  const folder = join(root, 'node_modules/electron');
  if (!existsSync(join(folder, 'package.json')))
    return { missing: 'Electron is not installed here' };
  const name = existsSync(join(folder, 'path.txt'))
    ? readFileSync(join(folder, 'path.txt'), 'utf8').trim()
    : 'electron';
  const path = join(env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name);
  if (existsSync(path)) return { path };
  return { missing: 'the Electron binary is not installed (`npx install-electron` fetches it)' };
}

/**
 * @param {NodeJS.Platform} platform
 * @param {NodeJS.ProcessEnv} env
 */
export const hasDisplay = (platform, env) =>
  platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);

/**
 * @param {{
 *   wanted: 'electron' | 'browser' | null,
 *   electron: { path: string } | { missing: string },
 *   display: boolean,
 *   browser: string | null,
 *   open: boolean,
 * }} facts
 * @returns {{ host: 'electron' | 'browser', browser: string | null, line: string, possible: boolean }}
 */
export function chooseHost({ wanted, electron, display, browser, open }) {
  const binary = 'path' in electron;
  const why = !binary ? electron.missing : display ? null : 'there is no display';
  if (wanted === 'electron' && why !== null)
    return {
      host: 'electron',
      browser: null,
      possible: false,
      line: `Hourglass can not open its window: ${why}.`,
    };
  if (wanted !== 'browser' && why === null)
    return {
      host: 'electron',
      browser: null,
      possible: true,
      line: 'Hourglass opens its own window (Electron).',
    };
  const reason = wanted === 'browser' ? 'as asked' : why;
  const inBrowser = open && display && browser !== null;
  const how = inBrowser ? 'opens as a browser window' : 'opens in the browser host';
  const noWindow =
    open && !inBrowser
      ? display
        ? '; no Chromium was found to open it with'
        : '; open the address yourself'
      : '';
  return {
    host: 'browser',
    browser: inBrowser ? browser : null,
    possible: true,
    line: `Hourglass ${how}: ${reason}${noWindow}.`,
  };
}
