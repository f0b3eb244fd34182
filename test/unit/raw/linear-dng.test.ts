/**
 * Developed pictures written as linear DNG: what is in the file, what other programs read of it (Debian's `dcraw_emu` and exiftool,
 * where they are there), and what is refused. The raw thread must be built (`npm run build`).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWriter, decodeImage, type DecodedImage } from '../../../app/pixels/index.ts';
import {
  bytesAsSource,
  concatBytes,
  entryText,
  findEntry,
  layOutDirectory,
  numberEntry,
  parseTiffHeader,
  readDirectory,
  textEntry,
  tiffHeaderBytes,
  type NewEntry,
  type TiffDirectory,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import { createSharingWriter } from '../../../app/pixels/share/sharing-writer.ts';
import { encodingTable, prophotoOfCamera } from '../../../app/raw/colour.ts';
import { readDngTags } from '../../../app/raw/dng-tags.ts';
import { realNumbers } from '../../../app/raw/layout.ts';
import { cameraSpaceOf } from '../../../app/raw/linear-dng.ts';
import type { Development } from '../../../app/raw/protocol.ts';
import { rawReader } from '../../../app/raw/reader.ts';
import { debianTool } from '../../debian.ts';
import { imageOf, noiseRaster, requestFor, scratchFolder, writeWhole } from '../pixels/support.ts';
import { dcrawEmu, developByTool, differing, proPhoto } from './dcraw-emu.ts';
import { colorMatrix, linearOf, makeDng, mosaicOf, rational, scene, type DngRequest } from './make-dng.ts'; // prettier-ignore

const folder = scratchFolder();
const readers = { dng: rawReader, raw: rawReader };
const size = { width: 96, height: 64 };
const light = scene(size.width, size.height);
const exiftool = debianTool('exiftool', 'libimage-exiftool-perl');
let count = 0;

function file(request: Partial<DngRequest> = {}): string {
  const { pattern = [0, 1, 1, 2], neutral = [0.5, 1, 0.6] } = request;
  const samples = pattern ? mosaicOf(light, size, { pattern, neutral }) : linearOf(light, [...neutral]); // prettier-ignore
  const path = join(folder, `${count++}.dng`);
  writeFileSync(path, makeDng({ ...size, samples, ...request }));
  return path;
}

/** A file's picture, written as DNG without any change. */
async function written(path: string): Promise<{ from: DecodedImage; path: string; said: string }> {
  const from = await decodeImage({ path, readers });
  const to = join(folder, `${count++}.dng`);
  const { notices } = await writeWhole(requestFor(to, 'dng', from));
  return { from, path: to, said: notices.map(({ text }) => text).join(' ') };
}

const samplesOf = ({ raster }: DecodedImage): Uint16Array => raster.data as Uint16Array;

async function directoryOf(path: string): Promise<{ image: TiffDirectory; little: boolean }> {
  const source = bytesAsSource(readFileSync(path));
  const header = parseTiffHeader(await source.read(0, 16))!;
  const image = (await readDirectory(source, header, header.firstDirectory, 4096))!;
  return { image, little: header.littleEndian };
}

const neutrals = [[0.5, 1, 0.6], [1, 1, 1], [0.437, 1, 0.713], [1, 0.62, 0.4]] as const; // prettier-ignore

