/**
 * Metadata that a person does not want to hand on: where a picture was taken, or everything. The profile and
 * the resolution stay, without which the pixels would look different.
 */
import type { Sharing } from '../../contract/index.ts';
import { isOfGainMap } from '../colour/gain-map.ts';
import { completeMetadata } from '../metadata/index.ts';
import { exifTag, parseExif, type ExifStructure } from '../metadata/exif.ts';
import { concatBytes, type TiffDirectory } from '../metadata/tiff-structure.ts';
import { packetWithout } from '../metadata/xmp.ts';
import { ns, type Named } from '../metadata/xmp-properties.ts';
import type { ImageMetadata } from '../types.ts';
import { say } from './sentences.ts';

/** As the mark of a result names it. */
type Part = 'EXIF' | 'XMP' | 'IPTC' | 'GPS' | 'places' | 'maker notes' | 'attached data';

/** What was left out; empty: there was nothing. */
export interface Stripped {
  readonly metadata: ImageMetadata;
  readonly removed: readonly Part[];
}

/** In words that fit into a list. */
export function partWords(part: Part): string {
  if (part === 'places') return say('places');
  if (part === 'maker notes') return say('makerNotes');
  return part === 'attached data' ? say('attachedData') : part;
}

export async function withoutPrivateParts(
  metadata: ImageMetadata,
  strip: Sharing['strip'],
): Promise<Stripped> {
  if (strip === 'nothing') return { metadata, removed: [] };
  return strip === 'all' ? withoutAll(metadata) : withoutLocation(metadata);
}

/** EXIF may be what tells the colours: they stay what they are, and the file says so by a profile. */
async function withColours(
  metadata: ImageMetadata,
  left: Pick<ImageMetadata, 'exif' | 'xmp' | 'iptc'>,
): Promise<ImageMetadata> {
  const { colour = null, profileName } = metadata;
  // A film, a comment, a maker's own data may say anything, also where; a gain map says how bright.
  const attachments = (metadata.attachments ?? []).filter(isOfGainMap);
  const whole = await completeMetadata({ ...metadata, ...left, attachments });
  return { ...whole, colour, profileName };
}

const hasAttached = ({ attachments = [] }: ImageMetadata): boolean =>
  attachments.some((one) => !isOfGainMap(one));

async function withoutAll(metadata: ImageMetadata): Promise<Stripped> {
  const { exif, xmp, iptc } = metadata;
  const kept = await withColours(metadata, { exif: null, xmp: null, iptc: null });
  return {
    metadata: { ...kept, photoshop: null, stack: null },
    removed: [
      ...(exif ? (['EXIF'] as const) : []),
      ...(xmp ? (['XMP'] as const) : []),
      ...(iptc ? (['IPTC'] as const) : []),
      ...(hasAttached(metadata) ? (['attached data'] as const) : []),
    ],
  };
}

/**
 * Properties that say where, known by their namespaces: GPS of `exif` and of makers' own schemas, the places of IPTC Core and Extension
 * (IPTC Photo Metadata Standard 2023.1: City, Sublocation, Province or State, Country, Location Created, Location
 * Shown).
 */
const isPlace = ({ uri, local }: Named): boolean =>
  /^gps/i.test(local) || (placesOf.get(uri)?.test(local) ?? false);

const placesOf: ReadonlyMap<string, RegExp> = new Map([
  [ns.photoshop, /^(City|State|Country)$/],
  [ns.iptcCore, /^(Location|CountryCode)$/],
  [ns.iptc, /^Location(Created|Shown)$/],
  [ns.lightroom, /(Location|Place)/],
  [ns.digiKam, /(Location|Place)/],
]);

/** The same in IPTC-IIM, record 2 (IIM 4.2): content location, city, sublocation, state, country. */
const placeDatasets = new Set([26, 27, 90, 92, 95, 100, 101]);

async function withoutLocation(metadata: ImageMetadata): Promise<Stripped> {
  const removed: Stripped['removed'][number][] = [];
  let { exif, xmp, iptc } = metadata;
  const structure = exif && (await parseExif(exif));
  if (exif && !structure) {
    // What can not be read may say anything.
    exif = null;
    removed.push('EXIF');
  } else if (exif && structure) {
    const { gps, exif: capture } = structure;
    const names = capture?.entries.some(({ tag }) => tag === exifTag.makerNote);
    if (gps) removed.push('GPS');
    if (names) removed.push('maker notes');
    if (gps || names) exif = withoutPointers(exif, structure);
  }
  if (xmp) {
    const kept = packetWithout(xmp, isPlace);
    if (kept !== xmp) removed.push(kept === null ? 'XMP' : 'places');
    xmp = kept;
  }
  if (iptc) {
    const kept = withoutDatasets(iptc);
    if (kept?.length !== iptc.length) removed.push(kept === null ? 'IPTC' : 'places');
    iptc = kept;
  }
  if (hasAttached(metadata)) removed.push('attached data');
  return {
    metadata: await withColours(metadata, { exif, xmp, iptc }),
    removed: [...new Set(removed)],
  };
}

/** Wipes the GPS directory with its values and the maker note, and takes their entries out. Nothing else moves. */
function withoutPointers(original: Uint8Array, structure: ExifStructure): Uint8Array {
  const blob = new Uint8Array(original);
  const { header, image, exif, gps } = structure;
  const wipe = (start: number, end: number): void => void blob.fill(0, start, end);
  if (gps) {
    for (const { valueOffset, value } of gps.entries) wipe(valueOffset, valueOffset + value.length);
    wipe(gps.offset, Math.min(blob.length, gps.nextFieldOffset + 4));
  }
  for (const { tag, valueOffset, value } of exif?.entries ?? [])
    if (tag === exifTag.makerNote) wipe(valueOffset, valueOffset + value.length);
  removeEntry(blob, image, exifTag.gpsDirectory, header.littleEndian);
  if (exif) removeEntry(blob, exif, exifTag.makerNote, header.littleEndian);
  return blob;
}

/** Closes the gap in a directory of classic TIFF: later entries and the pointer to the next directory move up. */
function removeEntry(
  blob: Uint8Array<ArrayBuffer>,
  directory: TiffDirectory,
  tag: number,
  little: boolean,
): void {
  const entry = directory.entries.find((one) => one.tag === tag);
  if (!entry) return;
  const view = new DataView(blob.buffer);
  const end = Math.min(blob.length, directory.nextFieldOffset + 4);
  blob.copyWithin(entry.entryOffset, entry.entryOffset + 12, end);
  blob.fill(0, end - 12, end);
  view.setUint16(directory.offset, view.getUint16(directory.offset, little) - 1, little);
}

/** @returns null when it is not a plain row of datasets */
function withoutDatasets(iptc: Uint8Array): Uint8Array | null {
  const kept: Uint8Array[] = [];
  for (let at = 0; at < iptc.length;) {
    const length = (iptc[at + 3]! << 8) | iptc[at + 4]!;
    // Datasets of more than 32 kB (IIM 1.6) do not name places; a stream with one is left out as a whole.
    if (iptc[at] !== 0x1c || !(length <= 0x7fff) || at + 5 + length > iptc.length) return null;
    const dataset = iptc.subarray(at, at + 5 + length);
    if (dataset[1] !== 2 || !placeDatasets.has(dataset[2]!)) kept.push(dataset);
    at += dataset.length;
  }
  return concatBytes(kept);
}
