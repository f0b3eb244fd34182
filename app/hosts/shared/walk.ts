/**
 * From what a person names or drops (files, folders, globs) to the list of image files: folders are
 * walked, junk is left out, nothing that was named by itself is left out silently. Reads names and
 * first bytes only; decoding happens in the engine.
 */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import {
  familyOf,
  formatOfName,
  HourglassError,
  throwIfCancelled,
  toHourglassError,
  type FileKind,
} from '../../contract/index.ts';
import { journalEnding } from '../../jobs/runs/journal-lines.ts';
import { formatByContent } from '../../pixels/sniff.ts';
import { chosenBy, type Choice, type Chosen } from './chosen.ts';
import { groupFiles, indexCalled, missingOfSet, type Groupings } from './grouping.ts';
import { say } from './sentences.ts';

export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  /** All files of it, where several belong together (`grouping.ts`): that one first. */
  readonly files: readonly string[];
  /** Folder of the file below the walked folder, '' at its top and for files named by themselves. */
  readonly below: string;
  /** Named by itself, not found in a folder or by a glob. */
  readonly named: boolean;
}

/** As the engine is asked about it. */
export const filesOf = ({
  path,
  files,
}: Pick<FoundFile, 'path' | 'files'>): { path: string; files: string[] } => ({
  path,
  files: [...files],
});

export interface WalkResult {
  /** In natural order within each input, each file once, in one entry. */
  readonly files: readonly FoundFile[];
  /** Inputs and folders that could not be read, or matched nothing. */
  readonly problems: readonly { readonly input: string; readonly error: HourglassError }[];
  /** Files in folders that are no images. */
  readonly ignored: number;
  /** The same by extension, with its dot, in lower case; '' without one. */
  readonly ignoredKinds: Readonly<Record<string, number>>;
  /** Files and folders that `choice` left out; what is in such a folder was not looked at. */
  readonly unchosen: number;
  /** Hidden files and folders, and what file managers leave behind: nothing of them was looked at. */
  readonly hidden: number;
  /** Links in the folders: those that were followed, and those that lead nowhere or back. */
  readonly links: { readonly followed: number; readonly dead: number };
  /** Journals of earlier runs in the folders, absolute. */
  readonly journals: readonly string[];
}

export interface WalkOptions {
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** Which files belong together; default: the table of `grouping.ts`. */
  readonly groupings?: Groupings | undefined;
  /** What is found is looked at: files that belong together are one entry, also where each is written by itself. */
  readonly toLook?: boolean;
  /** Which files in folders and behind globs are meant; default: every image. */
  readonly takes?: readonly FileKind[] | undefined;
  /** Of files in folders and behind globs; those that are named by themselves are always meant. */
  readonly choice?: Choice | undefined;
}

/** Left behind by file managers and cameras; compared in lower case. */
const junkNames = new Set([
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  'icon\r',
  '__macosx',
  '$recycle.bin',
]);

/** Hidden files and folders (our temporaries are hidden too) and what file managers leave behind. */
export const isJunk = (name: string): boolean =>
  name.startsWith('.') || junkNames.has(name.toLowerCase());

const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Natural order, folder by folder: a2 before a10, files of a folder together. */
export function compareNaturally(a: string, b: string): number {
  const left = a.split(sep);
  const right = b.split(sep);
  for (let depth = 0; depth < Math.min(left.length, right.length); depth++) {
    const order = natural.compare(left[depth]!, right[depth]!);
    if (order !== 0) return order;
  }
  return left.length - right.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** @throws HourglassError cancelled */
export async function walk(inputs: readonly string[], options: WalkOptions): Promise<WalkResult> {
  const files = new Map<string, Found>();
  const problems: { input: string; error: HourglassError }[] = [];
  const state: Walking = {
    ...options,
    problems,
    chosen: chosenBy(options.choice ?? {}),
    ignored: 0,
    unchosen: 0,
    hidden: 0,
    links: { followed: 0, dead: 0 },
    kinds: new Map(),
    journals: new Set(),
  };
  for (const input of inputs) {
    throwIfCancelled(options.signal);
    try {
      for (const file of await expand(input, state))
        if (!files.has(file.path) || file.named) files.set(file.path, file);
    } catch (error) {
      const known = toHourglassError(error);
      if (known.code === 'cancelled') throw known;
      problems.push({ input, error: known });
    }
  }
  const groups = await groupFiles([...files.keys()], options.signal, {
    table: options.groupings,
    forWriting: !options.toLook,
  });
  const entries = groups.map((group): FoundFile => {
    const all = group.map((path) => files.get(path)!);
    return { ...all[0]!, files: group, named: all.some(({ named }) => named) };
  });
  return {
    files: entries,
    problems,
    ignored: state.ignored,
    ignoredKinds: Object.fromEntries(state.kinds),
    unchosen: state.unchosen,
    hidden: state.hidden,
    links: state.links,
    journals: [...state.journals],
  };
}

/** Before files that belong together are put together. */
type Found = Omit<FoundFile, 'files'>;

interface Walking extends WalkOptions {
  readonly problems: { input: string; error: HourglassError }[];
  readonly chosen: Chosen;
  ignored: number;
  unchosen: number;
  hidden: number;
  readonly links: { followed: number; dead: number };
  readonly kinds: Map<string, number>;
  readonly journals: Set<string>;
}

/** One input. An existing path wins over a glob: names may contain brackets. */
async function expand(input: string, state: Walking): Promise<Found[]> {
  const path = resolve(state.cwd, input);
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ENAMETOOLONG')
      return null;
    throw unreadable(input, error);
  });
  if (facts?.isDirectory()) return walkFolder(path, state);
  if (facts?.isFile())
    return (await setBeside(input, path, state)) ?? [{ path, below: '', named: true }];
  if (facts) throw new HourglassError('file-not-readable', say('neitherFileNorFolder', { input }));
  if (!isDynamicPattern(input))
    throw new HourglassError('file-not-found', say('inputDoesNotExist', { input }));
  return expandGlob(input, state);
}

