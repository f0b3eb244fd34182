/**
 * Which of the files that came together are one entry: the slices of a series, for example. A format whose
 * files may belong together says how, in a line of the table here; all others are one entry per file.
 * Decided before anything is opened, alike for what is dropped, chosen, uploaded and named on the command line.
 */
import { basename } from 'node:path';
import { mayBeOfSeries } from '../../contract/formats.ts';
import {
  formatOfName,
  HourglassError,
  throwIfCancelled,
  toHourglassError,
  type CommandDefinition,
  type ImageFormat,
} from '../../contract/index.ts';
import { pooled } from '../../pixels/pooled.ts';
import { formatByContent } from '../../pixels/sniff.ts';
import { say } from './sentences.ts';

/** Files of one format, divided. */
export interface Grouped {
  /** Each file once; the first file of a group names it. */
  readonly groups: readonly (readonly string[])[];
  /** What a person should know of those of them that something is made of, before it is: whole sentences. Default: nothing. */
  readonly said?: (meant: ReadonlySet<string>) => readonly string[];
  /** Of those, files that are not to be worked on, and why. Default: none. */
  readonly refused?: (meant: ReadonlySet<string>) => ReadonlyMap<string, HourglassError>;
}

/** Divides files of one format, or called like them. May read them. */
export type Grouping = (paths: readonly string[], signal: AbortSignal) => Promise<Grouped>;

/** Asked about files that have come, with all that are there. @throws HourglassError cancelled */
export type Following = (
  come: readonly string[],
  there: ReadonlySet<string>,
  signal: AbortSignal,
) => Promise<{
  readonly refused: ReadonlyMap<string, HourglassError>;
  readonly said: readonly string[];
}>;

/** How files of one format belong together. */
export interface FormatGrouping {
  readonly divide: Grouping;
  /**
   * Names that files of the format have: they are divided without another look at what they are, which takes longer than reading their
   * headers. One that is something else after all is by itself. Default: no name tells.
   */
  readonly called?: (name: string) => boolean;
  /**
   * What is written of several is a file for each: the entry is one to look at, and as many jobs. Default: one job with all
   * files.
   */
  readonly writesEach?: boolean;
  /** Looks at files that come one after another, each once. Default: nothing is known of them together. */
  readonly follow?: () => Promise<Following>;
  /** A file of the format that is no picture, but names those of a set. */
  readonly index?: {
    /** What such a file is called. */
    readonly called: RegExp;
    /** @returns null: it is none after all @throws HourglassError */
    readonly files: (
      path: string,
      signal: AbortSignal,
      /** Files that came with it, by their places from its folder on; absent: they lie beside it. */
      beside?: ReadonlyMap<string, string>,
    ) => Promise<NamedFiles | null>;
  };
}

/** What an index names. */
export interface NamedFiles {
  readonly files: readonly string[];
  /** As it names them. */
  readonly missing: readonly string[];
}

export type Groupings = Readonly<Partial<Record<ImageFormat, FormatGrouping>>>;

/** By format. */
export const groupings: Groupings = {
  dicom: {
    divide: async (paths, signal) =>
      (await import('../../scans/dicom/group-slices.ts')).groupSlices(paths, signal),
    called: mayBeOfSeries,
    writesEach: true,
    follow: async () => (await import('../../scans/dicom/group-slices.ts')).followSlices(),
    index: {
      // PS3.10, 8.6 names it so; file systems change the case.
      called: /^dicomdir\.?(;\d+)?$/i,
      files: async (...asked) =>
        (await import('../../scans/dicom/directory.ts')).fileSetOf(...asked),
    },
  },
};

/** Of a file that is called so. */
export const indexCalled = (name: string, table: Groupings = groupings): FormatGrouping['index'] =>
  Object.values(table).find(({ index }) => index?.called.test(name))?.index;

/** Missing files that are named, at the most. */
const MOST_NAMED = 20;

/** @param input the index, as a person knows it @returns null: all that it names is there */
export const missingOfSet = (
  input: string,
  { files, missing }: NamedFiles,
): HourglassError | null =>
  missing.length === 0 && files.length > 0
    ? null
    : new HourglassError(
        'file-not-found',
        say('missingOfSet', {
          ...{ input, count: missing.length, of: files.length + missing.length },
          list: missing.slice(0, MOST_NAMED).join(', '),
          more: Math.max(0, missing.length - MOST_NAMED),
        }),
        { hint: say('copyWholeSet') },
      );

