/**
 * Writes libvips' own file format (`.v`), the door through which rows reach sharp without all of
 * them being in memory, with values and profile untouched: a 64-byte header, the pixels, then XML
 * with the profile as a base64 blob (libvips, libvips/iofuncs/vips.c). Handing pixels to sharp as
 * raw input instead would convert them whenever a profile is attached.
 */
import { endianness } from 'node:os';
import type { SampleType } from '../raster.ts';

export interface VipsLayout {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly sampleType: SampleType;
}

const bandFormat = { uint8: 0, uint16: 2, int16: 3, float32: 6 } as const;

/** libvips' interpretation of a layout, by number (VipsInterpretation) and by sharp's name. */
export function interpretation(layout: Pick<VipsLayout, 'channels' | 'sampleType'>): {
  number: number;
  name: 'b-w' | 'srgb' | 'grey16' | 'rgb16';
} {
  const gray = layout.channels <= 2;
  if (layout.sampleType === 'uint16')
    return gray ? { number: 26, name: 'grey16' } : { number: 25, name: 'rgb16' };
  return gray ? { number: 1, name: 'b-w' } : { number: 22, name: 'srgb' };
}

/**
 * The 64 bytes before the pixels, in this machine's byte order.
 * @param space default: that of such samples
 */
export function vipsHeader(layout: VipsLayout, space = interpretation(layout)): Uint8Array {
  const header = new Uint8Array(64);
  const view = new DataView(header.buffer);
  const little = endianness() === 'LE';
  header.set(little ? [0xb6, 0xa6, 0xf2, 0x08] : [0x08, 0xf2, 0xa6, 0xb6]);
  view.setInt32(4, layout.width, little);
  view.setInt32(8, layout.height, little);
  view.setInt32(12, layout.channels, little);
  view.setInt32(20, bandFormat[layout.sampleType], little);
  view.setInt32(28, space.number, little);
  // One pixel per millimetre, which nobody reads: what the file says of it is put in afterwards.
  view.setFloat32(32, 1, little);
  view.setFloat32(36, 1, little);
  return header;
}

/** The XML behind the pixels. */
export function vipsTrailer(blobs: Readonly<Record<string, Uint8Array | null>>): Uint8Array {
  const fields = Object.entries(blobs)
    .filter((entry): entry is [string, Uint8Array] => entry[1] !== null)
    .map(
      ([name, blob]) =>
        `<field type="VipsBlob" name="${name}">${Buffer.from(blob).toString('base64')}</field>`,
    );
  return new TextEncoder().encode(
    '<?xml version="1.0"?>\n<root xmlns="http://www.vips.ecs.soton.ac.uk/vips/8.18.7">' +
      `<header></header><meta>${fields.join('')}</meta></root>\n`,
  );
}
