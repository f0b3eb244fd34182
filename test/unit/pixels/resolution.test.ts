/** Pixels per length: both axes, their unit, ratios without one, nothing made up; in every format. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatsFor, type OutputFormat } from '../../../app/contract/index.ts';
import { decodeImage, type Resolution } from '../../../app/pixels/index.ts';
import { exifResolution } from '../../../app/pixels/metadata/exif.ts';
import {
  believed,
  jfifDensity,
  pngPhysical,
  resolutionEntries,
} from '../../../app/pixels/metadata/resolution.ts';
import {
  bytesAsSource,
  layOutDirectory,
  parseTiffHeader,
  readDirectory,
  textEntry,
  tiffHeaderBytes,
  concatBytes,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import { noLatentMetadata, type LatentMetadata } from '../../../app/latent/container/types.ts';
import { metadataChunks, readMetadata } from '../../../app/latent/container/metadata.ts';
import {
  cameraExif,
  imageOf,
  noiseRaster,
  requestFor,
  scratchFolder,
  writeWhole,
} from './support.ts';

const folder = scratchFolder();
const raster = noiseRaster({ width: 12, height: 8, channels: 3, sampleType: 'uint8' });
let files = 0;

/** What another program would read: the file is written, and read again. */
async function written(
  format: OutputFormat,
  resolution: Resolution | null,
  more: { exif?: Uint8Array; orientation?: number } = {},
): Promise<{ path: string; resolution: Resolution | null; notices: string[] }> {
  const path = join(folder, `${files++}.${format}`);
  const from = imageOf(raster, { resolution, ...more });
  const { notices } = await writeWhole(requestFor(path, format, from));
  const { metadata } = await decodeImage({ path });
  return { path, resolution: metadata.resolution, notices: notices.map(({ text }) => text) };
}

const inch = (x: number, y = x): Resolution => ({ x, y, unit: 'inch' });
const perInch = ({ x, y, unit }: Resolution): number[] =>
  [x, y].map((value) => value * { inch: 1, centimetre: 2.54, metre: 0.0254, none: NaN }[unit]);

describe.each(formatsFor(null))('%s', (format) => {
  it.each([inch(300), inch(204, 98), inch(72), { x: 118, y: 59, unit: 'centimetre' } as const])(
    'keeps both axes of %o',
    async (resolution) => {
      const back = await written(format, resolution);
      expect(back.notices).toEqual([]);
      const [x, y] = perInch(back.resolution!);
      const [wantedX, wantedY] = perInch(resolution);
      expect(x).toBeCloseTo(wantedX!, 1);
      expect(y).toBeCloseTo(wantedY!, 1);
      if (format !== 'png') expect(back.resolution).toEqual(resolution);
    },
  );

  it('makes none up', async () => {
    expect((await written(format, null)).resolution).toBeNull();
    const exif = concatBytes([
      tiffHeaderBytes(true, 8),
      layOutDirectory([textEntry(0x10e, 'no resolution')], 8, true),
    ]);
    expect((await written(format, null, { exif })).resolution).toBeNull();
  });

  it.each([
    { x: 3, y: 3, unit: 'none' },
    { x: 2, y: 1, unit: 'none' },
    { x: 4, y: 3, unit: 'none' },
  ] as const)('keeps the ratio without a unit %o', async (resolution) => {
    expect((await written(format, resolution)).resolution).toEqual(resolution);
  });

  it('keeps what its own field can not say exactly', async () => {
    const fine = { x: 9.4488, y: 12.3456, unit: 'none' } as const;
    expect((await written(format, fine)).resolution).toEqual(fine);
    const odd = inch(299.72, 150.5);
    const { resolution } = await written(format, odd);
    expect(perInch(resolution!)[0]).toBeCloseTo(299.72, 2);
    expect(perInch(resolution!)[1]).toBeCloseTo(150.5, 2);
  });

  it('turns the axes with the pixels', async () => {
    const back = await written(format, inch(204, 98), { orientation: 6 });
    const [x, y] = perInch(back.resolution!);
    expect(x).toBeCloseTo(98, 1);
    expect(y).toBeCloseTo(204, 1);
    const upsideDown = await written(format, inch(204, 98), { orientation: 3 });
    expect(perInch(upsideDown.resolution!)[0]).toBeCloseTo(204, 1);
  });
});

it('the picture of a handed EXIF says what the container says, not what EXIF said before', async () => {
  const exif = concatBytes([
    tiffHeaderBytes(false, 8),
    layOutDirectory([textEntry(0x10e, 'x'), ...resolutionEntries(inch(72), false)], 8, false),
  ]);
  for (const format of ['webp', 'avif'] as const) {
    const { path } = await written(format, inch(300, 200), { exif });
    expect(await exifResolution((await decodeImage({ path })).metadata.exif)).toEqual(
      inch(300, 200),
    );
  }
});

it('EXIF of a camera keeps all else when a resolution joins it', async () => {
  const { path } = await written('webp', inch(240, 120), {
    exif: cameraExif({ littleEndian: false, orientation: 1 }),
  });
  expect((await decodeImage({ path })).metadata).toMatchObject({
    ...{ camera: 'Canon EOS R6', iso: 6400, resolution: inch(240, 120) },
  });
});