/** A file that was handed over, and where it lay for the person who did: a name, or folders before it, with slashes. */
export interface HandedFile {
  readonly path: string;
  readonly place: string;
}

/**
 * Takes indices out of files that were handed over together: their files came too, or are said to be missing.
 * @throws HourglassError cancelled; as an index that can not be read
 */
export async function withoutIndices(
  handed: readonly HandedFile[],
  signal: AbortSignal,
  table: Groupings = groupings,
): Promise<{ readonly paths: readonly string[]; readonly problem: HourglassError | null }> {
  const taken = new Set<string>();
  let problem: HourglassError | null = null;
  for (const { path, place } of handed) {
    const index = indexCalled(basename(place), table);
    if (!index) continue;
    const folder = place.slice(0, place.lastIndexOf('/') + 1);
    const beside = new Map(
      handed
        .filter((other) => other.path !== path && other.place.startsWith(folder))
        .map((other) => [other.place.slice(folder.length), other.path]),
    );
    const set = await index.files(path, signal, beside);
    if (set === null) continue;
    taken.add(path);
    problem ??= missingOfSet(basename(place), set);
  }
  return { paths: handed.map(({ path }) => path).filter((path) => !taken.has(path)), problem };
}

export interface GroupingOptions {
  readonly table?: Groupings | undefined;
  /** Jobs come of it: files of which each is written by itself stay apart. */
  readonly forWriting?: boolean | undefined;
}

/**
 * @param paths absolute, each once
 * @returns the entries that they make, in the order of the first file of each
 * @throws HourglassError cancelled; a file that a grouping can not read is an entry by itself
 */
export async function groupFiles(
  paths: readonly string[],
  signal: AbortSignal,
  options: GroupingOptions = {},
): Promise<Grouped['groups']> {
  const { groups } = await grouped(paths, signal, options);
  return groups;
}

/** As `groupFiles`, with what a person should know of the groups. */
async function grouped(
  paths: readonly string[],
  signal: AbortSignal,
  { table = groupings, forWriting = false }: GroupingOptions,
): Promise<Required<Grouped>> {
  const alone = paths.map((path) => [path]);
  const formats = Object.entries(table).filter(([, { writesEach }]) => !(forWriting && writesEach));
  // A run over 20,000 photos opens none of them for this.
  if (paths.length < 2 || formats.length === 0)
    return { groups: alone, said: () => [], refused: () => new Map() };
  const divides = new Map(formats.map(([format, { divide }]) => [format, divide]));
  const calledSo = (path: string): string | undefined =>
    formats.find(([, { called }]) => called?.(basename(path)))?.[0];
  const found = await pooled(paths, async (path) => {
    throwIfCancelled(signal);
    return calledSo(path) ?? (await formatByContent(path));
  });
  const byFormat = new Map<string, string[]>();
  for (const [at, format] of found.entries()) {
    if (!format || !divides.has(format)) continue;
    const members = byFormat.get(format);
    if (members) members.push(paths[at]!);
    else byFormat.set(format, [paths[at]!]);
  }
  const position = new Map(paths.map((path, i) => [path, i]));
  const all = await Promise.all(
    [...byFormat].map(([format, members]) => divided(members, divides.get(format)!, signal)),
  );
  const groups = all.flatMap((one) => one.groups);
  const taken = new Set(groups.flat());
  groups.push(...alone.filter(([path]) => !taken.has(path!)));
  const place = (group: readonly string[]): number =>
    group.reduce((least, path) => Math.min(least, position.get(path)!), Infinity);
  return {
    groups: groups.sort((one, other) => place(one) - place(other)),
    said: (meant) => all.flatMap(({ said }) => said?.(meant) ?? []),
    refused: (meant) => new Map(all.flatMap(({ refused }) => [...(refused?.(meant) ?? [])])),
  };
}

async function divided(
  paths: readonly string[],
  grouping: Grouping,
  signal: AbortSignal,
): Promise<Grouped> {
  const found = await grouping(paths, signal).catch((error: unknown): Grouped => {
    if (toHourglassError(error).code === 'cancelled') throw error;
    // Opening says of each file what is wrong with it.
    return { groups: paths.map((path) => [path]) };
  });
  const all = found.groups.flat();
  if (all.length !== paths.length || new Set([...all, ...paths]).size !== paths.length)
    throw new HourglassError('internal', say('groupingLostFilesOrTaken'));
  return { ...found, groups: found.groups.filter((group) => group.length > 0) };
}

