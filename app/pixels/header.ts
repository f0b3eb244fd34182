/**
 * What the header of a file for libvips says: size, colour space, depth; refused before any pixel is
 * touched where it can not be decoded faithfully. Decoding is `decode.ts`.
 */
import { open, readFile } from 'node:fs/promises';
import { HourglassError, notBetween } from '../contract/index.ts';
import { isPremultiplied } from './associated-alpha.ts';
import { alphaPlace, extraKinds } from './extra-samples.ts';
import type { ImageFile } from './identify.ts';
import { refuseTooManyPixels, refuseUnaffordable } from './afford.ts';
import { decodePeak } from './peak.ts';
import { say } from './sentences.ts';
import { isPremultipliedAvif } from './metadata/avif-beside.ts';
import { fileAsSource, readTiffFile, type TiffFileMetadata } from './metadata/tiff-file.ts';
import type { ByteSource } from './metadata/tiff-structure.ts';
import { bytesPerSample, type SampleType } from './raster.ts';
import type { DecodeLimits } from './types.ts';
import { readHead } from './sniff.ts';
import { sharp } from './vips.ts';

/**
 * libvips takes "[...]" at the end of a path for options, so such files are handed over as bytes; and it knows no AVIF whose first brand is
 * that of a sequence, though its still picture is one as any other (AV1 Image File Format, 6.3), so those bytes say so first.
 * Other files are opened by path: their bytes need not be in memory beside their pixels.
 */
export async function decoderInput(
  file: Pick<ImageFile, 'path' | 'format'>,
): Promise<string | Buffer> {
  if (file.format === 'avif' && majorBrand(await readHead(file.path, 12)) === 'avis') {
    const bytes = await readFile(file.path);
    bytes.write('avif', MAJOR_BRAND, 'latin1');
    return bytes;
  }
  return file.path.endsWith(']') ? readFile(file.path) : file.path;
}

/** Where the first brand of a file stands (ISO/IEC 14496-12, 4.3). */
const MAJOR_BRAND = 8;
const majorBrand = (head: Uint8Array): string =>
  String.fromCharCode(...head.subarray(MAJOR_BRAND, MAJOR_BRAND + 4));

/**
 * The same with its samples as they are stored. libvips divides colours by their opacity, truncates what comes out, and takes the last
 * sample for the opacity whatever the file says: it is told that nothing was multiplied, and `associated-alpha.ts` divides.
 */
export async function storedInput(
  file: Pick<ImageFile, 'path'>,
  { premultiplied, tiff }: Pick<ImageHeader, 'premultiplied' | 'tiff'>,
  input: string | Buffer,
): Promise<string | Buffer> {
  if (!premultiplied || !tiff) return input;
  const bytes = typeof input === 'string' ? await readFile(file.path) : Buffer.from(input);
  for (const at of tiff.premultipliedAt) bytes[at] = 2;
  return bytes;
}

/** What the header says, and what it means for decoding. */
export interface ImageHeader {
  readonly width: number;
  readonly height: number;
  /** libvips interpretation to decode in, so that no conversion happens. */
  readonly space: 'srgb' | 'rgb16' | 'scrgb' | 'b-w' | 'grey16';
  readonly channels: 1 | 2 | 3 | 4;
  readonly hasAlpha: boolean;
  /** Tag ExtraSamples of a TIFF with samples that are data; they are not among `channels`. null: none. */
  readonly extra: readonly number[] | null;
  /** Colours are stored multiplied by their opacity. */
  readonly premultiplied: boolean;
  readonly sampleType: SampleType;
  readonly bitsPerSample: number;
  readonly frames: number;
  /** Memory that decoding it takes at its highest (`peak.ts`), bytes. */
  readonly peak: number;
  /** Stored as CMYK, and decoded to sRGB: by its profile, or by that of libvips for a press; null: it is not. */
  readonly inks: { readonly hasProfile: boolean } | null;
  readonly decoder: Omit<import('sharp').Metadata, 'icc'> & { readonly icc?: Buffer | undefined };
  readonly tiff: TiffFileMetadata | null;
}

