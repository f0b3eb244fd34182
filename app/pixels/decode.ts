/**
 * Reads an image file into a Raster with its stored values: magic bytes decide the format, limits
 * are checked before pixels are touched, orientation is applied once, nothing is colour-converted.
 * What the header says is `header.ts`; which decoders may run is set in `vips.ts`; writing is in `write.ts`; the screen in `display.ts`.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  HourglassError,
  notBetween,
  throwIfCancelled,
  toHourglassError,
  type Allowance,
  type Notice,
  type Plane,
} from '../contract/index.ts';
import { divideByOpacity, opacityNotices } from './associated-alpha.ts';
import { hdrNotices } from './colour/description.ts';
import { contentOf } from './content.ts';
import { lostNotices, slightNotices } from './metadata/beside.ts';
import { readBeside, type FileBeside } from './metadata/file-beside.ts';
import { gatherMetadata } from './metadata/index.ts';
import { endOfJpeg } from './metadata/jpeg-segments.ts';
import { extraNotice, splitExtraSamples } from './extra-samples.ts';
import { isHarmlessWarning, mendedHeaders } from './jpeg-scan.ts';
import {
  decoderInput,
  pageOf,
  readHeader,
  storedInput,
  unsupported,
  withSource,
  type ImageHeader,
} from './header.ts';
import { fileError, identify, type ImageFile } from './identify.ts';
import { lookAnew, lookAt } from './looks.ts';
import { say } from './sentences.ts';
import { readerOf, type Readers } from './readers.ts';
import { allocateSamples, type Raster, type Samples, type SampleType } from './raster.ts';
import type { DecodedImage, DecodeLimits, ImageMetadata, SourceFile } from './types.ts';
import { vipsMessage } from './vips-message.ts';
import { decodeError, sharp, withinTime } from './vips.ts';
import { asSamples, readRaw, type Depth } from './vips-samples.ts';
import { jpegScanEnds, refuseIncomplete, type LookedThrough } from './wholeness.ts';

export const defaultLimits: DecodeLimits = { maxMegapixels: 400, timeoutMs: 10_000 };

/**
 * Time for a file: the limit, and a quarter of a second for every megabyte above 20, so that a
 * large honest file on a slow disk is not refused, while a small one can not hold us up.
 */
export const timeFor = (limits: DecodeLimits, bytes: number): number =>
  limits.timeoutMs + Math.max(0, bytes / 1e6 - 20) * 250;

export interface DecodeRequest {
  readonly path: string;
  /** All files of it, where it comes from several; `path` is the first. */
  readonly files?: readonly string[] | undefined;
  /** Which frame of it; default: the first, 0. */
  readonly frame?: number;
  /** Which page of a TIFF, among its full pictures, or slice of a volume, from 0 on; default: the first. */
  readonly page?: number | undefined;
  /** Of a volume, see `Part`. */
  readonly plane?: Plane | undefined;
  readonly told?: ((done: number, total: number) => void) | undefined;
  /**
   * What is known of its other files may be a second old: for pages that somebody scrolls through. A reader looks anew at the one that it
   * reads, and what has changed meanwhile is seen by the document's next look. Default: all are looked at now.
   */
  readonly recent?: boolean;
  readonly limits?: DecodeLimits;
  readonly signal?: AbortSignal | undefined;
  /** Of formats that libvips does not read. Default: none. */
  readonly readers?: Readers;
}

/**
 * Decodes a file.
 * - values are the stored ones: 8 bits stay 8, 16 stay 16, float stays float and unclipped; palettes
 *   become RGB(A), 1–4 bit gray becomes 8 bit; the profile is carried along, not applied
 * - upright: EXIF orientation 1–8 is applied to the pixels exactly once
 * - a damaged or truncated file is refused, never returned half gray, unless `limits.allowDamaged` asks for
 *   what can be read, which a notice and `metadata.damaged` then say; but for latent files, whose
 *   notices name the damaged parts
 * @throws HourglassError file-not-found, file-not-readable, not-an-image, damaged-image,
 *   unsupported-image, image-too-large, decode-timeout, out-of-memory, cancelled, invalid-parameter
 */
