/** The walk over a JPEG's segments before its pixels; what the segments mean is their readers' business. */
import type { ByteSource } from './tiff-structure.ts';

export interface JpegSegment {
  /** 0xE1 of APP1. */
  readonly marker: number;
  /** Where its marker stands, bytes from the beginning of the file. */
  readonly at: number;
  /** Length of its payload, bytes; the whole segment is 4 longer. */
  readonly size: number;
}

/** More segments than honest files have before their pixels. */
const MOST_SEGMENTS = 1024;

/**
 * Segments behind SOI up to the first scan (ITU-T T.81, B.1.1.4), that of the scan not among them; ends early where
 * the file does.
 */
export async function* jpegSegments(source: ByteSource): AsyncGenerator<JpegSegment> {
  let at = 2;
  for (let count = 0; count < MOST_SEGMENTS && at + 4 <= source.length; count++) {
    const head = await source.read(at, 4);
    if (head.length < 4 || head[0] !== 0xff || head[1] === 0xda || head[1] === 0xd9) return;
    if (head[1] === 0xff) {
      // Fill bytes may stand before any marker.
      at += 1;
      continue;
    }
    const size = ((head[2]! << 8) | head[3]!) - 2;
    if (size < 0) return;
    yield { marker: head[1]!, at, size };
    at += 4 + size;
  }
}
