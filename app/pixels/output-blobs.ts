/**
 * Decides which metadata an output carries, in the form in which its format holds it, and says what it can not carry.
 * What each kind is, is in `metadata/`; where it goes in a file, in `formats/`.
 */
import { basename } from 'node:path';
import { labelOf, type Notice, type OutputFormat } from '../contract/index.ts';
import { GAIN_MAP, isOfGainMap } from './colour/gain-map.ts';
import { exifPrefix, fitsJpegSegment, xmpPrefix, type OutputBlobs } from './formats/containers.ts';
import { lostNotices, unheldNotices, type Attachment } from './metadata/beside.ts';
import { exifTag, parseExif } from './metadata/exif.ts';
import { patchExif } from './metadata/exif-patch.ts';
import { fromDamaged } from './metadata/index.ts';
import { photoshopBlock } from './metadata/iptc.ts';
import { masteringIn } from './metadata/png-colour.ts';
import {
  exifOf,
  exifOfResolution,
  jfifDensity,
  pngPhysical,
  turnedResolution,
  type Resolution,
} from './metadata/resolution.ts';
import { say as metadataSay } from './metadata/sentences.ts';
import { concatBytes, entryText, findEntry } from './metadata/tiff-structure.ts';
import { exchanges, type Turn } from './metadata/turn.ts';
import { EXTENDED_XMP, type Attached } from './metadata/xmp-attached.ts';
import { markXmp } from './metadata/xmp.ts';
import type { WriteRequest } from './types.ts';

/**
 * @param request its sample type is the one that is stored
 * @param notices gets what is lost
 */
export async function outputBlobs(
  request: WriteRequest,
  icc: Uint8Array | null,
  notices: Notice[],
): Promise<OutputBlobs> {
  const { format, from, mark } = request;
  const label = labelOf(format);
  const { metadata } = from;
  const action = metadata.damaged ? `${mark.action}, ${fromDamaged}` : mark.action;
  const warn = (text: string): void => void notices.push({ level: 'warning', text });

  const turn = turnOf(request);
  const resolution =
    turn && exchanges(turn) ? turnedResolution(metadata.resolution) : metadata.resolution;
  const inExif = resolution && !holdsResolution(format, resolution) ? { resolution } : {};
  const lent = (!request.pages && metadata.stack?.description) || null;
  const stored =
    metadata.exif ??
    (lent && exifOf([{ tag: exifTag.description, type: 2, count: lent.length, value: lent }])) ??
    (inExif.resolution ? exifOfResolution(inExif.resolution) : null);
  let exif =
    stored &&
    (await patchExif(stored, {
      software: mark.software,
      turn,
      page: request,
      ofStack: request.pages !== undefined,
      stack: metadata.stack ?? null,
      ...inExif,
    }));
  if (metadata.exif && !exif) warn('The EXIF of the original is damaged and was left out.');
  if (exif && format === 'jpeg' && !fitsJpegSegment(exif, exifPrefix)) {
    warn('The EXIF of the original is larger than JPEG can hold (64 KB) and was left out.');
    exif = null;
  }
  // A map of what is not turned would lie across the turned picture.
  const isLeft = (one: Attachment): boolean => turn !== null && isOfUnturned(one);
  const ofFormat = (metadata.attachments ?? []).filter((one) => one.format === format);
  const attachments = ofFormat.filter((one) => !isLeft(one));
  notices.push(...lostNotices(basename(from.path), ofFormat.filter(isLeft).map(({ what }) => what()))); // prettier-ignore
  const had = (semantic: string): boolean =>
    (metadata.attachments ?? []).some((one) => one.semantic === semantic);
  notices.push(...unheldNotices(format, metadata));
  const structure = metadata.exif && (await parseExif(metadata.exif));
  const previous = structure ? entryText(findEntry(structure.image, exifTag.software)) : null;
  const marked = markXmp(
    metadata.xmp,
    {
      software: mark.software,
      action,
      previousSoftware: previous === mark.software ? null : previous,
    },
    { turn, attached: attachedTo(attachments) },
  );
  if (marked.replaced) warn('The XMP of the original is damaged and was replaced.');
  if (marked.hadGainMap && !had(GAIN_MAP))
    warn('The HDR gain map of the original is not kept; the image itself is.');
  if (marked.hadDepth) notices.push(...lostNotices(basename(from.path), [metadataSay('depthMap')]));
  if (marked.hadExtension && !had(EXTENDED_XMP))
    warn('The extended part of the original’s XMP is not kept.');
  let xmp: Uint8Array | null = marked.packet;
  if (format === 'jpeg' && !fitsJpegSegment(xmp, xmpPrefix)) {
    warn('The XMP of the original is larger than JPEG can hold (64 KB) and was replaced.');
    xmp = markXmp(null, {
      software: mark.software,
      action,
      previousSoftware: null,
    }).packet;
  }
  if (metadata.pngColour?.differsFromSrgb && !metadata.colour && format !== 'png')
    warn(
      `The PNG describes its colours by chunks that ${label} can not hold; they may look different.`,
    );
  const iptc = metadata.iptc && iptcFor(format, metadata.iptc);
  const photoshop = photoshopFor(request, iptc, turn, notices);
  if (metadata.iptc && !iptc)
    warn(`${label} can not hold the IPTC fields of the original; they were left out.`);
  return {
    icc,
    exif,
    xmp,
    iptc,
    resolution,
    photoshop,
    head: bytesOf(attachments, 'head'),
    tail: bytesOf(attachments, 'tail'),
    furtherPictures: attachments
      .filter((one) => one.place === 'tail' && isOfGainMap(one))
      .map(({ bytes }) => bytes.length),
    pngColour: metadata.pngColour?.chunks ?? null,
    colourCodes: metadata.colour?.codes ?? null,
    mastering: format === 'avif' ? masteringIn(metadata.pngColour?.chunks ?? null) : [],
  };
}

