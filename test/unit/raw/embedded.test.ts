/** The camera's own picture in a raw file: found, upright, and never the sensor's samples. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { createCameraPreview } from '../../../app/pixels/camera-preview.ts';
import {
  bytesAsSource,
  concatBytes,
  layOutDirectory,
  numberEntry,
  tiffHeaderBytes,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import { findEmbedded } from '../../../app/raw/embedded.ts';
import { rawReader } from '../../../app/raw/reader.ts';
import { scratchFolder } from '../pixels/support.ts';
import { losslessJpeg } from './lossless-jpeg.ts';
import { makeDng, mosaicOf, scene, type DngRequest } from './make-dng.ts';

const folder = scratchFolder();
const readers = { dng: rawReader, raw: rawReader };
const size = { width: 48, height: 32 };
const samples = mosaicOf(scene(size.width, size.height), size);
let jpeg = new Uint8Array();
let count = 0;

const file = (bytes: Uint8Array, name = `${count++}.dng`): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const dng = (more: Partial<DngRequest> = {}): Uint8Array =>
  makeDng({ ...size, samples, preview: { width: 24, height: 16, jpeg }, ...more });

/** 24 × 16: red at the left above, green at the right above, blue below. */
beforeAll(async () => {
  const colours = Buffer.alloc(24 * 16 * 3);
  for (let at = 0; at < 24 * 16; at++)
    colours[3 * at + (at >= 24 * 8 ? 2 : at % 24 < 12 ? 0 : 1)] = 255;
  jpeg = await sharp(colours, { raw: { width: 24, height: 16, channels: 3 } })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
});

