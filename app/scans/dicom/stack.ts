/** The slices of an entry that comes from several files, found out once. */
import { HourglassError, type VolumeShape } from '../../contract/index.ts';
import type { ImageFile } from '../../pixels/index.ts';
import { leans, whyNoPlanes } from '../planes.ts';
import { say } from '../sentences.ts';
import { findingsOf, seriesOf, type Findings } from './series.ts';
import { readSlices, type Slice } from './slice.ts';

export interface Stack {
  /** In the order of the slices. */
  readonly files: readonly ImageFile[];
  readonly findings: Findings;
  /** The volume that they are, or why no planes can be cut from it. */
  readonly volume: VolumeShape | { readonly refused: string };
}

/** Entries whose slices are remembered: paths and places in space of each. */
const MOST_KEPT = 8;
const kept = new Map<string, Promise<Stack>>();

/**
 * @param files of one entry, in any order
 * @throws HourglassError unsupported-image: they are not one series, or slices of several patients; as `readSlice`
 */
export function stackOf(files: readonly ImageFile[]): Promise<Stack> {
  const key = files
    .map(({ path, bytes, modifiedMs }) => [path, bytes, modifiedMs].join())
    .join('\0');
  const known = kept.get(key);
  if (known) return known;
  const found = find(files);
  kept.set(key, found);
  found.catch(() => kept.delete(key));
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT) kept.delete(oldest!);
  return found;
}

async function find(files: readonly ImageFile[]): Promise<Stack> {
  const slices = await readSlices(
    files.map(({ path }) => path),
    (_, error): never => {
      throw error;
    },
  );
  const [series, ...others] = seriesOf(slices);
  const { name } = files[0]!;
  const refused = (text: string): HourglassError => new HourglassError('unsupported-image', text);
  if (others.length > 0) throw refused(say('notOneSeries', { name, count: files.length }));
  const findings = findingsOf(series!);
  if (findings.mixed) throw refused(say('mixedPatients', { name }));
  const byPath = new Map(files.map((file) => [file.path, file]));
  return {
    files: series!.map(({ path }) => byPath.get(path)!),
    findings,
    volume: volumeOf(series!, findings),
  };
}

/** @param series in the order of its slices */
function volumeOf(series: readonly Slice[], findings: Findings): Stack['volume'] {
  const { gaps, duplicates, times } = findings;
  const [first] = series;
  const { position, rowDirection, columnDirection, spacing, columns, rows } = first!;
  const count = series.length / times;
  if (count < 2) return { refused: whyNoPlanes('alone') };
  if (!position || !rowDirection || !columnDirection) return { refused: whyNoPlanes('place') };
  const [between, along] = spacing;
  if (!(between! > 0) || !(along! > 0)) return { refused: whyNoPlanes('size') };
  if (gaps.length > 0) return { refused: whyNoPlanes('gaps') };
  if (duplicates > 0) return { refused: whyNoPlanes('twice') };
  const last = series[count - 1]!.position!;
  const shape: VolumeShape = {
    ...{ size: [columns, rows, count], times, origin: [...position] },
    steps: [
      scaled(rowDirection, along!),
      scaled(columnDirection, between!),
      scaled(
        [last[0] - position[0], last[1] - position[1], last[2] - position[2]],
        1 / (count - 1),
      ),
    ],
  };
  return leans(shape) ? { refused: whyNoPlanes('tilt') } : shape;
}

const scaled = (
  [x, y, z]: readonly [number, number, number],
  by: number,
): [number, number, number] => [x * by, y * by, z * by];
