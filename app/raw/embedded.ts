/**
 * The picture that a camera put into a raw file beside the sensor's samples: a JPEG, found in the file's own directories. Nothing is
 * developed for it, so that it is there at once; it is only looked at. ORF keeps it in Olympus' maker note, CR3 in a box of Canon's.
 */
import { isFrameMarker, jpegSegments } from '../pixels/metadata/jpeg-segments.ts';
import {
  bytesAsSource,
  entryNumbers,
  findEntry,
  parseTiffHeader,
  readDirectory,
  type ByteSource,
  type TiffDirectory,
  type TiffHeader,
} from '../pixels/metadata/tiff-structure.ts';
import { asTiff, eachBox, isCr3, readRawMetadata } from './exif.ts';

export interface Embedded {
  readonly jpeg: Uint8Array;
  /** How it is turned upright: EXIF's Orientation, 1 to 8. */
  readonly orientation: number;
}

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

interface Span {
  readonly at: number;
  readonly length: number;
}

/** TIFF 6.0, sections 8 and 22; DNG 1.7.1, chapter 2 (preview images in SubIFDs). */
const tag = {
  ...{ compression: 259, photometric: 262, stripOffsets: 273, stripCounts: 279 },
  ...{ subDirectories: 330, jpegOffset: 513, jpegLength: 514, rw2Jpeg: 46 },
} as const;

/** CFA and LinearRaw: JPEGs of these are the sensor's samples. */
const ofSensor = [32803, 34892];

const mostDirectories = 32;
/** Longer than any camera's. */
const mostBytes = 64 * 1024 * 1024;

/** The largest one; null: none was found. Throws only what the source throws. */
export async function findEmbedded(source: ByteSource): Promise<Embedded | null> {
  const spans = await candidates(source);
  const inside = spans.filter(
    ({ at, length }) => length > 0 && length <= mostBytes && at + length <= source.length,
  );
  for (const { at, length } of inside.sort((one, other) => other.length - one.length)) {
    const jpeg = await source.read(at, length);
    if (await isShown(jpeg)) {
      const { orientation } = await readRawMetadata(source);
      return { jpeg, orientation };
    }
  }
  return null;
}

async function candidates(source: ByteSource): Promise<Span[]> {
  const head = await source.read(0, 96);
  // RAF's header: offset and length of its JPEG, big endian.
  if (head.length >= 92 && String.fromCharCode(...head.subarray(0, 15)) === 'FUJIFILMCCD-RAW') {
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    return [{ at: view.getUint32(84), length: view.getUint32(88) }];
  }
  if (isCr3(head)) return inCanonBox(source);
  const like = asTiff(source, head);
  const header = like && parseTiffHeader(await like.read(0, 16));
  return header ? inDirectories(like, header.firstDirectory, header) : [];
}

/** A `uuid` of Canon's beside the movie, in which a box PRVW holds a JPEG behind some numbers; its end is that of the box. */
const canonPreview = 'eaf42b5e1c984b88b9fbb7dc406e4d16';

async function inCanonBox(source: ByteSource): Promise<Span[]> {
  for await (const { type, from, to } of eachBox(source, 0, source.length)) {
    if (type !== 'uuid') continue;
    const head = Buffer.from(await source.read(from, 96));
    if (head.subarray(0, 16).toString('hex') !== canonPreview) continue;
    const name = head.indexOf('PRVW');
    const start = head.indexOf(Buffer.of(0xff, 0xd8, 0xff), Math.max(0, name));
    if (name < 0 || start < 0) return [];
    // Its length stands right before it; what that says beyond the box is not believed.
    const length = Math.min(head.readUInt32BE(start - 4), to - from - start);
    return [{ at: from + start, length }];
  }
  return [];
}

/** Tags of Olympus' and OM System's maker notes: CameraSettings, PreviewImageStart and PreviewImageLength. */
const olympus = { exif: 34665, makerNote: 37500, settings: 0x2020, at: 0x101, length: 0x102 } as const; // prettier-ignore

/** In their maker notes offsets count from the note's beginning, where a name stands, a byte order and a version. */
async function inOlympusNote(
  source: ByteSource,
  { directory, header }: { directory: TiffDirectory; header: TiffHeader },
): Promise<Span[]> {
  const { littleEndian } = header;
  const [at] = entryNumbers(findEntry(directory, olympus.exif), littleEndian);
  const exif = at === undefined ? null : await readDirectory(source, header, at);
  const note = findEntry(exif, olympus.makerNote);
  const [, name] = /^(OLYMPUS\0(?:II|MM)|OM SYSTEM\0{3}(?:II|MM))/.exec(latin(note?.value.subarray(0, 16) ?? new Uint8Array(0))) ?? []; // prettier-ignore
  if (!note || name === undefined) return [];
  const inside = bytesAsSource(note.value);
  const own = { littleEndian: name.endsWith('II'), big: false, firstDirectory: name.length + 2 };
  const first = await readDirectory(inside, own, own.firstDirectory);
  const place = findEntry(first, olympus.settings);
  // Older notes say it as a block of bytes, which begins there.
  const settingsAt = place && (place.type === 7 ? place.valueOffset : entryNumbers(place, own.littleEndian)[0]); // prettier-ignore
  const settings = settingsAt ? await readDirectory(inside, own, settingsAt) : null;
  const [start] = entryNumbers(findEntry(settings, olympus.at), own.littleEndian);
  const [length] = entryNumbers(findEntry(settings, olympus.length), own.littleEndian);
  return start !== undefined && length !== undefined ? [{ at: note.valueOffset + start, length }] : []; // prettier-ignore
}

async function inDirectories(
  source: ByteSource,
  first: number,
  header: TiffHeader,
): Promise<Span[]> {
  const found: Span[] = [];
  const waiting = [first];
  for (let count = 0; waiting.length > 0 && count < mostDirectories; count++) {
    const directory = await readDirectory(source, header, waiting.shift()!);
    if (!directory) continue;
    const numbers = (wanted: number): number[] =>
      entryNumbers(findEntry(directory, wanted), header.littleEndian);
    const [photometric = 0] = numbers(tag.photometric);
    const [compression = 0] = numbers(tag.compression);
    const add = (offsets: number[], lengths: number[]): void => {
      if (offsets.length === 1 && lengths.length === 1)
        found.push({ at: offsets[0]!, length: lengths[0]! });
    };
    add(numbers(tag.jpegOffset), numbers(tag.jpegLength));
    if ((compression === 6 || compression === 7) && !ofSensor.includes(photometric))
      add(numbers(tag.stripOffsets), numbers(tag.stripCounts));
    // RW2's is a value of its first directory.
    const own = findEntry(directory, tag.rw2Jpeg);
    if (own) found.push({ at: own.valueOffset, length: own.value.length });
    if (count === 0) found.push(...(await inOlympusNote(source, { directory, header })));
    waiting.push(...numbers(tag.subDirectories).slice(0, mostDirectories));
    if (directory.next > 0) waiting.push(directory.next);
  }
  return found;
}

/** A JPEG for the eye: 8 bits, baseline or progressive (ITU-T T.81, B.2.2); lossless ones are a sensor's. */
async function isShown(jpeg: Uint8Array): Promise<boolean> {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) return false;
  for await (const { marker, at } of jpegSegments(bytesAsSource(jpeg)))
    if (isFrameMarker(marker)) return marker <= 0xc2 && jpeg[at + 4] === 8;
  return false;
}
