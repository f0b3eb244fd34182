/**
 * Which TIFF-like files are camera raw: their first picture is a preview, or a mosaic. Developing is a capability's
 * business (`app/raw`); here they are only told apart, before a decoder takes the preview for the picture.
 */
import type { ImageFormat } from '../contract/index.ts';
import { tiffTag } from './metadata/tiff-file.ts';
import {
  entryNumbers,
  entryText,
  findEntry,
  parseTiffHeader,
  readDirectory,
  type ByteSource,
} from './metadata/tiff-structure.ts';

/** Photometric interpretations of raw data: colour filter array and linear raw (DNG 1.7.1, chapter 3). */
const rawPhotometrics = [32803, 34892];
/** Compression of makers (TIFF tag 259): Nikon, Sony, Pentax, Samsung. */
const rawCompressions = [34713, 32767, 32769, 32770, 65535];

/**
 * @returns dng: a DNG version says so; raw: another maker's, by photometric interpretation, compression, or a reduced first
 *   picture of a camera that keeps the real one in a sub-directory (NEF, ARW, PEF); null: an ordinary TIFF
 */
export async function cameraRawKind(
  source: ByteSource,
): Promise<Extract<ImageFormat, 'dng' | 'raw'> | null> {
  const header = parseTiffHeader(await source.read(0, 16));
  if (!header) return null;
  // Only the few tags below are looked at; none is long.
  const image = await readDirectory(source, header, header.firstDirectory, 1024);
  if (!image) return null;
  const first = (tag: number): number | undefined =>
    entryNumbers(findEntry(image, tag), header.littleEndian)[0];
  if (findEntry(image, tiffTag.dngVersion)) return 'dng';
  if (rawPhotometrics.includes(first(tiffTag.photometric) ?? -1)) return 'raw';
  if (entryText(findEntry(image, 271)) === null) return null;
  if (rawCompressions.includes(first(259) ?? -1)) return 'raw';
  const isReduced = ((first(tiffTag.newSubfileType) ?? 0) & 1) === 1;
  return isReduced && findEntry(image, tiffTag.subDirectories) ? 'raw' : null;
}
