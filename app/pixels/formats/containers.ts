/**
 * Where metadata goes in encoded JPEG, PNG and WebP files, as edits for `splice.ts`. libvips would
 * write EXIF anew (and change it); here the blobs go in as they are. TIFF is written whole by
 * `tiff.ts`; AVIF is in `bmff.ts`.
 */
import { deflateSync } from 'node:zlib';
import type { ColourCodes } from '../colour/code-points.ts';
import { pictureIndex } from '../colour/gain-map.ts';
import { photoshopBlock } from '../metadata/iptc.ts';
import { jfifDensity, pngPhysical, type Resolution } from '../metadata/resolution.ts';
import { pngChunk, pngChunks, pngXmp } from '../metadata/png-chunks.ts';
import { bytesAsSource, concatBytes, type ByteSource } from '../metadata/tiff-structure.ts';
import type { Edit } from './splice.ts';

/** What an output carries, ready to be stored. */
export interface OutputBlobs {
  readonly icc: Uint8Array | null;
  readonly exif: Uint8Array | null;
  readonly xmp: Uint8Array | null;
  readonly iptc: Uint8Array | null;
  /** Of the upright picture; EXIF says it where the format has no field of its own for all of it. */
  readonly resolution: Resolution | null;
  /** Photoshop's resources but for IPTC, for JPEG and TIFF. */
  readonly photoshop?: Uint8Array | null;
  /** Whole segments or chunks of this format. */
  readonly head?: Uint8Array | null;
  /** What stands behind a JPEG's end; it begins with pictures of these lengths. */
  readonly tail?: Uint8Array | null;
  readonly furtherPictures?: readonly number[];
  /** Chunks for a PNG; beside a profile only such as go together with one. */
  readonly pngColour?: Uint8Array | null;
  /** Code points for an AVIF. */
  readonly colourCodes?: ColourCodes | null;
  /** Properties of an AVIF about the light of an HDR picture. */
  readonly mastering?: readonly { readonly type: string; readonly body: Uint8Array }[];
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Largest payload of a JPEG segment. */
const segmentLimit = 65533;

/** True when a blob fits into the one segment that JPEG gives it. */
export const fitsJpegSegment = (blob: Uint8Array, prefix: string): boolean =>
  blob.length + prefix.length <= segmentLimit;

export const exifPrefix = 'Exif\0\0';
export const xmpPrefix = 'http://ns.adobe.com/xap/1.0/\0';

function segment(marker: number, payload: Uint8Array): Uint8Array {
  const head = new Uint8Array([
    0xff,
    marker,
    (payload.length + 2) >> 8,
    (payload.length + 2) & 0xff,
  ]);
  return concatBytes([head, payload]);
}

/**
 * Segments behind SOI: APP0 JFIF (ITU-T T.871, 10.1), APP1 EXIF (CIPA DC-008, 4.7.2), APP1 XMP
 * (ISO 16684-3), APP13 IPTC. The profile was written by the encoder (APP2, ICC.1 annex B.4), which
 * writes no JFIF of its own.
 */
export async function jpegEdits(source: ByteSource, blobs: OutputBlobs): Promise<Edit[]> {
  const parts: Uint8Array[] = [];
  const head = await source.read(2, 2);
  if (!(head[0] === 0xff && head[1] === 0xe0)) parts.push(segment(0xe0, jfif(blobs.resolution)));
  if (blobs.exif) parts.push(segment(0xe1, concatBytes([ascii(exifPrefix), blobs.exif])));
  if (blobs.xmp) parts.push(segment(0xe1, concatBytes([ascii(xmpPrefix), blobs.xmp])));
  if (blobs.iptc || blobs.photoshop)
    parts.push(segment(0xed, photoshopBlock(blobs.iptc, blobs.photoshop ?? null)));
  if (blobs.head) parts.push(blobs.head);
  const { furtherPictures = [] } = blobs;
  if (furtherPictures.length > 0) {
    const before = parts.reduce((sum, { length }) => sum + length, 0);
    parts.push(pictureIndex(2 + before, source.length + before, furtherPictures));
  }
  const edits: Edit[] = [{ at: 2, remove: 0, insert: concatBytes(parts) }];
  if (blobs.tail) edits.push({ at: source.length, remove: 0, insert: blobs.tail });
  return edits;
}

/** Version 1.02, no thumbnail. */
function jfif(resolution: Resolution | null): Uint8Array {
  const { x, y, unit } = jfifDensity(resolution);
  const payload = new Uint8Array(14);
  payload.set(ascii('JFIF\0'));
  payload.set([1, 2, unit, x >> 8, x & 0xff, y >> 8, y & 0xff], 5);
  return payload;
}

/**
 * Chunks behind IHDR (PNG, third edition): iCCP in place of whatever the encoder said about
 * colour, eXIf, pHYs, and XMP in an iTXt of its own keyword.
 */
export async function pngEdits(source: ByteSource, blobs: OutputBlobs): Promise<Edit[]> {
  const edits: Edit[] = [];
  const replaced = new Set([
    'iCCP',
    'gAMA',
    'cHRM',
    'sRGB',
    'cICP',
    'eXIf',
    'pHYs',
    'iTXt',
    'tEXt',
    'zTXt',
    'tIME',
  ]);
  let afterHeader = 0;
  for await (const { type, at, size } of pngChunks(source)) {
    const whole = 12 + size;
    if (type === 'IHDR') afterHeader = at + whole;
    else if (replaced.has(type)) edits.push({ at, remove: whole, insert: new Uint8Array(0) });
  }
  const parts: Uint8Array[] = [];
  if (blobs.icc)
    parts.push(pngChunk('iCCP', concatBytes([ascii('ICC profile\0\0'), deflateSync(blobs.icc)])));
  if (blobs.pngColour) parts.push(blobs.pngColour);
  if (blobs.resolution) {
    const { x, y, unit } = pngPhysical(blobs.resolution);
    const physical = new Uint8Array(9);
    const view = new DataView(physical.buffer);
    view.setUint32(0, x);
    view.setUint32(4, y);
    physical[8] = unit;
    parts.push(pngChunk('pHYs', physical));
  }
  if (blobs.exif) parts.push(pngChunk('eXIf', blobs.exif));
  if (blobs.xmp) parts.push(pngXmp(blobs.xmp));
  if (blobs.head) parts.push(blobs.head);
  // Behind IHDR and before everything else: an edit of the same place that removes comes second.
  return [{ at: afterHeader, remove: 0, insert: concatBytes(parts) }, ...edits];
}

const riffChunk = (type: string, data: Uint8Array): Uint8Array => {
  const head = new Uint8Array(8);
  head.set(ascii(type));
  new DataView(head.buffer).setUint32(4, data.length, true);
  return concatBytes([head, data, new Uint8Array(data.length % 2)]);
};

/**
 * EXIF and XMP chunks at the end and their flags in VP8X (WebP container specification); a plain
 * file becomes an extended one. The profile was written by the encoder, which makes it extended.
 */
export async function webpEdits(
  source: ByteSource,
  blobs: OutputBlobs,
  size: { width: number; height: number; hasAlpha: boolean },
): Promise<Edit[]> {
  const tail = concatBytes([
    ...(blobs.exif ? [riffChunk('EXIF', blobs.exif)] : []),
    ...(blobs.xmp ? [riffChunk('XMP ', blobs.xmp)] : []),
  ]);
  if (tail.length === 0) return [];
  const flags = (blobs.exif ? 0x08 : 0) | (blobs.xmp ? 0x04 : 0);
  const head = await source.read(0, 30);
  if (head.length < 30) throw new Error('the encoder wrote no whole WebP file');
  const extended = String.fromCharCode(...head.subarray(12, 16)) === 'VP8X';
  const edits: Edit[] = [{ at: source.length, remove: 0, insert: tail }];
  let added = tail.length;
  if (extended) edits.push({ at: 20, remove: 1, insert: new Uint8Array([head[20]! | flags]) });
  else {
    const data = new Uint8Array(10);
    const view = new DataView(data.buffer);
    data[0] = flags | (size.hasAlpha ? 0x10 : 0);
    view.setUint16(4, (size.width - 1) & 0xffff, true);
    data[6] = (size.width - 1) >> 16;
    view.setUint16(7, (size.height - 1) & 0xffff, true);
    data[9] = (size.height - 1) >> 16;
    const chunk = riffChunk('VP8X', data);
    edits.push({ at: 12, remove: 0, insert: chunk });
    added += chunk.length;
  }
  const riffSize = new Uint8Array(4);
  const oldSize = new DataView(head.buffer, head.byteOffset).getUint32(4, true);
  new DataView(riffSize.buffer).setUint32(0, oldSize + added, true);
  edits.push({ at: 4, remove: 4, insert: riffSize });
  return edits;
}

/** An encoded PNG in memory with a profile attached and its pixels untouched. */
export async function pngWithProfile(png: Uint8Array, icc: Uint8Array): Promise<Buffer> {
  const edits = await pngEdits(bytesAsSource(png), {
    icc,
    exif: null,
    xmp: null,
    iptc: null,
    resolution: null,
  });
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.at - b.at)) {
    parts.push(png.subarray(at, edit.at), edit.insert);
    at = edit.at + edit.remove;
  }
  return Buffer.concat([...parts, png.subarray(at)]);
}