/** The strongest channel near each corner, from the left above, clockwise. */
async function corners(picture: Uint8Array): Promise<string> {
  const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const places = [[2, 2], [width - 3, 2], [width - 3, height - 3], [2, height - 3]] as const; // prettier-ignore
  const name = ([x, y]: readonly [number, number]): string => {
    const pixel = [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
    return 'RGB'[pixel.indexOf(Math.max(...pixel))]!;
  };
  return `${places.map(name).join('')} ${width}x${height}`;
}

describe('it stands upright as the developed picture does', () => {
  it.each([
    [1, 'RGBB 24x16'],
    [2, 'GRBB 24x16'],
    [3, 'BBRG 24x16'],
    [4, 'BBGR 24x16'],
    [5, 'RBBG 16x24'],
    [6, 'BRGB 16x24'],
    [7, 'BGRB 16x24'],
    [8, 'GBBR 16x24'],
  ] as const)('orientation %i', async (orientation, expected) => {
    const made = await createCameraPreview({ path: file(dng({ orientation })), readers });
    expect(await corners(made!)).toBe(expected);
  });
});

it('the largest of several is taken, wherever its directory hangs', async () => {
  const large = Uint8Array.from(
    await sharp({
      create: {
        width: 64,
        height: 48,
        channels: 3,
        background: 'red',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .jpeg({ quality: 100 })
      .toBuffer(),
  );
  // Two directories: one points to the small one as TIFF 6.0 did, the other holds the large one as a strip.
  const n = (tag: number, ...values: number[]) => numberEntry(tag, 4, values, true);
  const places = { small: 8, large: 8 + jpeg.length + (jpeg.length % 2) };
  const directoryAt = places.large + large.length + (large.length % 2);
  const strip = [n(259, 7), n(262, 6), n(273, places.large), n(279, large.length)];
  const bytes = concatBytes([
    tiffHeaderBytes(true, directoryAt),
    jpeg,
    new Uint8Array(jpeg.length % 2),
    large,
    new Uint8Array(large.length % 2),
    layOutDirectory(
      [{ tag: 330, type: 4, count: 1, value: strip }, n(513, places.small), n(514, jpeg.length)],
      directoryAt,
      true,
    ),
  ]);
  const found = await findEmbedded(bytesAsSource(bytes));
  expect(large.length).toBeGreaterThan(jpeg.length);
  expect(Buffer.from(found!.jpeg).equals(large)).toBe(true);
});

it('RAF: where its header says', async () => {
  const head = new Uint8Array(100);
  head.set(Buffer.from('FUJIFILMCCD-RAW '));
  const view = new DataView(head.buffer);
  view.setUint32(84, 100);
  view.setUint32(88, jpeg.length);
  const found = await findEmbedded(bytesAsSource(concatBytes([head, jpeg])));
  expect(Buffer.from(found!.jpeg).equals(jpeg)).toBe(true);
});

describe('in the maker’s places', () => {
  const u32 = (...values: number[]): Uint8Array => {
    const bytes = Buffer.alloc(4 * values.length);
    values.forEach((value, index) => bytes.writeUInt32BE(value, 4 * index));
    return bytes;
  };
  const box = (type: string, ...parts: Uint8Array[]): Uint8Array => {
    const body = concatBytes(parts);
    return concatBytes([u32(body.length + 8), Buffer.from(type), body]);
  };
  const preview = (length = jpeg.length): Uint8Array =>
    box('uuid', Buffer.from('eaf42b5e1c984b88b9fbb7dc406e4d16', 'hex'), u32(0, 1), box('PRVW', u32(0), Uint8Array.of(0, 1, 6, 84, 4, 56, 0, 1), u32(length), jpeg)); // prettier-ignore
  const cr3 = (...boxes: Uint8Array[]): Uint8Array =>
    concatBytes([box('ftyp', Buffer.from('crx \0\0\0\x01crx isom')), box('moov', box('free')), ...boxes]); // prettier-ignore
  const inside = async (bytes: Uint8Array): Promise<Buffer | null> => {
    const found = await findEmbedded(bytesAsSource(bytes));
    return found && Buffer.from(found.jpeg);
  };

  it('CR3: a box of Canon’s, before the samples', async () => {
    const other = box('uuid', Buffer.alloc(16, 7), u32(1, 2, 3));
    const bytes = cr3(other, preview(), box('mdat', u32(1, 2)));
    expect((await inside(bytes))!.equals(jpeg)).toBe(true);
  });

  it('CR3: not beyond that box, nor where it is cut off', async () => {
    expect((await inside(cr3(preview(4e9))))!.equals(jpeg)).toBe(true);
    expect(await inside(cr3(preview()).subarray(0, 200))).toBe(null);
    expect(await inside(cr3(box('mdat', u32(1))))).toBe(null);
  });

  /** A note of Olympus: its name and byte order, a directory, that of the camera's settings, the JPEG behind it. */
  const note = (name: string, start = 0): Uint8Array => {
    const long = (tag: number, value: number) => numberEntry(tag, 4, [value], true);
    const head = concatBytes([Buffer.from(name, 'latin1'), Uint8Array.of(3, 0)]);
    const directory = (at: number): Uint8Array =>
      layOutDirectory([{ tag: 0x2020, type: 4, count: 1, value: [long(0x101, at), long(0x102, jpeg.length)] }], head.length, true); // prettier-ignore
    const at = head.length + directory(0).length;
    return concatBytes([head, directory(start || at), jpeg]);
  };
  const orf = (makerNote: Uint8Array): Uint8Array => {
    const exif = [{ tag: 37500, type: 7, count: makerNote.length, value: makerNote }];
    const bytes = concatBytes([tiffHeaderBytes(true, 8), layOutDirectory([{ tag: 34665, type: 4, count: 1, value: exif }], 8, true)]); // prettier-ignore
    bytes.set(Buffer.from('RO'), 2);
    return bytes;
  };

  it.each(['OLYMPUS\0II', 'OM SYSTEM\0\0\0II'])('ORF: the note that begins %j', async (name) => {
    expect((await inside(orf(note(name))))!.equals(jpeg)).toBe(true);
  });

  it('ORF: none beyond the file, in another note, or in a damaged one', async () => {
    for (const bytes of [
      note('OLYMPUS\0II', 1e9),
      note('NIKON\0\0\0II'),
      note('OLYMPUS\0II').subarray(0, 30),
    ])
      // prettier-ignore
      expect(await inside(orf(bytes))).toBe(null);
  });
});

describe('there is none', () => {
  const none = async (bytes: Uint8Array): Promise<void> =>
    expect(await createCameraPreview({ path: file(bytes), readers })).toBe(null);

  it('in a file without one, whose samples are a JPEG', async () => {
    await none(makeDng({ ...size, samples }));
    const stored = losslessJpeg(samples, { ...size, components: 2 });
    await none(makeDng({ ...size, samples, compression: 7, stored }));
  });

  it('that can be read', async () => {
    const broken = Uint8Array.from(jpeg);
    broken.fill(0, Math.floor(jpeg.length / 3));
    await none(dng({ preview: { width: 24, height: 16, jpeg: broken } }));
    await none(
      dng({ preview: { width: 24, height: 16, jpeg: Uint8Array.of(255, 216, 255, 217) } }),
    );
  });

  it('within the file', async () => {
    const bytes = dng();
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    // The strip's length (tag 279) of the first directory.
    const at = view.getUint32(4, true);
    for (let entry = 0; entry < view.getUint16(at, true); entry++)
      if (view.getUint16(at + 2 + 12 * entry, true) === 279)
        view.setUint32(at + 2 + 12 * entry + 8, bytes.length, true);
    await none(bytes);
  });

  it('in what is no camera raw file', async () => {
    expect(await createCameraPreview({ path: file(jpeg, 'plain.jpg'), readers })).toBe(null);
  });
});
