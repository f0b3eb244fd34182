/** The walk over a JPEG's segments before its pixels; what the segments mean is their readers' business. */
import { piecesOf, type ByteSource } from './tiff-structure.ts';

export interface JpegSegment {
  /** 0xE1 of APP1. */
  readonly marker: number;
  /** Where its marker stands, bytes from the beginning of the file. */
  readonly at: number;
  /** Length of its payload, bytes; the whole segment is 4 longer. */
  readonly size: number;
}

/** SOF, the header of a frame (ITU-T T.81, table B.1): not DHT, JPG and DAC, which stand among them. */
export const isFrameMarker = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

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

/** Is shown coded data, and where in the file it begins; what lies behind a JPEG's end may be in the last piece. */
export type SeeCoded = (bytes: Buffer, at: number) => void;

/**
 * Behind the end marker of the JPEG that begins at `start`: segments, then scans, in whose coded data FF is followed by 0
 * or a restart marker (B.1.1.2). Null: it has none.
 */
export async function endOfJpeg(
  source: ByteSource,
  start: number,
  see?: SeeCoded,
): Promise<number | null> {
  let at = start + 2;
  /** Of a sequential frame: a scan of all of them is the only one. */
  let components = 0;
  while (at + 2 <= source.length) {
    const head = await source.read(at, 10);
    const marker = head[1]!;
    if (head[0] !== 0xff) return null;
    if (marker === 0xff) at += 1;
    else if (marker === 0xd9) return at + 2;
    else if (head.length < 4) return null;
    else {
      if (marker === 0xc0 || marker === 0xc1) components = head[9] ?? 0;
      at += 2 + ((head[2]! << 8) | head[3]!);
      if (marker !== 0xda) continue;
      const isOnly = head[4] === components;
      const next = await markerBehind(source, at, isOnly, see);
      if (next === null) return null;
      at = next;
    }
  }
  return null;
}

const isMarker = (byte: number): boolean =>
  byte !== 0 && byte !== 0xff && !(byte >= 0xd0 && byte <= 0xd7);

const endMarker = Buffer.of(0xff, 0xd9);

/** The marker that ends the coded data which begins at `from`; behind the only scan it is the end. Null: there is none. */
async function markerBehind(
  source: ByteSource,
  from: number,
  isOnly: boolean,
  see?: SeeCoded,
): Promise<number | null> {
  const isWanted = (byte: number): boolean => (isOnly ? byte === endMarker[1] : isMarker(byte));
  let isOpen = false;
  for await (const { at, bytes } of piecesOf(source, from)) {
    see?.(bytes, at);
    if (isOpen && isWanted(bytes[0]!)) return at - 1;
    const found = isOnly ? bytes.indexOf(endMarker) : markerIn(bytes);
    if (found >= 0) return at + found;
    isOpen = bytes.at(-1) === 0xff;
  }
  return null;
}

function markerIn(bytes: Buffer): number {
  for (let ff = bytes.indexOf(0xff); ff >= 0; ff = bytes.indexOf(0xff, ff + 1)) {
    const next = bytes[ff + 1];
    if (next !== undefined && isMarker(next)) return ff;
  }
  return -1;
}
