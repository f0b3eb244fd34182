/** How the samples of a TIFF's page are stored (TIFF 6.0, sections 3, 7 and 15): for what decoding it takes. */
import { entryNumbers, findEntry, type TiffDirectory } from './tiff-structure.ts';

export interface TiffStorage {
  /** Tag Compression; 1: none. */
  readonly compression: number;
  readonly isTiled: boolean;
  /** What a decoder has at a time, decoded: a strip, or a row of tiles. Bytes. */
  readonly partBytes: number;
  /** All strips or tiles of the page as stored, bytes. */
  readonly storedBytes: number;
}

export function tiffStorage(directory: TiffDirectory, littleEndian: boolean): TiffStorage {
  const numbers = (tag: number): number[] => entryNumbers(findEntry(directory, tag), littleEndian);
  const first = (tag: number): number | undefined => numbers(tag)[0];
  const width = first(256) ?? 0;
  const height = first(257) ?? 0;
  const bits = numbers(258);
  // Samples of their own planes come one after the other, and then all have to be there.
  const bitsPerPixel = (bits[0] ?? 1) * Math.max(bits.length, first(277) ?? 1);
  const isTiled = directory.tags.has(322);
  const [tileWidth = 0, tileHeight = 0] = [first(322), first(323)];
  const across = tileWidth > 0 ? Math.ceil(width / tileWidth) * tileWidth : width;
  const rows = isTiled ? tileHeight : Math.min(height, first(278) ?? height);
  return {
    compression: first(259) ?? 1,
    isTiled,
    partBytes: (across * rows * bitsPerPixel) / 8,
    storedBytes: numbers(isTiled ? 325 : 279).reduce((sum, size) => sum + size, 0),
  };
}
