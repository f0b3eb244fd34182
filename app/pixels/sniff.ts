/**
 * What a file is, by its first bytes; names and extensions are never believed. Says for known but
 * unsupported kinds what they are called, so that a refusal can name them. Reading is elsewhere.
 */
import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import type { ImageFormat } from '../contract/index.ts';
import type { SentenceId } from '../contract/sentences/index.ts';
import { say } from './sentences.ts';

export type Sniffed =
  | { readonly kind: 'image'; readonly format: ImageFormat }
  | {
      readonly kind: 'other';
      readonly what: string;
      /** Default: that of `unsupported-image`. */
      readonly hint?: string;
    }
  | { readonly kind: 'unknown' };

/** Bytes that `sniff` wants to see; fewer are fine when the file is shorter. */
export const sniffLength = 1024;

/** Makers' own files that are developed; TIFF's own magic is told apart by `camera-raw.ts`. */
const rawMagic = ['FUJIFILMCCD-RAW', 'IIRO', 'IIRS', 'MMOR', 'IIU\0', '\0MRM'];

const latin = (bytes: Uint8Array, start: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(start, start + length));

type Kind = SentenceId<typeof say>;

/** Magic text at an offset, and what it means. First match wins. */
const others = [
  [344, 'ni1\0', 'niftiPair'],
  [4, 'ni2\0', 'niftiPair'],
  [0, '%PDF', 'pdf'],
  [0, '8BPS', 'photoshop'],
  [0, 'FOVb', 'x3f'],
  [0, 'v/1\x01', 'openExr'],
  [0, '#?RADIANCE', 'radiance'],
  [0, '#?RGBE', 'radiance'],
  [0, 'SIMPLE  =', 'fits'],
  [0, 'gimp xcf', 'gimp'],
  [0, 'DDS ', 'dds'],
  [0, 'qoif', 'qoi'],
  [0, 'icns', 'icon'],
  [0, '\0\0\x01\0', 'icon'],
  [0, '\0\0\x02\0', 'cursor'],
  [0, '\x0a\x05\x01', 'pcx'],
  [0, '\xd7\xcd\xc6\x9a', 'metafile'],
  [0, 'BPG\xfb', 'bpg'],
  [0, 'FLIF', 'flif'],
] as const satisfies readonly (readonly [number, string, Kind])[];

/** Brands of the `ftyp` box that are not AVIF. */
const brands = [
  [/^(heic|heix|heim|heis|hevc|hevx|mif1|msf1)$/, 'heic'],
] as const satisfies readonly (readonly [RegExp, Kind])[];

/** Decides from the first bytes of a file (see `sniffLength`). */
export function sniff(head: Uint8Array): Sniffed {
  const image = (format: ImageFormat): Sniffed => ({ kind: 'image', format });
  const other = (what: string): Sniffed => ({ kind: 'other', what });
  const bareDicom = (): Sniffed => ({
    ...{ kind: 'other', what: say('dicomWithoutMeta'), hint: say('writeWithMeta') },
  });
  const starts = (text: string, at = 0): boolean => latin(head, at, text.length) === text;

  // The 128 bytes before it are free for other readers (DICOM PS3.10, 7.1): they may look like a TIFF's beginning.
  if (starts('DICM', 128)) return image('dicom');
  // An explicit element at the very beginning: of group 0002 the preamble alone is missing.
  if (/^\0.\0(UL|OB|UI|CS|LO|SH|DA|TM)/s.test(latin(head, 1, 5))) {
    if (head[0] === 2) return image('dicom');
    if (head[0] === 8) return bareDicom();
  }
  // Implicit ones of group 0008: a data set without the file meta information that says how it is written.
  if (starts('\x08\0\0\0\x04\0\0\0') || starts('\x08\0\x05\0\x0a\0\0\0')) return bareDicom();
  if (starts('\xff\xd8\xff')) return image('jpeg');
  if (starts('\x89PNG\r\n\x1a\n')) return image('png');
  if (starts('RIFF')) return starts('WEBP', 8) ? image('webp') : other(say('riff'));
  if (starts('\x89HGL\r\n\x1a\n')) return image('hgl');
  if (starts('GIF87a') || starts('GIF89a')) return image('gif');
  if (/^(II\*\0|MM\0\*|II\+\0|MM\0\+)/.test(latin(head, 0, 4)))
    return starts('CR', 8) && starts('II*\0') ? image('raw') : image('tiff');
  if (starts('\0\0\0\x0cJXL ') || starts('\xff\x0a')) return image('jxl');
  if (starts('\0\0\0\x0cjP  ') || starts('\xffO\xffQ')) return image('jp2');
  if (starts('n+1\0', 344) || starts('n+2\0', 4)) return image('nifti');
  if (starts('\x1f\x8b\x08')) return sniffGzip(head);
  if (rawMagic.some((magic) => starts(magic))) return image('raw');
  if (starts('ftyp', 4)) return sniffBrands(head, image, other);
  for (const [at, text, what] of others) if (starts(text, at)) return other(say(what));
  // BMP: "BM", and a header size that exists, because two letters alone begin many text files.
  if (
    starts('BM') &&
    head.length >= 18 &&
    [12, 16, 40, 52, 56, 64, 108, 124].includes(head[14]! | (head[15]! << 8))
  )
    return other(say('bmp'));
  if (/^P[1-7FfHh][\s#]/.test(latin(head, 0, 3))) return other(say('pnm'));
  const text = latin(head, 0, head.length).replace(/^\xef\xbb\xbf/, '');
  if (/^\s*(<\?xml[^>]*\?>|<!--|<!DOCTYPE svg|<svg)/i.test(text) && /<svg/i.test(text))
    return other(say('svg'));
  return { kind: 'unknown' };
}

/** Of what is in gzip only volumes are opened: their files usually are. */
function sniffGzip(head: Uint8Array): Sniffed {
  try {
    const inflated = gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
    const found = inflated[0] === 0x1f ? null : sniff(inflated);
    if (found?.kind === 'image' && found.format === 'nifti') return found;
  } catch {
    // Damaged from the beginning: nobody can say what it was.
  }
  return { kind: 'unknown' };
}

function sniffBrands(
  head: Uint8Array,
  image: (format: ImageFormat) => Sniffed,
  other: (what: string) => Sniffed,
): Sniffed {
  const length = Math.min(head.length, (head[2]! << 8) | head[3]! || 16);
  const all = [latin(head, 8, 4)];
  for (let at = 16; at + 4 <= length; at += 4) all.push(latin(head, at, 4));
  // A sequence or collection brand (mif1, msf1) may lead; AVIF is said by any of the brands.
  if (all.includes('crx ')) return image('raw');
  if (all.includes('avif') || all.includes('avis')) return image('avif');
  for (const brand of all) {
    const found = brands.find(([pattern]) => pattern.test(brand));
    if (found) return other(say(found[1]));
  }
  return other(say('container'));
}

/** The first bytes of a file; empty when it can not be read. */
export async function readHead(path: string, length = sniffLength): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const head = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await file.read(head, filled, length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return head.subarray(0, filled);
  } finally {
    await file.close();
  }
}

/**
 * The format by the first bytes; null for what is no image, and for what can not be read. For walks through folders,
 * which skip what is no image (Thumbs.db, .DS_Store, desktop.ini, side-car files). Never throws.
 */
export async function formatByContent(path: string): Promise<ImageFormat | null> {
  try {
    const found = sniff(await readHead(path));
    return found.kind === 'image' ? found.format : null;
  } catch {
    return null; // Unreadable: the walk goes on; opening such a file by name says why.
  }
}
