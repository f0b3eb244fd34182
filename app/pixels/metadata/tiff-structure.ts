/**
 * Reads and writes TIFF directories (TIFF 6.0, section 2; BigTIFF for reading): the structure of
 * EXIF blobs and of TIFF files. Values stay raw bytes in the byte order of their file, so that what
 * is copied is copied exactly. What the tags mean is known by `exif.ts` and `tiff-file.ts`.
 * Every read is bounded: directories, entries and values that lie outside the bytes are left out.
 */

export interface TiffEntry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** The value in the byte order of the file, count × size of the type bytes. */
  readonly value: Uint8Array;
  /** Where the 12-byte (BigTIFF: 20-byte) entry lies. */
  readonly entryOffset: number;
  /** Where the value lies (inside the entry when it is small). */
  readonly valueOffset: number;
}

export interface TiffDirectory {
  readonly offset: number;
  readonly entries: readonly TiffEntry[];
  /** Every tag in it, also those whose values are too long to be read here. */
  readonly tags: ReadonlySet<number>;
  /** Where the offset of the next directory is stored. */
  readonly nextFieldOffset: number;
  /** Offset of the next directory, 0: none. */
  readonly next: number;
}

export interface TiffHeader {
  readonly littleEndian: boolean;
  readonly big: boolean;
  readonly firstDirectory: number;
}

/** Random access to the bytes of a structure; a file need not be in memory. */
export interface ByteSource {
  readonly length: number;
  /** Bytes from `offset`; shorter when the source ends. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** The same, into memory that is there already: how many bytes came. */
  readInto?(target: Uint8Array, offset: number): Promise<number>;
}

const PIECE = 1024 * 1024;

/** Memory of a piece that nobody has: of one walk after the other, and not a new one for each file that is looked through. */
let spare: Buffer | null = null;

/**
 * All bytes from `from` on, in pieces of a megabyte at the most. A piece is gone when the next one is asked for: memory for
 * each of its own costs ten times what reading them does.
 */
export async function* piecesOf(
  source: ByteSource,
  from = 0,
): AsyncGenerator<{ readonly at: number; readonly bytes: Buffer }> {
  const target = source.readInto ? (spare ?? Buffer.allocUnsafeSlow(PIECE)) : null;
  if (target) spare = null;
  try {
    for (let at = from; at < source.length;) {
      const some = target
        ? target.subarray(0, await source.readInto!(target, at))
        : await source.read(at, PIECE);
      if (some.length === 0) return;
      yield { at, bytes: Buffer.from(some.buffer, some.byteOffset, some.length) };
      at += some.length;
    }
  } finally {
    spare = target ?? spare;
  }
}

/** Bytes per value of the field types 1–18 (TIFF 6.0, p. 15; BigTIFF). 0: unknown type. */
const typeSizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
export const typeSize = (type: number): number => typeSizes[type] ?? 0;

/** Cameras write well under a hundred entries; a directory with more than this is damaged. */
const maxEntries = 1024;

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A blob in memory as a byte source. */
export const bytesAsSource = (bytes: Uint8Array): ByteSource => ({
  length: bytes.length,
  read: (offset, length) =>
    Promise.resolve(bytes.subarray(offset, Math.min(bytes.length, offset + length))),
});

/** Header of a TIFF structure; null when it is none. */
export function parseTiffHeader(head: Uint8Array): TiffHeader | null {
  if (head.length < 8) return null;
  const littleEndian = head[0] === 0x49 && head[1] === 0x49;
  if (!littleEndian && !(head[0] === 0x4d && head[1] === 0x4d)) return null;
  const view = viewOf(head);
  const magic = view.getUint16(2, littleEndian);
  if (magic === 42)
    return { littleEndian, big: false, firstDirectory: view.getUint32(4, littleEndian) };
  if (magic === 43 && head.length >= 16)
    return { littleEndian, big: true, firstDirectory: Number(view.getBigUint64(8, littleEndian)) };
  return null;
}

