/**
 * What a JPEG XL file of boxes (ISO/IEC 18181-2) holds besides its picture and the metadata that its decoder hands over: a gain map (ISO
 * 21496-1, annex C), Content Credentials, what other programs put there. A bare codestream holds nothing.
 */
import { brotliDecompressSync } from 'node:zlib';
import { concatBytes } from '../pixels/metadata/tiff-structure.ts';
import { say } from '../pixels/metadata/sentences.ts';

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** The picture, its index and how a JPEG is made of it again; EXIF and XMP are the decoder's to read. */
const known = /^(JXL |ftyp|jxl[lcpi]|jbrd|Exif|xml |free|skip)$/;

interface Box {
  readonly type: string;
  /** Offsets of its header, its body and its end. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

/** Bounded: boxes that lie outside are not there. A bare codestream has none. */
function* boxesOf(bytes: Uint8Array): Generator<Box> {
  if (latin(bytes.subarray(4, 8)) !== 'JXL ') return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0, count = 0; count < 4096 && at + 8 <= bytes.length; count++) {
    const short = view.getUint32(at);
    const isLong = short === 1 && at + 16 <= bytes.length;
    const size = isLong
      ? Number(view.getBigUint64(at + 8))
      : short === 0
        ? bytes.length - at
        : short;
    const start = at + (isLong ? 16 : 8);
    if (size < start - at || at + size > bytes.length) return;
    yield { type: latin(bytes.subarray(at + 4, at + 8)), at, start, end: at + size };
    at += size;
  }
}

/** A compressed box begins with the type that it has when it is not (annex B.9). */
const realType = (bytes: Uint8Array, { type, start }: Box): string =>
  type === 'brob' ? latin(bytes.subarray(start, start + 4)) : type;

/** Names, each once. */
export function lostInJpegXl(bytes: Uint8Array): string[] {
  const lost = new Set<string>();
  for (const box of boxesOf(bytes)) {
    const what = nameOf(realType(bytes, box), bytes.subarray(box.start, box.start + 512));
    if (what) lost.add(what);
  }
  return [...lost];
}

/** EXIF and XMP are not larger than this; what unpacks to more is left out. */
const MOST_UNPACKED = 64 * 1024 * 1024;

/**
 * EXIF and XMP that are Brotli-compressed, as plain boxes, and without other compressed boxes: libvips refuses most whole
 * files that hold one ("error JxlDecoderProcessInput"), before the picture or behind it.
 * @returns the same bytes where there is none; `lost`: names of what could not be unpacked
 */
export function unpackedJpegXl(bytes: Uint8Array): { bytes: Uint8Array; lost: string[] } {
  const lost = new Set<string>();
  const parts: Uint8Array[] = [];
  let done = 0;
  for (const box of boxesOf(bytes)) {
    if (box.type !== 'brob') continue;
    const type = realType(bytes, box);
    parts.push(bytes.subarray(done, box.at));
    done = box.end;
    const name = metadataNames[type];
    if (!name) continue;
    const body = unpacked(bytes.subarray(box.start + 4, box.end));
    if (body) parts.push(boxOf(type, body));
    else lost.add(name);
  }
  if (done === 0) return { bytes, lost: [] };
  return { bytes: concatBytes([...parts, bytes.subarray(done)]), lost: [...lost] };
}

const metadataNames: Readonly<Record<string, string>> = { Exif: 'EXIF', 'xml ': 'XMP' };

function unpacked(body: Uint8Array): Uint8Array | null {
  try {
    return brotliDecompressSync(body, { maxOutputLength: MOST_UNPACKED });
  } catch {
    return null;
  }
}

function boxOf(type: string, body: Uint8Array): Uint8Array {
  const box = new Uint8Array(8 + body.length);
  new DataView(box.buffer).setUint32(0, box.length);
  for (let i = 0; i < 4; i++) box[4 + i] = type.charCodeAt(i);
  box.set(body, 8);
  return box;
}

function nameOf(type: string, head: Uint8Array): string | null {
  if (known.test(type)) return null;
  if (type === 'jhgm') return say('gainMap');
  if (type === 'jumb') return say(latin(head).includes('c2pa') ? 'credentials' : 'boxes');
  return say('applicationData', { name: /^[ -~]{4}$/.test(type) ? type.trim() : '?' });
}
