/**
 * Reads what Hourglass needs from EXIF, and changes exactly what a processed copy must change:
 * orientation, pixel dimensions where the picture was turned, the embedded thumbnail, Software.
 * The blob is patched in place and values never move, because maker notes hold offsets into it
 * (CIPA DC-008, 4.6.5); libvips writes EXIF anew through libexif, which loses and adds tags.
 */
import {
  bytesAsSource,
  concatBytes,
  entryNumbers,
  entryText,
  findEntry,
  parseTiffHeader,
  readDirectory,
  type TiffDirectory,
  type TiffEntry,
  type TiffHeader,
} from './tiff-structure.ts';

export const exifTag = {
  imageWidth: 0x0100,
  imageHeight: 0x0101,
  make: 0x010f,
  model: 0x0110,
  orientation: 0x0112,
  software: 0x0131,
  thumbnailOffset: 0x0201,
  thumbnailLength: 0x0202,
  exifDirectory: 0x8769,
  gpsDirectory: 0x8825,
  iso: 0x8827,
  makerNote: 0x927c,
  pixelWidth: 0xa002,
  pixelHeight: 0xa003,
  interopDirectory: 0xa005,
} as const;

export interface ExifStructure {
  readonly header: TiffHeader;
  readonly image: TiffDirectory;
  readonly exif: TiffDirectory | null;
  readonly gps: TiffDirectory | null;
  readonly interop: TiffDirectory | null;
  /** The directory of the thumbnail. */
  readonly thumbnail: TiffDirectory | null;
}

/** Directories of an EXIF blob (no `Exif\0\0` prefix); null when it can not be read. */
export async function parseExif(blob: Uint8Array): Promise<ExifStructure | null> {
  const header = parseTiffHeader(blob);
  if (!header || header.big) return null;
  const source = bytesAsSource(blob);
  const image = await readDirectory(source, header, header.firstDirectory);
  if (!image) return null;
  const sub = async (parent: TiffDirectory | null, tag: number): Promise<TiffDirectory | null> => {
    const [offset] = entryNumbers(findEntry(parent, tag), header.littleEndian);
    return offset === undefined ? null : readDirectory(source, header, offset);
  };
  const exif = await sub(image, exifTag.exifDirectory);
  return {
    header,
    image,
    exif,
    gps: await sub(image, exifTag.gpsDirectory),
    interop: await sub(exif, exifTag.interopDirectory),
    thumbnail: image.next === 0 ? null : await readDirectory(source, header, image.next),
  };
}

/** EXIF without the prefix that JPEG puts before it. */
export function withoutExifPrefix(blob: Uint8Array): Uint8Array {
  const prefix = [0x45, 0x78, 0x69, 0x66, 0, 0];
  return prefix.every((byte, index) => blob[index] === byte) ? blob.subarray(6) : blob;
}

/** Camera and ISO, for people. */
export async function readCapture(
  blob: Uint8Array | null,
): Promise<{ camera: string | null; iso: number | null }> {
  const structure = blob && (await parseExif(blob));
  if (!structure) return { camera: null, iso: null };
  const make = entryText(findEntry(structure.image, exifTag.make));
  const model = entryText(findEntry(structure.image, exifTag.model));
  // Most makers repeat their name in the model: "Canon" and "Canon EOS R6".
  const firstWord = make?.split(' ')[0]?.toLowerCase();
  const camera =
    model && firstWord && model.toLowerCase().startsWith(firstWord)
      ? model
      : [make, model].filter(Boolean).join(' ');
  const [iso] = entryNumbers(findEntry(structure.exif, exifTag.iso), structure.header.littleEndian);
  return { camera: camera || null, iso: iso && iso > 0 ? iso : null };
}

/** What to change in a processed copy. */
export interface ExifChanges {
  readonly software: string;
  /** Size of the upright picture, where turning it has exchanged width and height; else null. */
  readonly turnedSize: { readonly width: number; readonly height: number } | null;
}

/**
 * The EXIF of a processed copy: upright orientation, no thumbnail (its bytes are wiped, not only
 * unlinked), size tags corrected where there are any, Software set. Nothing else changes or moves.
 * @returns null when the blob can not be read
 */
export async function patchExif(
  original: Uint8Array,
  changes: ExifChanges,
): Promise<Uint8Array | null> {
  const structure = await parseExif(original);
  // A first directory that is cut short can not be written again without guessing.
  if (!structure || structure.image.nextFieldOffset + 4 > original.length) return null;
  const { header, image, exif } = structure;
  let blob = Uint8Array.from(original);
  const setNumber = (entry: TiffEntry | undefined, value: number): void => {
    if (!entry || entry.count !== 1) return;
    const view = new DataView(blob.buffer, entry.valueOffset);
    if (entry.type === 3 && value <= 0xffff) view.setUint16(0, value, header.littleEndian);
    else if (entry.type === 4) view.setUint32(0, value, header.littleEndian);
  };
  setNumber(findEntry(image, exifTag.orientation), 1);
  if (changes.turnedSize) {
    const { width, height } = changes.turnedSize;
    setNumber(findEntry(image, exifTag.imageWidth), width);
    setNumber(findEntry(image, exifTag.imageHeight), height);
    setNumber(findEntry(exif, exifTag.pixelWidth), width);
    setNumber(findEntry(exif, exifTag.pixelHeight), height);
  }
  blob = removeThumbnail(blob, structure);
  return setSoftware(blob, structure, changes.software);
}