describe.skipIf(!dcrawEmu)('dcraw_emu', () => {
  it.each(neutrals)('develops a linear file as its original, white %f %f %f', async (...neutral) => {
    const path = file({ pattern: null, neutral });
    const made = await written(path);
    const expected = developByTool(path, proPhoto);
    const again = developByTool(made.path, proPhoto);
    expect([again.width, again.height]).toEqual([size.width, size.height]);
    const ours = await decodeImage({ path: made.path, readers });
    // A colour may have no equal within two steps of where it is looked for; another LibRaw may round once more.
    for (const [one, other] of [
      [samplesOf(ours), samplesOf(made.from)],
      [again.data, expected.data],
    ] as const) {
      const { percent, most } = differing(one, other);
      expect(percent).toBeLessThanOrEqual(neutral[0] === 0.5 ? 0 : 0.01);
      expect(most).toBeLessThanOrEqual(1);
    }
  }); // prettier-ignore

  it.each([1, 3, 6, 8])('reads a mosaic’s picture as we do, orientation %i', async (orientation) => {
    const made = await written(file({ orientation }));
    const tool = developByTool(made.path, proPhoto);
    const ours = await decodeImage({ path: made.path, readers });
    expect([tool.width, tool.height]).toEqual([ours.raster.width, ours.raster.height]);
    expect(differing(samplesOf(ours), tool.data)).toEqual({ percent: 0, most: 0 });
    // And both read what was shown, as near as whole numbers of the sensor come to it.
    const { most } = differing(samplesOf(made.from), tool.data);
    expect(most).toBeLessThan(400);
    const mean = samplesOf(made.from).reduce((sum, value, at) => sum + Math.abs(value - tool.data[at]!), 0); // prettier-ignore
    expect(mean / tool.data.length).toBeLessThan(0.5);
  }); // prettier-ignore

  it('finds the very samples in it: linear, in the camera’s colours, white not balanced', async () => {
    const { from, path } = await written(file());
    // No balance, no matrix, no curve.
    const plain = developByTool(path, ['-o', '0', '-g', '1', '1'], ['-r', '1', '1', '1', '1']);
    const stored = from.metadata.cameraSpace!.toCamera(samplesOf(from));
    expect(differing(plain.data, stored)).toEqual({ percent: 0, most: 0 });
  });
});

if (!dcrawEmu) process.stderr.write('skipped: linear DNG in dcraw_emu, which is not installed\n');

it('what a linear file stored is stored again, but for what white balance clips', async () => {
  const path = file({ pattern: null });
  const { from } = await written(path);
  const stored = from.metadata.cameraSpace!.toCamera(samplesOf(from));
  const original = linearOf(light);
  // ProPhoto's triangle does not hold every colour of this sensor.
  const far = stored.filter((value, at) => Math.abs(value - original[at]!) > 3);
  expect(far.length / stored.length).toBeLessThan(0.002);
});

it('says what its samples are (DNG 1.7.1, chapters 3, 4 and 6)', async () => {
  const { path } = await written(file({ iso: 3200 }));
  const { image, little } = await directoryOf(path);
  const numbers = (tag: number): number[] => realNumbers(findEntry(image, tag), little);
  const expected: Record<number, number[]> = {
    ...{ 254: [0], 258: [16, 16, 16], 259: [1], 262: [34892], 274: [1], 277: [3] },
    ...{ 50706: [1, 4, 0, 0], 50707: [1, 1, 0, 0], 50714: [0, 0, 0], 50717: [65535, 65535, 65535] },
    ...{ 50719: [0, 0], 50720: [96, 64], 50829: [0, 0, 64, 96], 50778: [21] },
    ...{ 50721: [...colorMatrix], 50728: [0.5, 1, 0.6] },
  };
  for (const [tag, values] of Object.entries(expected)) expect(numbers(Number(tag))).toEqual(values);
  expect(entryText(findEntry(image, 50708))).toBe('Test Synth');
  // ProPhoto's profile would be a lie here.
  expect(image.tags.has(34675)).toBe(false);
}); // prettier-ignore

it.skipIf(!exiftool)('exiftool finds nothing wrong with it, and the camera’s data', async () => {
  const { path } = await written(file({ iso: 3200, orientation: 6 }));
  const answer = execFileSync(exiftool!, ['-j', '-n', '-validate', '-warning', '-a', '-all', path]);
  const [read] = JSON.parse(answer.toString()) as [Record<string, unknown>];
  expect(read).toMatchObject({ Validate: '0 0 0', ISO: 3200, Model: 'Synth', Orientation: 1 });
});

const tone = (tag: number, values: readonly number[], little = true): NewEntry =>
  numberEntry(tag, 3, values, little);

