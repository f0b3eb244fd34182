/**
 * Metadata of TIFF files: libvips reads neither EXIF nor most descriptive tags from them. The tags
 * that describe the picture become an EXIF blob, the form in which all metadata travels here;
 * profile, XMP and IPTC are taken out as they are. Writing TIFF is in `formats/tiff.ts`.
 */
import type { FileHandle } from 'node:fs/promises';
import { exifTag } from './exif.ts';
import { iptcFromPhotoshop } from './iptc.ts';
import { lostResources } from './photoshop.ts';
import { say } from './sentences.ts';
import { isOfStack, type StackPage } from './stack-page.ts';
import { directoryResolution, type Resolution } from './resolution.ts';
import { tiffStorage, type TiffStorage } from './tiff-storage.ts';
import {
  concatBytes,
  entryNumbers,
  findEntry,
  layOutDirectory,
  parseTiffHeader,
  readDirectory,
  tiffHeaderBytes,
  typeSize,
  type ByteSource,
  type NewEntry,
  type TiffDirectory,
  type TiffEntry,
  type TiffHeader,
} from './tiff-structure.ts';

export interface TiffFileMetadata {
  readonly icc: Uint8Array | null;
  readonly exif: Uint8Array | null;
  readonly xmp: Uint8Array | null;
  readonly iptc: Uint8Array | null;
  readonly resolution: Resolution | null;
  /** Photoshop's resources, all of them. */
  readonly photoshop: Uint8Array | null;
  /** Names of what no result keeps. */
  readonly lost: readonly string[];
  /** Names of what few would miss. */
  readonly slight: readonly string[];
  readonly orientation: number;
  /** null: it is the first page. */
  readonly stack: StackPage | null;
  /** The file is a camera raw file in TIFF's clothes: its first picture is only a preview. */
  readonly cameraRaw: boolean;
  /** Which page of the file is its picture, from 0 on, and how many full pictures there are. */
  readonly page: number;
  readonly pages: number;
  /** Number of the picture among the full ones, from 0 on. */
  readonly number: number;
  /** Sample layout as stored, for words about what was read. */
  readonly bitsPerSample: number;
  readonly sampleFormat: number;
  readonly photometric: number;
  readonly samplesPerPixel: number;
  /** Tag ExtraSamples as stored; empty: absent. */
  readonly extraSamples: readonly number[];
  /** Where in the file the bytes stand that say 1, opacity that colours were multiplied by, in that tag. */
  readonly premultipliedAt: readonly number[];
  readonly storage: TiffStorage;
}

export const tiffTag = {
  newSubfileType: 254,
  bitsPerSample: 258,
  photometric: 262,
  samplesPerPixel: 277,
  subDirectories: 330,
  extraSamples: 338,
  sampleFormat: 339,
  xmp: 700,
  iptc: 33723,
  photoshop: 34377,
  icc: 34675,
  dngVersion: 50706,
} as const;

const storageTags = [
  254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281, 284, 288,
  289, 290, 291, 292, 293, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 326, 327, 328, 330,
  332, 334, 336, 338, 339, 340, 341, 343, 346, 347, 351, 512, 513, 514, 515, 517, 518, 519, 520,
  521, 529, 530, 531, 532, 559, 700, 33628, 33629, 33630, 33631, 33723, 34361, 34362, 34377, 34412,
  34675, 34732, 37724, 50838, 50839, 52545,
];

/**
 * Tags that make a file a DNG or a mosaic, and what they say of its samples (TIFF/EP 4.3; DNG 1.7.1, appendix A): a developed
 * picture has none of them. Of the range 50844 and 50908 to 50909 are GeoTIFF's.
 */
function dngTags(): number[] {
  const range = Array.from({ length: 52_600 - 50_706 }, (_, index) => 50_706 + index);
  return [33421, 33422, ...range.filter((tag) => ![50_844, 50_908, 50_909].includes(tag))];
}

/**
 * Tags that say how pixels are stored (TIFF 6.0, sections 3–23; Adobe's and DNG's additions) and
 * are therefore written anew, and blobs that travel on their own. All other tags are kept.
 */