/** Files that an index names, instead of itself; what it names and is not there is a problem. null: the file is no index. */
async function setBeside(input: string, path: string, state: Walking): Promise<Found[] | null> {
  const index = indexCalled(basename(path), state.groupings);
  const set = (await index?.files(path, state.signal)) ?? null;
  if (set === null) return null;
  const error = missingOfSet(input, set);
  if (error) state.problems.push({ input, error });
  return set.files.map((file) => ({ path: file, below: '', named: true }));
}

async function expandGlob(input: string, state: Walking): Promise<Found[]> {
  // Patterns use / on every platform; a backslash is a separator on Windows and an escape elsewhere.
  const pattern = sep === '\\' ? input.replaceAll('\\', '/') : input;
  const found = await glob(pattern, {
    cwd: state.cwd,
    absolute: true,
    onlyFiles: true,
    expandDirectories: false,
    signal: state.signal,
  });
  if (found.length === 0)
    throw new HourglassError('file-not-found', say('noFileMatches', { input }));
  const paths = found.map((path) => resolve(path)).sort(compareNaturally);
  const files: Found[] = [];
  for (const path of paths)
    if (
      isMeant(relative(state.cwd, path), state) &&
      (await isCandidate(path, basename(path), state))
    )
      files.push({ path, below: '', named: false });
  return files;
}

async function walkFolder(root: string, state: Walking): Promise<Found[]> {
  const files: Found[] = [];
  /** Real paths of the folders on the way here and before: a link into them ends the walk there. */
  const seen = new Set<string>();
  /** @returns false: it leads back to a folder that was seen */
  const visit = async (folder: string): Promise<boolean> => {
    throwIfCancelled(state.signal);
    const real = await realpath(folder);
    if (seen.has(real)) return false;
    seen.add(real);
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => natural.compare(a.name, b.name))) {
      if (isJunk(entry.name)) {
        state.hidden += 1;
        continue;
      }
      const path = join(folder, entry.name);
      const here = relative(root, path);
      const isLink = entry.isSymbolicLink();
      const kind = isLink ? await targetKind(path) : kindOf(entry);
      if (kind === 'folder') {
        if (!state.chosen.folder(here)) {
          state.unchosen += 1;
          continue;
        }
        const isNew = await visit(path).catch((error: unknown) => {
          report(here, error, state);
          return true;
        });
        if (isLink) state.links[isNew ? 'followed' : 'dead'] += 1;
      } else if (kind === 'file' && isMeant(here, state)) {
        if (!(await isCandidate(path, entry.name, state))) continue;
        if (isLink) state.links.followed += 1;
        files.push({ path, below: relative(root, folder), named: false });
      } else if (kind === 'other' && isLink) state.links.dead += 1;
    }
    return true;
  };
  await visit(root);
  return files;
}

type Kind = 'file' | 'folder' | 'other';

const kindOf = (entry: { isFile(): boolean; isDirectory(): boolean }): Kind =>
  entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other';

/** What a link leads to; a link to nothing is left out like any other junk. */
async function targetKind(path: string): Promise<Kind> {
  const facts = await stat(path).catch(() => null);
  return facts ? kindOf(facts) : 'other';
}

/** Journals of earlier runs are always looked at. */
function isMeant(path: string, state: Walking): boolean {
  const isChosen = path.endsWith(journalEnding) || state.chosen.file(path);
  if (!isChosen) state.unchosen += 1;
  return isChosen;
}

async function isCandidate(path: string, name: string, state: Walking): Promise<boolean> {
  throwIfCancelled(state.signal);
  if (isJunk(name)) return false;
  if (name.endsWith(journalEnding)) {
    state.journals.add(path);
    return false;
  }
  const { takes = ['photo', 'scan', 'latent'] } = state;
  // The files that it names lie here too.
  if (indexCalled(name, state.groupings)) return false;
  // A file that calls itself an image is taken even when its bytes say otherwise: it then fails by
  // name, instead of missing from the results without a word.
  const format = formatOfName(name) ?? (await formatByContent(path));
  const isTaken = format !== null && takes.includes(familyOf(format));
  if (!isTaken) {
    const kind = extname(name).toLowerCase();
    state.ignored += 1;
    state.kinds.set(kind, (state.kinds.get(kind) ?? 0) + 1);
  }
  return isTaken;
}

/** A folder that can not be read does not end the walk. */
function report(input: string, error: unknown, state: Walking): void {
  const known = error instanceof HourglassError ? error : unreadable(input, error);
  if (known.code === 'cancelled') throw known;
  state.problems.push({ input, error: known });
}

const unreadable = (input: string, cause: unknown): HourglassError =>
  new HourglassError(
    'file-not-readable',
    say('inputCanNotRead', {
      input,
      reason: cause instanceof Error ? cause.message : String(cause),
    }),
    { cause },
  );

/** For messages: the path as a person would write it from here; a pattern stays as it is. */
export function fromHere(path: string, cwd: string): string {
  const short = relative(cwd, resolve(cwd, path));
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
