/**
 * Everything that must survive besides the pixels. This file gathers it when a file is read; each
 * kind has its module here; the containers that take it up again are in `formats/`.
 *
 * What is kept, per output format:
 *
 * |                | JPEG        | PNG            | TIFF          | WebP       | AVIF       |
 * | -------------- | ----------- | -------------- | ------------- | ---------- | ---------- |
 * | ICC profile    | identical   | identical      | identical     | identical  | identical  |
 * | EXIF           | identical * | identical *    | identical *   | identical* | identical* |
 * | maker notes    | unmoved     | unmoved        | unmoved **    | unmoved    | unmoved    |
 * | XMP            | + mark      | + mark         | + mark        | + mark     | + mark     |
 * | IPTC           | identical   | lost, said     | identical     | lost, said | lost, said |
 * | paths          | turned         | lost, said     | turned        | lost, said | lost, said |
 * | comments, film | from JPEG      | from PNG       | lost, said    | lost, said | lost, said |
 * | code points †  | as profile  | cICP           | as profile    | as profile | nclx       |
 * | gAMA and cHRM  | as profile  | identical      | as profile    | as profile | as profile |
 * | light of HDR   | lost, said  | identical      | lost, said    | lost, said | mdcv, clli |
 * | EXIF's colours | + profile   | + profile      | + profile     | + profile  | + profile  |
 * | resolution     | JFIF ***    | pHYs ***       | identical     | EXIF       | EXIF       |
 * | file dates     | kept        | kept           | kept          | kept       | kept       |
 *
 * \*  but for: Software (the mark; the old text moves into XMP), orientation (1, because the pixels
 *    are upright), size tags where the picture was turned, and the embedded thumbnail (removed:
 *    it would show the old picture). EXIF that can not be parsed is left out, and said.
 * ** unmoved when EXIF came from a JPEG, PNG, WebP or AVIF. From a TIFF the maker note's bytes are
 *    the same, but their place in the file is not.
 * *** both axes and their unit, in whole numbers; what they can not say exactly stands in EXIF too.
 *
 * †  of AVIF (nclx) and PNG (cICP). HDR as a profile shows it tone-mapped, and is said.
 *
 * HDR gain maps go from JPEG to JPEG, but for turned pictures; elsewhere they are said.
 *
 * The second part of XMP that is larger than a segment goes from JPEG to JPEG as it is, but for turned pictures; elsewhere it is said.
 *
 * Previews inside maker notes are left as they are.
 */
import { describeColour } from '../colour/description.ts';
import type { ImageMetadata } from '../types.ts';
import type { FileBeside } from './file-beside.ts';
import { exifResolution, readCapture, withoutExifPrefix } from './exif.ts';
import { profileName, profileSpace } from './icc.ts';
import { iptcFromPhotoshop } from './iptc.ts';
import { PhotoshopResources } from './photoshop.ts';
import { besideProfile } from './png-colour.ts';
import { believed } from './resolution.ts';
import type { TiffFileMetadata } from './tiff-file.ts';

/** What libvips tells of a file, as far as it is used here. */
export interface DecoderMetadata {
  readonly icc?: Uint8Array | undefined;
  readonly exif?: Uint8Array | undefined;
  readonly xmp?: Uint8Array | undefined;
  readonly iptc?: Uint8Array | undefined;
  readonly orientation?: number | undefined;
}

const copy = (bytes: Uint8Array | null | undefined): Uint8Array | null =>
  bytes && bytes.length > 0 ? new Uint8Array(bytes) : null;

/** Puts together what was found. `tiff` replaces the decoder's findings for TIFF files. */
export async function gatherMetadata(found: {
  decoder: DecoderMetadata;
  tiff: TiffFileMetadata | null;
  /** What else is in the file; not asked where only pixels matter. */
  beside?: FileBeside;
  accessedMs: number;
  modifiedMs: number;
}): Promise<ImageMetadata> {
  const { decoder, tiff, beside } = found;
  const hidden = beside?.hidden ?? {};
  const profile = copy(tiff ? tiff.icc : (decoder.icc ?? hidden.icc));
  const icc = profileSpace(profile) === null ? null : profile;
  const exif = tiff
    ? tiff.exif
    : decoder.exif
      ? copy(withoutExifPrefix(decoder.exif))
      : (hidden.exif ?? null);
  const resources = beside?.photoshop ?? decoder.iptc ?? hidden.iptc ?? null;
  const iptc = tiff ? tiff.iptc : resources && iptcFromPhotoshop(resources);
  const photoshop = PhotoshopResources.of((tiff ? tiff.photoshop : beside?.photoshop) ?? null);
  const container = (tiff ? tiff.resolution : beside?.resolution) ?? null;
  const stated = [await exifResolution(exif), photoshop?.resolution() ?? null];
  return completeMetadata({
    icc,
    exif,
    xmp: copy(tiff ? tiff.xmp : (decoder.xmp ?? hidden.xmp)),
    iptc,
    ...(photoshop ? { photoshop } : {}),
    ...(beside && beside.attachments.length > 0 ? { attachments: beside.attachments } : {}),
    pngColour: besideProfile(beside?.pngColour ?? null, icc),
    ...(tiff?.stack ? { stack: tiff.stack } : {}),
    resolution: believed(container, ...stated),
    orientation: decoder.orientation ?? 1,
    accessedMs: found.accessedMs,
    modifiedMs: found.modifiedMs,
  });
}

/** What a file stores, with what can be read from it: its colours, the profile's name, camera and ISO. */
export const completeMetadata = async (
  stored: Omit<ImageMetadata, 'profileName' | 'colour' | 'camera' | 'iso'>,
): Promise<ImageMetadata> => {
  const colour = await describeColour(stored);
  return {
    ...stored,
    colour,
    profileName: colour?.name ?? profileName(stored.icc),
    ...(await readCapture(stored.exif)),
  };
};

/** In marks, of what was made from a file that could be read in part only. */
export const fromDamaged = 'from a damaged file of which parts are missing';
