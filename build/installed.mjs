// Programs of this machine: which are there, and Debian's packages of those that are not. Nothing is ever downloaded
// from anywhere else.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** @param {string} path */
export const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * Where programs of these names may be, in the order of the PATH.
 * @param {readonly string[]} names
 */
export const onPath = (names) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => names.map((name) => join(folder, name)));

/**
 * The program that a variable of the environment names, or null. A wrong one is an error, not a reason to test
 * another browser in silence.
 * @param {string} variable
 * @throws Error
 */
export function namedIn(variable) {
  const named = process.env[variable];
  if (!named) return null;
  if (isExecutable(named)) return named;
  throw new Error(`${variable} names ${named}, which can not be run.`);
}

/** Packages can be installed without asking anybody. */
export const canInstall = () =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && isExecutable('/usr/bin/apt-get');

/**
 * Installs Debian's packages with apt-get; prints where that fails.
 * @param {string} what they are for
 * @param {readonly string[]} packages
 */
export function installPackages(what, packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  if (!apt(...install) && !(apt('update') && apt(...install)))
    console.log(`apt-get could not install ${what}; its message is above.`);
}
