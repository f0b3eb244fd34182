/** Small real images, profiles and EXIF blobs for the tests of `app/pixels`, made on the spot. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { OutputFormat } from '../../../app/contract/index.ts';
import {
  allocateSamples,
  createWriter,
  type DecodedImage,
  type ImageMetadata,
  type Raster,
  type SampleType,
  type WriteRequest,
} from '../../../app/pixels/index.ts';
import {
  concatBytes,
  layOutDirectory,
  numberEntry,
  textEntry,
  tiffHeaderBytes,
  type NewEntry,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import { uniform } from '../../random.ts';

/** A folder of this test file, removed afterwards. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pixels-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Random samples over the whole range; floats also outside of [0,1]. */
export function noiseRaster(options: {
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
  sampleType: SampleType;
  seed?: number;
}): Raster {
  const { width, height, channels, sampleType, seed = 1 } = options;
  const next = uniform(seed);
  const data = allocateSamples(sampleType, width * height * channels);
  for (let i = 0; i < data.length; i++)
    data[i] =
      sampleType === 'uint8'
        ? Math.floor(next() * 256)
        : sampleType === 'uint16'
          ? Math.floor(next() * 65536)
          : next() * 3 - 1;
  return { width, height, channels, hasAlpha: channels === 2 || channels === 4, sampleType, data };
}

export const noMetadata: ImageMetadata = {
  icc: null,
  profileName: null,
  exif: null,
  xmp: null,
  iptc: null,
  resolution: null,
  orientation: 1,
  camera: null,
  iso: null,
  accessedMs: Date.UTC(2019, 4, 6, 7, 8, 9),
  modifiedMs: Date.UTC(2018, 2, 3, 4, 5, 6),
};

export const imageOf = (
  raster: Raster,
  metadata: Partial<ImageMetadata> = {},
  path = '/nowhere/source.tif',
): DecodedImage => ({
  path,
  format: 'tiff',
  bytes: 0,
  raster,
  metadata: { ...noMetadata, ...metadata },
  notices: [],
});

export const requestFor = (
  path: string,
  format: OutputFormat,
  from: DecodedImage,
  changes: Partial<WriteRequest> = {},
): WriteRequest => ({
  path,
  format,
  sampleType: from.raster.sampleType,
  quality: 95,
  overwrite: false,
  width: from.raster.width,
  height: from.raster.height,
  channels: from.raster.channels,
  hasAlpha: from.raster.hasAlpha,
  from,
  mark: { software: 'Hourglass 9.9.9', action: 'test <model> & more' },
  ...changes,
});

/** Writes a whole raster in uneven pieces of rows. */
export async function writeWhole(
  request: WriteRequest,
): ReturnType<Awaited<ReturnType<typeof createWriter>>['finish']> {
  const writer = await createWriter(request);
  const { raster } = request.from;
  if (!('data' in raster)) throw new Error('These pixels are not in memory.');
  const rowSamples = raster.width * raster.channels;
  for (let y = 0, rows = 1; y < raster.height; y += rows, rows = Math.min(rows * 2 + 1, 64)) {
    const some = Math.min(rows, raster.height - y);
    await writer.writeRows(raster.data.subarray(y * rowSamples, (y + some) * rowSamples), some);
  }
  return writer.finish(new AbortController().signal);
}

const s15 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, Math.round(value * 65536));
  return bytes;
};
const u32 = (...values: number[]): Uint8Array => {
  const bytes = new Uint8Array(values.length * 4);
  values.forEach((value, index) => new DataView(bytes.buffer).setUint32(index * 4, value));
  return bytes;
};
const latin = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