export const structuralTags: ReadonlySet<number> = new Set([...storageTags, ...dngTags()]);

/** Bytes that come along with a small read: the next one is mostly beside it, and a read of its own costs more. */
const WINDOW = 8192;

/** A file as a byte source. */
export function fileAsSource(file: FileHandle, length: number): ByteSource {
  const from = async (offset: number, wanted: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(Math.max(0, Math.min(wanted, length - offset)));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
    return bytes.subarray(0, bytesRead);
  };
  let windowAt = 0;
  let window: Uint8Array = new Uint8Array(0);
  return {
    length,
    async read(offset, wanted) {
      if (wanted > WINDOW / 4) return from(offset, wanted);
      const isInside = offset >= windowAt && offset + wanted <= windowAt + window.length;
      if (!isInside) {
        const bytes = await from(offset, WINDOW);
        [windowAt, window] = [offset, bytes];
        return bytes.subarray(0, wanted);
      }
      return window.subarray(offset - windowAt, offset - windowAt + wanted);
    },
    readInto: async (target, offset) =>
      (await file.read(target, 0, Math.min(target.length, length - offset), offset)).bytesRead,
  };
}

/** Pages of a file, and which of them is its picture: not a smaller version, not a mask (TIFF 6.0, NewSubfileType). */
interface Pages {
  /** Directory of the full picture that is wanted, and its number among all. */
  readonly offset: number;
  readonly page: number;
  /** Full pictures that there are. */
  readonly pages: number;
  /** Whether a page is a mask of a full picture, or a smaller version of one: no result keeps it. */
  readonly hasMask: boolean;
  readonly hasReduced: boolean;
}

/** More pages than honest stacks have. */
const mostPages = 65_536;

/** @param wanted number among the full pictures, from 0 on */
async function findPages(source: ByteSource, header: TiffHeader, wanted: number): Promise<Pages> {
  const seen = new Set<number>();
  let first: Pick<Pages, 'offset' | 'page'> | null = null;
  let pages = 0;
  let hasMask = false;
  let hasReduced = false;
  for (let at = header.firstDirectory; at !== 0 && !seen.has(at) && seen.size < mostPages;) {
    // Values that stand in the directory itself are enough.
    const directory = await readDirectory(source, header, at, 8);
    if (!directory) break;
    const number = (tag: number): number =>
      entryNumbers(findEntry(directory, tag), header.littleEndian)[0] ?? 0;
    // Bit 0: reduced, bit 2: a mask; SubfileType 2 is the old word for reduced.
    const isFull = (number(254) & 5) === 0 && number(255) !== 2;
    if (isFull && pages === wanted) first = { offset: at, page: seen.size };
    pages += isFull ? 1 : 0;
    hasMask ||= (number(254) & 5) === 4;
    hasReduced ||= (number(254) & 1) === 1 || number(255) === 2;
    seen.add(at);
    at = directory.next;
  }
  return {
    ...(first ?? { offset: header.firstDirectory, page: 0 }),
    pages: Math.max(1, pages),
    hasMask,
    hasReduced,
  };
}

/**
 * Reads the directory of a picture of a TIFF or BigTIFF file; null when there is none.
 * @param wanted number among the full pictures, from 0 on; it may be larger than there are (`pages`)
 */
