/**
 * Reads an image file into a Raster with its stored values: magic bytes decide the format, limits
 * are checked before pixels are touched, orientation is applied once, nothing is colour-converted.
 * Which decoders may run is set in `vips.ts`; writing is in `write.ts`; the screen in `display.ts`.
 */
import { open, readFile } from 'node:fs/promises';
import { HourglassError, throwIfCancelled, type Notice } from '../contract/index.ts';
import { contentOf } from './content.ts';
import { gatherMetadata } from './metadata/index.ts';
import { readPngColour } from './metadata/png-colour.ts';
import { readUnkept, type Unkept } from './metadata/unkept.ts';
import { fileAsSource, readTiffFile, type TiffFileMetadata } from './metadata/tiff-file.ts';
import type { ByteSource } from './metadata/tiff-structure.ts';
import { identify, type ImageFile } from './identify.ts';
import { readerOf, type Readers } from './readers.ts';
import { allocateSamples, type Raster, type Samples, type SampleType } from './raster.ts';
import type { DecodedImage, DecodeLimits, ImageMetadata } from './types.ts';
import { decodeError, sharp, withinTime } from './vips.ts';
import { asSamples, readRaw, type Depth } from './vips-samples.ts';

export const defaultLimits: DecodeLimits = { maxMegapixels: 400, timeoutMs: 10_000 };

/**
 * Time for a file: the limit, and a quarter of a second for every megabyte above 20, so that a
 * large honest file on a slow disk is not refused, while a small one can not hold us up.
 */
export const timeFor = (limits: DecodeLimits, bytes: number): number =>
  limits.timeoutMs + Math.max(0, bytes / 1e6 - 20) * 250;

export interface DecodeRequest {
  readonly path: string;
  readonly limits?: DecodeLimits;
  readonly signal?: AbortSignal;
  /** Of formats that libvips does not read. Default: none. */
  readonly readers?: Readers;
}

/**
 * libvips takes "[...]" at the end of a path for options, so such files are handed over as bytes.
 * Other files are opened by path: their bytes need not be in memory beside their pixels.
 */
export const decoderInput = async (file: Pick<ImageFile, 'path'>): Promise<string | Buffer> =>
  file.path.endsWith(']') ? readFile(file.path) : file.path;

