/** The walk over a PNG's chunks before its pixels; what the chunks mean is their readers' business. */
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
