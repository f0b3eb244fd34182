/** DICOM files that came together, as series: for hosts, which open no pixels. */
import { throwIfCancelled } from '../../contract/errors.ts';
import { pooled } from '../../pixels/pooled.ts';
import { seriesOf } from './series.ts';
import { readSlice, type Slice } from './slice.ts';

/**
 * @returns series in the order of their slices; a file that can not be read is one by itself
 * @throws HourglassError cancelled
 */
export async function groupSlices(
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly (readonly string[])[]> {
  const read = await pooled(paths, async (path): Promise<Slice | string> => {
    throwIfCancelled(signal);
    // Opening says what is wrong with it.
    return readSlice(path).catch(() => path);
  });
  const slices = read.filter((slice) => typeof slice !== 'string');
  const others = read.filter((slice) => typeof slice === 'string');
  const series = seriesOf(slices).map((stack) => stack.map(({ path }) => path));
  return [...series, ...others.map((path) => [path])];
}