/** What the header says, and what it means for decoding. */
export interface ImageHeader {
  readonly width: number;
  readonly height: number;
  /** libvips interpretation to decode in, so that no conversion happens. */
  readonly space: 'srgb' | 'rgb16' | 'scrgb' | 'b-w' | 'grey16';
  readonly channels: 1 | 2 | 3 | 4;
  readonly hasAlpha: boolean;
  readonly sampleType: SampleType;
  readonly bitsPerSample: number;
  readonly frames: number;
  readonly decoder: import('sharp').Metadata;
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
 * @throws HourglassError damaged-image, unsupported-image, image-too-large
 */
export async function readHeader(
  file: ImageFile,
  input: string | Buffer,
  limits: DecodeLimits,
): Promise<ImageHeader> {
  const tiff = file.format === 'tiff' ? await readTiff(file) : null;
  if (tiff?.cameraRaw)
    throw unsupported(
      file,
      'is a camera raw file, which Hourglass does not develop; export it as TIFF first',
    );
  if (tiff && [8, 9, 10].includes(tiff.photometric))
    throw unsupported(file, 'is stored in Lab colour, which is not supported');
  const decoder = await sharp(input, { failOn: 'error', limitInputPixels: false }).metadata();
  const { width, height, space, channels, hasAlpha } = decoder;
  const megapixels = (width * height) / 1e6;
  if (megapixels > limits.maxMegapixels)
    throw new HourglassError(
      'image-too-large',
      `${file.name} has ${width} × ${height} pixels (${megapixels.toFixed(1)} megapixels); the limit is ${limits.maxMegapixels}.`,
      { details: { width, height } },
    );
  if (space === 'cmyk')
    throw unsupported(
      file,
      'is stored in CMYK, the colours of a printing press, which can not be cleaned without changing them',
    );
  if (space === 'lab' || space === 'labs')
    throw unsupported(file, 'is stored in Lab colour, which is not supported');
  const sampleType = sampleTypes[decoder.depth];
  const known =
    space === 'srgb' ||
    space === 'rgb16' ||
    space === 'scrgb' ||
    space === 'b-w' ||
    space === 'grey16';
  if (!sampleType || !known)
    throw unsupported(
      file,
      `stores samples of type ${decoder.depth} in the colour space ${String(space)}, which is not supported`,
    );
  if (sampleType === 'int16' && channels !== 1)
    throw unsupported(file, `stores signed samples in ${channels} channels; one is supported`);
  if (channels < 1 || channels > 4 || channels - (hasAlpha ? 1 : 0) === 2)
    throw unsupported(
      file,
      `has ${channels} channels; up to 4 (red, green, blue, alpha) are supported`,
    );
  refuseImplausible(file, decoder);
  return {
    width,
    height,
    space,
    channels: channels as 1 | 2 | 3 | 4,
    hasAlpha,
    sampleType,
    bitsPerSample: decoder.bitsPerSample ?? 8,
    frames: decoder.pages ?? 1,
    decoder,
    tiff,
  };
}

const unsupported = (file: ImageFile, why: string): HourglassError =>
  new HourglassError('unsupported-image', `${file.name} ${why}.`);

const readTiff = (file: ImageFile): Promise<TiffFileMetadata | null> =>
  withSource(file, readTiffFile);

async function withSource<T>(
  file: ImageFile,
  read: (source: ByteSource) => Promise<T>,
): Promise<T> {
  const handle = await open(file.path, 'r');
  try {
    return await read(fileAsSource(handle, file.bytes));
  } finally {
    await handle.close();
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
    throw new HourglassError(
      'damaged-image',
      `${file.name} is cut short: it declares more pixels than its bytes can hold.`,
    );
}

/**
 * Decodes a file.
 * - values are the stored ones: 8 bits stay 8, 16 stay 16, float stays float and unclipped; palettes
 *   become RGB(A), 1–4 bit gray becomes 8 bit; the profile is carried along, not applied
 * - upright: EXIF orientation 1–8 is applied to the pixels exactly once
 * - a damaged or truncated file is refused, never returned half gray; but for latent files, whose
 *   notices name the damaged parts
 * @throws HourglassError file-not-found, file-not-readable, not-an-image, damaged-image,
 *   unsupported-image, image-too-large, decode-timeout, out-of-memory, cancelled
 */
export async function decodeImage(request: DecodeRequest): Promise<DecodedImage> {
  const { path, limits = defaultLimits, signal = new AbortController().signal } = request;
  throwIfCancelled(signal);
  const file = await identify(path);
  const reader = readerOf(file, request.readers ?? {});
  const image = await (reader
    ? reader.decode(file, limits, signal)
    : decodeWithVips(file, limits, signal));
  return { ...image, content: contentOf(image) };
}

async function decodeWithVips(
  file: ImageFile,
  limits: DecodeLimits,
  signal: AbortSignal,
): Promise<DecodedImage> {
  throwIfCancelled(signal);
  try {
    const timeoutMs = timeFor(limits, file.bytes);
    return await withinTime(decodeFile(file, limits, timeoutMs), {
      name: file.name,
      timeoutMs,
      signal,
    });
  } catch (error) {
    throw decodeError(error, file.name);
  }
}

async function decodeFile(
  file: ImageFile,
  limits: DecodeLimits,
  timeoutMs: number,
): Promise<DecodedImage> {
  const input = await decoderInput(file);
  const header = await readHeader(file, input, limits);
  const raster = await decodePixels(input, header, limits, timeoutMs);
  const { pngColour, unkept } = await withSource(file, async (source) => ({
    pngColour: file.format === 'png' ? await readPngColour(source) : null,
    unkept: await readUnkept(source, file.format),
  }));
  const metadata = await gatherMetadata({
    ...file,
    decoder: header.decoder,
    tiff: header.tiff,
    pngColour,
  });
  return {
    path: file.path,
    format: file.format,
    bytes: file.bytes,
    raster,
    metadata,
    notices: readingNotices(file, header, { metadata, unkept }),
  };
}

async function decodePixels(
  input: string | Buffer,
  header: ImageHeader,
  limits: DecodeLimits,
  timeoutMs: number,
): Promise<Raster> {
  const pipeline = (): import('sharp').Sharp =>
    sharp(input, {
      failOn: 'error',
      ignoreIcc: true,
      autoOrient: true,
      limitInputPixels: Math.ceil(limits.maxMegapixels * 1e6),
    })
      .toColourspace(header.space)
      .timeout({ seconds: Math.ceil(timeoutMs / 1000) });
  const depth = header.decoder.depth as Depth;
  const { data, info } = await readRaw(pipeline(), depth);
  let samples = asSamples(data, header.sampleType);
  if (info.channels === 1 && header.channels === 2) {
    // sharp drops the alpha of 8-bit and float gray images when it writes raw pixels.
    const alpha = await pipeline().extractChannel(1).raw({ depth }).toBuffer();
    samples = interleave(samples, asSamples(alpha, header.sampleType), header.sampleType);
  } else if (info.channels !== header.channels) {
    throw new HourglassError(
      'damaged-image',
      'The decoder delivered other channels than the header declares.',
    );
  }
  if (header.sampleType === 'uint16' && header.bitsPerSample > 8 && header.bitsPerSample < 16)
    fillLowBits(samples, header.bitsPerSample);
  return {
    width: info.width,
    height: info.height,
    channels: header.channels,
    hasAlpha: header.hasAlpha,
    sampleType: header.sampleType,
    data: samples,
  };
}

function interleave(gray: Samples, alpha: Samples, type: SampleType): Samples {
  const both = allocateSamples(type, gray.length * 2);
  for (let index = 0; index < gray.length; index++) {
    both[index * 2] = gray[index]!;
    both[index * 2 + 1] = alpha[index]!;
  }
  return both;
}

/** 10- and 12-bit values come shifted up; repeating their high bits below makes white 65535. */
function fillLowBits(samples: Samples, bits: number): void {
  for (let index = 0; index < samples.length; index++) {
    const value = samples[index]!;
    samples[index] = value | (value >>> bits);
  }
}

function readingNotices(
  file: ImageFile,
  header: ImageHeader,
  { metadata, unkept }: { metadata: ImageMetadata; unkept: Unkept },
): Notice[] {
  const notices: Notice[] = [];
  if (metadata.icc === null && (header.tiff ? header.tiff.icc : header.decoder.icc))
    notices.push({
      level: 'warning',
      text: `The colour profile of ${file.name} is damaged and is left out; sRGB is assumed.`,
    });
  if (header.frames > 1)
    notices.push({
      level: 'info',
      text: `${file.name} holds ${header.frames} ${file.format === 'tiff' ? 'pages' : 'frames'}; only the first was read.`,
    });
  if (unkept.animation)
    notices.push({
      level: 'info',
      text: `${file.name} is animated; only its first frame was read.`,
    });
  if (unkept.comments)
    notices.push({
      level: 'info',
      text: `${file.name} holds text comments, which results do not keep.`,
    });
  if (header.tiff?.sampleFormat === 3 && header.tiff.bitsPerSample === 16)
    notices.push({
      level: 'info',
      text: `${file.name} stores 16-bit floats; they are handled as 32-bit floats.`,
    });
  return notices;
}
