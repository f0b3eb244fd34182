/**
 * Which of the files that came together are one entry: the slices of a series, for example. A format whose
 * files may belong together says how, in a line of the table here; all others are one entry per file.
 * Decided before anything is opened, alike for what is dropped, chosen, uploaded and named on the command line.
 */
import { HourglassError, toHourglassError, type ImageFormat } from '../../contract/index.ts';
import { formatByContent } from '../../pixels/sniff.ts';
import { say } from './sentences.ts';

/**
 * Divides files of one format. May read them.
 * @returns groups that have each file once; the first file of a group names it
 */
export type Grouping = (
  paths: readonly string[],
  signal: AbortSignal,
) => Promise<readonly (readonly string[])[]>;

/** How files of one format belong together. */
export interface FormatGrouping {
  readonly divide: Grouping;
  /**
   * What is written of several is a file for each: the entry is one to look at, and as many jobs. Default: one job with all
   * files.
   */
  readonly writesEach?: boolean;
}

export type Groupings = Readonly<Partial<Record<ImageFormat, FormatGrouping>>>;

/** By format. */
export const groupings: Groupings = {
  dicom: {
    divide: async (paths, signal) =>
      (await import('../../scans/dicom/group-slices.ts')).groupSlices(paths, signal),
    writesEach: true,
  },
};

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
  { table = groupings, forWriting = false }: GroupingOptions = {},
): Promise<readonly (readonly string[])[]> {
  const alone = paths.map((path) => [path]);
  if (paths.length < 2 || Object.keys(table).length === 0) return alone;
  const byFormat = new Map<ImageFormat, string[]>();
  for (const path of paths) {
    const format = await formatByContent(path);
    const grouping = format && table[format];
    if (grouping && !(forWriting && grouping.writesEach))
      byFormat.set(format, [...(byFormat.get(format) ?? []), path]);
  }
  const position = new Map(paths.map((path, i) => [path, i]));
  const groups: (readonly string[])[] = [];
  for (const [format, members] of byFormat)
    groups.push(...(await divided(members, table[format]!.divide, signal)));
  const grouped = new Set(groups.flat());
  groups.push(...alone.filter(([path]) => !grouped.has(path!)));
  const place = (group: readonly string[]): number =>
    Math.min(...group.map((path) => position.get(path)!));
  return groups.sort((one, other) => place(one) - place(other));
}

async function divided(
  paths: readonly string[],
  grouping: Grouping,
  signal: AbortSignal,
): Promise<readonly (readonly string[])[]> {
  const groups = await grouping(paths, signal).catch((error: unknown) => {
    if (toHourglassError(error).code === 'cancelled') throw error;
    // Opening says of each file what is wrong with it.
    return paths.map((path) => [path]);
  });
  const all = groups.flat();
  if (all.length !== paths.length || new Set([...all, ...paths]).size !== paths.length)
    throw new HourglassError('internal', say('groupingLostFilesOrTaken'));
  return groups.filter((group) => group.length > 0);
}