function assembleProfile(
  space: 'RGB ' | 'GRAY',
  pcs: 'XYZ ' | 'Lab ',
  tags: Record<string, Uint8Array>,
): Uint8Array {
  const header = new Uint8Array(128);
  header.set(u32(0x02400000), 8);
  header.set(latin('mntr'), 12);
  header.set(latin(space), 16);
  header.set(latin(pcs), 20);
  header.set(latin('acsp'), 36);
  header.set(concatBytes([s15(0.9642), s15(1), s15(0.8249)]), 68);
  const names = Object.keys(tags);
  let at = 132 + names.length * 12;
  const table: Uint8Array[] = [u32(names.length)];
  const bodies: Uint8Array[] = [];
  for (const name of names) {
    const body = tags[name]!;
    const padded = concatBytes([body, new Uint8Array((4 - (body.length % 4)) % 4)]);
    table.push(latin(name), u32(at, body.length));
    bodies.push(padded);
    at += padded.length;
  }
  const whole = concatBytes([header, ...table, ...bodies]);
  whole.set(u32(whole.length), 0);
  return whole;
}

const description = (name: string): Uint8Array =>
  concatBytes([latin('desc'), u32(0, name.length + 1), latin(`${name}\0`), new Uint8Array(78)]);
const gammaCurve = (gamma: number): Uint8Array =>
  concatBytes([
    latin('curv'),
    u32(0, 1),
    new Uint8Array([Math.floor(gamma), Math.round((gamma % 1) * 256)]),
  ]);
const xyz = (values: readonly number[]): Uint8Array =>
  concatBytes([latin('XYZ '), u32(0), ...values.map(s15)]);

/** Columns: red, green, blue in XYZ D50. */
export const primaries = {
  srgb: [0.4361, 0.2225, 0.0139, 0.3851, 0.7169, 0.0971, 0.1431, 0.0606, 0.7141],
  displayP3: [0.5151, 0.2412, -0.0011, 0.292, 0.6922, 0.0419, 0.1571, 0.0666, 0.7841],
  proPhoto: [0.7977, 0.288, 0, 0.1352, 0.7119, 0, 0.0313, 0.0001, 0.8249],
} as const;

/** The ICC tone curve of sRGB, as v4's parametric curve of type 3. */
const srgbCurve = concatBytes([
  latin('para'),
  u32(0),
  new Uint8Array([0, 3, 0, 0]),
  ...[2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045].map(s15),
]);

/** A curve-and-matrix profile; gamma null: the curve of sRGB. */
export function rgbProfile(
  name: string,
  columns: readonly number[],
  gamma: number | null,
): Uint8Array {
  const curve = gamma === null ? srgbCurve : gammaCurve(gamma);
  return assembleProfile('RGB ', 'XYZ ', {
    desc: description(name),
    cprt: concatBytes([latin('text'), u32(0), latin('CC0\0')]),
    wtpt: xyz([0.9642, 1, 0.8249]),
    rXYZ: xyz(columns.slice(0, 3)),
    gXYZ: xyz(columns.slice(3, 6)),
    bXYZ: xyz(columns.slice(6, 9)),
    rTRC: curve,
    gTRC: curve,
    bTRC: curve,
  });
}

export const grayProfile = (name: string, gamma: number): Uint8Array =>
  assembleProfile('GRAY', 'XYZ ', {
    desc: description(name),
    cprt: concatBytes([latin('text'), u32(0), latin('CC0\0')]),
    wtpt: xyz([0.9642, 1, 0.8249]),
    kTRC: gammaCurve(gamma),
  });