const sampleTypes: Readonly<Record<string, SampleType>> = {
  uchar: 'uint8',
  ushort: 'uint16',
  short: 'int16',
  float: 'float32',
};

/**
 * Reads the header and refuses what can not be decoded faithfully.
 * @param options.page of a TIFF, among its full pictures, from 0 on
 * @throws HourglassError damaged-image, unsupported-image, image-too-large, invalid-parameter
 */
export async function readHeader(
  file: ImageFile,
  input: string | Buffer,
  limits: DecodeLimits,
  { failOn = 'error', page = 0 }: { failOn?: 'none' | 'error'; page?: number } = {},
): Promise<ImageHeader> {
  const tiff = file.format === 'tiff' ? await readTiff(file, page) : null;
  const { pages = 1 } = tiff ?? {};
  if (page >= pages) throw notBetween('page', 1, pages, page + 1);
  if (tiff?.cameraRaw) throw unsupported(say('notDeveloped', { name: file.name }));
  if (tiff?.storage.compression === OLD_JPEG)
    throw new HourglassError('unsupported-image', say('oldJpeg', { name: file.name }), {
      hint: say('convertOldJpeg'),
    });
  if (tiff && [8, 9, 10].includes(tiff.photometric))
    throw unsupported(say('labNotSupported', { name: file.name }));
  const extra = tiff && extraOf(file, tiff);
  const decoder = await sharp(input, {
    ...{ failOn, limitInputPixels: false },
    ...pageOf(tiff),
  }).metadata();
  const { width, height } = decoder;
  const inks = decoder.space === 'cmyk';
  if (inks && (decoder.channels !== 4 || decoder.depth !== 'uchar'))
    throw new HourglassError('unsupported-image', say('inksNotSupported', { name: file.name }), {
      hint: say('exportAsRgb'),
    });
  const space = inks ? 'srgb' : decoder.space;
  const isExtra = extra !== null && decoder.channels === tiff?.samplesPerPixel;
  const alphas = isExtra ? (alphaPlace(extra) < 0 ? 0 : 1) : decoder.hasAlpha ? 1 : 0;
  const channels = inks ? 3 : isExtra ? decoder.channels - extra.length + alphas : decoder.channels;
  const hasAlpha = alphas > 0;
  const premultiplied = hasAlpha && (await isMultiplied(file, tiff));
  refuseTooManyPixels(file.name, { width, height }, limits);
  if (space === 'lab' || space === 'labs')
    throw unsupported(say('labNotSupported', { name: file.name }));
  const sampleType = sampleTypes[decoder.depth];
  const known =
    space === 'srgb' ||
    space === 'rgb16' ||
    space === 'scrgb' ||
    space === 'b-w' ||
    space === 'grey16';
  if (!sampleType || !known)
    throw unsupported(
      say('samplesNotSupported', { name: file.name, type: decoder.depth, space: String(space) }),
    );
  if (sampleType === 'int16' && channels !== 1)
    throw unsupported(say('signedNotSupported', { name: file.name, count: channels }));
  if (channels < 1 || channels > 4 || channels - (hasAlpha ? 1 : 0) === 2)
    throw unsupported(say('channelsNotSupported', { name: file.name, count: channels }));
  refuseImplausible(file, decoder);
  const peak = await withSource(file, (source) =>
    decodePeak(
      {
        ...{ format: file.format, bytes: file.bytes, width, height },
        samples: decoder.channels,
        bytesPerSample: bytesPerSample(sampleType),
        copied: (decoder.orientation ?? 1) > 1 || isExtra || premultiplied || channels === 2,
        progressive: decoder.isProgressive === true,
        storage: tiff?.storage ?? null,
      },
      source,
    ),
  );
  refuseUnaffordable(file, { width, height, peak }, limits);
  return {
    width,
    height,
    space,
    channels: channels as 1 | 2 | 3 | 4,
    hasAlpha,
    extra: isExtra ? extra : null,
    premultiplied,
    sampleType,
    bitsPerSample: decoder.bitsPerSample ?? 8,
    frames: tiff?.pages ?? decoder.pages ?? 1,
    peak,
    inks: inks ? { hasProfile: Boolean(tiff ? tiff.icc : decoder.icc) } : null,
    // The profile is that of the inks, which are left behind.
    decoder: inks ? { ...decoder, icc: undefined } : decoder,
    tiff: inks && tiff ? { ...tiff, icc: null } : tiff,
  };
}