export async function readTiffFile(
  source: ByteSource,
  wanted = 0,
): Promise<TiffFileMetadata | null> {
  const header = parseTiffHeader(await source.read(0, 16));
  if (!header) return null;
  const found = await findPages(source, header, wanted);
  const front = await readDirectory(source, header, header.firstDirectory);
  if (!front) return null;
  const isFirst = found.offset === header.firstDirectory;
  const own = isFirst ? front : await readDirectory(source, header, found.offset);
  // What a later page says of itself is all that is said of it.
  const image = own && !isFirst ? (wanted === 0 ? withMissing(own, front) : own) : front;
  const little = header.littleEndian;
  const first = (tag: number): number | undefined => entryNumbers(findEntry(image, tag), little)[0];
  const blob = (tag: number): Uint8Array | null => findEntry(image, tag)?.value ?? null;
  const orientation = first(exifTag.orientation) ?? 1;
  const photoshop = blob(tiffTag.photoshop);
  const said = findEntry(front, exifTag.description);
  const isStack = wanted > 0 && said?.type === 2 && isOfStack(Buffer.from(said.value).toString('latin1')); // prettier-ignore
  const hasOwn = findEntry(image, exifTag.description) !== undefined;
  return {
    icc: blob(tiffTag.icc),
    exif: await exifFromDirectory(source, header, image),
    xmp: blob(tiffTag.xmp),
    iptc: blob(tiffTag.iptc) ?? (photoshop && iptcFromPhotoshop(photoshop)),
    // Pixels of a stack are of one size, which many programs say with its first page alone.
    resolution: directoryResolution(image, little) ?? (isStack ? directoryResolution(front, little) : null), // prettier-ignore
    photoshop,
    lost: [
      ...new Set([...lostIn(image), ...(isStack ? lostIn(front) : [])]),
      ...(found.hasMask ? [say('maskPage')] : []),
      ...(found.hasReduced ? [say('reducedPages')] : []),
      ...(tellsColours(image, little) ? [say('tiffColours')] : []),
      ...uncarried(image),
    ],
    slight: lostResources(photoshop),
    stack:
      wanted > 0
        ? { directory: found.page, description: isStack && !hasOwn ? said.value : null }
        : null,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    // DNG says so; other makers mark the first picture as reduced and keep the real one in a
    // sub-directory (NEF, ARW, PEF).
    cameraRaw:
      findEntry(front, tiffTag.dngVersion) !== undefined ||
      (((entryNumbers(findEntry(front, tiffTag.newSubfileType), little)[0] ?? 0) & 1) === 1 &&
        front.tags.has(tiffTag.subDirectories)),
    page: found.page,
    pages: found.pages,
    number: wanted,
    bitsPerSample: first(tiffTag.bitsPerSample) ?? 1,
    sampleFormat: first(tiffTag.sampleFormat) ?? 1,
    photometric: first(tiffTag.photometric) ?? 1,
    samplesPerPixel: first(tiffTag.samplesPerPixel) ?? 1,
    extraSamples: entryNumbers(findEntry(image, tiffTag.extraSamples), little),
    premultipliedAt: onesIn(findEntry(image, tiffTag.extraSamples), little),
    storage: tiffStorage(image, little),
  };
}

/** Offsets of the lowest bytes of values that are 1. */
function onesIn(entry: TiffEntry | undefined, littleEndian: boolean): number[] {
  if (!entry) return [];
  const size = typeSize(entry.type);
  const lowest = entry.valueOffset + (littleEndian ? 0 : size - 1);
  return entryNumbers(entry, littleEndian).flatMap((value, index) =>
    value === 1 ? [lowest + index * size] : [],
  );
}

/** Tags whose content no result keeps, and its name. */
const unkeptTags: readonly (readonly [number, () => string])[] = [
  [37724, () => say('layers')],
  [50839, () => say('overlays')],
  [52545, () => say('credentials')],
  [330, () => say('subPictures')],
  [343, () => say('clippingPath')],
  [33628, () => say('stackTags', { name: 'MetaMorph' })],
  [34361, () => say('stackTags', { name: 'FluoView' })],
  [34412, () => say('stackTags', { name: 'Zeiss LSM' })],
];

/** White and primaries of sRGB, which GIMP for one writes into every file: x and y of each (TIFF 6.0, section 20). */
const srgb: ReadonlyMap<number, readonly number[]> = new Map([
  [318, [0.3127, 0.329]],
  [319, [0.64, 0.33, 0.3, 0.6, 0.15, 0.06]],
]);

