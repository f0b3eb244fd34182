/**
 * Files whose decoding would take more memory than there is, or far more than their size tells, are refused from their header.
 * What decoding really takes is measured by `npm run bench -- peak`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { usableMemory } from '../../../app/pixels/afford.ts';
import {
  createDocumentStore,
  decodeImage,
  defaultLimits,
  type DecodeLimits,
} from '../../../app/pixels/index.ts';
import { pngChunk } from '../../../app/pixels/metadata/png-chunks.ts';
import { readHeader } from '../../../app/pixels/header.ts';
import { identify } from '../../../app/pixels/identify.ts';
import { createThumbnail } from '../../../app/pixels/thumbnail.ts';
import {
  layOutDirectory,
  numberEntry,
  tiffHeaderBytes,
  concatBytes,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import { scratchFolder } from './support.ts';

const folder = scratchFolder();
let count = 0;
const saved = (bytes: Uint8Array, name = `file-${count++}`): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
type Limits = Partial<DecodeLimits>;
const limitsOf = (limits: Limits): DecodeLimits => ({
  ...defaultLimits,
  freeBytes: 64e9,
  ...limits,
});
/** Refusals come before any pixel is decoded: what is not refused here goes on to the decoder. */
async function look(bytes: Uint8Array, limits: Limits = {}, name?: string): Promise<unknown> {
  const path = saved(bytes, name);
  return readHeader(await identify(path), path, limitsOf(limits));
}
const open = (bytes: Uint8Array, limits: Limits = {}, name?: string) =>
  decodeImage({ path: saved(bytes, name), limits: limitsOf(limits) });
const problem = async (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { code: string; message: string; hint: string; details?: Record<string, unknown> }) =>
      error,
  );

const u32 = (value: number): number[] => [
  (value >>> 24) & 255,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
];

/** A lossless WebP of one colour (RFC 9649, section 3): 38 bytes whatever its size. */
function webpOf(width: number, height: number): Uint8Array {
  const bits = BigInt(width - 1) | (BigInt(height - 1) << 14n);
  const size = [0, 8, 16, 24].map((shift) => Number((bits >> BigInt(shift)) & 255n));
  const rest = [0x07, 0xd0, 0xff, 0xfe, 0xf7, 0xbf, 0xff, 0x81, 0x88, 0x88, 0xe8, 0x1f, 0];
  const data = [0x2f, ...size, ...rest];
  return Uint8Array.from([
    ...Buffer.from('RIFF'),
    30,
    0,
    0,
    0,
    ...Buffer.from('WEBPVP8L'),
    data.length,
    0,
    0,
    0,
    ...data,
  ]);
}

/** A JPEG's header and no scan data. @param sof its frame: 0xC0 baseline, 0xC2 progressive */
const jpegOf = (width: number, height: number, sof: number, inScan = 3): Uint8Array =>
  Uint8Array.from([
    ...[0xff, 0xd8, 0xff, sof, 0, 17, 8, height >> 8, height & 255, width >> 8, width & 255, 3],
    ...[1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0],
    ...[0xff, 0xda, 0, 6 + 2 * inScan, inScan],
    ...Array.from({ length: inScan }, (_, part) => [part + 1, 0]).flat(),
    ...[0, 63, 0, 0xff, 0xd9],
  ]);

/** Gray, with as many bytes as deflate would need at least: the header is believed up to there. */
function pngOf(
  width: number,
  height: number,
  changes: { bits?: number; interlace?: number } = {},
): Uint8Array {
  const { bits = 8, interlace = 0 } = changes;
  return concatBytes([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    pngChunk('IHDR', Uint8Array.from([...u32(width), ...u32(height), bits, 0, 0, 0, interlace])),
    pngChunk('IDAT', new Uint8Array(Math.ceil((width * height * bits) / 8 / 1000))),
    pngChunk('IEND', new Uint8Array(0)),
  ]);
}

