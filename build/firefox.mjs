// Finds a Firefox for the test of the main path: HOURGLASS_FIREFOX, else the system's. With `install: true`, on
// Debian and as root, installs Debian's package firefox-esr when there is none.
import { canInstall, installPackages, isExecutable, namedIn, onPath } from './installed.mjs';

const search = () => onPath(['firefox-esr', 'firefox']).find(isExecutable) ?? null;

/**
 * Path of a Firefox that can be run, or null; why there is none is printed. HOURGLASS_FIREFOX wins.
 * @param {{ install?: boolean }} [options]
 * @returns {string | null}
 * @throws Error where HOURGLASS_FIREFOX is wrong
 */
export function findFirefox({ install = false } = {}) {
  const found = namedIn('HOURGLASS_FIREFOX') ?? search();
  if (found || !install) return found;
  if (!canInstall()) {
    console.log('No Firefox here, and none can be installed: this is not Debian, or not root.');
    return null;
  }
  console.log('No Firefox here: installing Debian’s package firefox-esr with apt-get.');
  installPackages('Firefox', ['firefox-esr']);
  return search();
}