/** A curve of the samples (sections 8 and 20), or colours that are not those of sRGB. */
function tellsColours(directory: TiffDirectory, littleEndian: boolean): boolean {
  if ([290, 291, 301].some((tag) => directory.tags.has(tag))) return true;
  return [...srgb].some(([tag, usual]) => {
    const entry = findEntry(directory, tag);
    if (!entry || entry.type !== 5) return directory.tags.has(tag);
    const view = new DataView(entry.value.buffer, entry.value.byteOffset, entry.value.byteLength);
    return usual.some((value, index) => {
      const at = index * 8;
      if (at + 8 > view.byteLength) return true;
      const stored = view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian);
      return !(Math.abs(stored - value) < 0.005);
    });
  });
}

/** Descriptive values that EXIF can not hold (BigTIFF's 64 bits), that are too long, or that lie outside of the file. */
function uncarried({ tags, entries }: TiffDirectory): string[] {
  const carried = new Set(entries.filter(({ type }) => type <= 13).map(({ tag }) => tag));
  const travels = (tag: number): boolean =>
    structuralTags.has(tag) || tag === exifTag.exifDirectory || tag === exifTag.gpsDirectory;
  const numbers = [...tags].filter((tag) => !carried.has(tag) && !travels(tag));
  return numbers.length > 0 ? [say('tiffTags', { numbers: numbers.join(', ') })] : [];
}

const lostIn = ({ tags }: TiffDirectory): string[] =>
  unkeptTags.filter(([tag]) => tags.has(tag)).map(([, name]) => name());

/** What only the first page says, a preview mostly, holds for the picture too: camera, dates, places. */
function withMissing(own: TiffDirectory, front: TiffDirectory): TiffDirectory {
  const missing = front.entries.filter(
    ({ tag }) => !own.tags.has(tag) && (!structuralTags.has(tag) || kinds.has(tag)),
  );
  const isSize = (tag: number): boolean => tag === 282 || tag === 283 || tag === 296;
  return { ...own, entries: [...own.entries, ...missing.filter(({ tag }) => !isSize(tag))] };
}

/** Blobs that travel on their own. */
const kinds: ReadonlySet<number> = new Set([tiffTag.xmp, tiffTag.iptc, tiffTag.photoshop]);

/** The descriptive part of a TIFF file as an EXIF blob, in the byte order of the file. */
async function exifFromDirectory(
  source: ByteSource,
  header: TiffHeader,
  image: TiffDirectory,
): Promise<Uint8Array | null> {
  const little = header.littleEndian;
  const sub = async (parent: TiffDirectory | null, tag: number): Promise<TiffDirectory | null> => {
    const [offset] = entryNumbers(findEntry(parent, tag), little);
    return offset === undefined ? null : readDirectory(source, header, offset);
  };
  const exif = await sub(image, exifTag.exifDirectory);
  const gps = await sub(image, exifTag.gpsDirectory);
  const interop = await sub(exif, exifTag.interopDirectory);
  const pointers: ReadonlySet<number> = new Set([
    exifTag.exifDirectory,
    exifTag.gpsDirectory,
    exifTag.interopDirectory,
  ]);
  // BigTIFF's 64-bit types do not exist in EXIF; nothing descriptive uses them.
  const copies = (directory: TiffDirectory): NewEntry[] =>
    directory.entries.filter((entry) => !pointers.has(entry.tag) && entry.type <= 13);
  const entries = copies(image).filter((entry) => !structuralTags.has(entry.tag));
  const pointer = (tag: number, value: NewEntry[]): NewEntry => ({ tag, type: 4, count: 1, value });
  if (exif)
    entries.push(
      pointer(exifTag.exifDirectory, [
        ...copies(exif),
        ...(interop ? [pointer(exifTag.interopDirectory, copies(interop))] : []),
      ]),
    );
  if (gps) entries.push(pointer(exifTag.gpsDirectory, copies(gps)));
  // Resolution and orientation alone are no EXIF worth carrying into another format.
  const bare: ReadonlySet<number> = new Set([274, 282, 283, 296]);
  if (entries.every((entry) => bare.has(entry.tag))) return null;
  return concatBytes([tiffHeaderBytes(little, 8), layOutDirectory(entries, 8, little)]);
}
