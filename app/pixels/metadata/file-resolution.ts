/** The resolution that a container states itself; EXIF, Photoshop's resources and TIFF's tags are read elsewhere. */
import type { ImageFormat } from '../../contract/index.ts';
import { primaryProperties } from '../formats/bmff.ts';
import { jpegSegments } from './jpeg-segments.ts';
import { pngChunks } from './png-chunks.ts';
import {
  resolutionOf,
  resolutionOfJfif,
  resolutionOfPhysical,
  type Resolution,
} from './resolution.ts';
import type { ByteSource } from './tiff-structure.ts';

/** Null: it says nothing, or its format has no place for it. */
export async function containerResolution(
  source: ByteSource,
  format: ImageFormat,
): Promise<Resolution | null> {
  if (format === 'jpeg') return ofJpeg(source);
  if (format === 'png') return ofPng(source);
  if (format === 'avif') return ofAvif(source);
  return format === 'gif' ? ofGif(source) : null;
}

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** APP0 of JFIF (ITU-T T.871, 10.1). */
async function ofJpeg(source: ByteSource): Promise<Resolution | null> {
  for await (const { marker, at, size } of jpegSegments(source)) {
    if (marker !== 0xe0 || size < 14) continue;
    const payload = await source.read(at + 4, 14);
    if (payload.length < 14 || latin(payload.subarray(0, 5)) !== 'JFIF\0') continue;
    const view = viewOf(payload);
    return resolutionOfJfif(view.getUint16(8), view.getUint16(10), payload[7]!);
  }
  return null;
}

/** pHYs (PNG, third edition, 11.3.4.3). */
async function ofPng(source: ByteSource): Promise<Resolution | null> {
  for await (const { type, at, size } of pngChunks(source)) {
    if (type !== 'pHYs' || size !== 9) continue;
    const data = await source.read(at + 8, 9);
    if (data.length < 9) return null;
    const view = viewOf(data);
    return resolutionOfPhysical(view.getUint32(0), view.getUint32(4), data[8]!);
  }
  return null;
}

/** The pixel aspect ratio of GIF89a, 18: width to height of a pixel is (value + 15) / 64; 0: not given. */
async function ofGif(source: ByteSource): Promise<Resolution | null> {
  const head = await source.read(0, 13);
  const ratio = head[12] ?? 0;
  // Wider pixels are fewer to a length.
  return ratio === 0 || ratio + 15 === 64 ? null : resolutionOf(64, ratio + 15, 'none');
}

/**
 * The shape of pixels, `pasp` (ISO/IEC 23008-12, 6.5.4): width to height of one. It is that of the stored picture, which the decoder has
 * turned when we see it (`irot`, 6.5.10).
 */
async function ofAvif(source: ByteSource): Promise<Resolution | null> {
  const properties = await primaryProperties(source);
  const shape = properties.find(({ type, body }) => type === 'pasp' && body.length >= 8);
  if (!shape) return null;
  const view = viewOf(shape.body);
  const [wide, tall] = [view.getUint32(0), view.getUint32(4)];
  const isTurned = properties.some(({ type, body }) => type === 'irot' && (body[0]! & 1) === 1);
  if (wide === tall) return null;
  // Wider pixels are fewer to a length.
  return isTurned ? resolutionOf(wide, tall, 'none') : resolutionOf(tall, wide, 'none');
}
