/**
 * What is asked of a source and of what was made of it, and how the notice must name it where it is gone. Of a source the bytes are asked as
 * well: what our reader overlooks is there all the same.
 */
import { readFileSync, statSync } from 'node:fs';
import { isOfGainMap } from '../../../../app/pixels/colour/gain-map.ts';
import { chunksOf } from '../../../../app/pixels/metadata/png-colour.ts';
import type { DecodedImage } from '../../../../app/pixels/index.ts';
import { indexOfBytes, makerNoteBytes } from '../support.ts';
import { latin, survey, told } from './sources.ts';

export interface Question {
  /** What there is, as a text that is the same where nothing was lost; null: it is not there. */
  of(image: DecodedImage): string | null;
  /** The same in another form. */
  like?(image: DecodedImage): string | null;
  readonly said: RegExp;
}

const there = (is: unknown): string | null => (is ? 'there' : null);
const holds = ({ path }: DecodedImage, bytes: Uint8Array | string): string | null =>
  there(indexOfBytes(readFileSync(path), typeof bytes === 'string' ? latin(bytes) : bytes) > 0);
/** In the file as it lies there, or in its EXIF, which a latent file compresses. */
const within = (image: DecodedImage, bytes: Uint8Array): string | null =>
  holds(image, bytes) ?? there(indexOfBytes(image.metadata.exif ?? new Uint8Array(0), bytes) > 0);
const packet = ({ metadata }: DecodedImage): string =>
  metadata.xmp ? Buffer.from(metadata.xmp).toString() : '';
const hex = (bytes: ArrayBufferView | null): string | null => bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex'); // prettier-ignore
const perInch = ({ x, y, unit }: NonNullable<DecodedImage['metadata']['resolution']>): string =>
  [x, y].map((one) => Math.round(one * { inch: 1, centimetre: 2.54, metre: 0.0254, none: 0 }[unit])).join(' × '); // prettier-ignore

/** Colours that a file tells without a profile; a result may tell them by one. */
const colours = (
  is: (colour: NonNullable<DecodedImage['metadata']['colour']>) => boolean,
): Question => ({
  of: ({ metadata: { colour } }) => (colour && is(colour) ? colour.name : null),
  like: ({ metadata: { profileName } }) => profileName,
  said: /tells its colours by|HDR/,
});
const codes = (transfer: number) =>
  colours(({ codes }) => codes !== null && codes.transfer === transfer);

export const questions: Readonly<Record<string, Question>> = {
  'bits per sample': {
    of: ({ raster: { sampleType } }) => (sampleType === 'float32' ? null : sampleType),
    said: /bits per sample|8 bits|16 bits/,
  },
  'floating point': {
    of: ({ raster: { sampleType } }) => (sampleType === 'float32' ? sampleType : null),
    said: /32-bit floats|values/,
  },
  'colour profile': {
    of: ({ metadata }) => (metadata.colour ? null : metadata.profileName),
    said: /profile|colours/,
  },
  'colours by code points': codes(13),
  'transfer: PQ': codes(16),
  'transfer: HLG': codes(18),
  'light levels of HDR': {
    of: (image) => hex(chunksOf(image.metadata.pngColour?.chunks ?? null).get('mDCV') ?? null) ?? holds(image, 'mdcv'), // prettier-ignore
    said: /light levels/,
  },
  'gamma, primaries': colours(({ told }) => told.startsWith('gAMA')),
  'Adobe RGB by EXIF': colours(({ told }) => told === 'EXIF'),
  EXIF: { of: ({ metadata: { camera, iso } }) => (iso ? `${camera} ${iso}` : null), said: /EXIF/ },
  'maker note': { of: (image) => within(image, makerNoteBytes), said: /maker note/ },
  XMP: { of: (image) => /harbour/.exec(packet(image))?.[0] ?? (image.format === 'gif' ? holds(image, 'harbour') : null), said: /XMP/ },
  regions: { of: (image) => /stArea:x="[\d.]+"/.exec(packet(image))?.[0] ?? null, said: /XMP/ },
  IPTC: {
    of: (image) => hex(image.metadata.iptc) ?? (image.format === 'jp2' && holds(image, told.iptc) ? hex(told.iptc) : null),
    said: /IPTC/,
  },
  resolution: {
    of: (image) => image.metadata.resolution ? perInch(image.metadata.resolution) : image.format === 'jp2' && holds(image, 'resc') ? perInch(told.resolution) : null, // prettier-ignore
    said: /resolution/,
  },
  'file dates': { of: ({ path }) => String(Math.round(statSync(path).mtimeMs)), said: /date/ },
  opacity: { of: ({ raster }) => there(raster.hasAlpha), said: /transparen/ },
  'colours multiplied by opacity': {
    of: ({ notices }) => there(notices.some(({ text }) => text.includes('multiplied by their opacity'))),
    like: ({ raster }) => there(raster.hasAlpha),
    said: /multiplied by their opacity|transparen/,
  },
  'extra samples': {
    of: ({ extra }) => (extra ? JSON.stringify([extra.kinds, hex(new Uint8Array(extra.planes[0]!.buffer))]) : null), // prettier-ignore
    said: /per pixel/,
  },
  'gain map': {
    of: (image) => there(image.metadata.attachments?.some(isOfGainMap)) ?? holds(image, 'jhgm') ?? holds(image, 'tmap'), // prettier-ignore
    said: /gain map/,
  },
  'depth map in XMP': { of: (image) => holds(image, 'GDepth:Data'), said: /depth map/ },
  paths: { of: ({ metadata }) => there(metadata.photoshop?.names().includes('paths of Photoshop')), said: /paths/ },
  guides: { of: ({ metadata }) => there(metadata.photoshop?.names().includes('guides of Photoshop')), said: /guides/ },
  'smaller versions': { of: ({ notices }) => there(notices.some(({ text }) => text.includes('smaller versions'))), said: /smaller versions/ },
  'comments, text': {
    of: (image) => holds(image, '\xff\xfe\0\x04hi') ?? holds(image, 'tEXtTitle') ?? holds(image, '!\xfe\x02hi'), // prettier-ignore
    said: /text|comment/,
  },
  'data of other programs': { of: (image) => within(image, latin(survey)), said: /another program/ },
}; // prettier-ignore
