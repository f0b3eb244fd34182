/**
 * Whether a file is whole where its decoder does not look: the ends of PNG and GIF, the strips and tiles of
 * TIFF, what is left over in a JPEG's scan. What decoders do notice is `vips.ts`'s; formats that have no
 * way to tell at all are listed in the manual (docs/manual/damaged-files.md).
 */
import { readFile } from 'node:fs/promises';
import { createInflate } from 'node:zlib';
import { HourglassError } from '../contract/index.ts';
import { EvenRuns } from './jpeg-scan.ts';
import { endsWithPicture } from './jpeg-walk.ts';
import { gifBlocks } from './metadata/gif-blocks.ts';
import { endOfJpeg, jpegSegments } from './metadata/jpeg-segments.ts';
import { endsWhole } from './metadata/png-chunks.ts';
import {
  entryNumbers,
  findEntry,
  parseTiffHeader,
  readDirectory,
  type ByteSource,
  type TiffDirectory,
} from './metadata/tiff-structure.ts';
import type { ImageFile } from './identify.ts';
import { withSource } from './header.ts';
import { say } from './sentences.ts';
import { sharp } from './vips.ts';

/** Coded bytes that a file's scan may hold too many: some writers pad its end. */
const LEFT_OVER = 16;

/** What was found on the way. */
export interface LookedThrough {
  /** Behind a JPEG's end marker; null: it has none. */
  readonly jpegEnd?: number | null;
}

/** What is known of a file before it is looked through. */
export interface KnownBefore {
  /** Of a TIFF, from 0 on. */
  readonly page: number;
  /** Of `jpegScanEnds`; null: it was not asked, or does not know. */
  readonly scanEnds: boolean | null;
}

/**
 * Looks for damage that the decoder leaves out, in the picture that is read.
 * @throws HourglassError damaged-image, with what was found
 */
export async function refuseIncomplete(
  file: ImageFile,
  known: KnownBefore,
  signal: AbortSignal,
): Promise<LookedThrough> {
  const { why, ...seen } = await withSource(file, (source) => missing(file, known, source, signal));
  if (why)
    throw new HourglassError('damaged-image', say('damagedBecause', { name: file.name, why }));
  return seen;
}

async function missing(
  file: ImageFile,
  { page, scanEnds }: KnownBefore,
  source: ByteSource,
  signal: AbortSignal,
): Promise<LookedThrough & { readonly why: string | null }> {
  switch (file.format) {
    case 'png':
      return { why: (await endsWhole(source)) ? null : say('pngEndMissing') };
    case 'gif':
      return { why: await missingInGif(source) };
    case 'tiff':
      return { why: await missingInTiff(source, page, signal) };
    case 'jpeg':
      return missingInJpeg(file, scanEnds, source, signal);
    default:
      return { why: null };
  }
}

/** As `endsWithPicture`, of a file. Takes as long as decoding it, 0.1 s for a megabyte, beside which it can run. */
export const jpegScanEnds = async (
  { path }: ImageFile,
  signal: AbortSignal,
): Promise<boolean | null> => endsWithPicture(await readFile(path), signal, LEFT_OVER);

/**
 * A walk through the codes takes as long as decoding: where they were not walked through already, only a file with a lost sector is. Of a scan that follows, as in progressive files, libjpeg warns itself.
 */
async function missingInJpeg(
  file: ImageFile,
  scanEnds: boolean | null,
  source: ByteSource,
  signal: AbortSignal,
): Promise<LookedThrough & { readonly why: string | null }> {
  const runs = new EvenRuns();
  const jpegEnd = await endOfJpeg(source, 0, (bytes, at) => runs.see(bytes, at));
  if (jpegEnd === null && !(await hasEnd(file.path, source)))
    return { jpegEnd, why: say('jpegEndMissing') };
  const ends = scanEnds ?? (runs.found ? await jpegScanEnds(file, signal) : null);
  return { jpegEnd, why: ends === false ? say('scanNotAsLong') : null };
}

/**
 * An end marker behind the beginning of the scan (ITU-T T.81, B.2.1), where odd segments hide it from a walk. Decoders do not
 * miss it where the last bits of the picture were read before they came to the end of the file.
 */
async function hasEnd(path: string, source: ByteSource): Promise<boolean> {
  let scan = 2;
  for await (const { at, size } of jpegSegments(source)) scan = at + 4 + size;
  return (await readFile(path)).lastIndexOf(Buffer.of(0xff, 0xd9)) > scan;
}

