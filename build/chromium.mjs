// Finds a Chromium for the browser tests and the screenshots: HOURGLASS_CHROMIUM, the system's, or
// Playwright's own. With `install: true`, on Debian and as root, installs Debian's package when there
// is none.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { canInstall, installPackages, isExecutable, namedIn, onPath } from './installed.mjs';

/** The same that the program itself looks for (`app/hosts/web/browser-window.ts`). */
const { names: systemNames, places: fixedPlaces } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../app/hosts/web/browsers.json'), 'utf8'),
);

/** What every Chromium of ours is started with: root has no sandbox, colours are those of the files, the GPU may be software. */
export const chromiumArguments = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--force-color-profile=srgb',
  '--enable-unsafe-swiftshader',
];

const playwrights = () => {
  try {
    return [createRequire(import.meta.url)('@playwright/test').chromium.executablePath()];
  } catch {
    return [];
  }
};

const search = () =>
  [...fixedPlaces, ...onPath(systemNames), ...playwrights()].find(isExecutable) ?? null;

/** Debian's Chromium brings a software GPU, which the WebGPU tests reach through the Vulkan loader. */
const lacksVulkan = () =>
  existsSync('/usr/lib/chromium/vk_swiftshader_icd.json') &&
  !/libvulkan\.so\.1/.test(spawnSync('ldconfig', ['-p'], { encoding: 'utf8' }).stdout ?? '');

/**
 * Path of a Chromium that can be run, or null. HOURGLASS_CHROMIUM wins.
 * @param {{ install?: boolean }} [options]
 * @returns {string | null}
 * @throws Error where HOURGLASS_CHROMIUM is wrong
 */
export function findChromium({ install = false } = {}) {
  const named = namedIn('HOURGLASS_CHROMIUM');
  if (named) return named;
  const found = search();
  if (!install || (found && !lacksVulkan()) || !canInstall()) return found;
  console.log(
    'No Chromium or no Vulkan loader here: installing Debian’s packages chromium and libvulkan1 with apt-get.',
  );
  installPackages('Chromium', ['chromium', 'libvulkan1']);
  return search();
}
