// Finds a Firefox for the test of the main path: HOURGLASS_FIREFOX, else the system's. With `install: true`, on
// Debian and as root, installs Debian's package firefox-esr when there is none. Nothing is ever downloaded from
// anywhere else.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['firefox-esr', 'firefox'];

const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const search = () =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable) ?? null;

/**
 * Path of a Firefox that can be run, or null; why there is none is printed. HOURGLASS_FIREFOX wins; a wrong one is an
 * error, not a reason to test another browser in silence.
 * @param {{ install?: boolean }} [options]
 * @returns {string | null}
 */
export function findFirefox({ install = false } = {}) {
  const named = process.env.HOURGLASS_FIREFOX;
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`HOURGLASS_FIREFOX names ${named}, which can not be run.`);
  }
  const found = search();
  if (found || !install) return found;
  if (
    process.getuid?.() !== 0 ||
    !existsSync('/etc/debian_version') ||
    !isExecutable('/usr/bin/apt-get')
  ) {
    console.log('No Firefox here, and none can be installed: this is not Debian, or not root.');
    return null;
  }
  console.log('No Firefox here: installing Debian’s package firefox-esr with apt-get.');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
  const packages = ['install', '-y', '--no-install-recommends', 'firefox-esr'];
  if (!apt(...packages) && !(apt('update') && apt(...packages)))
    console.log('apt-get could not install Firefox; its message is above.');
  return search();
}
