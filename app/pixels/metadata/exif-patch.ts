/**
 * The EXIF of a processed copy: changes exactly what must change, which is orientation, sizes and places where the
 * picture was turned, the resolution where it stands nowhere else, the embedded thumbnail, Software. The blob
 * is patched in place and values never move, because maker notes hold offsets into it (CIPA DC-008, 4.6.5);
 * libvips writes EXIF anew through libexif, which loses and adds tags.
 */
import { exifTag, parseExif, type ExifStructure } from './exif.ts';
import {
  directoryResolution,
  isSame,
  resolutionEntries,
  turnedResolution,
  type Resolution,
} from './resolution.ts';
import type { StackPage } from './stack-page.ts';
import { describeAllPages, describeOnePage, type WrittenPage } from './stack-description.ts';
import { exchanges, turnedSubject, type Turn } from './turn.ts';
import {
  concatBytes,
  entryNumbers,
  findEntry,
  textEntry,
  type NewEntry,
  type TiffEntry,
} from './tiff-structure.ts';

/** What to change in a processed copy. */
export interface ExifChanges {
  readonly software: string;
  /** How the pixels were turned; null: they are as they were stored. */
  readonly turn: Turn | null;
  /** To be said of the picture as it stands now; absent: what it says of the stored one holds, turned. */
  readonly resolution?: Resolution;
  /** The one page that is written, where the original may have described a stack. */
  readonly page?: WrittenPage;
  /** Which page of a stack it is, and what is said of all of them where the page itself is silent. */
  readonly stack?: StackPage | null;
  /** All pages of the original are written, and this is one of them. Default: it is the only one. */
  readonly ofStack?: boolean;
}

/**
 * The EXIF of a processed copy: upright orientation, no thumbnail (its bytes are wiped, not only
 * unlinked), sizes and places corrected where there are any, Software set. Nothing else changes or moves.
 * @returns null when the blob can not be read
 */
export async function patchExif(
  original: Uint8Array,
  changes: ExifChanges,
): Promise<Uint8Array | null> {
  const structure = await parseExif(original);
  // A first directory that is cut short can not be written again without guessing.
  if (!structure || structure.image.nextFieldOffset + 4 > original.length) return null;
  const { header, image } = structure;
  const { littleEndian } = header;
  let blob = new Uint8Array(original);
  setNumber(blob, findEntry(image, exifTag.orientation), 1, littleEndian);
  if (changes.turn) turnPlaces(blob, structure, changes.turn);
  blob = removeThumbnail(blob, structure);
  const entries: NewEntry[] = [textEntry(exifTag.software, changes.software)];
  const stored = directoryResolution(image, littleEndian);
  const said = changes.turn && exchanges(changes.turn) ? turnedResolution(stored) : stored;
  const wanted = changes.resolution ?? said;
  if (wanted && !isSame(stored, wanted)) entries.push(...resolutionEntries(wanted, littleEndian));
  const own = findEntry(image, exifTag.description);
  const lent = changes.ofStack ? null : changes.stack?.description;
  if (changes.page && (own ? own.type === 2 : lent))
    entries.push(...describedAnew(own?.value ?? null, lent ?? null, changes.page, changes));
  return setEntries(blob, structure, entries);
}

/** Byte for byte, because programs write other letters than ASCII in whatever encoding they like. */
function describedAnew(
  own: Uint8Array | null,
  lent: Uint8Array | null,
  page: WrittenPage,
  { ofStack = false, stack }: Pick<ExifChanges, 'ofStack' | 'stack'>,
): NewEntry[] {
  const value = own ?? lent ?? new Uint8Array(0);
  const end = value.indexOf(0);
  const before = Buffer.from(end < 0 ? value : value.subarray(0, end)).toString('latin1');
  const after = ofStack
    ? describeAllPages(before, page)
    : describeOnePage(before, page, stack?.directory);
  if (own && after === before) return [];
  const bytes = new Uint8Array(Buffer.from(`${after}\0`, 'latin1'));
  return [{ tag: exifTag.description, type: 2, count: bytes.length, value: bytes }];
}

function setNumber(
  blob: Uint8Array<ArrayBuffer>,
  entry: TiffEntry | undefined,
  value: number,
  littleEndian: boolean,
): void {
  if (!entry || entry.count !== 1) return;
  const view = new DataView(blob.buffer, entry.valueOffset);
  if (entry.type === 3 && value <= 0xffff) view.setUint16(0, value, littleEndian);
  else if (entry.type === 4) view.setUint32(0, value, littleEndian);
}

/** Sizes change places with the axes; SubjectArea and SubjectLocation count from the stored corner (4.6.5). */
const turnPlaces = (blob: Uint8Array<ArrayBuffer>, structure: ExifStructure, turn: Turn): void =>
  changePlaces(blob, structure, {
    size: (side, stored) =>
      !exchanges(turn) ? stored : side === 'width' ? turn.height : turn.width,
    subject: (numbers) => turnedSubject(numbers, turn),
  });

