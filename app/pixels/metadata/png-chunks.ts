/** The walk over a PNG's chunks, whether it comes to their end, and a chunk as it is written; what chunks mean is their readers' business. */
import { crc32 } from 'node:zlib';
import type { ByteSource } from './tiff-structure.ts';

export interface PngChunk {
  readonly type: string;
  /** Where its length field stands, bytes from the beginning of the file. */
  readonly at: number;
  /** Length of its data, bytes, as declared; the whole chunk is 12 longer. */
  readonly size: number;
}

/**
 * Chunks from IHDR up to the first IDAT or IEND (PNG, third edition, 5.3), at most `most` of them;
 * ends early where the file does.
 * @param through also those behind the pixels
 */
export async function* pngChunks(
  source: ByteSource,
  most = Infinity,
  through = false,
): AsyncGenerator<PngChunk> {
  let at = 8;
  for (let count = 0; count < most && at + 12 <= source.length;) {
    const head = await source.read(at, 8);
    if (head.length < 8) return;
    const size = new DataView(head.buffer, head.byteOffset, 8).getUint32(0);
    const type = String.fromCharCode(...head.subarray(4, 8));
    if ((type === 'IDAT' && !through) || type === 'IEND') return;
    if (type !== 'IDAT') {
      count += 1;
      yield { type, at, size };
    }
    at += 12 + size;
  }
}

/**
 * The last chunk, IEND (PNG, third edition, 11.2.5), is there with its checksum, wherever in the file it stands:
 * something may follow it.
 */
export async function endsWhole(source: ByteSource): Promise<boolean> {
  if (await isEnd(source, source.length - 12)) return true;
  let at = 8;
  while (at + 12 <= source.length) {
    const head = await source.read(at, 8);
    if (head.length < 8) return false;
    if (String.fromCharCode(...head.subarray(4)) === 'IEND') return isEnd(source, at);
    at += 12 + new DataView(head.buffer, head.byteOffset).getUint32(0);
  }
  return false;
}

async function isEnd(source: ByteSource, at: number): Promise<boolean> {
  const chunk = await source.read(Math.max(0, at), 12);
  if (chunk.length < 12) return false;
  const view = new DataView(chunk.buffer, chunk.byteOffset);
  const named = chunk.subarray(4, 8);
  return (
    view.getUint32(0) === 0 &&
    String.fromCharCode(...named) === 'IEND' &&
    view.getUint32(8) === crc32(named)
  );
}

/** A whole chunk: length, type (four letters), data, CRC (PNG, third edition, 5.3). */
export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(12 + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(Buffer.from(type, 'latin1'), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}

/** A packet of XMP as PNG holds it: an iTXt chunk of its own keyword, not compressed (ISO 16684-3, 1.1.5). */
export const pngXmp = (packet: Uint8Array): Uint8Array =>
  pngChunk('iTXt', Buffer.concat([Buffer.from('XML:com.adobe.xmp\0\0\0\0\0', 'latin1'), packet]));
