// Finds a Chromium for the browser tests and the screenshots: HOURGLASS_CHROMIUM, the system's, or
// Playwright's own. With `install: true`, on Debian and as root, installs Debian's package when there
// is none. Nothing is ever downloaded from anywhere else.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

/** The same that the program itself looks for (`app/hosts/web/browser-window.ts`). */
const { names: systemNames, places: fixedPlaces } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../app/hosts/web/browsers.json'), 'utf8'),
);

const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const onPath = () =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => systemNames.map((name) => join(folder, name)));

const playwrights = () => {
  try {
    return [createRequire(import.meta.url)('@playwright/test').chromium.executablePath()];
  } catch {
    return [];
  }
};

const search = () => [...fixedPlaces, ...onPath(), ...playwrights()].find(isExecutable) ?? null;

/** Debian's Chromium brings a software GPU, which the WebGPU tests reach through the Vulkan loader. */
const lacksVulkan = () =>
  existsSync('/usr/lib/chromium/vk_swiftshader_icd.json') &&
  !/libvulkan\.so\.1/.test(spawnSync('ldconfig', ['-p'], { encoding: 'utf8' }).stdout ?? '');

const installDebianPackages = () => {
  if (
    process.getuid?.() !== 0 ||
    !existsSync('/etc/debian_version') ||
    !isExecutable('/usr/bin/apt-get')
  )
    return;
  console.log(
    'No Chromium or no Vulkan loader here: installing Debian’s packages chromium and libvulkan1 with apt-get.',
  );
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
  const packages = ['install', '-y', '--no-install-recommends', 'chromium', 'libvulkan1'];
  if (!apt(...packages) && !(apt('update') && apt(...packages)))
    console.log('apt-get could not install Chromium; its message is above.');
};

/**
 * Path of a Chromium that can be run, or null. HOURGLASS_CHROMIUM wins; a wrong one is an error,
 * not a reason to test another browser in silence.
 * @param {{ install?: boolean }} [options]
 * @returns {string | null}
 */
export function findChromium({ install = false } = {}) {
  const named = process.env.HOURGLASS_CHROMIUM;
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`HOURGLASS_CHROMIUM names ${named}, which can not be run.`);
  }
  const found = search();
  if (!install || (found && !lacksVulkan())) return found;
  installDebianPackages();
  return search();
}
