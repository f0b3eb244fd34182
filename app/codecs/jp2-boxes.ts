/**
 * What stands around a JPEG 2000 codestream (ISO/IEC 15444-1, annex I): profile, palette, which channel is opacity, EXIF
 * and XMP, and whether the codestream is there to its end. Decoding is `jpeg-2000.ts`.
 */
import type { CodecHeader } from './protocol.ts';
import { resolutionOf, type Resolution } from '../pixels/metadata/resolution.ts';
import { say } from '../pixels/metadata/sentences.ts';

export interface Jp2Facts {
  readonly icc: Uint8Array | null;
  readonly exif: Uint8Array | null;
  readonly xmp: Uint8Array | null;
  readonly iptc: Uint8Array | null;
  readonly resolution: Resolution | null;
  /** Names of what else there is. */
  readonly lost: readonly string[];
  readonly hasPalette: boolean;
  /** The last channel is opacity of the whole picture (cdef: type 1, association 0). */
  readonly hasAlpha: boolean;
  /** What the codestream declares (SIZ, A.5.1); null: nothing. */
  readonly size: CodecHeader | null;
  /** The codestream is a chain of tile-parts up to its end marker (A.4.2, A.4.4). */
  readonly whole: boolean;
}

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** "JpgTiffExif->JP2", as exiftool and others write; XMP specification part 3, 1.1.9. */
const exifId = 'JpgTiffExif->JP2';
const idOf = (digits: string): string => latin(Buffer.from(digits, 'hex'));
const xmpId = idOf('be7acfcb97a942e89c71999491e3afac');
/** As exiftool and Kakadu's programs write it. */
const iptcId = idOf('33c7a4d2b81d4723a0baf1a3e097ad38');

/** Boxes that say how the picture is stored, or are read below. */
const known = new Set([
  ...['jP  ', 'ftyp', 'rreq', 'jp2h', 'jp2c', 'free', 'skip'],
  ...['ihdr', 'bpcc', 'colr', 'pclr', 'cmap', 'cdef', 'res ', 'resc', 'resd'],
]);

/** @param body of a box that is none of these */
const nameOf = (type: string, body: Uint8Array): string =>
  type === 'jumb'
    ? say(latin(body.subarray(0, 512)).includes('c2pa') ? 'credentials' : 'boxes')
    : say('applicationData', { name: /^[ -~]{4}$/.test(type) ? type.trim() : '?' });

/** Bounded: boxes that lie outside are not there. */
export function readJp2Boxes(bytes: Uint8Array): Jp2Facts {
  const facts = {
    icc: null as Uint8Array | null,
    exif: null as Uint8Array | null,
    xmp: null as Uint8Array | null,
    iptc: null as Uint8Array | null,
    resolution: null as Resolution | null,
    lost: [] as string[],
    hasPalette: false,
    hasAlpha: false,
    size: null as Jp2Facts['size'],
    whole: false,
  };
  if (bytes[0] === 0xff) return { ...facts, size: sizeOf(bytes), whole: isWhole(bytes) };
  const visit = (from: number, to: number): void => {
    let at = from;
    for (let count = 0; count < 256 && at + 8 <= to; count++) {
      const view = viewOf(bytes.subarray(at, to));
      const short = view.getUint32(0);
      const isLong = short === 1 && view.byteLength >= 16;
      const size = isLong ? Number(view.getBigUint64(8)) : short === 0 ? to - at : short;
      if (size < (isLong ? 16 : 8) || at + size > to) return;
      const type = latin(bytes.subarray(at + 4, at + 8));
      const start = at + (isLong ? 16 : 8);
      const body = bytes.subarray(start, at + size);
      if (type === 'jp2h' || type === 'res ') visit(start, at + size);
      // What was captured counts; how large to show it is said by those that do not know.
      else if (type === 'resc') facts.resolution = resolutionIn(body) ?? facts.resolution;
      else if (type === 'resd') facts.resolution ??= resolutionIn(body);
      else if (type === 'pclr') facts.hasPalette = true;
      // METH 2: a restricted ICC profile behind METH, PREC and APPROX (I.5.3.3).
      else if (type === 'colr' && body[0] === 2) facts.icc ??= new Uint8Array(body.subarray(3));
      else if (type === 'cdef') facts.hasAlpha = saysOpacity(body);
      else if (type === 'jp2c') {
        facts.whole = isWhole(body);
        facts.size = sizeOf(body);
      } else if (type === 'uuid') {
        const id = latin(body.subarray(0, 16));
        const content = new Uint8Array(body.subarray(16));
        if (id === exifId) facts.exif ??= content;
        else if (id === xmpId) facts.xmp ??= content;
        else if (id === iptcId) facts.iptc ??= content;
        else facts.lost.push(nameOf(type, body));
      } else if (!known.has(type)) facts.lost.push(nameOf(type, body));
      at += size;
    }
  };
  visit(0, bytes.length);
  return facts;
}

/** Numerators and denominators, vertical before horizontal, then their exponents of ten: pixels per metre (I.5.3.7). */
function resolutionIn(body: Uint8Array): Resolution | null {
  if (body.length < 10) return null;
  const view = viewOf(body);
  const along = (at: number, exponent: number): number =>
    (view.getUint16(at) / view.getUint16(at + 2)) * 10 ** view.getInt8(exponent);
  return resolutionOf(along(4, 9), along(0, 8), 'metre');
}

/** Markers of a codestream (A.2): of a tile-part, of its data and of the end. */
const [SOT, EOC] = [0xff90, 0xffd9];

/**
 * Segments of the main header, then tile-parts, each of which says where the next one begins. What is overwritten within one is not
 * seen: packets have no checksum.
 */
function isWhole(stream: Uint8Array): boolean {
  if (stream.length < 6 || viewOf(stream).getUint16(stream.length - 2) !== EOC) return false;
  const view = viewOf(stream);
  let at = 2;
  // LSIZ and the like count themselves, and not their marker.
  while (at + 12 <= stream.length && view.getUint16(at) !== SOT) {
    if (stream[at] !== 0xff) return false;
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  while (at + 12 <= stream.length) {
    if (view.getUint16(at) !== SOT) return false;
    const length = view.getUint32(at + 6);
    // The last one may leave its length open (Psot of 0).
    if (length === 0) return true;
    if (length < 12) return false;
    at += length;
  }
  return at === stream.length - 2;
}

/** SIZ follows the start of the codestream: the grid's size less the picture's offset. */
function sizeOf(stream: Uint8Array): Jp2Facts['size'] {
  if (stream.length < 43 || latin(stream.subarray(0, 4)) !== '\xff\x4f\xff\x51') return null;
  const view = viewOf(stream);
  const width = view.getUint32(8) - view.getUint32(16);
  const height = view.getUint32(12) - view.getUint32(20);
  // Csiz, and Ssiz of the first component: its bits less one, and a sign.
  const samples = view.getUint16(40);
  const bytesPerSample = (stream[42]! & 127) < 8 ? 1 : 2;
  return width > 0 && height > 0 ? { width, height, samples, bytesPerSample } : null;
}

/** Channel definitions (I.5.3.6): number, type, association of each. */
function saysOpacity(body: Uint8Array): boolean {
  if (body.length < 2) return false;
  const view = viewOf(body);
  const count = Math.min(view.getUint16(0), Math.floor((body.length - 2) / 6));
  return Array.from({ length: count }, (_, index) => 2 + index * 6).some(
    (at) => view.getUint16(at + 2) === 1 && view.getUint16(at + 4) === 0,
  );
}
