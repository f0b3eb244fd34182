/**
 * Small things remembered between runs, as JSON in a file of its own. A file appears whole or not at all
 * (temporary name beside it, fsync, rename), the last value that was asked for wins, and what is missing,
 * damaged or foreign reads as nothing remembered: it is never an error in the way of work.
 */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { makeFolders } from './make-folders.ts';
import { writeWhole } from './write-whole.ts';

/**
 * @param parse of the JSON value; throws when it is not what was remembered
 * @returns null: nothing is remembered
 */
export async function recall<T>(path: string, parse: (value: unknown) => T): Promise<T | null> {
  try {
    return parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Writes under way by file: the next one waits for its turn. */
const writing = new Map<string, Promise<void>>();

/** Folders are made (0700) where they are missing; the file is the person's own (0600). @throws Error of the file system */
export function remember(path: string, value: unknown): Promise<void> {
  const key = resolve(path);
  const text = `${JSON.stringify(value, null, 2)}\n`;
  const work = (writing.get(key) ?? Promise.resolve())
    .catch(() => undefined)
    .then(() => {
      makeFolders(dirname(key), 0o700);
      return writeWhole(key, text, 0o600);
    });
  writing.set(key, work);
  const forget = (): void => {
    if (writing.get(key) === work) writing.delete(key);
  };
  work.then(forget, forget);
  return work;
}
