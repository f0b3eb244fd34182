/**
 * From a tiled run to a picture file: the part that all commands share whose result is a picture. Which depth
 * its rows have and which the file, when the writer begins, and that a file appears whole or not at all. How pixels
 * are made is the capability's; names, encoding and metadata are those of `pixels`.
 */
import {
  abilitiesOf,
  type CommandContext,
  type DeviceUsed,
  type PictureOutput,
  type Sharing,
} from '../contract/index.ts';
import type { Raster, SampleType } from '../pixels/raster.ts';
import type { FinishedFile, ImageWriter, WriteRequest } from '../pixels/types.ts';
import { createSharingWriter, sharedSize } from '../pixels/share/sharing-writer.ts';
import { createWindowWriter, type ShownWindow } from '../pixels/share/shown-window.ts';
import { rowSink, writeRaster, type PixelSink } from './sinks.ts';

export interface PictureFile extends Pick<
  WriteRequest,
  | 'quality'
  | 'maxBytes'
  | 'overwrite'
  | 'width'
  | 'height'
  | 'channels'
  | 'hasAlpha'
  | 'opaque'
  | 'from'
  | 'pages'
  | 'object'
> {
  readonly output: PictureOutput;
  /** As it was asked for; keep: that of the source. */
  readonly depth: 'keep' | '8' | '16';
  readonly software: string;
  readonly sharing: Sharing;
  /** Of a scan that is written as it is seen; null, absent: as it is stored. */
  readonly window?: ShownWindow | null;
  /** What was done, for the file's mark; asked when it is certain which device runs. */
  readonly action: (device: DeviceUsed) => string;
}

/** Where the pixels go: tile by tile, or all at once. */
export interface PictureTarget {
  /** Type of the rows that are taken. */
  readonly sampleType: SampleType;
  readonly sink: PixelSink;
  /** Pixels that are there already. @throws HourglassError cancelled, output-not-writable */
  whole(raster: Raster, device: DeviceUsed): Promise<void>;
}

/** Of the file. */
export interface WrittenPicture extends Readonly<FinishedFile> {
  readonly width: number;
  readonly height: number;
}

/**
 * Writes the file, or nothing.
 * @param make hands over every row once
 * @throws HourglassError as `createWriter` and `make`
 */
export async function writePicture<T>(
  file: PictureFile,
  { signal }: Pick<CommandContext, 'signal'>,
  make: (target: PictureTarget) => Promise<T>,
): Promise<{ readonly made: T; readonly written: WrittenPicture }> {
  const stored = file.window ? file.from.raster.sampleType : storedType(file);
  const sampleType = rowType(file.from.raster.sampleType, stored);
  /** At most one. */
  const writers: ImageWriter[] = [];
  const open = async (device: DeviceUsed): Promise<ImageWriter> => {
    const request = requestFor(file, stored, device);
    const writer = await (file.window
      ? createWindowWriter(request, file.sharing, file.window)
      : createSharingWriter(request, file.sharing));
    writers.push(writer);
    return writer;
  };
  try {
    const made = await make({
      sampleType,
      sink: rowSink(file, sampleType, open),
      whole: async (raster, device) => writeRaster(raster, await open(device), signal),
    });
    const written = await writers[0]!.finish(signal);
    return { made, written: { ...written, ...sharedSize(file, file.sharing.maxSide) } };
  } catch (error) {
    await writers[0]?.abort();
    throw error;
  }
}

function storedType({
  depth,
  from,
  output,
}: Pick<PictureFile, 'depth' | 'from' | 'output'>): SampleType {
  const own = from.raster.sampleType;
  const { samples: held, isSources } = abilitiesOf(output.format);
  if (isSources) return own;
  const samples: readonly SampleType[] = held;
  // What holds no 8 bits is written as deep as it is.
  if (depth === '8' && !samples.includes('uint8')) return own;
  // Signed samples are of 16 bits already.
  if (depth === 'keep' || (depth === '16' && own === 'int16')) return own;
  return depth === '8' ? 'uint8' : 'uint16';
}

/** Sample types from shallow to deep. */
const depths: readonly SampleType[] = ['uint8', 'uint16', 'int16', 'float32'];

/**
 * Rows are handed over in the deeper of the source's and the output's type: 16 bits from an 8-bit
 * source carry what the network computed between the steps, and fewer bits than the source has come
 * from the very pixels that the screen shows.
 */
const rowType = (own: SampleType, stored: SampleType): SampleType =>
  depths.indexOf(stored) > depths.indexOf(own) ? stored : own;

const requestFor = (
  file: PictureFile,
  sampleType: SampleType,
  device: DeviceUsed,
): WriteRequest => ({
  path: file.output.path,
  format: file.output.format,
  sampleType,
  quality: file.quality,
  ...(file.maxBytes === undefined ? {} : { maxBytes: file.maxBytes }),
  overwrite: file.overwrite,
  width: file.width,
  height: file.height,
  channels: file.channels,
  hasAlpha: file.hasAlpha,
  from: file.from,
  ...(file.opaque === undefined ? {} : { opaque: file.opaque }),
  ...(file.pages ? { pages: file.pages } : {}),
  ...(file.object ? { object: file.object } : {}),
  mark: { software: file.software, action: file.action(device) },
});