/** Writes everything that counts pixels anew: the picture's sizes, and where its subject is. In place. */
export function changePlaces(
  blob: Uint8Array<ArrayBuffer>,
  { header: { littleEndian }, image, exif }: ExifStructure,
  to: {
    readonly size: (side: 'width' | 'height', stored: number) => number;
    readonly subject: (numbers: readonly number[]) => readonly number[];
  },
): void {
  const sizes = [
    ['width', findEntry(image, exifTag.imageWidth)],
    ['height', findEntry(image, exifTag.imageHeight)],
    ['width', findEntry(exif, exifTag.pixelWidth)],
    ['height', findEntry(exif, exifTag.pixelHeight)],
  ] as const;
  for (const [side, entry] of sizes) {
    const [stored] = entryNumbers(entry, littleEndian);
    if (stored !== undefined) setNumber(blob, entry, to.size(side, stored), littleEndian);
  }
  for (const tag of [exifTag.subjectArea, exifTag.subjectLocation]) {
    const entry = findEntry(exif, tag);
    if (entry?.type !== 3) continue;
    const view = new DataView(blob.buffer, entry.valueOffset);
    to.subject(entryNumbers(entry, littleEndian)).forEach((number, index) =>
      view.setUint16(index * 2, number, littleEndian),
    );
  }
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

/** Sets entries of the first directory: in their old place where they fit, else behind everything else. */
function setEntries(
  blob: Uint8Array<ArrayBuffer>,
  { header: { littleEndian }, image }: ExifStructure,
  entries: readonly NewEntry[],
): Uint8Array {
  let grown = blob;
  const missing: NewEntry[] = [];
  for (const wanted of entries) {
    const entry = findEntry(image, wanted.tag);
    const value = wanted.value as Uint8Array;
    if (entry?.type !== wanted.type) {
      missing.push(wanted);
      continue;
    }
    const isAlone = image.entries.every(
      (other) => other === entry || other.valueOffset !== entry.valueOffset,
    );
    const fits = isAlone && entry.value.length >= value.length;
    if (fits && (entry.value.length > 4 || entry.value.length === value.length)) {
      // A shorter text is padded with NULs: the count stays and nothing moves.
      grown.fill(0, entry.valueOffset, entry.valueOffset + entry.value.length);
      grown.set(value, entry.valueOffset);
      continue;
    }
    const at = grown.length + (grown.length % 2);
    grown = concatBytes([grown, new Uint8Array(at - grown.length), value]);
    const view = new DataView(grown.buffer);
    view.setUint32(entry.entryOffset + 4, wanted.count, littleEndian);
    if (value.length <= 4) grown.set(value, entry.entryOffset + 8);
    else view.setUint32(entry.entryOffset + 8, at, littleEndian);
  }
  return missing.length === 0 ? grown : addEntries(grown, image.offset, missing, littleEndian);
}

/** Writes the first directory again behind everything else, with more entries; one of another type is replaced. */
function addEntries(
  blob: Uint8Array<ArrayBuffer>,
  directory: number,
  entries: readonly NewEntry[],
  littleEndian: boolean,
): Uint8Array {
  const old = new DataView(blob.buffer);
  const replaced = new Set(entries.map(({ tag }) => tag));
  const rows: { tag: number; row: Uint8Array }[] = [];
  for (let index = 0; index < old.getUint16(directory, littleEndian); index++) {
    const at = directory + 2 + index * 12;
    const tag = old.getUint16(at, littleEndian);
    if (!replaced.has(tag)) rows.push({ tag, row: blob.slice(at, at + 12) });
  }
  const start = blob.length + (blob.length % 2);
  let end = start + 2 + (rows.length + entries.length) * 12 + 4;
  const values: Uint8Array[] = [];
  for (const { tag, type, count, value: any } of entries) {
    const value = any as Uint8Array;
    const row = new Uint8Array(12);
    const view = new DataView(row.buffer);
    view.setUint16(0, tag, littleEndian);
    view.setUint16(2, type, littleEndian);
    view.setUint32(4, count, littleEndian);
    if (value.length <= 4) row.set(value, 8);
    else {
      view.setUint32(8, end, littleEndian);
      values.push(value, new Uint8Array(value.length % 2));
      end += value.length + (value.length % 2);
    }
    rows.push({ tag, row });
  }
  rows.sort((one, other) => one.tag - other.tag);
  const count = new Uint8Array(2);
  new DataView(count.buffer).setUint16(0, rows.length, littleEndian);
  const table = rows.map(({ row }) => row);
  const grown = concatBytes([
    ...[blob, new Uint8Array(start - blob.length), count, ...table, new Uint8Array(4)],
    ...values,
  ]);
  new DataView(grown.buffer).setUint32(4, start, littleEndian);
  return grown;
}
