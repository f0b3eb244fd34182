/**
 * Where this person's caches lie on this machine, by the platform's rules. What can be made again goes
 * there, and large temporary data, for it is a disk.
 *
 * Linux: XDG Base Directory Specification 0.8. macOS: Library folders. Windows: LOCALAPPDATA.
 */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** @param env variables that are not absolute paths are ignored, as XDG demands */
export function cacheFolder(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): string {
  if (platform === 'darwin') return join(home, 'Library/Caches/Hourglass');
  if (platform === 'win32')
    return join(folderOf(env.LOCALAPPDATA, join(home, 'AppData/Local')), 'cache');
  return folderOf(env.XDG_CACHE_HOME, join(home, '.cache'));
}

/** Our folder in the one that a variable names. */
export const folderOf = (variable: string | undefined, fallback: string): string =>
  join(variable && isAbsolute(variable) ? variable : fallback, 'hourglass');
