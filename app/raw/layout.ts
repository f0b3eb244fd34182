/**
 * What a DNG (or another TIFF-like raw file) says of its stored samples, as far as LibRaw does not tell: whether they are there
 * at all, how they are compressed, black of each colour. DNG 1.7.1, chapters 3 and 4.
 */
import type { Rect } from '../contract/index.ts';
import {
  entryNumbers,
  findEntry,
  parseTiffHeader,
  readDirectory,
  typeSize,
  type ByteSource,
  type TiffDirectory,
  type TiffEntry,
} from '../pixels/metadata/tiff-structure.ts';

export interface RawLayout {
  /** TIFF tag 259. */
  readonly compression: number;
  /** BlackLevel, in the order of its repeat; [0] where none is given. */
  readonly blackLevel: readonly number[];
  /** Rows and columns that BlackLevel repeats over. */
  readonly blackRepeat: { readonly rows: number; readonly columns: number };
  /** DefaultCrop, from the sensor's first sample; null: not given. */
  readonly crop: Rect | null;
  /** Strips or tiles end within the file. */
  readonly whole: boolean;
}

const tag = {
  ...{ subfileType: 254, compression: 259, photometric: 262, subDirectories: 330 },
  ...{ stripOffsets: 273, stripCounts: 279, tileOffsets: 324, tileCounts: 325 },
  ...{ blackRepeat: 50713, blackLevel: 50714 },
  ...{ cropOrigin: 50719, cropSize: 50720, activeArea: 50829 },
} as const;

/** More than any maker puts into one file. */
const mostDirectories = 32;

/** The raw picture's directory; null where the file is no TIFF, or holds none that says so. */
export async function readRawLayout(source: ByteSource): Promise<RawLayout | null> {
  const header = parseTiffHeader(await source.read(0, 16));
  if (!header) return null;
  const little = header.littleEndian;
  const waiting = [header.firstDirectory];
  for (let count = 0; waiting.length > 0 && count < mostDirectories; count++) {
    const directory = await readDirectory(source, header, waiting.shift()!);
    if (!directory) continue;
    const numbers = (wanted: number): number[] =>
      entryNumbers(findEntry(directory, wanted), little);
    const [photometric = 0] = numbers(tag.photometric);
    const [subfileType = 0] = numbers(tag.subfileType);
    if (subfileType === 0 && [32803, 34892].includes(photometric)) {
      const [rows = 1, columns = 1] = numbers(tag.blackRepeat);
      const blackLevel = realNumbers(findEntry(directory, tag.blackLevel), little);
      return {
        compression: numbers(tag.compression)[0] ?? 1,
        blackLevel: blackLevel.length > 0 ? blackLevel : [0],
        blackRepeat: { rows, columns },
        crop: cropOf(directory, little),
        whole: isWhole(directory, little, source.length),
      };
    }
    waiting.push(...numbers(tag.subDirectories).slice(0, mostDirectories));
    if (directory.next > 0) waiting.push(directory.next);
  }
  return null;
}

/** DefaultCropOrigin lies within ActiveArea, and may be a fraction (DNG 1.7.1, chapter 4). */
function cropOf(directory: TiffDirectory, little: boolean): Rect | null {
  const reals = (wanted: number): number[] => realNumbers(findEntry(directory, wanted), little);
  const [top = 0, left = 0] = reals(tag.activeArea);
  const [x = 0, y = 0] = reals(tag.cropOrigin);
  const [width = 0, height = 0] = reals(tag.cropSize);
  const crop = { x: left + x, y: top + y, width, height };
  const isPlace = Object.values(crop).every((value) => value >= 0 && value < 1e6);
  if (!isPlace || width < 1 || height < 1) return null;
  return {
    x: Math.round(crop.x),
    y: Math.round(crop.y),
    width: Math.round(width),
    height: Math.round(height),
  };
}

function isWhole(directory: TiffDirectory, little: boolean, length: number): boolean {
  const pairs = [
    [tag.stripOffsets, tag.stripCounts],
    [tag.tileOffsets, tag.tileCounts],
  ] as const;
  return pairs.every(([offsets, counts]) => {
    const sizes = entryNumbers(findEntry(directory, counts), little);
    return entryNumbers(findEntry(directory, offsets), little).every(
      (offset, index) => offset + (sizes[index] ?? 0) <= length,
    );
  });
}

/** Numbers of any type of TIFF 6.0, fractions too. */
export function realNumbers(entry: TiffEntry | undefined, little: boolean): number[] {
  if (!entry) return [];
  const view = new DataView(entry.value.buffer, entry.value.byteOffset, entry.value.byteLength);
  const size = typeSize(entry.type);
  return Array.from({ length: Math.min(entry.count, 4096) }, (_, index) => {
    const at = index * size;
    if (entry.type === 5) return view.getUint32(at, little) / view.getUint32(at + 4, little);
    if (entry.type === 10) return view.getInt32(at, little) / view.getInt32(at + 4, little);
    if (entry.type === 11) return view.getFloat32(at, little);
    if (entry.type === 12) return view.getFloat64(at, little);
    if (entry.type === 9) return view.getInt32(at, little);
    if (entry.type === 8) return view.getInt16(at, little);
    return entryNumbers(entry, little)[index] ?? Number.NaN;
  });
}
