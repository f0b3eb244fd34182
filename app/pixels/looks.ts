/**
 * What files are like that belong to one picture, looked at once a second however many ask. A series of 500 is asked for with every slice
 * that somebody scrolls past, before it is opened and while its tiles are cut: 5 ms each time, half of what a slice takes in all.
 * Nobody trusts a look that contradicts what he knows: he looks anew, and so what has just been opened is never called changed.
 */
import { statSync } from 'node:fs';

export interface FileFacts {
  readonly bytes: number;
  readonly accessedMs: number;
  readonly modifiedMs: number;
}

/** Milliseconds. */
const LOOK_EVERY = 1000;
/** More than any series has; 10 MB. */
const MOST_KEPT = 50_000;

const looks = new Map<string, { readonly facts: FileFacts | null; readonly at: number }>();

/** As it is now; null: it is not there. @throws what the file system says of others that can not be looked at */
export function lookAnew(path: string): FileFacts | null {
  const found = statSync(path, { throwIfNoEntry: false });
  const facts = found
    ? { bytes: found.size, accessedMs: found.atimeMs, modifiedMs: found.mtimeMs }
    : null;
  if (looks.size >= MOST_KEPT) looks.clear();
  looks.set(path, { facts, at: performance.now() });
  return facts;
}

/** As it was within the last second. @throws as `lookAnew` */
export function lookAt(path: string): FileFacts | null {
  const last = looks.get(path);
  return last && performance.now() - last.at < LOOK_EVERY ? last.facts : lookAnew(path);
}