const gifOf = (width: number, height: number, frames = 1): Uint8Array => {
  const words = (value: number): number[] => [value & 255, value >> 8];
  const frame = [0x2c, 0, 0, 0, 0, ...words(width), ...words(height), 0, 2, 2, 0x4c, 0x01, 0];
  return Uint8Array.from([
    ...Buffer.from('GIF89a'),
    ...[...words(width), ...words(height), 0x80, 0, 0, 0, 0, 0, 255, 255, 255],
    ...Array.from({ length: frames }, () => frame).flat(),
    0x3b,
  ]);
};

/** One page of one part, stored in a few bytes. */
function tiffOf(
  width: number,
  height: number,
  changes: { compression: number; tile?: number; bits?: number },
): Uint8Array {
  const { compression, tile, bits = 8 } = changes;
  const samples = bits === 1 ? 1 : 3;
  const short = (tag: number, ...values: number[]) => numberEntry(tag, 3, values, true);
  const long = (tag: number, ...values: number[]) => numberEntry(tag, 4, values, true);
  const each = Array.from({ length: samples }, () => bits);
  const parts = tile === undefined ? 1 : Math.ceil(width / tile) * Math.ceil(height / tile);
  const offsets = Array.from({ length: parts }, () => 8);
  const sizes = Array.from({ length: parts }, () => 8);
  const where =
    tile === undefined
      ? [long(273, ...offsets), long(278, height), long(279, ...sizes)]
      : [long(322, tile), long(323, tile), long(324, ...offsets), long(325, ...sizes)];
  const entries = [
    ...[long(256, width), long(257, height), short(258, ...each), short(259, compression)],
    ...[short(262, bits === 1 ? 1 : 2), short(277, samples), ...where],
  ];
  return concatBytes([
    tiffHeaderBytes(true, 16),
    new Uint8Array(8),
    layOutDirectory(entries, 16, true),
  ]);
}

/** An AVIF that is whole but small, which says in its header to be of another size. */
async function avifOf(width: number, height: number): Promise<Uint8Array> {
  const picture = sharp({ create: { width: 64, height: 64, channels: 3, background: 'gray' } });
  const bytes = Buffer.from(await picture.avif({ effort: 0 }).toBuffer());
  for (let at = bytes.indexOf('ispe'); at >= 0; at = bytes.indexOf('ispe', at + 4)) {
    bytes.writeUInt32BE(width, at + 8);
    bytes.writeUInt32BE(height, at + 12);
  }
  return bytes;
}

const avif = await avifOf(12000, 12000);

describe('out of all proportion to the file', () => {
  it.each([
    ['WebP of 38 bytes', webpOf(16383, 16383)],
    ['WebP, a third of it', webpOf(9000, 9000)],
    ['WebP, wide', webpOf(16383, 5000)],
    ['JPEG, header only', jpegOf(20000, 15000, 0xc0)],
    ['JPEG, progressive', jpegOf(12000, 9000, 0xc2)],
    ['JPEG, a scan for each colour', jpegOf(12000, 9000, 0xc0, 1)],
    ['GIF', gifOf(16000, 16000)],
    ['GIF of many frames', gifOf(15000, 15000, 50)],
    ['TIFF, one strip', tiffOf(18000, 18000, { compression: 5 })],
    ['TIFF, tiles', tiffOf(18000, 18000, { compression: 8, tile: 1024 })],
    ['TIFF, fax of 16 bits', tiffOf(15000, 15000, { compression: 8, bits: 16 })],
    ['AVIF', avif],
  ])('%s', async (name, bytes) => {
    const error = await problem(open(bytes, {}, name));
    expect(error).toMatchObject({
      code: 'image-too-large',
      hint: expect.stringContaining('--allow-memory') as unknown,
      details: { offer: 'allowMemory' },
    });
    expect(error!.message).toMatch(
      /^.+ \([\d.]+ (bytes|MB), \d+ × \d+ pixels\) would take \d+ MB of memory to decode, which is out of all proportion/,
    );
    expect(error!.message.startsWith(name)).toBe(true);
  });

  it('the strip makes no thumbnail of it', async () => {
    const path = saved(webpOf(16383, 16383));
    await expect(createThumbnail({ path })).rejects.toMatchObject({ code: 'image-too-large' });
  });
});

