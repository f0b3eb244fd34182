/**
 * Lets a program under test begin with what it knows after its first use: what this machine's devices are worth. To find that out
 * takes some seconds of both cores, and a home of its own, as every test has, would have it found out again.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { dirname, join } from 'node:path';
import { personFolders, preferencesPath } from '../app/hosts/shared/paths.ts';
import { repositoryRoot } from './data.ts';

/** What a test may have set for itself: findings under it are other ones, and are not shared. */
const own = ['HOURGLASS_FAULT', 'VK_DRIVER_FILES', 'VK_ICD_FILENAMES'];

const findings = 'devices.json';

const cacheOf = (env: NodeJS.ProcessEnv): string =>
  personFolders(process.platform, env, env.HOME).cache;

/**
 * Gives it to a program that is started with this environment, whose caches are the test's own, unless it knows already. Found by the
 * built program, once for each build; what does not fit the program that reads it is not believed there, and found anew.
 * @throws Error where the devices can not be listed
 */
export const knowDevices = (env: NodeJS.ProcessEnv): void => knowDevicesIn(cacheOf(env));

/** Somebody has worked with the program here: its devices are known, and the first steps were gone through. @throws as `knowDevices` */
export function usedBefore(env: NodeJS.ProcessEnv): void {
  knowDevices(env);
  const preferences = preferencesPath(personFolders(process.platform, env, env.HOME).config);
  if (existsSync(preferences)) return;
  mkdirSync(dirname(preferences), { recursive: true });
  writeFileSync(preferences, JSON.stringify({ tourDone: true }));
}

/** The same for a program whose cache folder this is. @throws Error where the devices can not be listed */
export function knowDevicesIn(cacheFolder: string): void {
  const target = join(cacheFolder, findings);
  if (existsSync(target)) return;
  const built = readFileSync(join(repositoryRoot, 'dist/.app-stamp'), 'utf8');
  const shared = join(repositoryRoot, 'dist/devices', `${built}.json`);
  if (!existsSync(shared)) find(shared);
  mkdirSync(cacheFolder, { recursive: true });
  copyFileSync(shared, target);
}

function find(shared: string): void {
  mkdirSync(dirname(shared), { recursive: true });
  const home = mkdtempSync(join(dirname(shared), 'home-'));
  try {
    const env = {
      ...process.env,
      ...{ HOME: home, XDG_CACHE_HOME: home, LOCALAPPDATA: home, HOURGLASS_LANGUAGE: 'en' },
    } as NodeJS.ProcessEnv;
    for (const name of own) delete env[name];
    const main = join(repositoryRoot, 'dist/app/hosts/cli/main.js');
    const { status, stderr } = spawnSync(process.execPath, [main, 'devices'], {
      env,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`hourglass devices ended with ${status}.\n${stderr}`);
    // Whole for whoever looks at the same time; of two that found out at once the later one stays.
    renameSync(join(cacheOf(env), findings), shared);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