const isMultiplied = async (file: ImageFile, tiff: TiffFileMetadata | null): Promise<boolean> =>
  tiff
    ? isPremultiplied(tiff.extraSamples)
    : file.format === 'avif' && withSource(file, isPremultipliedAvif);

/** TIFF 6.0, section 22; replaced by Technical Note 2. libtiff hands out nothing of it, and says nothing. */
const OLD_JPEG = 6;

/** Samples that a decoder hands over at most: sharp's own limit. */
const MOST_SAMPLES = 5;

/** @throws HourglassError unsupported-image: more samples than can be decoded, or such as would come out changed */
function extraOf(file: ImageFile, tiff: TiffFileMetadata): readonly number[] | null {
  const { photometric, samplesPerPixel, extraSamples } = tiff;
  // Gray and RGB (TIFF 6.0, PhotometricInterpretation); what else there is has no samples of this kind, or is refused.
  const colours = photometric === 2 ? 3 : photometric <= 1 ? 1 : null;
  if (colours === null || samplesPerPixel <= colours) return null;
  if (samplesPerPixel > MOST_SAMPLES)
    throw unsupported(
      say('tooManySamples', { name: file.name, count: samplesPerPixel, most: MOST_SAMPLES }),
    );
  return extraKinds(extraSamples, samplesPerPixel - colours);
}

/** The page that is a file's picture, for libvips. */
export const pageOf = (tiff: TiffFileMetadata | null): { page?: number } =>
  tiff && tiff.page > 0 ? { page: tiff.page } : {};

export const unsupported = (words: string): HourglassError =>
  new HourglassError('unsupported-image', words);

const readTiff = (file: ImageFile, page: number): Promise<TiffFileMetadata | null> =>
  withSource(file, (source) => readTiffFile(source, page));

interface OpenFile {
  readonly source: Promise<{ readonly bytes: ByteSource; close(): Promise<void> }>;
  users: number;
}

const openFiles = new WeakMap<ImageFile, OpenFile>();

/** Reads parts of a file. Whoever asks while it is open shares what is open: opening costs more than a small read. */
export async function withSource<T>(
  file: ImageFile,
  read: (source: ByteSource) => Promise<T>,
): Promise<T> {
  let found = openFiles.get(file);
  if (!found) {
    const source = open(file.path, 'r').then((handle) => ({
      bytes: fileAsSource(handle, file.bytes),
      close: () => handle.close(),
    }));
    openFiles.set(file, (found = { source, users: 0 }));
  }
  found.users++;
  try {
    return await read((await found.source).bytes);
  } finally {
    if (--found.users === 0) {
      openFiles.delete(file);
      await (await found.source).close();
    }
  }
}

/**
 * A PNG that declares more pixels than its bytes can hold: deflate never exceeds 1032:1 (RFC 1951;
 * zlib's documentation), so memory for such an image need not even be asked for.
 */
function refuseImplausible(file: ImageFile, decoder: import('sharp').Metadata): void {
  if (file.format !== 'png') return;
  const bits = decoder.width * decoder.height * (decoder.bitsPerSample ?? 8);
  if (bits / 8 / 1032 > file.bytes)
    throw new HourglassError('damaged-image', say('declaresTooMuch', { name: file.name }));
}