/** Speaks of places in the picture as it was stored. */
const isOfUnturned = ({ semantic }: Attachment): boolean =>
  semantic === GAIN_MAP || semantic === EXTENDED_XMP;

const bytesOf = (
  attachments: readonly Attachment[],
  place: Attachment['place'],
): Uint8Array | null => {
  const parts = attachments.filter((one) => one.place === place).map(({ bytes }) => bytes);
  return parts.length > 0 ? concatBytes(parts) : null;
};

/** What XMP calls the things that are kept; they keep their sizes. */
const attachedTo = (attachments: readonly Attachment[]): Attached =>
  new Map(attachments.flatMap(({ semantic }) => (semantic ? [[semantic, null] as const] : [])));

/** Paths where the format holds them: TIFF any, JPEG what fits into one segment beside IPTC. */
function photoshopFor(
  { format, from: { path, metadata } }: WriteRequest,
  iptc: Uint8Array | null,
  turn: Turn | null,
  notices: Notice[],
): Uint8Array | null {
  if (!metadata.photoshop || (format !== 'jpeg' && format !== 'tiff')) return null;
  const bytes = metadata.photoshop.bytes(turn);
  if (format === 'tiff' || fitsJpegSegment(photoshopBlock(iptc, bytes), '')) return bytes;
  notices.push(...lostNotices(basename(path), metadata.photoshop.names()));
  return null;
}

/** How the pixels were turned; null: they were not. */
function turnOf({ from, width, height }: WriteRequest): Turn | null {
  const { orientation } = from.metadata;
  if (orientation <= 1) return null;
  return exchanges({ orientation })
    ? { orientation, width: height, height: width }
    : { orientation, width, height };
}

/** The format's own field says all of it. */
const holdsResolution = (format: OutputFormat, resolution: Resolution): boolean =>
  format === 'tiff' ||
  format === 'dng' ||
  (format === 'jpeg' && jfifDensity(resolution).exact) ||
  (format === 'png' && pngPhysical(resolution).exact);

/** IPTC where the format holds it: TIFF and DNG any, JPEG what fits into one segment. */
const iptcFor = (format: OutputFormat, iptc: Uint8Array): Uint8Array | null =>
  format === 'tiff' ||
  format === 'dng' ||
  (format === 'jpeg' && fitsJpegSegment(photoshopBlock(iptc, null), ''))
    ? iptc
    : null;
