/**
 * Camera raw files wherever an image is opened: documents, thumbnails, inputs of other commands. What the file holds besides
 * pixels is read here, the pixels are developed in a thread (`thread.ts`) with limits of time and size.
 */
import { HourglassError, type Notice } from '../contract/index.ts';
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
import { readRawMetadata, type RawMetadata } from './exif.ts';
import { readRawLayout } from './layout.ts';
import { cameraSpaceOf } from './linear-dng.ts';
import { grayProfile, prophotoProfile } from './prophoto.ts';
import type { Developed, Development, RawCall, RawHeader } from './protocol.ts';
import { say } from './sentences.ts';

/**
 * Time for a megapixel besides that for the file, milliseconds: AHD takes 380 on two shared cores (24 megapixels
 * in 9.1 s), and a machine at work takes several times as long.
 */
const perMegapixelMs = 2000;

/** Memory that LibRaw and the picture take for a pixel of the sensor, bytes; the file is there twice (`npm run bench -- peak`). */
const perPixelBytes: Readonly<Record<RawCall['quality'], number>> = {
  ...{ full: 32, linear: 32, half: 16 },
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
};

const photo = ({ make, model }: Development): NonNullable<DecodedImage['content']> => ({
  family: 'photo',
  reason: say('developedFrom', {
    camera: [make, model].filter(Boolean).join(' ') || say('someCamera'),
  }),
});

/** What a file holds besides pixels, and where the picture lies on its sensor. */
export type Inside = RawMetadata & Pick<RawCall, 'crop'> & { readonly dng: DngTags | null };

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
    return { ...(await readRawMetadata(source)), dng, crop: layout?.crop ?? null };
  });
}

/** @throws HourglassError unsupported-image, damaged-image, image-too-large, decode-timeout, out-of-memory, cancelled */
export function develop(
  file: ImageFile,
  quality: RawCall['quality'],
  { crop }: Pick<Inside, 'crop'>,
  limits: DecodeLimits,
  signal: AbortSignal,
): Promise<Developed> {
  const timeoutMs = timeFor(limits, file.bytes);
  return callThread<Developed, RawHeader>({
    file: 'raw/thread.js',
    data: { path: file.path, name: file.name, quality, crop } satisfies RawCall,
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
  { channels, development }: Developed,
): Promise<ImageMetadata> {
  const { exif, xmp, iptc, resolution, orientation } = found;
  const metadata = await completeMetadata({
    ...{ exif, xmp, iptc, resolution, orientation, accessedMs, modifiedMs },
    icc: channels === 3 ? prophotoProfile : grayProfile,
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

function noticesOf(
  name: string,
  { channels, development }: Developed,
  { exif }: RawMetadata,
): Notice[] {
  const { whiteBalance, pictures } = development;
  const notices: Notice[] = [
    { level: 'info', text: say('developed', { name, whiteBalance, tones: channels }) },
  ];
  if (pictures > 1)
    notices.push({ level: 'info', text: say('severalPictures', { name, count: pictures }) });
  if (!exif) notices.push({ level: 'warning', text: say('exifNotRead', { name }) });
  return notices;
}