export async function decodeImage(request: DecodeRequest): Promise<DecodedImage> {
  const { path, limits = defaultLimits, signal = new AbortController().signal } = request;
  throwIfCancelled(signal);
  const { frame = 0, files: paths = [path] } = request;
  const file = await identify(paths[0]!);
  const filesBy = (look: typeof lookAt): readonly ImageFile[] => [
    file,
    ...paths.slice(1).map((path) => alikeAs(file, path, look)),
  ];
  const files = filesBy(request.recent ? lookAt : lookAnew);
  const reader = readerOf(file, request.readers ?? {});
  if (!reader && files.length > 1)
    throw unsupported(say('notOneOfSeveral', { name: file.name, count: files.length }));
  const { plane, told, page = 0 } = request;
  if (plane && !reader) throw unsupported(say('noVolume', { name: file.name, plane }));
  const read = (files: readonly ImageFile[]): Promise<DecodedImage> =>
    reader
      ? reader.decode(file, limits, signal, { frame, files, page, plane, told })
      : decodeWithVips(file, limits, signal, request.page);
  const { image, of } = await read(files).then(
    (image) => ({ image, of: files }),
    async (error: unknown) => {
      // Perhaps they were changed since somebody looked: then they are what they are now.
      const now = request.recent ? filesBy(lookAnew) : files;
      if (isDeepStrictEqual(now.map(asKnown), files.map(asKnown))) throw error;
      return { image: await read(now), of: now };
    },
  );
  const { frames = 1 } = image;
  if (!(frame < frames)) throw notBetween('frame', 0, frames - 1, frame);
  return {
    ...image,
    content: contentOf(image),
    ...(of.length > 1 ? { files: of.map(asKnown) } : {}),
  };
}

const asKnown = ({ path, bytes, modifiedMs }: ImageFile): SourceFile => ({
  path,
  bytes,
  modifiedMs,
});

/** Another file of the same image: what it is, its reader finds out. @throws HourglassError file-not-found, file-not-readable */
function alikeAs({ format }: ImageFile, path: string, look: typeof lookAt): ImageFile {
  const name = basename(path);
  try {
    const facts = look(path);
    if (!facts) throw Object.assign(new Error(path), { code: 'ENOENT' });
    return { path, name, format, ...facts };
  } catch (error) {
    throw fileError(error, name);
  }
}

/** The files that an image comes from, as they were when they were read. */
export const sourceFilesOf = ({
  files,
  path,
  bytes,
  metadata,
}: DecodedImage): readonly SourceFile[] =>
  files ?? [{ path, bytes, modifiedMs: metadata.modifiedMs }];

async function decodeWithVips(
  file: ImageFile,
  limits: DecodeLimits,
  signal: AbortSignal,
  page: number | undefined,
): Promise<DecodedImage> {
  throwIfCancelled(signal);
  const timeoutMs = timeFor(limits, file.bytes);
  const within = (work: Promise<DecodedImage>): Promise<DecodedImage> =>
    withinTime(work, { name: file.name, timeoutMs, signal }).catch((error: unknown) => {
      throw decodeError(error, file.name);
    });
  try {
    // What is read of it on the way shares one opening.
    return await within(
      withSource(file, () => decodeWhole(file, limits, { timeoutMs, signal, page })),
    );
  } catch (error) {
    const known = toHourglassError(error);
    if (known.code !== 'damaged-image') throw known;
    if (!limits.allowDamaged) throw offering(known);
    return within(decodeRest(file, limits, { timeoutMs, page }));
  }
}

/** The same refusal, with what a person may choose. */
const offering = ({ code, message, details, cause }: HourglassError): HourglassError =>
  new HourglassError(code, message, {
    hint: say('allowDamaged'),
    details: { ...details, offer: 'allowDamaged' satisfies Allowance },
    cause,
  });

export type FailOn = 'none' | 'error' | 'warning';
type Pixels = Pick<DecodedImage, 'raster' | 'extra'> & {
  /** Of `divideByOpacity`; absent: there was nothing to divide. */
  readonly beyondOpacity?: number;
};

/** @throws HourglassError damaged-image where anything at all is missing */
async function decodeWhole(
  file: ImageFile,
  limits: DecodeLimits,
  { timeoutMs, signal, page }: { timeoutMs: number; signal: AbortSignal; page: number | undefined },
): Promise<DecodedImage> {
  const whole = await decoderInput(file);
  const header = await readHeader(file, whole, limits, { page });
  const input = await storedInput(file, header, whole);
  // libjpeg says nothing of codes that are missing in the middle of inks.
  const held = { file, header, input, signal, thorough: header.inks !== null };
  const { found, seen } = await readWhole(held, (from, failOn) =>
    decodePixels(from, header, limits, { timeoutMs, failOn }),
  );
  return described(file, header, found, seen);
}