it('keeps what the original says of its camera, and names what it can not ask for', async () => {
  const extra = [
    rational(50722, [0.8, -0.2, -0.1, -0.3, 1.1, 0.2, -0.1, 0.3, 0.5], 10),
    tone(50779, [17]),
    rational(50730, [0.35], 10),
    textEntry(50936, 'Studio'),
    // Unlike all else here: what an editor does to the sensor's own pixels.
    { tag: 51022, type: 7, count: 8, value: new Uint8Array(8) },
    { tag: 51041, type: 12, count: 2, value: new Uint8Array(16) },
  ];
  const { path, said } = await written(file({ extra }));
  const { image, little } = await directoryOf(path);
  expect(realNumbers(findEntry(image, 50722), little)[4]).toBe(1.1);
  expect(realNumbers(findEntry(image, 50730), little)).toEqual([0.35]);
  expect(entryText(findEntry(image, 50936))).toBe('Studio');
  expect([...image.tags].filter((tag) => tag === 51022 || tag === 51041)).toEqual([]);
  expect(said).toContain('opcode lists');
});

it('says the same in the other byte order', async () => {
  const fraction = new Uint8Array(8);
  new DataView(fraction.buffer).setInt32(0, -7);
  new DataView(fraction.buffer).setInt32(4, 20);
  const entries: NewEntry[] = [
    { tag: 50706, type: 1, count: 4, value: Uint8Array.of(1, 6, 0, 0) },
    { tag: 50730, type: 10, count: 1, value: fraction },
    tone(50778, [17], false),
    { tag: 50934, type: 2, count: 3, value: Uint8Array.of(104, 105, 0) },
  ];
  const blob = concatBytes([tiffHeaderBytes(false, 8), layOutDirectory(entries, 8, false)]);
  const tags = await readDngTags(bytesAsSource(blob));
  const space = cameraSpaceOf({ ...development, cameraOfXyz: [...colorMatrix] }, 3, tags)!;
  for (const little of [true, false]) {
    const said = new Map(space.entries(little).map((entry) => [entry.tag, entry]));
    const numbers = (tag: number): number[] =>
      realNumbers({ ...said.get(tag)!, value: said.get(tag)!.value as Uint8Array, entryOffset: 0, valueOffset: 0 }, little); // prettier-ignore
    expect(numbers(50730)).toEqual([-0.35]);
    expect(numbers(50778)).toEqual([17]);
    expect(numbers(50706)).toEqual([1, 6, 0, 0]);
    expect(Buffer.from(said.get(50934)!.value as Uint8Array).toString()).toBe('hi\0');
  }
});

const identity = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]; // prettier-ignore
const development: Development = {
  multipliers: [2, 1, 1.5],
  matrix: [...prophotoOfCamera(identity)],
  whiteBalance: 'camera',
  cameraOfXyz: null,
  ...{ make: 'Maker', model: 'One', uniqueModel: '', iso: 100, noise: null, pictures: 1 },
};

describe('a raw file that is no DNG', () => {
  it('is told by the matrix that LibRaw knows, under D65', () => {
    const space = cameraSpaceOf({ ...development, cameraOfXyz: [...colorMatrix] }, 3, null)!;
    const said = new Map(space.entries(true).map((entry) => [entry.tag, entry.value]));
    expect(Buffer.from(said.get(50708) as Uint8Array).toString()).toBe('Maker One\0');
    expect([...(said.get(50778) as Uint8Array)]).toEqual([21, 0]);
    const neutral = new DataView((said.get(50728) as Uint8Array).buffer);
    expect([0, 8, 16].map((at) => neutral.getUint32(at, true))).toEqual([500000, 1000000, 666667]);
  });

  it('has no way back where nobody knows its colours, or LibRaw converted them', () => {
    expect(cameraSpaceOf(development, 3, null)).toBe(null);
    expect(cameraSpaceOf({ ...development, matrix: null, cameraOfXyz: [...colorMatrix] }, 3, null)).toBe(null); // prettier-ignore
    expect(cameraSpaceOf({ ...development, matrix: Array<number>(9).fill(1), cameraOfXyz: [...colorMatrix] }, 3, null)).toBe(null); // prettier-ignore
  });
});

