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

/**
 * Behind the end marker of the JPEG that begins at `start`: segments, then scans, in whose coded data FF is followed by 0
 * or a restart marker (B.1.1.2). Null: it has none.
 */
export async function endOfJpeg(source: ByteSource, start: number): Promise<number | null> {
  const chunk = 1024 * 1024;
  let at = start + 2;
  let isCoded = false;
  while (at + 2 <= source.length) {
    if (!isCoded) {
      const head = await source.read(at, 4);
      if (head[0] !== 0xff) return null;
      if (head[1] === 0xff) at += 1;
      else if (head[1] === 0xd9) return at + 2;
      else if (head.length < 4) return null;
      else {
        isCoded = head[1] === 0xda;
        at += 2 + ((head[2]! << 8) | head[3]!);
      }
      continue;
    }
    const bytes = Buffer.from(await source.read(at, chunk));
    let found = -1;
    for (let ff = bytes.indexOf(0xff); ff >= 0; ff = bytes.indexOf(0xff, ff + 1)) {
      const next = bytes[ff + 1];
      if (next === undefined || next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7)) continue; // prettier-ignore
      found = ff;
      break;
    }
    if (found >= 0) {
      at += found;
      isCoded = false;
    } else if (bytes.length < 2) return null;
    // The last byte is read again: what follows it may say that it is a marker.
    else at += bytes.length - 1;
  }
  return null;
}