/**
 * Reads one directory. Values longer than `maxValueBytes` are left out (pixel strips are not
 * metadata), as is everything that points outside the source.
 * @returns null when there is no readable directory at this offset
 */
export async function readDirectory(
  source: ByteSource,
  header: TiffHeader,
  offset: number,
  maxValueBytes = 32 * 1024 * 1024,
): Promise<TiffDirectory | null> {
  const { littleEndian, big } = header;
  const countBytes = big ? 8 : 2;
  const entryBytes = big ? 20 : 12;
  const pointerBytes = big ? 8 : 4;
  if (!Number.isSafeInteger(offset) || offset < 8 || offset + countBytes > source.length)
    return null;
  const countField = viewOf(await source.read(offset, countBytes));
  if (countField.byteLength < countBytes) return null;
  const declared = big
    ? Number(countField.getBigUint64(0, littleEndian))
    : countField.getUint16(0, littleEndian);
  if (declared === 0 || declared > maxEntries) return null;
  const table = await source.read(offset + countBytes, declared * entryBytes + pointerBytes);
  const present = Math.min(declared, Math.floor(table.length / entryBytes));
  const view = viewOf(table);
  const entries: TiffEntry[] = [];
  const tags = new Set<number>();
  for (let index = 0; index < present; index++) {
    const at = index * entryBytes;
    const tag = view.getUint16(at, littleEndian);
    tags.add(tag);
    const type = view.getUint16(at + 2, littleEndian);
    const count = big
      ? Number(view.getBigUint64(at + 4, littleEndian))
      : view.getUint32(at + 4, littleEndian);
    const size = typeSize(type) * count;
    if (size === 0 || size > maxValueBytes) continue;
    const entryOffset = offset + countBytes + at;
    const inlineAt = entryOffset + (big ? 12 : 8);
    const pointerAt = at + (big ? 12 : 8);
    const valueOffset =
      size <= pointerBytes
        ? inlineAt
        : big
          ? Number(view.getBigUint64(pointerAt, littleEndian))
          : view.getUint32(pointerAt, littleEndian);
    if (valueOffset + size > source.length) continue;
    const value = await source.read(valueOffset, size);
    if (value.length < size) continue;
    entries.push({ tag, type, count, value: new Uint8Array(value), entryOffset, valueOffset });
  }
  const nextAt = declared * entryBytes;
  const next =
    table.length >= nextAt + pointerBytes
      ? big
        ? Number(view.getBigUint64(nextAt, littleEndian))
        : view.getUint32(nextAt, littleEndian)
      : 0;
  return { offset, entries, tags, nextFieldOffset: offset + countBytes + nextAt, next };
}

/** The entry of a tag. */
export const findEntry = (directory: TiffDirectory | null, tag: number): TiffEntry | undefined =>
  directory?.entries.find((entry) => entry.tag === tag);

/** Whole numbers of an entry (types BYTE, SHORT, LONG, IFD, LONG8); empty for others. */
export function entryNumbers(entry: TiffEntry | undefined, littleEndian: boolean): number[] {
  if (!entry) return [];
  const view = viewOf(entry.value);
  const size = typeSize(entry.type);
  const one = (at: number): number | null => {
    if (entry.type === 1) return view.getUint8(at);
    if (entry.type === 3) return view.getUint16(at, littleEndian);
    if (entry.type === 4 || entry.type === 13) return view.getUint32(at, littleEndian);
    if (entry.type === 16 || entry.type === 18) return Number(view.getBigUint64(at, littleEndian));
    return null;
  };
  const numbers: number[] = [];
  for (let index = 0; index < Math.min(entry.count, 65536); index++) {
    const number = one(index * size);
    if (number === null) return [];
    numbers.push(number);
  }
  return numbers;
}

/** A RATIONAL as a number; null when it is none or its denominator is 0. */
export function entryRational(entry: TiffEntry | undefined, littleEndian: boolean): number | null {
  if (!entry || entry.type !== 5) return null;
  const view = viewOf(entry.value);
  const denominator = view.getUint32(4, littleEndian);
  return denominator === 0 ? null : view.getUint32(0, littleEndian) / denominator;
}