it('a camera without colours has samples of one tone, and no matrix', async () => {
  const space = cameraSpaceOf(development, 1, null)!;
  expect([...space.toCamera(Uint16Array.of(0, 16, encodingTable()[100]!, 65535))]).toEqual([
    0, 1, 100, 65535,
  ]);
  const raster = noiseRaster({ ...size, channels: 1, sampleType: 'uint16' });
  const from = { ...imageOf(raster, { cameraSpace: space }), format: 'raw' as const };
  const path = join(folder, 'tone.dng');
  await writeWhole(requestFor(path, 'dng', from));
  const { image, little } = await directoryOf(path);
  expect(realNumbers(findEntry(image, 262), little)).toEqual([34892]);
  expect(realNumbers(findEntry(image, 277), little)).toEqual([1]);
  expect(image.tags.has(50721)).toBe(false);
  if (dcrawEmu) expect((await decodeImage({ path, readers })).raster.channels).toBe(1);
});

describe('refusals', () => {
  const raster = noiseRaster({ ...size, channels: 3, sampleType: 'uint8' });

  it('what no camera saw, with the formats that would do', async () => {
    const to = join(folder, 'no.dng');
    await expect(writeWhole(requestFor(to, 'dng', imageOf(raster)))).rejects.toMatchObject({
      code: 'output-unsupported',
      message: expect.stringContaining('no camera raw file'),
      hint: expect.stringMatching(/TIFF(?!.*DNG)/),
    });
  });

  it.each([
    [21, 64],
    [96, 21],
    [1, 1],
  ])('%i × %i: LibRaw would take it for no raw file', async (width, height) => {
    const from = await decodeImage({ path: file(), readers });
    const request = { ...requestFor(join(folder, 'tiny.dng'), 'dng', from), width, height };
    await expect(createWriter(request)).rejects.toMatchObject({
      code: 'output-unsupported',
      message: expect.stringContaining(`${width} × ${height} pixels`),
      hint: expect.stringMatching(/TIFF(?!.*DNG)/),
    });
  });

  it('a raw file whose colours LibRaw converted', async () => {
    const from = { ...imageOf(raster), format: 'raw' as const };
    await expect(writeWhole(requestFor(join(folder, 'x.dng'), 'dng', from))).rejects.toMatchObject({
      message: expect.stringContaining('can not be taken back'),
    });
  });

  it('sRGB, which a DNG is not', async () => {
    const from = await decodeImage({ path: file(), readers });
    const sharing = { srgb: true, strip: 'nothing' } as const;
    await expect(
      createSharingWriter(requestFor(join(folder, 'y.dng'), 'dng', from), sharing),
    ).rejects.toMatchObject({ code: 'output-unsupported' });
  });
});

it('as small as LibRaw reads, it opens again', async () => {
  const tiny = { width: 22, height: 22 };
  const samples = linearOf(scene(tiny.width, tiny.height));
  const { from, path } = await written(file({ ...tiny, samples, pattern: null }));
  const { raster } = await decodeImage({ path, readers });
  expect([raster.width, raster.height]).toEqual([22, 22]);
  expect(differing(raster.data, samplesOf(from)).percent).toBe(0);
});

it('smaller, for sharing, it stays linear and of the camera', async () => {
  const from = await decodeImage({ path: file(), readers });
  const path = join(folder, 'small.dng');
  const sharing = { srgb: false, maxSide: 48, strip: 'location' } as const;
  const writer = await createSharingWriter(requestFor(path, 'dng', from), sharing);
  await writer.writeRows(samplesOf(from), size.height);
  await writer.finish(new AbortController().signal);
  const { raster } = await decodeImage({ path, readers });
  expect([raster.width, raster.height]).toEqual([48, 32]);
  const mean = (data: ArrayLike<number>): number =>
    Array.from(data).reduce((sum, value) => sum + value, 0) / data.length;
  expect(Math.abs(mean(raster.data) / mean(from.raster.data) - 1)).toBeLessThan(0.01);
});