/** A file whose header was read. */
interface HeldFile {
  readonly file: ImageFile;
  readonly header: ImageHeader;
  readonly input: string | Buffer;
  readonly signal: AbortSignal;
  /** All codes of a JPEG are walked through while it is decoded, also where no sector seems to be lost. */
  readonly thorough?: boolean;
}

/**
 * Reads pixels of a file, all or a small version of them, so that nothing that is missing in it goes unnoticed.
 * @param read with libvips
 * @throws HourglassError damaged-image; whatever `read` throws
 */
export async function readWhole<T>(
  { file, header, input, signal, thorough = false }: HeldFile,
  read: (from: string | Buffer, failOn: FailOn) => Promise<T>,
): Promise<{ readonly found: T; readonly seen: LookedThrough }> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const walk = thorough && file.format === 'jpeg' ? jpegScanEnds(file, either) : null;
  try {
    const [found, scanEnds] = await Promise.all([
      read(input, 'warning').catch(async (error: unknown) => {
        const message = vipsMessage(error);
        if (file.format === 'tiff' && isOddTag(message)) return read(input, 'error');
        if (file.format !== 'jpeg' || !isHarmlessWarning(message)) throw error;
        return read(mendedHeaders(await readFile(file.path)), 'warning');
      }),
      walk,
    ]);
    const page = header.tiff?.page ?? 0;
    return { found, seen: await refuseIncomplete(file, { page, scanEnds }, signal) };
  } finally {
    over.abort();
  }
}

/**
 * True where a TIFF was refused for warnings of libtiff that speak of tags it does not know, or finds odd: private ones are
 * what most programs write. Those that speak of its data stay refusals.
 */
const isOddTag = (message: string): boolean =>
  /treated as error/i.test(message) &&
  !message
    .split('\n')
    .some((line) => ofData.test(line) && !/\b(tag|field|directory|ExtraSamples)\b/i.test(line));

const ofData =
  /corrupt|premature|truncat|not enough|beyond|bad code|read error|decod|extraneous|fractional/i;

/** What can be read of a damaged file. @throws whatever the decoder says where that is nothing */
async function decodeRest(
  file: ImageFile,
  limits: DecodeLimits,
  { timeoutMs, page }: { timeoutMs: number; page: number | undefined },
): Promise<DecodedImage> {
  const whole = file.format === 'webp' ? await lengthened(file) : await decoderInput(file);
  const header = await readHeader(file, whole, limits, { failOn: 'none', page });
  const input = await storedInput(file, header, whole);
  const pixels = await decodePixels(input, header, limits, { timeoutMs, failOn: 'none' });
  const jpegEnd =
    file.format === 'jpeg' ? await withSource(file, (source) => endOfJpeg(source, 0)) : null;
  const image = await described(file, header, pixels, { jpegEnd });
  const text = say('readInPart', { name: file.name });
  return {
    ...image,
    metadata: { ...image.metadata, damaged: true },
    notices: [{ level: 'warning', text }, ...image.notices],
  };
}

/** A WebP file that is cut short, as long as it says to be (RIFF): its decoder takes nothing shorter. */
async function lengthened({ path }: ImageFile): Promise<Buffer> {
  const bytes = await readFile(path);
  const declared = bytes.length < 12 ? 0 : bytes.readUInt32LE(4) + 8;
  const missing = declared - bytes.length;
  // A length of its own that is damaged is not believed.
  return missing > 0 && missing < 16 * bytes.length
    ? Buffer.concat([bytes, Buffer.alloc(missing)])
    : bytes;
}

async function described(
  file: ImageFile,
  header: ImageHeader,
  { raster, extra, beyondOpacity }: Pixels,
  { jpegEnd = null }: LookedThrough,
): Promise<DecodedImage> {
  const beside = await withSource(file, (source) => readBeside(source, file.format, jpegEnd));
  const metadata = await gatherMetadata({
    ...file,
    decoder: header.decoder,
    tiff: header.tiff,
    beside,
  });
  const { frames, tiff } = header;
  const held = { name: file.name, count: frames };
  const notice: Notice | null =
    frames > 1
      ? {
          level: 'warning',
          text: tiff
            ? say('onlyOnePage', { ...held, page: tiff.number + 1 })
            : say('onlyFirstFrame', held),
        }
      : null;
  return {
    path: file.path,
    format: file.format,
    bytes: file.bytes,
    raster,
    ...(extra ? { extra } : {}),
    metadata,
    ...(tiff && notice ? { pages: { count: frames, notice } } : {}),
    notices: [
      ...(notice ? [notice] : []),
      ...readingNotices(file, header, { metadata, beside }),
      ...(beyondOpacity === undefined ? [] : opacityNotices(file.name, beyondOpacity)),
      ...(extra ? [extraNotice(file.name, extra)] : []),
    ],
  };
}