/** Text of an ASCII entry up to its first NUL, trimmed. */
export function entryText(entry: TiffEntry | undefined): string | null {
  if (!entry || entry.type !== 2) return null;
  const end = entry.value.indexOf(0);
  const text = new TextDecoder()
    .decode(end < 0 ? entry.value : entry.value.subarray(0, end))
    .trim();
  return text === '' ? null : text;
}

/** What is written: an entry without a place yet. A directory value becomes a pointer (LONG). */
export interface NewEntry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: Uint8Array | readonly NewEntry[];
}

/** Value bytes of whole numbers in a byte order. Type 3 SHORT or 4 LONG. */
export function numberValue(
  type: 3 | 4,
  numbers: readonly number[],
  littleEndian: boolean,
): Uint8Array {
  const size = typeSize(type);
  const value = new Uint8Array(numbers.length * size);
  const view = viewOf(value);
  numbers.forEach((number, index) => {
    if (type === 3) view.setUint16(index * size, number, littleEndian);
    else view.setUint32(index * size, number, littleEndian);
  });
  return value;
}

export const numberEntry = (
  tag: number,
  type: 3 | 4,
  numbers: readonly number[],
  littleEndian: boolean,
): NewEntry => ({
  tag,
  type,
  count: numbers.length,
  value: numberValue(type, numbers, littleEndian),
});

/** ASCII entry; text outside of ASCII is stored as UTF-8, as every current reader expects. */
export function textEntry(tag: number, text: string): NewEntry {
  const value = new TextEncoder().encode(`${text}\0`);
  return { tag, type: 2, count: value.length, value };
}

/**
 * Lays directories out (classic TIFF): the directory first, then its values, then its
 * sub-directories.
 * @param base offset in the file at which the result will lie; must be even
 * @throws RangeError when an offset would not fit into 32 bits
 */
export function layOutDirectory(
  entries: readonly NewEntry[],
  base: number,
  littleEndian: boolean,
): Uint8Array {
  const sorted = [...entries].sort((a, b) => a.tag - b.tag);
  const parts: Uint8Array[] = [];
  const tableBytes = 2 + sorted.length * 12 + 4;
  let end = base + tableBytes;
  const table = new Uint8Array(tableBytes);
  const view = viewOf(table);
  view.setUint16(0, sorted.length, littleEndian);
  const place = (bytes: Uint8Array): number => {
    const at = end;
    const padded = bytes.length % 2 === 0 ? bytes : concatBytes([bytes, new Uint8Array(1)]);
    parts.push(padded);
    end += padded.length;
    if (end > 0xffff_ffff) throw new RangeError('a classic TIFF can not be larger than 4 GiB');
    return at;
  };
  sorted.forEach((entry, index) => {
    const at = 2 + index * 12;
    view.setUint16(at, entry.tag, littleEndian);
    if (!(entry.value instanceof Uint8Array)) {
      const start = end;
      view.setUint16(at + 2, 4, littleEndian);
      view.setUint32(at + 4, 1, littleEndian);
      view.setUint32(
        at + 8,
        place(layOutDirectory(entry.value, start, littleEndian)),
        littleEndian,
      );
      return;
    }
    view.setUint16(at + 2, entry.type, littleEndian);
    view.setUint32(at + 4, entry.count, littleEndian);
    if (entry.value.length <= 4) table.set(entry.value, at + 8);
    else view.setUint32(at + 8, place(entry.value), littleEndian);
  });
  return concatBytes([table, ...parts]);
}

/** The 8 bytes before a structure whose first directory lies at `firstDirectory`. */
export function tiffHeaderBytes(littleEndian: boolean, firstDirectory: number): Uint8Array {
  const header = new Uint8Array(8);
  header.fill(littleEndian ? 0x49 : 0x4d, 0, 2);
  const view = viewOf(header);
  view.setUint16(2, 42, littleEndian);
  view.setUint32(4, firstDirectory, littleEndian);
  return header;
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