async function missingInGif(source: ByteSource): Promise<string | null> {
  for await (const { kind } of gifBlocks(source)) {
    if (kind === 'trailer') return null;
    if (kind === 'broken') return say('blocksBrokenOff');
  }
  return say('gifEndMissing');
}

const tag = {
  width: 256,
  height: 257,
  compression: 259,
  stripOffsets: 273,
  rowsPerStrip: 278,
  stripBytes: 279,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileBytes: 325,
  jpegTables: 347,
} as const;

const DEFLATE: readonly number[] = [8, 32946];
const JPEG = 7;

/**
 * TIFF 6.0, sections 3 and 15: strips and tiles lie inside the file. Those of Deflate end with a checksum that
 * libtiff never reaches, and tiles of JPEG are decoded without a look at warnings.
 */
async function missingInTiff(
  source: ByteSource,
  page: number,
  signal: AbortSignal,
): Promise<string | null> {
  const header = parseTiffHeader(await source.read(0, 16));
  let image = header && (await readDirectory(source, header, header.firstDirectory));
  for (let before = 0; header && image && before < page; before++)
    image = await readDirectory(source, header, image.next);
  if (!header || !image) return null; // The decoder says what is wrong.
  const numbers = (which: number): number[] =>
    entryNumbers(findEntry(image, which), header.littleEndian);
  const isTiled = findEntry(image, tag.tileOffsets) !== undefined;
  const offsets = numbers(isTiled ? tag.tileOffsets : tag.stripOffsets);
  const sizes = numbers(isTiled ? tag.tileBytes : tag.stripBytes);
  const [compression = 1] = numbers(tag.compression);
  const placeOf = (index: number) => ({
    part: isTiled ? 'tile' : 'strip',
    number: index + 1,
    count: offsets.length,
  });
  const pixelsOfPart = (): number => {
    const [width = 1] = numbers(isTiled ? tag.tileWidth : tag.width);
    const [height = 1] = numbers(isTiled ? tag.tileLength : tag.height);
    const [rows = height] = numbers(tag.rowsPerStrip);
    return width * (isTiled ? height : Math.min(height, rows));
  };
  for (const [index, offset] of offsets.entries()) {
    const size = sizes[index];
    // No sizes: old writers leave them out where there is one strip. An empty part is all background (GDAL).
    if (!size || offset === 0) continue;
    if (offset + size > source.length) return say('partBeyondEnd', placeOf(index));
  }
  const judge = DEFLATE.includes(compression)
    ? hasWrongChecksum
    : compression === JPEG
      ? brokenJpeg(image, pixelsOfPart(), signal)
      : null;
  if (!judge) return null;
  for (const [index, offset] of offsets.entries()) {
    signal.throwIfAborted();
    const size = sizes[index];
    if (!size || offset === 0) continue;
    if (await judge(await source.read(offset, size))) return say('partChanged', placeOf(index));
  }
  return null;
}

/**
 * RFC 1950: data and its Adler-32. A stream whose end is not there is the decoder's to judge. What comes out is
 * thrown away as it comes: a strip may hold far more than its size tells.
 */
const hasWrongChecksum = (bytes: Uint8Array): Promise<boolean> =>
  new Promise((resolve) => {
    const stream = createInflate();
    stream.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'Z_DATA_ERROR'));
    stream.on('end', () => resolve(false));
    stream.resume();
    stream.end(bytes);
  });

/**
 * TIFF Technical Note 2: a strip or tile is a JPEG whose tables stand in a tag of their own.
 * @param most pixels of a part: a JPEG that declares more is none of this picture
 */
function brokenJpeg(
  image: TiffDirectory,
  most: number,
  signal: AbortSignal,
): (bytes: Uint8Array) => Promise<boolean> {
  const tables = findEntry(image, tag.jpegTables)?.value;
  const head = tables ? tables.subarray(0, -2) : Uint8Array.of(0xff, 0xd8);
  return async (bytes) => {
    const jpeg = Buffer.concat([head, bytes.subarray(2)]);
    if ((await endsWithPicture(jpeg, signal)) === false) return true;
    return sharp(jpeg, { failOn: 'warning', limitInputPixels: Math.max(1, most) })
      .raw()
      .toBuffer()
      .then(
        () => false,
        () => true,
      );
  };
}
