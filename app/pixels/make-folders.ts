/**
 * Makes a folder with its parents. Node's own way (`mkdir` with `recursive`) tries for ever where a file
 * system answers "no such file" below a folder that is there, as /proc and some mounted ones do
 * (read in its `MKDirp`, 20 and 22).
 */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * @param path absolute
 * @returns the first folder that had to be made; null: all were there
 * @throws Error of the file system
 */
export function makeFolders(path: string, mode = 0o777): string | null {
  try {
    return makeOne(path, mode) ? path : null;
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    const first = makeFolders(parent, mode);
    return makeOne(path, mode) ? (first ?? path) : first;
  }
}

/** False: it is there already, somebody else was faster. */
function makeOne(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if (isFolder(path)) return false;
    throw error;
  }
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
