/** DICOM files that came together, as series: for hosts, which open no pixels. */
import { basename } from 'node:path';
import { say } from '../sentences.ts';
import { findingsOf, seriesOf } from './series.ts';
import { readSlices, type Slice } from './slice.ts';
import { noticesOf } from './stack-notices.ts';

export interface GroupedSlices {
  /** In the order of their slices; a file that can not be read is one by itself. */
  readonly groups: readonly (readonly string[])[];
  /** What a person should know of them before anything is cleaned, whole sentences, and the files that each is about. */
  readonly said: readonly { readonly files: readonly string[]; readonly text: string }[];
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
  const series = stacks.map(pathsOf);
  return {
    groups: [...series, ...others.map((path) => [path])],
    said: [...severalSeries(stacks), ...stacks.flatMap(saidOf)],
  };
}

const pathsOf = (stack: readonly Slice[]): string[] => stack.map(({ path }) => path);

/** Series that are named, at the most. */
const MOST_NAMED = 10;

/** Images by themselves, however many, are no series that came apart. */
function severalSeries(stacks: readonly (readonly Slice[])[]): GroupedSlices['said'] {
  if (stacks.length < 2 || stacks.every(({ length }) => length === 1)) return [];
  const list = stacks
    .slice(0, MOST_NAMED)
    .map((stack) => [basename(stack[0]!.path), `(${stack.length})`].join(' '))
    .join(', ');
  const more = Math.max(0, stacks.length - MOST_NAMED);
  const text = say('severalSeries', { count: stacks.length, list, more });
  return [{ files: stacks.flatMap(pathsOf), text }];
}

/** Of an image by itself its own opening says everything. */
function saidOf(stack: readonly Slice[]): GroupedSlices['said'] {
  if (stack.length === 1) return [];
  const paths = pathsOf(stack);
  const files = paths.map((path) => ({ name: basename(path) }));
  const notices = noticesOf({ files, findings: findingsOf(stack) });
  return notices.map(({ text }) => ({ files: paths, text }));
}
