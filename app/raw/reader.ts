/**
 * Camera raw files wherever an image is opened: documents, thumbnails, inputs of other commands. What the file holds besides
 * pixels is read here, the pixels are developed in a thread (`thread.ts`) with limits of time and size.
 */
import { HourglassError, type Notice } from '../contract/index.ts';
import { decimal } from '../contract/sentences/index.ts';
import {
  completeMetadata,
  refuseUnaffordable,
  timeFor,
  withSource,
  type DecodedImage,
  type DecodeLimits,
  type ForeignReader,
  type ImageFile,
  type ImageMetadata,
} from '../pixels/index.ts';
import { callThread } from '../runtime/index.ts';
import { readDngTags, type DngTags } from './dng-tags.ts';
import { findEmbedded } from './embedded.ts';
import { readRawMetadata, type RawMetadata } from './exif.ts';
import { readRawLayout, type RawLayout } from './layout.ts';
import { grayProfile, prophotoProfile } from './prophoto.ts';
import { varianceAt } from '../pixels/light-noise.ts';
import { libRawCode } from './libraw.ts';
import type { Developed, Development, RawCall, RawHeader, RawThreadData } from './protocol.ts';
import { say } from './sentences.ts';

/**
 * Time for a megapixel besides that for the file, milliseconds: AHD takes 380 on two shared cores (24 megapixels
 * in 9.1 s), and a machine at work takes several times as long.
 */
const perMegapixelMs = 2000;

/** Memory that LibRaw and the picture take for a pixel of the sensor, bytes; the file is there twice. Measured on 24 megapixels: 27.6 and 9.3. */
const perPixelBytes: Readonly<Record<RawCall['quality'], number>> = {
  ...{ full: 32, linear: 32, half: 12 },
};

/** Compressions of DNG that this LibRaw was built without, by TIFF tag 259. */
const missing: Readonly<Record<number, string>> = {
  ...{ 8: 'deflate', 32946: 'deflate', 52546: 'JPEG XL' },
};

export const rawReader: ForeignReader = {
  async decode(file, limits, signal) {
    const found = await lookInside(file);
    const { path, name, format, bytes } = file;
    const developed = await develop(file, 'full', found, limits, signal);
    const { development } = developed;
    const notices = noticesOf(name, developed, found);
    const metadata = await metadataOf(file, found, developed);
    return {
      path,
      format,
      bytes,
      raster: rasterOf(developed),
      metadata,
      notices,
      content: photo(development),
    };
  },
  async preview(file, limits, signal) {
    const found = await lookInside(file);
    const developed = await develop(file, 'half', found, limits, signal);
    return { raster: rasterOf(developed), metadata: await metadataOf(file, found, developed) };
  },
  embedded: (file) => withSource(file, findEmbedded),
};

const photo = ({ make, model }: Development): NonNullable<DecodedImage['content']> => ({
  family: 'photo',
  reason: say('developedFrom', {
    camera: [make, model].filter(Boolean).join(' ') || say('someCamera'),
  }),
});

/** What a file holds besides pixels, and where the picture lies on its sensor. */
export type Inside = RawMetadata &
  Pick<RawCall, 'crop' | 'black'> & { readonly dng: DngTags | null };

/** Everything but the pixels. @throws HourglassError damaged-image, unsupported-image */
export async function lookInside(file: ImageFile): Promise<Inside> {
  const { name } = file;
  return withSource(file, async (source) => {
    const layout = await readRawLayout(source);
    if (layout && !layout.whole)
      throw new HourglassError('damaged-image', say('cutShort', { name }));
    const compression = layout ? missing[layout.compression] : undefined;
    if (compression)
      throw new HourglassError('unsupported-image', say('compressedWith', { name, compression }), {
        hint: say('convertToDng'),
      });
    const dng = await readDngTags(source);
    return {
      ...(await readRawMetadata(source)),
      dng,
      crop: layout?.crop ?? null,
      black: blackOf(layout),
    };
  });
}