/** Byte ranges that belong to anything but the thumbnail. */
function usedRanges(structure: ExifStructure): [number, number][] {
  const ranges: [number, number][] = [[0, 8]];
  for (const directory of [structure.image, structure.exif, structure.gps, structure.interop]) {
    if (!directory) continue;
    ranges.push([directory.offset, directory.nextFieldOffset + 4]);
    for (const entry of directory.entries)
      ranges.push([entry.valueOffset, entry.valueOffset + entry.value.length]);
  }
  return ranges;
}

function removeThumbnail(
  blob: Uint8Array<ArrayBuffer>,
  structure: ExifStructure,
): Uint8Array<ArrayBuffer> {
  const { header, image, thumbnail } = structure;
  if (image.next === 0) return blob;
  new DataView(blob.buffer).setUint32(image.nextFieldOffset, 0, header.littleEndian);
  if (!thumbnail) return blob;
  const used = usedRanges(structure);
  const wipe = (start: number, end: number): void => {
    const stop = Math.min(end, blob.length);
    if (start >= stop || used.some(([from, to]) => start < to && from < stop)) return;
    blob.fill(0, start, stop);
  };
  const numbers = (tag: number): number[] =>
    entryNumbers(findEntry(thumbnail, tag), header.littleEndian);
  const pairs: [number, number][] = [
    [exifTag.thumbnailOffset, exifTag.thumbnailLength],
    [0x0111, 0x0117], // StripOffsets, StripByteCounts of an uncompressed thumbnail
  ];
  for (const [offsets, lengths] of pairs) {
    const sizes = numbers(lengths);
    numbers(offsets).forEach((offset, index) => wipe(offset, offset + (sizes[index] ?? 0)));
  }
  for (const entry of thumbnail.entries)
    wipe(entry.valueOffset, entry.valueOffset + entry.value.length);
  wipe(thumbnail.offset, thumbnail.nextFieldOffset + 4);
  // The thumbnail usually comes last: what was wiped at the end need not be stored at all.
  const keep = Math.max(...used.map(([, end]) => end));
  let end = blob.length;
  while (end > keep && blob[end - 1] === 0) end -= 1;
  return blob.slice(0, end + (end % 2));
}

function setSoftware(
  blob: Uint8Array<ArrayBuffer>,
  structure: ExifStructure,
  software: string,
): Uint8Array {
  const { header, image } = structure;
  const text = new TextEncoder().encode(`${software}\0`);
  const entry = findEntry(image, exifTag.software);
  if (entry && entry.type === 2) {
    if (entry.value.length >= text.length && entry.value.length > 4) {
      // Padded with NULs in its old place: the count stays and nothing moves.
      blob.fill(0, entry.valueOffset, entry.valueOffset + entry.value.length);
      blob.set(text, entry.valueOffset);
      return blob;
    }
    const even = blob.length + (blob.length % 2);
    const grown = concatBytes([blob, new Uint8Array(even - blob.length), text]);
    const view = new DataView(grown.buffer);
    view.setUint32(entry.entryOffset + 4, text.length, header.littleEndian);
    view.setUint32(entry.entryOffset + 8, even, header.littleEndian);
    return grown;
  }
  return addEntry(blob, structure, text);
}

/** Writes the first directory again behind everything else, with one more entry. */
function addEntry(
  blob: Uint8Array<ArrayBuffer>,
  structure: ExifStructure,
  text: Uint8Array,
): Uint8Array {
  const { header, image } = structure;
  const little = header.littleEndian;
  const start = blob.length + (blob.length % 2);
  const old = new DataView(blob.buffer);
  const count = old.getUint16(image.offset, little);
  const tableBytes = 2 + (count + 1) * 12 + 4;
  const grown = new Uint8Array(start + tableBytes + text.length);
  grown.set(blob, 0);
  const view = new DataView(grown.buffer);
  view.setUint32(4, start, little);
  view.setUint16(start, count + 1, little);
  let at = start + 2;
  let written = false;
  const writeSoftware = (): void => {
    view.setUint16(at, exifTag.software, little);
    view.setUint16(at + 2, 2, little);
    view.setUint32(at + 4, text.length, little);
    view.setUint32(at + 8, start + tableBytes, little);
    at += 12;
    written = true;
  };
  for (let index = 0; index < count; index++) {
    const from = image.offset + 2 + index * 12;
    const tag = old.getUint16(from, little);
    if (!written && tag > exifTag.software) writeSoftware();
    grown.set(blob.subarray(from, from + 12), at);
    at += 12;
  }
  if (!written) writeSoftware();
  view.setUint32(at, 0, little);
  grown.set(text, start + tableBytes);
  return grown;
}
