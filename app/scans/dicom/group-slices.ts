/** DICOM files that came together, as series: for hosts, which open no pixels. */
import { seriesOf } from './series.ts';
import { readSlices } from './slice.ts';

/**
 * @returns series in the order of their slices; a file that can not be read is one by itself
 * @throws HourglassError cancelled
 */
export async function groupSlices(
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly (readonly string[])[]> {
  // Opening says what is wrong with one that can not be read.
  const read = await readSlices(paths, (path) => path, signal);
  const slices = read.filter((slice) => typeof slice !== 'string');
  const others = read.filter((slice) => typeof slice === 'string');
  const series = seriesOf(slices).map((stack) => stack.map(({ path }) => path));
  return [...series, ...others.map((path) => [path])];
}
