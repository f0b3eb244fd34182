/**
 * Results of earlier runs among the files that were found in folders: they are no inputs of the next run, whatever
 * they are called and whatever format they have. Known by the journals beside them, and by the mark that is
 * in the file. What a person names by itself is always taken.
 *
 * Left alone is (1) what the same command has made; (2) what another command has made of a file that is here
 * too: the latent beside its photo, the cleaned copy beside its original. A folder that holds nothing but
 * results of another command (cleaned photos, to be compressed) is what it was meant for.
 */
import { basename, dirname } from 'node:path';
import { extensionIn, formatOfName, type CommandId } from '../../contract/index.ts';
import type { KnownResult } from './journal-state.ts';

export interface Candidate {
  readonly path: string;
  /** By a person, not found in a folder. */
  readonly named: boolean;
  /** What its mark says was done to it (`pixels/own-mark.ts`); null: it has none. */
  readonly mark: string | null;
}

/** Which command has left a mark. */
const commandOfMark = (mark: string): string =>
  mark.startsWith('decoded ') ? 'decode' : 'denoise';

const stemOf = (path: string): string => {
  const name = basename(path);
  const extension = extensionIn(name);
  return (extension ? name.slice(0, -extension.length - 1) : name).toLowerCase();
};

/** @returns paths of those that are results */
export function ownResultsAmong(
  candidates: readonly Candidate[],
  command: CommandId,
  known: ReadonlyMap<string, KnownResult>,
): Set<string> {
  const here = new Set(candidates.map(({ path }) => path));
  const madeBy = ({ path, mark }: Candidate): string | null => {
    const told = known.get(path)?.command;
    if (told !== undefined) return told;
    if (formatOfName(path) === 'hgl') return 'encode';
    return mark === null ? null : commandOfMark(mark);
  };
  /** Names of files in each folder that nobody knows as results. */
  const originals = new Map<string, string[]>();
  for (const candidate of candidates)
    if (madeBy(candidate) === null) {
      const folder = dirname(candidate.path);
      const names = originals.get(folder);
      if (names) names.push(stemOf(candidate.path));
      else originals.set(folder, [stemOf(candidate.path)]);
    }
  for (const names of originals.values()) names.sort();
  const isResult = (candidate: Candidate): boolean => {
    const maker = madeBy(candidate);
    if (candidate.named || maker === null) return false;
    if (maker === command) return true;
    const source = known.get(candidate.path)?.source;
    if (source !== undefined && here.has(source)) return true;
    return beginsWithOneOf(stemOf(candidate.path), originals.get(dirname(candidate.path)) ?? []);
  };
  return new Set(candidates.filter(isResult).map(({ path }) => path));
}

/** @param names sorted */
function beginsWithOneOf(name: string, names: readonly string[]): boolean {
  for (let length = name.length; length > 0; length--)
    if (holds(names, name.slice(0, length))) return true;
  return false;
}

function holds(sorted: readonly string[], wanted: string): boolean {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! < wanted) from = middle + 1;
    else to = middle;
  }
  return sorted[from] === wanted;
}
