/**
 * The metadata of a camera raw file, from its own directories: TIFF-like files hold them as TIFF does (some under
 * another magic number), RAF and RW2 in their JPEG, CR3 in boxes of its own. LibRaw's digest is not used: it holds
 * a few values, and dates without their zone. EXIF leaves here in the form in which all metadata travels (`pixels`).
 */
import type { ImageMetadata } from '../pixels/index.ts';
import { withoutExifPrefix } from '../pixels/metadata/exif.ts';
import { readTiffFile } from '../pixels/metadata/tiff-file.ts';
import {
  concatBytes,
  findEntry,
  layOutDirectory,
  parseTiffHeader,
  readDirectory,
  tiffHeaderBytes,
  bytesAsSource,
  type ByteSource,
  type NewEntry,
} from '../pixels/metadata/tiff-structure.ts';

export interface RawMetadata {
  readonly exif: Uint8Array | null;
  readonly xmp: Uint8Array | null;
  readonly iptc: Uint8Array | null;
  readonly resolution: ImageMetadata['resolution'];
  readonly orientation: number;
}

const none: RawMetadata = { exif: null, xmp: null, iptc: null, resolution: null, orientation: 1 };

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Previews lie in JPEGs of some megabytes; what stands before their pixels is much less. */
const jpegHead = 512 * 1024;

/** Never throws: what can not be read is not there. */
export async function readRawMetadata(source: ByteSource): Promise<RawMetadata> {
  const head = await source.read(0, 96);
  if (latin(head.subarray(0, 15)) === 'FUJIFILMCCD-RAW' && head.length >= 92)
    // Offset and length of the JPEG, big endian (RAF header).
    return jpegMetadata(await source.read(viewOf(head).getUint32(84), jpegHead));
  if (isCr3(head)) return cr3Metadata(source);
  const like = asTiff(source, head);
  if (!like) return none;
  if (head[2] === 0x55) {
    // RW2: its first directory holds Panasonic's own tags; EXIF as such is that of its JPEG (tag 46).
    const header = parseTiffHeader(await like.read(0, 16));
    const image = header && (await readDirectory(like, header, header.firstDirectory));
    const preview = findEntry(image, 46)?.value;
    if (preview) return jpegMetadata(preview);
  }
  const found = await readTiffFile(like);
  return found ?? none;
}

/** Boxes of ISO/IEC 14496-12, as CR3 alone of raw files is made of. @param head the first bytes */
export const isCr3 = (head: Uint8Array): boolean => latin(head.subarray(4, 8)) === 'ftyp';

/** Files that are TIFF but for the number 42: ORF ("RO", "RS"), RW2 ("U\0"). Null: no TIFF at all. */
export function asTiff(source: ByteSource, head: Uint8Array): ByteSource | null {
  const order = latin(head.subarray(0, 2));
  if (order !== 'II' && order !== 'MM') return null;
  return {
    length: source.length,
    async read(offset, length) {
      const bytes = new Uint8Array(await source.read(offset, length));
      const number = order === 'II' ? [42, 0] : [0, 42];
      number.forEach((value, index) => {
        const at = 2 + index - offset;
        if (at >= 0 && at < bytes.length) bytes[at] = value;
      });
      return bytes;
    },
  };
}

/** APP1 segments of a JPEG (CIPA DC-008, 4.7.2; XMP part 3, 1.1.3). */
async function jpegMetadata(jpeg: Uint8Array): Promise<RawMetadata> {
  let exif: Uint8Array | null = null;
  let xmp: Uint8Array | null = null;
  for (let at = 2; at + 4 <= jpeg.length && jpeg[at] === 0xff && jpeg[at + 1] !== 0xda;) {
    const length = viewOf(jpeg).getUint16(at + 2);
    const body = jpeg.subarray(at + 4, at + 2 + length);
    if (jpeg[at + 1] === 0xe1) {
      const xmpMark = 'http://ns.adobe.com/xap/1.0/\0';
      if (latin(body.subarray(0, 6)) === 'Exif\0\0')
        exif ??= new Uint8Array(withoutExifPrefix(body));
      else if (latin(body.subarray(0, xmpMark.length)) === xmpMark)
        xmp ??= new Uint8Array(body.subarray(xmpMark.length));
    }
    at += 2 + Math.max(2, length);
  }
  const tags = exif && (await readTiffFile(bytesAsSource(exif)));
  return {
    ...none,
    exif,
    xmp,
    orientation: tags?.orientation ?? 1,
    resolution: tags?.resolution ?? null,
  };
}

/** Canon's box (`moov/uuid` 85c0b687…) holds CMT1 to CMT4: first directory, EXIF, maker note, GPS, a TIFF each. */
async function cr3Metadata(source: ByteSource): Promise<RawMetadata> {
  const moov = await findBox(source, 0, source.length, 'moov');
  const uuid = moov && (await findBox(source, moov.from, moov.to, 'uuid'));
  if (!uuid) return none;
  const part = async (type: string): Promise<NewEntry[] | null> => {
    const box = await findBox(source, uuid.from + 16, uuid.to, type);
    if (!box || box.to - box.from > 16 * 1024 * 1024) return null;
    const inside = bytesAsSource(await source.read(box.from, box.to - box.from));
    const header = parseTiffHeader(await inside.read(0, 16));
    if (!header || header.big || !header.littleEndian) return null;
    return (await readDirectory(inside, header, header.firstDirectory))?.entries.slice() ?? null;
  };
  const image = await part('CMT1');
  if (!image) return none;
  const pointer = (tag: number, value: NewEntry[] | null): NewEntry[] =>
    value ? [{ tag, type: 4, count: 1, value }] : [];
  const own = image.filter(({ tag }) => tag !== 0x8769 && tag !== 0x8825);
  const exif = await part('CMT2');
  const entries = [...own, ...pointer(0x8769, exif), ...pointer(0x8825, await part('CMT4'))];
  const blob = concatBytes([tiffHeaderBytes(true, 8), layOutDirectory(entries, 8, true)]);
  const tags = await readTiffFile(bytesAsSource(blob));
  return { ...none, ...tags, exif: blob };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The content of the first box of a type between two offsets. */
async function findBox(
  source: ByteSource,
  start: number,
  end: number,
  type: string,
): Promise<Span | null> {
  for await (const box of eachBox(source, start, end)) if (box.type === type) return box;
  return null;
}

/** Boxes (ISO/IEC 14496-12, 4.2) one after another between two offsets, and where their content lies. */
export async function* eachBox(
  source: ByteSource,
  start: number,
  end: number,
): AsyncGenerator<Span & { readonly type: string }> {
  let at = start;
  for (let count = 0; count < 256 && at + 8 <= end; count++) {
    const head = await source.read(at, 16);
    if (head.length < 8) return;
    const view = viewOf(head);
    const short = view.getUint32(0);
    const long = short === 1 && head.length === 16;
    const size = long ? Number(view.getBigUint64(8)) : short === 0 ? end - at : short;
    if (size < 8 || at + size > end) return;
    yield { type: latin(head.subarray(4, 8)), from: at + (long ? 16 : 8), to: at + size };
    at += size;
  }
}
