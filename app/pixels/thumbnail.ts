/**
 * Small pictures, for the film strip and for whoever compares pictures, made from files without opening them as documents: decoders
 * shrink while they load where they can, and the same limits and refusals hold as for opening.
 */
import { throwIfCancelled, type ShownRange } from '../contract/index.ts';
import {
  decodePixels,
  defaultLimits,
  readWhole,
  timeFor,
  type DecodeRequest,
  type FailOn,
} from './decode.ts';
import {
  decoderInput,
  pageOf,
  readHeader,
  storedInput,
  withSource,
  type ImageHeader,
} from './header.ts';
import { identify, type ImageFile } from './identify.ts';
import { createDisplayTransform } from './display.ts';
import { isLookedAt, displayRange, shownRange } from './display-range.ts';
import { readBeside } from './metadata/file-beside.ts';
import { gatherMetadata } from './metadata/index.ts';
import { scaleOf, type Raster, type Size } from './raster.ts';
import { readerOf, type ForeignReader } from './readers.ts';
import type { DecodedImage, DecodeLimits } from './types.ts';
import { decodeError, sharp, withinTime } from './vips.ts';
import { asSamples, readRaw, type Depth } from './vips-samples.ts';

const thumbnailSide = 256;

/** Where a picture's range is looked for: all its pixels up to this side, evenly spread ones beyond. */
const rangeSide = 2048;

/** Upright, sRGB. */
export interface SmallPicture extends Size {
  /** RGBA, 8 bits, row by row. */
  readonly data: Uint8ClampedArray | Uint8Array;
}

/**
 * PNG of at most 256 pixels a side, upright, sRGB.
 * @throws HourglassError as `decodeImage`
 */
export async function createThumbnail(request: DecodeRequest): Promise<Uint8Array> {
  return sized(await createSmall(request, thumbnailSide), thumbnailSide)
    .png({ compressionLevel: 3 })
    .toBuffer();
}

/**
 * The same as pixels.
 * @param side pixels a side at the most
 * @throws HourglassError as `decodeImage`
 */
export async function smallPicture(
  request: DecodeRequest,
  side = thumbnailSide,
): Promise<SmallPicture> {
  const small = await createSmall(request, side);
  if (Math.max(small.width, small.height) <= side) return small;
  const { data, info } = await sized(small, side).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** At most so many pixels a side, but for pictures that their decoder could not shrink. */
async function createSmall(request: DecodeRequest, side: number): Promise<SmallPicture> {
  const { path, limits = defaultLimits, signal = new AbortController().signal } = request;
  throwIfCancelled(signal);
  const file = await identify(path);
  const reader = readerOf(file, request.readers ?? {});
  if (reader) return foreignThumbnail(reader, file, limits, signal);
  const make = async (): Promise<SmallPicture> => {
    const whole = await decoderInput(file);
    const header = await readHeader(file, whole, limits);
    const input = await storedInput(file, header, whole);
    const { decoder, tiff } = header;
    const beside = await withSource(file, (source) => readBeside(source, file.format, null));
    const metadata = await gatherMetadata({ ...file, decoder, tiff, beside });
    // A decoder that runs can not be stopped; after a cancel the next one is not begun.
    throwIfCancelled(signal);
    // Of a damaged picture there is none: a small one hides what is missing.
    const { found: raster } = await readWhole({ file, header, input, signal }, (from, failOn) =>
      shrink(from, header, limits, { side, kernel: 'lanczos3', failOn }),
    );
    throwIfCancelled(signal);
    // The means of a small picture do not reach its extremes: the range is that of stored values.
    let range: ShownRange | null = null;
    const { format } = file;
    if (isLookedAt({ raster, metadata, format })) {
      const stored = await shrink(input, header, limits, {
        side: rangeSide,
        kernel: 'nearest',
        failOn: 'error',
      });
      range = displayRange({ raster: stored, metadata, format });
    }
    throwIfCancelled(signal);
    return drawn({ raster, metadata }, range);
  };
  throwIfCancelled(signal);
  try {
    return await withinTime(make(), {
      name: file.name,
      timeoutMs: timeFor(limits, file.bytes),
      signal,
    });
  } catch (error) {
    throw decodeError(error, file.name);
  }
}

async function foreignThumbnail(
  reader: ForeignReader,
  file: ImageFile,
  limits: DecodeLimits,
  signal: AbortSignal,
): Promise<SmallPicture> {
  const preview = await reader.preview(file, limits, signal);
  const { raster } = preview;
  return drawn(preview, shownRange(scaleOf(raster), raster.sampleType));
}

/** @param range as of `shownRange` */
async function drawn(
  image: { readonly raster: Raster; readonly metadata: DecodedImage['metadata'] },
  range: ShownRange | null,
): Promise<SmallPicture> {
  const show = await createDisplayTransform(image, range);
  const { width, height } = image.raster;
  return { width, height, data: show(image.raster, { x: 0, y: 0, width, height }) };
}

/** Of at most so many pixels a side. */
function sized({ width, height, data }: SmallPicture, side: number): import('sharp').Sharp {
  const picture = sharp(data, { raw: { width, height, channels: 4 } });
  return Math.max(width, height) > side ? picture.resize(side, side, { fit: 'inside' }) : picture;
}

/** Upright pixels of at most `side` a side where the decoder can shrink them, in the stored depth. */
async function shrink(
  input: string | Buffer,
  header: ImageHeader,
  limits: DecodeLimits,
  { side, kernel, failOn }: { side: number; kernel: 'lanczos3' | 'nearest'; failOn: FailOn },
): Promise<Raster> {
  const { space, sampleType, decoder } = header;
  // sharp would take the last sample for opacity, and shrink the colours by its weight.
  if (header.extra || header.premultiplied)
    return (await decodePixels(input, header, limits, { failOn })).raster;
  const pipeline = sharp(input, {
    failOn,
    ignoreIcc: !header.inks,
    autoOrient: true,
    limitInputPixels: Math.ceil(limits.maxMegapixels * 1e6),
    ...pageOf(header.tiff),
  })
    .resize(side, side, { fit: 'inside', withoutEnlargement: true, kernel })
    .toColourspace(space);
  const { data, info } = await readRaw(pipeline, decoder.depth as Depth);
  // sharp drops the alpha of 8-bit and float gray images here: such a thumbnail is opaque.
  const channels = info.channels as 1 | 2 | 3 | 4;
  return {
    width: info.width,
    height: info.height,
    channels,
    hasAlpha: channels === 2 || channels === 4,
    sampleType,
    data: asSamples(data, sampleType),
  };
}
