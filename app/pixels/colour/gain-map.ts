/**
 * HDR gain maps of JPEG files (Ultra HDR 1.1, ISO 21496-1, Apple's): a second picture behind the first that says how much brighter each
 * place is on an HDR screen. It is a map of the scene, so that it goes on beside a cleaned picture that is not turned, byte for byte; the index
 * of the file's pictures is made anew.
 */
import type { Attachment } from '../metadata/beside.ts';
import { say } from '../metadata/sentences.ts';

/** As XMP's directory of pictures calls it. */
export const GAIN_MAP = 'GainMap';

/** Payload of the APP2 segment in which the first picture says that there is a map (ISO 21496-1, annex C). */
export const isoGainMap = 'urn:iso:std:iso:ts:21496:-1\0';

/** @param head the first kilobytes of a picture behind another */
export const isGainMap = (head: string): boolean => /hdr-?gain-?map|hdrgm:|ts:21496/i.test(head);

/** What goes on in a JPEG: whole segments of the first picture, and the map itself. */
export const gainMapAttachment = (place: 'head' | 'tail', bytes: Uint8Array): Attachment => ({
  ...{ format: 'jpeg', place, bytes, semantic: GAIN_MAP },
  what: () => say('gainMap'),
});

export const isOfGainMap = ({ semantic }: Attachment): boolean => semantic === GAIN_MAP;

/** Bytes of a whole MPF segment of `count` pictures. */
const indexBytes = (count: number): number => 4 + 4 + 8 + 2 + 3 * 12 + 4 + count * 16;

/**
 * The segment that lists the pictures of a file (MPF, CIPA DC-007-2009, 5.2).
 * @param at where it will begin in the file, bytes
 * @param first length of the first picture without this segment, bytes
 * @param further lengths of the pictures behind it, in their order, without gaps
 */
export function pictureIndex(at: number, first: number, further: readonly number[]): Uint8Array {
  const count = 1 + further.length;
  const size = indexBytes(count);
  const view = new DataView(new ArrayBuffer(size));
  view.setUint16(0, 0xffe2);
  view.setUint16(2, size - 2);
  view.setUint32(4, 0x4d50_4600); // "MPF" and 0
  const tiff = 8;
  view.setUint32(tiff, 0x4d4d_002a);
  view.setUint32(tiff + 4, 8);
  view.setUint16(tiff + 8, 3);
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [0xb000, 7, 4, 0x3031_3030], // MPFVersion "0100"
    [0xb001, 4, 1, count],
    [0xb002, 7, 16 * count, 8 + 2 + 3 * 12 + 4],
  ];
  entries.forEach(([tag, type, number, value], index) => {
    const entry = tiff + 10 + index * 12;
    view.setUint16(entry, tag);
    view.setUint16(entry + 2, type);
    view.setUint32(entry + 4, number);
    view.setUint32(entry + 8, value);
  });
  // Offsets count from the byte order mark of this segment; that of the first picture is 0.
  let place = first + size - (at + tiff);
  [first + size, ...further].forEach((length, index) => {
    const entry = tiff + 8 + 2 + 3 * 12 + 4 + index * 16;
    view.setUint32(entry, index === 0 ? 0x0003_0000 : 0); // Baseline MP Primary Image; undefined
    view.setUint32(entry + 4, length);
    view.setUint32(entry + 8, index === 0 ? 0 : place);
    if (index > 0) place += length;
  });
  return new Uint8Array(view.buffer);
}