/** Upright, as stored, colours divided by their opacity. @param input of `storedInput` @param options.timeoutMs for libvips itself */
export async function decodePixels(
  input: string | Buffer,
  header: ImageHeader,
  limits: DecodeLimits,
  { timeoutMs = limits.timeoutMs, failOn }: { timeoutMs?: number; failOn: FailOn },
): Promise<Pixels> {
  const pipeline = (): import('sharp').Sharp =>
    sharp(input, {
      failOn,
      ignoreIcc: !header.inks,
      autoOrient: true,
      limitInputPixels: Math.ceil(limits.maxMegapixels * 1e6),
      ...pageOf(header.tiff),
    })
      .toColourspace(header.space)
      .timeout({ seconds: Math.ceil(timeoutMs / 1000) });
  const depth = header.decoder.depth as Depth;
  const { data, info } = await readRaw(pipeline(), depth);
  let samples = asSamples(data, header.sampleType);
  const alphas = header.hasAlpha ? 1 : 0;
  const total = header.channels + (header.extra ? header.extra.length - alphas : 0);
  if (info.channels === 1 && total > 1) {
    // sharp keeps one channel of 8-bit and float gray images when it writes raw pixels.
    const others: Samples[] = [];
    for (let channel = 1; channel < total; channel++) {
      const one = await pipeline()
        .extractChannel(channel as 1 | 2)
        .raw({ depth })
        .toBuffer();
      others.push(asSamples(one, header.sampleType));
    }
    samples = interleave([samples, ...others], header.sampleType);
  } else if (info.channels !== total) {
    throw new HourglassError('damaged-image', say('otherChannels'));
  }
  const { bitsPerSample: bits } = header;
  const isSpread = header.sampleType === 'uint16' && bits > 8 && bits < 16;
  if (isSpread) fillLowBits(samples, bits);
  const split = header.extra
    ? splitExtraSamples(samples, (header.channels - alphas) as 1 | 3, header.extra)
    : { data: samples };
  const raster: Raster = {
    width: info.width,
    height: info.height,
    channels: header.channels,
    hasAlpha: header.hasAlpha,
    sampleType: header.sampleType,
    data: split.data,
    ...(isSpread ? { bits } : {}),
  };
  return {
    raster,
    ...('extra' in split ? { extra: split.extra } : {}),
    ...(header.premultiplied ? { beyondOpacity: divideByOpacity(raster) } : {}),
  };
}

function interleave(planes: readonly Samples[], type: SampleType): Samples {
  const pixels = planes[0]!.length;
  const whole = allocateSamples(type, pixels * planes.length);
  planes.forEach((plane, channel) => {
    for (let from = 0, to = channel; from < pixels; from++, to += planes.length)
      whole[to] = plane[from]!;
  });
  return whole;
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
  { metadata, beside }: { metadata: ImageMetadata; beside: FileBeside },
): Notice[] {
  const notices: Notice[] = [];
  if (metadata.icc === null && (header.tiff ? header.tiff.icc : header.decoder.icc))
    notices.push({
      level: 'warning',
      text: say('profileDamaged', { name: file.name }),
    });
  if (header.inks)
    notices.push({
      level: 'warning',
      text: say('inksConverted', {
        name: file.name,
        profile: header.inks.hasProfile ? 'yes' : 'no',
      }),
    });
  notices.push(...hdrNotices(file.name, metadata));
  if (beside.animation)
    notices.push({
      level: 'warning',
      text: say('animated', { name: file.name }),
    });
  const { lost = [], slight = [] } = header.tiff ?? {};
  notices.push(...lostNotices(file.name, [...beside.lost, ...lost]));
  notices.push(...slightNotices(file.name, [...(beside.slight ?? []), ...slight]));
  if (header.tiff?.sampleFormat === 3 && header.tiff.bitsPerSample === 16)
    notices.push({
      level: 'info',
      text: say('halfFloats', { name: file.name }),
    });
  return notices;
}
