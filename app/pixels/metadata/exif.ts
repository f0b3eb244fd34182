/** Reads what Hourglass needs from EXIF (CIPA DC-008). What a processed copy changes of it is `exif-patch.ts`. */
import { directoryResolution, type Resolution } from './resolution.ts';
import {
  bytesAsSource,
  entryNumbers,
  entryText,
  findEntry,
  parseTiffHeader,
  readDirectory,
  type TiffDirectory,
  type TiffHeader,
} from './tiff-structure.ts';

export const exifTag = {
  imageWidth: 0x0100,
  imageHeight: 0x0101,
  description: 0x010e,
  make: 0x010f,
  model: 0x0110,
  orientation: 0x0112,
  software: 0x0131,
  thumbnailOffset: 0x0201,
  thumbnailLength: 0x0202,
  exifDirectory: 0x8769,
  gpsDirectory: 0x8825,
  iso: 0x8827,
  taken: 0x9003,
  subjectArea: 0x9214,
  makerNote: 0x927c,
  takenFraction: 0x9291,
  colourSpace: 0xa001,
  pixelWidth: 0xa002,
  pixelHeight: 0xa003,
  interopDirectory: 0xa005,
  interopIndex: 0x0001,
  subjectLocation: 0xa214,
  serialNumber: 0xa431,
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

/** Pixels per unit of length, where EXIF says so. */
export async function exifResolution(blob: Uint8Array | null): Promise<Resolution | null> {
  const structure = blob && (await parseExif(blob));
  return structure && directoryResolution(structure.image, structure.header.littleEndian);
}

/** When a photo was taken, and by which camera. */
export interface Moment {
  /** Maker, model and serial number, as far as they are told. */
  readonly camera: string;
  /** By the camera's clock, milliseconds; its zone is not known. */
  readonly ms: number;
}

/** null: the camera or the time is not told, or that is no time. */
export async function readMoment(blob: Uint8Array | null): Promise<Moment | null> {
  const structure = blob && (await parseExif(blob));
  if (!structure) return null;
  const { image, exif } = structure;
  const camera = [
    ...[exifTag.make, exifTag.model].map((tag) => entryText(findEntry(image, tag))),
    entryText(findEntry(exif, exifTag.serialNumber)),
  ];
  const taken = entryText(findEntry(exif, exifTag.taken));
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(taken ?? '');
  // A clock that was never set, "0000:00:00 00:00:00", tells nothing.
  if (camera.every((part) => part === null) || !parts || Number(parts[1]) === 0) return null;
  const [year, month, day, hours, minutes, seconds] = parts.slice(1).map(Number);
  const fraction = /^\d+$/.exec(entryText(findEntry(exif, exifTag.takenFraction)) ?? '');
  const ms = Date.UTC(year!, month! - 1, day, hours, minutes, seconds);
  return {
    camera: camera.map((part) => part ?? '').join('\0'),
    ms: ms + (fraction ? Math.floor(1000 * Number(`0.${fraction[0]}`)) : 0),
  };
}
