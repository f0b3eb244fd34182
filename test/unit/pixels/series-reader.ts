/**
 * A reader of a made-up format, in the place of latent files: each file is one slice of signed 16-bit values,
 * and slices that say the same series belong together. It proves what documents of several frames and files
 * need before a real format has any.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { ForeignReader, Raster } from '../../../app/pixels/index.ts';
import type { Scale } from '../../../app/contract/index.ts';
import { HourglassError } from '../../../app/contract/index.ts';
import type { Grouping } from '../../../app/hosts/shared/grouping.ts';
import { noMetadata } from './support.ts';

export const sliceSize = { width: 600, height: 20 };
export const sliceScale: Scale = {
  ...{ black: -1024, white: 3071, slope: 1, intercept: 0, unit: 'HU', window: null },
};
const MAGIC = '\x89HGL\r\n\x1a\n';

interface Slice {
  readonly series: string;
  /** Where it lies: slices are frames in this order, whatever their files are called. */
  readonly place: number;
  /** Every value of it. */
  readonly value: number;
}

export const writeSlice = (path: string, slice: Slice): void =>
  writeFileSync(path, MAGIC + JSON.stringify(slice), 'latin1');

/** Files of one series are one entry, in their order in space. */
export const seriesGrouping: Grouping = async (paths) => {
  const series = new Map<string, [number, string][]>();
  for (const path of paths) {
    const slice = readSlice(path);
    series.set(slice.series, [...(series.get(slice.series) ?? []), [slice.place, path]]);
  }
  const ordered = [...series.values()].map((slices) =>
    slices.sort(([one], [other]) => one - other).map(([, path]) => path),
  );
  return { groups: ordered };
};

export const readSlice = (path: string): Slice =>
  JSON.parse(readFileSync(path, 'latin1').slice(MAGIC.length)) as Slice;

const rasterOf = ({ value }: Slice): Raster => ({
  ...{ ...sliceSize, channels: 1, hasAlpha: false, sampleType: 'int16', scale: sliceScale },
  data: new Int16Array(sliceSize.width * sliceSize.height).fill(value),
});

export interface SeriesReader extends ForeignReader {
  /** Frames that were decoded, in this order. */
  readonly decoded: number[];
}

export function createSeriesReader(): SeriesReader {
  const decoded: number[] = [];
  return {
    decoded,
    decode: ({ path, bytes, modifiedMs }, _limits, _signal, { frame, files }) => {
      const slices = files
        .map((file) => readSlice(file.path))
        .sort((one, other) => one.place - other.place);
      decoded.push(frame);
      const slice = slices[frame];
      if (!slice) throw new HourglassError('internal', `There is no frame ${frame}.`);
      return Promise.resolve({
        ...{ path, format: 'hgl', bytes, raster: rasterOf(slice), frames: slices.length },
        metadata: { ...noMetadata, modifiedMs },
        content: { family: 'scan', reason: 'the header says so' },
        notices: [],
      });
    },
    preview: ({ path }) =>
      Promise.resolve({ raster: rasterOf(readSlice(path)), metadata: noMetadata }),
  };
}
