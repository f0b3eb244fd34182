/**
 * How much memory decoding a file with libvips takes at its highest, told from its header. The terms are what decoders hold beside
 * the picture; their factors were measured (`npm run bench -- peak`, docs/manual/memory.md) and are upper bounds.
 */
import { boxes, findMeta } from './formats/bmff.ts';
import type { ImageFile } from './identify.ts';
import { isFrameMarker, jpegSegments } from './metadata/jpeg-segments.ts';
import type { ByteSource } from './metadata/tiff-structure.ts';
import type { TiffStorage } from './metadata/tiff-storage.ts';

export interface PeakFacts {
  readonly format: ImageFile['format'];
  /** Of the file. */
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  /** Samples per pixel that the decoder hands over, and bytes of each. */
  readonly samples: number;
  readonly bytesPerSample: number;
  /** It has to be turned upright, or its samples taken apart, which takes a copy. */
  readonly copied: boolean;
  /** Interlaced PNG, progressive JPEG. */
  readonly progressive: boolean;
  /** Of a TIFF: how the page that is read is stored. */
  readonly storage: TiffStorage | null;
}

/** What starting a decoder takes whatever the picture is. */
const BASE = 32e6;

/** @returns bytes beside what the process holds already */
export async function decodePeak(facts: PeakFacts, source: ByteSource): Promise<number> {
  const { format, width, height, samples, bytesPerSample, copied } = facts;
  const pixels = width * height;
  const raster = pixels * samples * bytesPerSample;
  return BASE + raster * (copied ? 2 : 1) + (await decoderBytes(format, facts, raster, source));
}

/** What the decoder of a format holds beside the picture. */
async function decoderBytes(
  format: ImageFile['format'],
  facts: PeakFacts,
  raster: number,
  source: ByteSource,
): Promise<number> {
  const { bytes, width, height, samples, bytesPerSample, progressive } = facts;
  const pixels = width * height;
  switch (format) {
    case 'jpeg':
      // Its bytes are gone through for damage. Several scans: all coefficients wait for the last one, 16 bits each.
      return bytes + (await coefficients(source, facts));
    case 'png':
      return progressive ? raster : 0;
    case 'webp':
      // The file, its canvas, and a frame on it; lossless ones are decoded as ARGB besides.
      return bytes + 9 * pixels;
    case 'avif':
      // Planes of the coded frame and what refers to it, then RGB. Also where it is cropped afterwards.
      return (bytesPerSample > 1 ? 19 : 16) * Math.max(pixels, await codedPixels(source));
    case 'gif':
      return bytes + 5 * pixels;
    case 'tiff':
      return facts.storage ? tiffBytes(facts.storage, raster) : raster;
    default:
      return raster * samples;
  }
}

/** Coefficients that libjpeg keeps until the last scan has come, bytes; 0: it decodes row by row. */
async function coefficients(source: ByteSource, { width, height }: PeakFacts): Promise<number> {
  let at = 2;
  let frame: Uint8Array | null = null;
  for await (const segment of jpegSegments(source)) {
    at = segment.at + 4 + segment.size;
    const { marker, size } = segment;
    if (isFrameMarker(marker) && size >= 6) frame = await source.read(segment.at, 4 + size);
  }
  if (!frame) return 0;
  // SOF (ITU-T T.81, B.2.2) and the number of components of the first scan (B.2.3), behind fill bytes.
  const parts = frame[9] ?? 0;
  const scan = await source.read(at, 16);
  const inScan = scan[Math.max(0, scan.indexOf(0xda)) + 3] ?? 0;
  const isSequential = frame[1] === 0xc0 || frame[1] === 0xc1 || frame[1] === 0xc9;
  if (isSequential && inScan === parts) return 0;
  const factors = Array.from({ length: parts }, (_, part) => frame[11 + 3 * part] ?? 0x11);
  const across = Math.max(1, ...factors.map((factor) => factor >> 4));
  const down = Math.max(1, ...factors.map((factor) => factor & 15));
  const perPixel = factors.reduce(
    (sum, factor) => sum + ((factor >> 4) * (factor & 15)) / (across * down),
    0,
  );
  return 2 * perPixel * width * height;
}

/** Pixels of the largest item of an AVIF as coded (ImageSpatialExtentsProperty, ISO/IEC 23008-12, 6.5.3); 0: not found. */
async function codedPixels(source: ByteSource): Promise<number> {
  try {
    const meta = await findMeta(source);
    if (meta.size > 4e6) return 0;
    const bytes = await source.read(meta.at, meta.size);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const inside = (
      from: number,
      to: number,
      type: string,
    ): readonly { at: number; size: number }[] =>
      boxes(bytes, from, to).filter((box) => box.type === type);
    let most = 0;
    for (const iprp of inside(12, bytes.length, 'iprp'))
      for (const ipco of inside(iprp.at + 8, iprp.at + iprp.size, 'ipco'))
        for (const { at, size } of inside(ipco.at + 8, ipco.at + ipco.size, 'ispe'))
          if (size >= 20) most = Math.max(most, view.getUint32(at + 12) * view.getUint32(at + 16));
    return most;
  } catch {
    return 0; // The decoder has its own word on damage.
  }
}

/** Parts of a page: what is stored of them, and one (or a row of tiles) decoded; see `wholeness.ts` for the second look. */
function tiffBytes(storage: TiffStorage, raster: number): number {
  const { compression, isTiled, partBytes, storedBytes } = storage;
  const isPlain = compression === 1;
  const isLookedAt = [7, 8, 32946].includes(compression);
  return (
    (isPlain ? 0 : storedBytes) +
    (isLookedAt ? storedBytes : 0) +
    (compression === 7 ? raster : 0) +
    (isTiled ? 2 : isPlain ? 0 : 1) * Math.min(partBytes, 2 * raster)
  );
}