describe('more than is free', () => {
  it.each([
    ['PNG', pngOf(6000, 4000), 600e6, 60e6],
    ['PNG, interlaced', pngOf(12000, 10000, { interlace: 1 }), 600e6, 300e6],
    ['PNG of 16 bits', pngOf(12000, 10000, { bits: 16 }), 600e6, 300e6],
    ['JPEG', jpegOf(12000, 9000, 0xc0), 600e6, 300e6],
    ['WebP', webpOf(6000, 4000), 600e6, 400e6],
  ])('%s', async (_name, bytes, enough, tooLittle) => {
    const code = async (freeBytes: number) => (await problem(look(bytes, { freeBytes })))?.code;
    expect(await code(enough)).toBe(undefined);
    // What is little is tried with however little is free.
    expect(await code(tooLittle)).toBe(tooLittle < 100e6 ? undefined : 'image-too-large');
  });

  it('says how much that is', async () => {
    const error = await problem(open(jpegOf(12000, 9000, 0xc0), { freeBytes: 400e6 }, 'large.jpg'));
    expect(error!.message).toBe(
      'large.jpg (37 bytes, 12000 × 9000 pixels) would take 356 MB of memory to decode, more than is left for one picture: 300 MB of the 400 MB that are free.',
    );
  });
});

const blank = { create: { width: 6000, height: 4000, channels: 3, background: 'white' } } as const;
const fax = { compression: 'ccittfax4', bitdepth: 1 } as const;
const blankPng = await sharp(blank).png({ compressionLevel: 9 }).toBuffer();
const blankFax = await sharp(blank).toColourspace('b-w').tiff(fax).toBuffer();

describe('is decoded', () => {
  it('where a person allows it', async () => {
    const bytes = webpOf(16383, 16383);
    expect(await problem(look(bytes, { freeBytes: 1, allowMemory: true }))).toBe(null);
  });

  it.each([
    ['a blank WebP', webpOf(6000, 4000)],
    ['a blank PNG', blankPng],
    ['a blank fax', blankFax],
    ['a fax of 400 megapixels', tiffOf(20000, 20000, { compression: 4, bits: 1 })],
  ])('%s, though almost nothing is in its file', async (_name, bytes) => {
    expect(bytes.length).toBeLessThan(100_000);
    expect(await problem(look(bytes))).toBe(null);
  });
});

it('what a person allows for a file reaches the decoder, whoever asks it', async () => {
  const store = createDocumentStore({ maxBytes: 1e6 });
  const path = saved(jpegOf(12000, 9000, 0xc0, 1));
  const signal = new AbortController().signal;
  const request = { source: path, path, maxMegapixels: 400, signal };
  const code = (allowMemory: boolean) =>
    Promise.all(
      [
        store.open({ ...request, allowMemory }),
        store.sourceImage({ ...request, document: undefined, allowMemory }),
      ].map(async (work) => (await problem(work))?.code),
    );
  expect(await code(false)).toEqual(['image-too-large', 'image-too-large']);
  // There is nothing but a header.
  expect(await code(true)).toEqual(['damaged-image', 'damaged-image']);
});

describe('memory that is taken for free', () => {
  const facts = {
    total: 16e9,
    free: 6e9,
    constrained: undefined,
    available: 6e9,
    countsCaches: false,
  };
  it.each([
    ['the system’s word', {}, 6e9],
    ['no limit at all', { constrained: 18446744073709552000 }, 6e9],
    ['what a container has left', { constrained: 2e9, available: 1.5e9 }, 1.5e9],
    ['half of a container that is full of caches', { constrained: 2e9, available: 1e8 }, 1e9],
    ['no more than the machine has', { constrained: 15e9, available: 14e9 }, 6e9],
    ['half of a Mac', { countsCaches: true, free: 5e8 }, 8e9],
  ])('%s', (_name, changes, expected) => {
    expect(usableMemory({ ...facts, ...changes })).toBe(expected);
  });
});