it('PNG without pHYs gets none, and TIFF says that it knows none', async () => {
  const png = await written('png', null);
  expect(readFileSync(png.path).includes('pHYs')).toBe(false);
  const tiff = readFileSync((await written('tiff', null)).path);
  const header = parseTiffHeader(tiff)!;
  const directory = (await readDirectory(bytesAsSource(tiff), header, header.firstDirectory))!;
  const value = (tag: number): string =>
    Buffer.from(directory.entries.find((entry) => entry.tag === tag)!.value).toString('hex');
  expect([282, 283, 296].map(value)).toEqual(['0100000001000000', '0100000001000000', '0100']);
});

it('a GIF with wide pixels becomes a ratio', async () => {
  // One pixel; byte 12 is the ratio: (113 + 15) / 64 = 2, twice as wide as high.
  const gif = Buffer.from(
    '47494638396101000100800071000000ffffff2c00000000010001000002024401003b',
    'hex',
  );
  const path = join(folder, 'wide.gif');
  writeFileSync(path, gif);
  expect((await decodeImage({ path })).metadata.resolution).toEqual({
    x: 64,
    y: 128,
    unit: 'none',
  });
});

describe('statements of one file', () => {
  it('that agree are told in the exact words', () => {
    expect(believed(inch(300), inch(299.72))).toEqual(inch(299.72));
    expect(believed(inch(300), inch(72))).toEqual(inch(300));
    expect(believed(null, null, inch(72))).toEqual(inch(72));
    expect(believed({ x: 1, y: 2, unit: 'none' }, inch(72))).toMatchObject({ unit: 'none' });
  });

  it('become whole numbers', () => {
    expect(jfifDensity({ x: 11811, y: 11811, unit: 'metre' })).toMatchObject({ x: 300, unit: 1 });
    expect(jfifDensity({ x: 80_000, y: 40_000, unit: 'inch' })).toMatchObject({
      unit: 2,
      exact: false,
    });
    expect(pngPhysical(inch(96))).toEqual({ x: 3780, y: 3780, unit: 1, exact: true });
  });
});

it.each([
  inch(300),
  inch(204, 98),
  { x: 3, y: 3, unit: 'none' } as const,
  { x: 11811, y: 5905, unit: 'metre' } as const,
  null,
])('a latent file keeps %o', (resolution) => {
  const metadata: LatentMetadata = { ...noLatentMetadata, resolution };
  const chunks = metadataChunks(metadata);
  expect(readMetadata('a.hgl', chunks)).toEqual({ metadata, notices: [] });
});

describe('the shape of pixels that an AVIF states (pasp)', () => {
  const wide = Buffer.from(
    'AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUEAAAEDbWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxpYmF2aWYAAAAADnBp' +
      'dG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABKwAAAB0AAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAe2lwcnAAAABb' +
      'aXBjbwAAABRpc3BlAAAAAAAAAAgAAAAIAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgSAAAAAAABNjb2xybmNseAABAA0ABoAAAAAQcGFzcAAAAAIAAAABAAAA' +
      'GGlwbWEAAAAAAAAAAQABBQECgwQFAAAAJW1kYXQSAAoIOAi/YQENBpAyDxZABhhhhAAAeKeRQpClXA==',
    'base64',
  );
  const turned = Buffer.from(
    'AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUEAAAENbWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxpYmF2aWYAAAAADnBp' +
      'dG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABNQAAAB0AAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAhWlwcnAAAABk' +
      'aXBjbwAAABRpc3BlAAAAAAAAAAgAAAAIAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgSAAAAAAABNjb2xybmNseAABAA0ABoAAAAAQcGFzcAAAAAIAAAABAAAA' +
      'CWlyb3QBAAAAGWlwbWEAAAAAAAAAAQABBgECgwQFhgAAACVtZGF0EgAKCDgIv2EBDQaQMg8WQAYYYYQAAHinkUKQpVw=',
    'base64',
  );
  const shaped = (avif: Buffer, x: number, y: number): Buffer => {
    const bytes = Buffer.from(avif);
    const at = bytes.indexOf('pasp') + 4;
    bytes.writeUInt32BE(x, at);
    bytes.writeUInt32BE(y, at + 4);
    return bytes;
  };
  const read = async (avif: Buffer) => {
    const path = join(folder, `${files++}.avif`);
    writeFileSync(path, avif);
    return decodeImage({ path });
  };

  it.each([
    ['twice as wide as tall: half as many across', wide, { x: 1, y: 2, unit: 'none' }],
    ['of video, 12 to 11', shaped(wide, 12, 11), { x: 11, y: 12, unit: 'none' }],
    ['turned with the picture by a quarter', turned, { x: 2, y: 1, unit: 'none' }],
    ['square: nothing is said', shaped(wide, 3, 3), null],
    ['nonsense: nothing is said', shaped(wide, 0, 5), null],
  ] as const)('%s', async (_, avif, resolution) => {
    expect((await read(avif)).metadata.resolution).toEqual(resolution);
  });

  it.each(['avif', 'png', 'tiff', 'jpeg'] as const)('is kept in %s', async (format) => {
    const path = join(folder, `${files++}.${format}`);
    const { notices } = await writeWhole(requestFor(path, format, await read(wide)));
    const { metadata } = await decodeImage({ path });
    const { x, y, unit } = metadata.resolution!;
    expect([y / x, unit, notices]).toEqual([2, 'none', []]);
  });
});
