/** DICOM files that came together, as series: for hosts, which open no pixels. */
import { basename } from 'node:path';
import { HourglassError } from '../../contract/index.ts';
import { say } from '../sentences.ts';
import { findingsOf, seriesOf } from './series.ts';
import { readSlices, type Slice } from './slice.ts';
import { noticesOf } from './stack-notices.ts';

export interface GroupedSlices {
  /** In the order of their slices; a file that can not be read is one by itself. */
  readonly groups: readonly (readonly string[])[];
  /** What a person should know of the series of these files before they are cleaned, whole sentences. */
  readonly said: (meant: ReadonlySet<string>) => readonly string[];
  /** Of these files, those that are not to be worked on, and why: by path. */
  readonly refused: (meant: ReadonlySet<string>) => ReadonlyMap<string, HourglassError>;
}

/** @throws HourglassError cancelled */
export async function groupSlices(
  paths: readonly string[],
  signal: AbortSignal,
): Promise<GroupedSlices> {
  // Opening says what is wrong with one that can not be read.
  const read = await readSlices(paths, (path) => path, signal);
  const slices = read.filter((slice) => typeof slice !== 'string');
  const others = read.filter((slice) => typeof slice === 'string');
  const stacks = seriesOf(slices);
  const series = stacks.map((stack) => stack.map(({ path }) => path));
  return {
    groups: [...series, ...others.map((path) => [path])],
    said: (meant) => [
      ...saidOf(stacks.filter((stack) => stack.some(({ path }) => meant.has(path)))),
      ...twinsOf(slices.filter(({ path }) => meant.has(path))),
    ],
    refused: (meant) => mixedOf(slices.filter(({ path }) => meant.has(path))),
  };
}

/** What is known of slices that come one after another, as to a folder that is watched. */
export interface FollowedSlices {
  /** Of those that came now, those that are not to be worked on, and why: by path. */
  readonly refused: ReadonlyMap<string, HourglassError>;
  /** What a person should know of them, whole sentences. */
  readonly said: readonly string[];
}

/**
 * Each header is read once; what was there before is remembered, in memory alone. Gaps are not said: more may come.
 * @returns asked about files that have come, or are others now, with all that are there
 */
export function followSlices(): (
  come: readonly string[],
  there: ReadonlySet<string>,
  signal: AbortSignal,
) => Promise<FollowedSlices> {
  const known = new Map<string, Slice>();
  return async (come, there, signal) => {
    for (const path of known.keys()) if (!there.has(path)) known.delete(path);
    for (const slice of await readSlices(come, (path) => path, signal)) {
      if (typeof slice === 'string') known.delete(slice);
      else known.set(slice.path, slice);
    }
    const all = [...known.values()];
    const own = new Set(come);
    return {
      refused: new Map([...mixedOf(all)].filter(([path]) => own.has(path))),
      said: twinsOf(all, own),
    };
  };
}

/** Values of which several slices have the same one. */
function sharing(slices: readonly Slice[], of: 'instance' | 'series'): Slice[][] {
  const byUid = new Map<string, Slice[]>();
  for (const slice of slices) {
    if (slice[of] === '') continue;
    const known = byUid.get(slice[of]);
    if (known) known.push(slice);
    else byUid.set(slice[of], [slice]);
  }
  return [...byUid.values()].filter(({ length }) => length > 1);
}

/** Files that say of themselves that they are one object. @param of which one of them is; default: of all */
const twinsOf = (slices: readonly Slice[], of?: ReadonlySet<string>): string[] =>
  sharing(slices, 'instance')
    .filter((twins) => !of || twins.some(({ path }) => of.has(path)))
    .map(([first, other, ...more]) =>
      say('sameObject', { first: nameOf(first!), other: nameOf(other!), more: more.length }),
    );

/** Series of several patients: whose a result is could not be told. Slices without a place in space too. */
function mixedOf(slices: readonly Slice[]): Map<string, HourglassError> {
  const refused = new Map<string, HourglassError>();
  for (const series of sharing(slices, 'series')) {
    if (new Set(series.map(({ patient }) => patient)).size === 1) continue;
    for (const slice of series)
      refused.set(
        slice.path,
        new HourglassError('unsupported-image', say('mixedNotCleaned', { name: nameOf(slice) }), {
          hint: say('partPatients'),
        }),
      );
  }
  return refused;
}

/** Series that are named, at the most. */
const MOST_NAMED = 10;

const nameOf = ({ path }: Slice): string => basename(path);

function saidOf(stacks: readonly (readonly Slice[])[]): string[] {
  // Of an image by itself its own opening says everything.
  const several = stacks.filter(({ length }) => length > 1);
  const found = several.flatMap((stack) => {
    const files = stack.map((slice) => ({ name: nameOf(slice) }));
    return noticesOf({ files, findings: findingsOf(stack) }).map(({ text }) => text);
  });
  // Images by themselves, however many, are no series that came apart.
  if (several.length === 0 || stacks.length === 1) return found;
  const list = stacks
    .slice(0, MOST_NAMED)
    .map((stack) => [nameOf(stack[0]!), `(${stack.length})`].join(' '))
    .join(', ');
  const more = Math.max(0, stacks.length - MOST_NAMED);
  return [say('severalSeries', { count: stacks.length, list, more }), ...found];
}
