/**
 * What stands around a JPEG 2000 codestream (ISO/IEC 15444-1, annex I): profile, palette, what each channel is, EXIF
 * and XMP, and whether the codestream is there to its end. Decoding is `jpeg-2000.ts`, which channel goes where `jp2-channels.ts`.
 */
import type { CodecHeader } from './protocol.ts';
import { resolutionOf, type Resolution } from '../pixels/metadata/resolution.ts';
import { say } from '../pixels/metadata/sentences.ts';

/** A channel definition (cdef, I.5.3.6). */
export interface Jp2Channel {
  readonly number: number;
  /** 0 colour, 1 opacity, 2 opacity that was multiplied into the colours, 65535 unspecified. */
  readonly type: number;
  /** 0 the whole picture, else the colour from 1 on, 65535 none. */
  readonly association: number;
}

/** A component as the codestream declares it (SIZ, A.5.1). */
export interface Jp2Component {
  readonly bits: number;
  readonly isSigned: boolean;
  /** A sample for every pixel. */
  readonly isFull: boolean;
}

export interface Jp2Facts {
  readonly icc: Uint8Array | null;
  readonly exif: Uint8Array | null;
  readonly xmp: Uint8Array | null;
  readonly iptc: Uint8Array | null;
  readonly resolution: Resolution | null;
  /** Names of what else there is. */
  readonly lost: readonly string[];
  readonly hasPalette: boolean;
  /** Empty: the file says nothing, channels are colours in their order. */
  readonly channels: readonly Jp2Channel[];
  /** Of the first `colr` that has a number (EnumCS, I.5.3.3): 16 sRGB, 17 gray; null: it has a profile, or says nothing. */
  readonly colourSpace: number | null;
  /** What the codestream declares (SIZ, A.5.1); null: nothing. */
  readonly size: Omit<CodecHeader, 'passes'> | null;
  /** Those that SIZ has room for. */
  readonly components: readonly Jp2Component[];
  /** The picture does not begin at the origin of its grid. */
  readonly isShifted: boolean;
  /** In the file's own bytes; empty: there is none. */
  readonly codestream: Uint8Array;
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
    channels: [] as Jp2Channel[],
    colourSpace: null as number | null,
    ...declaredBy(new Uint8Array(0)),
  };
  if (bytes[0] === 0xff) return { ...facts, ...declaredBy(bytes) };
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
      // METH 1: a number behind them.
      else if (type === 'colr' && body[0] === 1 && body.length >= 7)
        facts.colourSpace ??= viewOf(body).getUint32(3);
      else if (type === 'cdef') facts.channels = channelsIn(body);
      else if (type === 'jp2c') Object.assign(facts, declaredBy(body));
      else if (type === 'uuid') {
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

type Declared = Pick<Jp2Facts, 'size' | 'components' | 'isShifted' | 'codestream' | 'whole'>;

/** SIZ follows the start of the codestream: the grid's size less the picture's offset, then the components. */
function declaredBy(codestream: Uint8Array): Declared {
  const whole = isWhole(codestream);
  const nothing = { size: null, components: [], isShifted: false, codestream, whole };
  if (codestream.length < 43 || latin(codestream.subarray(0, 4)) !== '\xff\x4f\xff\x51')
    return nothing;
  const view = viewOf(codestream);
  const [left, top] = [view.getUint32(16), view.getUint32(20)];
  const [width, height] = [view.getUint32(8) - left, view.getUint32(12) - top];
  if (width <= 0 || height <= 0) return nothing;
  // Lsiz counts itself, and not its marker; three bytes for each component: Ssiz, XRsiz, YRsiz.
  const end = Math.min(codestream.length, 4 + view.getUint16(4));
  const samples = view.getUint16(40);
  const components: Jp2Component[] = [];
  for (let at = 42; at + 3 <= end && components.length < samples; at += 3)
    components.push({
      bits: (codestream[at]! & 127) + 1,
      isSigned: codestream[at]! > 127,
      isFull: codestream[at + 1] === 1 && codestream[at + 2] === 1,
    });
  const bytesPerSample = components.some(({ bits }) => bits > 8) ? 2 : 1;
  return {
    size: { width, height, samples, bytesPerSample },
    components,
    isShifted: left > 0 || top > 0,
    codestream,
    whole,
  };
}

function channelsIn(body: Uint8Array): Jp2Channel[] {
  if (body.length < 2) return [];
  const view = viewOf(body);
  const count = Math.min(view.getUint16(0), Math.floor((body.length - 2) / 6));
  return Array.from({ length: count }, (_, index) => {
    const at = 2 + index * 6;
    return {
      number: view.getUint16(at),
      type: view.getUint16(at + 2),
      association: view.getUint16(at + 4),
    };
  });
}
