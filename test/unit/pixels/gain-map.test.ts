/** HDR gain maps of JPEG files go on beside a picture that is not turned, byte for byte, and are named where they do not. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../app/pixels/index.ts';
import type { OutputFormat } from '../../../app/contract/index.ts';
import {
  concatBytes,
  layOutDirectory,
  numberEntry,
  tiffHeaderBytes,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import { requestFor, scratchFolder, writeWhole } from './support.ts';

const folder = scratchFolder();
const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const segment = (marker: number, ...parts: Uint8Array[]): Uint8Array => {
  const payload = concatBytes(parts);
  return concatBytes([
    Uint8Array.of(0xff, marker, (payload.length + 2) >> 8, (payload.length + 2) & 255),
    payload,
  ]);
};
const iso = (...more: number[]): Uint8Array =>
  segment(0xe2, latin('urn:iso:std:iso:ts:21496:-1\0'), Uint8Array.of(0, 0, 0, 0, ...more));
const xmp = (inside: string): Uint8Array =>
  segment(
    0xe1,
    latin('http://ns.adobe.com/xap/1.0/\0'),
    latin(
      `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${inside}</rdf:RDF></x:xmpmeta>`,
    ),
  );
const google = (length: number): Uint8Array =>
  xmp(
    `<rdf:Description rdf:about="" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/" hdrgm:Version="1.0"><Container:Directory><rdf:Seq><rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="Primary" Item:Mime="image/jpeg"/></rdf:li><rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="GainMap" Item:Mime="image/jpeg" Item:Length="${length}"/></rdf:li></rdf:Seq></Container:Directory></rdf:Description>`,
  );
const orientation = (value: number): Uint8Array =>
  segment(
    0xe1,
    latin('Exif\0\0'),
    tiffHeaderBytes(true, 8),
    layOutDirectory([numberEntry(0x0112, 3, [value], true)], 8, true),
  );

const plain = async (
  width: number,
  height: number,
  segments: Uint8Array[],
): Promise<Uint8Array> => {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 7) % 251);
  const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 92 })
    .toBuffer();
  return concatBytes([bytes.subarray(0, 2), ...segments, bytes.subarray(2)]);
};
const isoMap = (): Promise<Uint8Array> => plain(16, 12, [iso(0x40, 0, 0, 0, 0)]);
const googleMap = (): Promise<Uint8Array> =>
  plain(16, 12, [
    xmp(
      '<rdf:Description rdf:about="" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" hdrgm:GainMapMax="2"/>',
    ),
  ]);
const appleMap = (): Promise<Uint8Array> =>
  plain(16, 12, [
    xmp(
      '<rdf:Description rdf:about="" xmlns:apdi="http://ns.apple.com/pixeldatainfo/1.0/" apdi:AuxiliaryImageType="urn:com:apple:photo:2020:aux:hdrgainmap"/>',
    ),
  ]);
const film = concatBytes([
  Uint8Array.of(0, 0, 0, 24),
  latin('ftypmp42'),
  new Uint8Array(12),
  latin('film'),
]);

let count = 0;
async function through(bytes: Uint8Array, format: OutputFormat) {
  const path = join(folder, `${count++}.jpg`);
  writeFileSync(path, bytes);
  const image = await decodeImage({ path });
  const out = join(folder, `out ${count}.${format}`);
  const { notices } = await writeWhole(requestFor(out, format, image));
  return {
    out,
    bytes: readFileSync(out),
    text: [...image.notices, ...notices].map(({ text }) => text).join(' '),
  };
}

/** What the index of the pictures says, read as MPF states it. */
function listed(bytes: Buffer): { at: number; length: number }[] {
  const tiff = bytes.indexOf('MPF\0') + 4;
  const entries = tiff + bytes.readUInt32BE(tiff + 10 + 2 * 12 + 8);
  return Array.from({ length: bytes.readUInt32BE(tiff + 10 + 12 + 8) }, (_, index) => {
    const offset = bytes.readUInt32BE(entries + index * 16 + 8);
    return {
      at: index === 0 ? 0 : tiff + offset,
      length: bytes.readUInt32BE(entries + index * 16 + 4),
    };
  });
}

describe('gain maps', () => {
  it.each([
    ['ISO 21496-1', isoMap, () => [iso()], new Uint8Array(0)],
    ['Ultra HDR by XMP', googleMap, (size: number) => [google(size)], new Uint8Array(0)],
    ['of a telephone that says it in the map alone', appleMap, () => [], new Uint8Array(0)],
    ['before the film of a motion photo', isoMap, () => [iso()], film],
  ])('%s: goes on, listed anew', async (_, make, segments, behind) => {
    const map = await make();
    const base = await plain(32, 24, segments(map.length));
    const { bytes, text } = await through(concatBytes([base, map, behind]), 'jpeg');
    expect(text).toBe('');
    const [first, second] = listed(bytes) as [
      { at: number; length: number },
      { at: number; length: number },
    ];
    expect(first.at + first.length).toBe(second.at);
    expect(bytes.subarray(second.at - 2, second.at)).toEqual(Buffer.from([0xff, 0xd9]));
    expect(bytes.subarray(second.at, second.at + second.length).equals(map)).toBe(true);
    expect(bytes.length).toBe(second.at + second.length + behind.length);
    for (const part of segments(map.length))
      if (part[1] === 0xe2)
        expect(bytes.subarray(0, first.length).includes(Buffer.from(part))).toBe(true);
      else {
        const head = bytes.subarray(0, first.length).toString('latin1');
        expect(head).toContain('hdrgm:Version="1.0"');
        expect(head).toContain(`Item:Length="${map.length}"`);
      }
    // The picture is read as any other, and goes on once more.
    const again = await through(bytes, 'jpeg');
    expect(listed(again.bytes)[1]!.length).toBe(map.length);
  });

  it.each([
    ['png', 1],
    ['tiff', 1],
    ['webp', 1],
    ['avif', 1],
    ['jpeg', 6],
  ] as const)('is named where it is left out: %s, orientation %i', async (format, turned) => {
    const map = await isoMap();
    const source = concatBytes([await plain(32, 24, [orientation(turned), iso()]), map]);
    const { bytes, text } = await through(source, format);
    expect(text).toMatch(/the HDR gain map/);
    expect(bytes.includes(Buffer.from(map))).toBe(false);
    expect(bytes.includes('21496')).toBe(false);
    expect(bytes.includes('MPF\0')).toBe(false);
  });

  it('is seen by another program', async ({ skip }) => {
    const map = await isoMap();
    const { out } = await through(concatBytes([await plain(32, 24, [iso()]), map]), 'jpeg');
    try {
      const told = execFileSync('exiftool', ['-b', '-MPImage2', out], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(told.equals(map)).toBe(true);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      skip('exiftool is not installed (libimage-exiftool-perl)');
    }
  });
});