/** A profile with a lookup table (lut16Type): gray-ish pastel of its input, so that nothing clips. */
export function lutProfile(name: string): Uint8Array {
  const grid = 9;
  const u16 = (values: readonly number[]): Uint8Array => {
    const bytes = new Uint8Array(values.length * 2);
    values.forEach((value, index) =>
      new DataView(bytes.buffer).setUint16(index * 2, Math.round(value)),
    );
    return bytes;
  };
  const nodes: number[] = [];
  for (let r = 0; r < grid; r++)
    for (let g = 0; g < grid; g++)
      for (let b = 0; b < grid; b++) {
        const [x, y, z] = [r, g, b].map((value) => value / (grid - 1)) as [number, number, number];
        const lightness = 20 + 70 * (0.3 * x + 0.5 * y + 0.2 * z);
        // lut16Type Lab of version 2: L 0..100 is 0..65280, a and b are offset by 128 (ICC.1:2001-04, 6.5.9).
        nodes.push(
          (lightness / 100) * 65280,
          (20 * (x - y) + 128) * 256,
          (20 * (y - z) + 128) * 256,
        );
      }
  const lut = concatBytes([
    latin('mft2'),
    u32(0),
    new Uint8Array([3, 3, grid, 0]),
    ...[1, 0, 0, 0, 1, 0, 0, 0, 1].map(s15),
    u16([2, 2]),
    ...[0, 1, 2].map(() => u16([0, 65535])),
    u16(nodes),
    ...[0, 1, 2].map(() => u16([0, 65535])),
  ]);
  return assembleProfile('RGB ', 'Lab ', {
    desc: description(name),
    cprt: concatBytes([latin('text'), u32(0), latin('CC0\0')]),
    wtpt: xyz([0.9642, 1, 0.8249]),
    A2B0: lut,
  });
}

/** Bytes that stand for a thumbnail: a JPEG signature and a pattern to search for. */
export const thumbnailBytes = concatBytes([
  new Uint8Array([0xff, 0xd8, 0xff, 0xdb]),
  new Uint8Array(500).fill(0xa7),
]);
export const makerNoteBytes = Uint8Array.from({ length: 300 }, (_, index) => (index * 37) & 0xff);

/** EXIF as a camera writes it: descriptive tags, Exif with maker note, GPS, and a thumbnail. */
export function cameraExif(options: {
  littleEndian: boolean;
  orientation: number;
  software?: string;
  width?: number;
  height?: number;
}): Uint8Array {
  const { littleEndian: little, orientation, software, width = 640, height = 480 } = options;
  const number = (tag: number, type: 3 | 4, value: number): NewEntry =>
    numberEntry(tag, type, [value], little);
  const entries: NewEntry[] = [
    textEntry(0x010f, 'Canon'),
    textEntry(0x0110, 'Canon EOS R6'),
    number(0x0112, 3, orientation),
    ...(software === undefined ? [] : [textEntry(0x0131, software)]),
    textEntry(0x0132, '2024:05:06 07:08:09'),
    textEntry(0x8298, 'Somebody'),
    {
      tag: 0x8769,
      type: 4,
      count: 1,
      value: [
        number(0x8827, 3, 6400),
        textEntry(0x9003, '2024:05:06 07:08:09'),
        { tag: 0x927c, type: 7, count: makerNoteBytes.length, value: makerNoteBytes },
        number(0xa002, 4, width),
        number(0xa003, 4, height),
      ],
    },
    { tag: 0x8825, type: 4, count: 1, value: [textEntry(1, 'N')] },
  ];
  const main = layOutDirectory(entries, 8, little);
  const thumbnailAt = 8 + main.length;
  const probe = layOutDirectory(
    [number(0x0103, 3, 6), number(0x0201, 4, 0), number(0x0202, 4, thumbnailBytes.length)],
    thumbnailAt,
    little,
  );
  const thumbnail = layOutDirectory(
    [
      number(0x0103, 3, 6),
      number(0x0201, 4, thumbnailAt + probe.length),
      number(0x0202, 4, thumbnailBytes.length),
    ],
    thumbnailAt,
    little,
  );
  const count = new DataView(main.buffer).getUint16(0, little);
  new DataView(main.buffer).setUint32(2 + count * 12, thumbnailAt, little);
  return concatBytes([tiffHeaderBytes(little, 8), main, thumbnail, thumbnailBytes]);
}

/** Index of a pattern in bytes, -1: nowhere. */
export const indexOfBytes = (bytes: Uint8Array, pattern: Uint8Array): number =>
  Buffer.from(bytes).indexOf(pattern);
