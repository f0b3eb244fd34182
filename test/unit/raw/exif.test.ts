/** Metadata of camera raw files, read from their own directories; files of makers other than DNG are made by hand. */
import { describe, expect, it } from 'vitest';
import { cameraRawKind } from '../../../app/pixels/camera-raw.ts';
import { parseExif, readCapture } from '../../../app/pixels/metadata/exif.ts';
import {
  bytesAsSource,
  concatBytes,
  findEntry,
  layOutDirectory,
  numberEntry,
  textEntry,
  tiffHeaderBytes,
  type NewEntry,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import { sniff } from '../../../app/pixels/sniff.ts';
import { readRawMetadata } from '../../../app/raw/exif.ts';
import { readRawLayout } from '../../../app/raw/layout.ts';
import { makeDng } from './make-dng.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const number = (tag: number, type: 3 | 4, ...values: number[]): NewEntry =>
  numberEntry(tag, type, values, true);
const image = [textEntry(271, 'Maker'), textEntry(272, 'One'), number(274, 3, 6)];
const exif = [number(34855, 3, 1600)];
const withExif = [...image, { tag: 34665, type: 4, count: 1, value: exif }];
const tiff = (entries: readonly NewEntry[]): Uint8Array =>
  concatBytes([tiffHeaderBytes(true, 8), layOutDirectory(entries, 8, true)]);
const jpegWith = (blob: Uint8Array): Uint8Array => {
  const body = concatBytes([ascii('Exif\0\0'), blob]);
  const length = body.length + 2;
  return concatBytes([
    Uint8Array.of(0xff, 0xd8, 0xff, 0xe1, length >> 8, length & 255),
    body,
    Uint8Array.of(0xff, 0xda),
  ]);
};
const u32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
};
const box = (type: string, ...parts: Uint8Array[]): Uint8Array => {
  const body = concatBytes(parts);
  return concatBytes([u32(body.length + 8), ascii(type), body]);
};
const magic = (blob: Uint8Array, two: string): Uint8Array => {
  const changed = Uint8Array.from(blob);
  changed.set(ascii(two), 2);
  return changed;
};
const raf = (): Uint8Array => {
  const jpeg = jpegWith(tiff(withExif));
  const head = new Uint8Array(100);
  head.set(ascii('FUJIFILMCCD-RAW '));
  head.set(u32(100), 84);
  head.set(u32(jpeg.length), 88);
  return concatBytes([head, jpeg]);
};
const preview = jpegWith(tiff(withExif));

const files: Record<string, Uint8Array> = {
  ORF: magic(tiff(withExif), 'RO'),
  RW2: magic(
    tiff([
      textEntry(271, 'Panasonic'),
      { tag: 46, type: 7, count: preview.length, value: preview },
    ]),
    'U\0',
  ),
  RAF: raf(),
  CR3: concatBytes([
    box('ftyp', ascii('crx '), u32(1), ascii('crx isom')),
    box('moov', box('uuid', new Uint8Array(16), box('CMT1', tiff(image)), box('CMT2', tiff(exif)))),
  ]),
  NEF: tiff([
    ...withExif,
    number(254, 4, 1),
    { tag: 330, type: 4, count: 1, value: [number(262, 3, 32803)] },
  ]),
};

describe.each(Object.entries(files))('%s', (name, bytes) => {
  it('is known for a raw file by its bytes', async () => {
    const found = sniff(bytes);
    if (name === 'NEF') expect(await cameraRawKind(bytesAsSource(bytes))).toBe('raw');
    else expect(found).toEqual({ kind: 'image', format: 'raw' });
  });

  it('hands on camera, ISO and orientation', async () => {
    const found = await readRawMetadata(bytesAsSource(bytes));
    expect(found.orientation).toBe(6);
    expect(await readCapture(found.exif)).toEqual({ camera: 'Maker One', iso: 1600 });
  });
});

it('an ordinary TIFF of a camera, or one with a smaller first page, is no raw file', async () => {
  for (const entries of [withExif, [number(254, 4, 1), number(262, 3, 2)]])
    expect(await cameraRawKind(bytesAsSource(tiff(entries)))).toBe(null);
});

describe('DNG', () => {
  const dng = makeDng({
    width: 4,
    height: 2,
    samples: new Uint16Array(8),
    iso: 400,
    black: [1, 2, 3, 4.5],
    activeArea: [0, 1, 2, 4],
    defaultCrop: [1, 0, 2, 2],
  });

  it('leaves the tags of its samples behind: a result is no DNG', async () => {
    const { exif: blob } = await readRawMetadata(bytesAsSource(dng));
    const structure = await parseExif(blob!);
    for (const tag of [50706, 50721, 50728, 33422])
      expect(findEntry(structure!.image, tag)).toBe(undefined);
    expect(await readCapture(blob)).toEqual({ camera: 'Test Synth', iso: 400 });
  });

  it('says where its picture lies and what black is', async () => {
    expect(await readRawLayout(bytesAsSource(dng))).toMatchObject({
      blackLevel: [1, 2, 3, 4.5],
      blackRepeat: { rows: 2, columns: 2 },
      crop: { x: 2, y: 0, width: 2, height: 2 },
      whole: true,
    });
    const cut = Uint8Array.from(dng);
    // The last strip's length, made longer than the file.
    const at = dng.findIndex((_, i) => dng[i] === 23 && dng[i + 1] === 1 && dng[i + 2] === 4);
    new DataView(cut.buffer).setUint32(at + 8, 1e6, true);
    expect((await readRawLayout(bytesAsSource(cut)))?.whole).toBe(false);
  });
});
