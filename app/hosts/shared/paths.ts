/**
 * Where things are on this machine: folders of the person (settings, caches) by the platform's rules,
 * and what ships with the program (models, sample photo, page). Creates nothing.
 *
 * Linux: XDG Base Directory Specification 0.8. macOS: Library folders. Windows: APPDATA, LOCALAPPDATA.
 */
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { samples, type Sample } from '../../contract/bridge.ts';
import packageFacts from '../../../package.json' with { type: 'json' };
import { cacheFolder, folderOf } from '../../pixels/cache-folder.ts';
import { findAbove } from '../../runtime/built.ts';

export const version: string = packageFacts.version;
/** For marks in files: "Hourglass 0.1.0". */
export const software = `${packageFacts.productName} ${version}`;

export interface PersonFolders {
  /** Settings that a person would miss. */
  readonly config: string;
  /** What can be made again: device findings. */
  readonly cache: string;
  /** Models that a person installed or trained. */
  readonly models: string;
}

/** @param env variables that are not absolute paths are ignored, as XDG demands */
export function personFolders(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): PersonFolders {
  const cache = cacheFolder(platform, env, home);
  if (platform === 'darwin') {
    const support = join(home, 'Library/Application Support/Hourglass');
    return { config: support, cache, models: join(support, 'models') };
  }
  if (platform === 'win32')
    return {
      config: folderOf(env.APPDATA, join(home, 'AppData/Roaming')),
      cache,
      models: join(folderOf(env.LOCALAPPDATA, join(home, 'AppData/Local')), 'models'),
    };
  return {
    config: folderOf(env.XDG_CONFIG_HOME, join(home, '.config')),
    cache,
    models: join(folderOf(env.XDG_DATA_HOME, join(home, '.local/share')), 'models'),
  };
}

/** What `preferences.ts` keeps. */
export const preferencesPath = (configFolder: string): string =>
  join(configFolder, 'preferences.json');

/** Trainings that were begun on a page: beside the models. */
export const trainingsFolder = ({ models }: Pick<PersonFolders, 'models'>): string =>
  join(dirname(models), 'trainings');

/**
 * A file or folder that ships with the program, found by walking up from the built application: the
 * checkout has it beside `dist`, a package beside the archive.
 * @throws Error when it is not there
 */
export function shipped(name: string): string {
  const path = findAbove([name]);
  if (path === null) throw new Error(`${name} is missing from this installation.`);
  return path;
}

/** Of a file that ships to try the program with. */
export const samplePath = (sample: Sample): string => shipped(`build/sample/${samples[sample]}`);

export const modelsFolder = (): string => shipped('models');