/** What is said of series before a run, at the most. */
const MOST_SAID = 20;

export interface FilesOfSeries<F> {
  readonly files: readonly (F & {
    readonly series?: readonly string[];
    /** Why it is not worked on. */
    readonly refused?: HourglassError;
  })[];
  /** What a person should know of the series of those that are done, before they are: whole sentences. */
  readonly noticesOf: (done: ReadonlySet<string>) => readonly string[];
}

/**
 * Looks at the series of files that are written each by itself: what is wrong with these, and, where one noise level is asked for all of a
 * series, which files it has. Headers are read once for both.
 * @param files one entry for each job
 * @param reads as the command says; one that knows no series is asked for none
 * @param options `among`: all that may be of their series; default: themselves
 * @throws HourglassError cancelled
 */
export async function withSeries<F extends { readonly path: string }>(
  files: readonly F[],
  {
    reads,
    settings,
  }: Pick<CommandDefinition, 'reads'> & {
    readonly settings: Readonly<Record<string, unknown>>;
  },
  signal: AbortSignal,
  { among = files, table }: { readonly among?: readonly F[]; readonly table?: Groupings } = {},
): Promise<FilesOfSeries<F>> {
  if (!reads?.series) return { files, noticesOf: () => [] };
  const ofSeries = settings.levelOf === 'series';
  const paths = among.map(({ path }) => path);
  const { groups, said, refused } = await grouped(
    // Of a picture that calls itself one, its name is believed: a folder of photos is not opened for this.
    ofSeries ? paths : paths.filter((path) => isWrittenEach(basename(path), table)),
    signal,
    { table },
  );
  const noticesOf = (done: ReadonlySet<string>): string[] => {
    const texts = said(done);
    const left = texts.length - MOST_SAID;
    return [
      ...texts.slice(0, MOST_SAID),
      ...(left > 0 ? [say('moreOfSeries', { count: left })] : []),
    ];
  };
  const series = new Map(
    (ofSeries ? groups : [])
      .filter(({ length }) => length > 1)
      .flatMap((group) => group.map((path) => [path, group])),
  );
  const errors = refused(new Set(files.map(({ path }) => path)));
  return {
    noticesOf,
    files: files.map((file) => {
      const own = series.get(file.path);
      const error = errors.get(file.path);
      return { ...file, ...(own ? { series: own } : {}), ...(error ? { refused: error } : {}) };
    }),
  };
}

/** As `withSeries`, of files that come one after another to a folder that is watched. */
export function followSeries<F extends { readonly path: string }>(
  { reads }: Pick<CommandDefinition, 'reads'>,
  signal: AbortSignal,
  table: Groupings = groupings,
): (
  come: readonly F[],
  there: readonly F[],
) => Promise<{ readonly files: FilesOfSeries<F>['files']; readonly notices: readonly string[] }> {
  const followed = new Map<FormatGrouping, Following>();
  return async (come, there) => {
    if (!reads?.series) return { files: come, notices: [] };
    const refused = new Map<string, HourglassError>();
    const notices: string[] = [];
    const all = new Set(there.map(({ path }) => path));
    const each = come
      .map(({ path }) => path)
      .filter((path) => isWrittenEach(basename(path), table));
    for (const grouping of Object.values(table)) {
      if (!grouping.follow || each.length === 0) continue;
      const follow = followed.get(grouping) ?? (await grouping.follow());
      followed.set(grouping, follow);
      const found = await follow(each, all, signal);
      for (const [path, error] of found.refused) refused.set(path, error);
      notices.push(...found.said);
    }
    const files = come.map((file) => {
      const error = refused.get(file.path);
      return error ? { ...file, refused: error } : file;
    });
    return { files, notices };
  };
}

/** It may be one of several that are each a job; one without a known ending was looked at when it was found, and is again. */
function isWrittenEach(name: string, table: Groupings = groupings): boolean {
  const format = formatOfName(name);
  if (format === null) return Object.values(table).some(({ writesEach }) => writesEach);
  return table[format]?.writesEach === true;
}