/** Black of a 2 × 2 pattern; null: not said, or of another one. */
function blackOf(layout: RawLayout | null): RawCall['black'] {
  if (!layout) return null;
  const { blackLevel, blackRepeat } = layout;
  const [first = 0] = blackLevel;
  if (blackLevel.length === 1) return [first, first, first, first];
  const { rows, columns } = blackRepeat;
  if (rows > 2 || columns > 2 || blackLevel.length !== rows * columns) return null;
  const at = (row: number, column: number): number =>
    blackLevel[(row % rows) * columns + (column % columns)]!;
  return [at(0, 0), at(0, 1), at(1, 0), at(1, 1)];
}

/** @throws HourglassError unsupported-image, damaged-image, image-too-large, decode-timeout, out-of-memory, cancelled */
export async function develop(
  file: ImageFile,
  quality: RawCall['quality'],
  { crop, black }: Pick<Inside, 'crop' | 'black'>,
  limits: DecodeLimits,
  signal: AbortSignal,
): Promise<Developed> {
  const timeoutMs = timeFor(limits, file.bytes);
  const { path, name } = file;
  const code = libRawCode();
  return callThread<Developed, RawHeader>({
    file: 'raw/thread.js',
    data: { path, name, quality, crop, black, code } satisfies RawThreadData,
    name: file.name,
    timeoutMs,
    told: ({ width, height, megapixels }) => {
      if (megapixels > limits.maxMegapixels)
        throw new HourglassError(
          'image-too-large',
          say('tooLarge', {
            ...{ name: file.name, width, height },
            ...{ megapixels: megapixels.toFixed(1), limit: limits.maxMegapixels },
          }),
          { details: { width, height } },
        );
      const peak = file.bytes * 2 + megapixels * 1e6 * perPixelBytes[quality];
      refuseUnaffordable(file, { width, height, peak }, limits);
      return timeoutMs + megapixels * perMegapixelMs;
    },
    signal,
  });
}

const rasterOf = ({ width, height, channels, data }: Developed): DecodedImage['raster'] => ({
  ...{ width, height, channels, data },
  hasAlpha: false,
  sampleType: 'uint16',
});

async function metadataOf(
  { accessedMs, modifiedMs }: ImageFile,
  found: Inside,
  developed: Developed,
): Promise<ImageMetadata> {
  const { channels, development } = developed;
  const { exif, xmp, iptc, resolution, orientation } = found;
  // Tables of 65,536 values stand in these: an engine that never sees a raw file need not make them at its start.
  const { developedNoise } = await import('./developed-noise.ts');
  const { cameraSpaceOf } = await import('./linear-dng.ts');
  const metadata = await completeMetadata({
    ...{ exif, xmp, iptc, resolution, orientation, accessedMs, modifiedMs },
    icc: channels === 3 ? prophotoProfile : grayProfile,
    sensorNoise: developedNoise(developed),
    cameraSpace: cameraSpaceOf(development, channels, found.dng),
  });
  const { make, model, iso } = development;
  const camera = [make, model].filter(Boolean).join(' ');
  return {
    ...metadata,
    camera: metadata.camera ?? (camera || null),
    iso: metadata.iso ?? (iso > 0 ? Math.round(iso) : null),
  };
}

/** Light of a gray card, as a share of white. */
const midGray = 0.18;

function noticesOf(
  name: string,
  { channels, development }: Developed,
  { exif }: RawMetadata,
): Notice[] {
  const { whiteBalance, pictures, noise, iso } = development;
  const notices: Notice[] = [
    { level: 'info', text: say('developed', { name, whiteBalance, tones: channels }) },
  ];
  if (pictures > 1)
    notices.push({ level: 'info', text: say('severalPictures', { name, count: pictures }) });
  const [, green] = noise ?? [];
  if (green)
    notices.push({
      level: 'info',
      text: say('sensorNoise', {
        percent: decimal(100 * Math.sqrt(varianceAt(green, midGray)), 2),
        named: iso > 0 ? 'iso' : 'none',
        iso: Math.round(iso),
      }),
    });
  if (!exif) notices.push({ level: 'warning', text: say('exifNotRead', { name }) });
  return notices;
}
