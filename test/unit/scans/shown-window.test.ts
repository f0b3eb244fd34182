/** Scans written as they are seen: the pixels of a viewer (dcm2pnm of dcmtk), through the command that cleans. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import {
  commands,
  firstRange,
  levelInRange,
  levelTable,
  parseInput,
  rangeOfWindow,
  windowOf,
  windowText,
  type CommandContext,
  type Commands,
  type InputOf,
} from '../../../app/contract/index.ts';
import { denoiseCapability } from '../../../app/denoise/index.ts';
import { nameOutput } from '../../../app/jobs/outputs.ts';
import { createDocumentStore } from '../../../app/pixels/index.ts';
import type { EngineServices } from '../../../app/runtime/index.ts';
import { debianTool } from '../../debian.ts';
import { card, storeOf } from '../denoise/helpers.ts';
import { madeDicom, type Elements } from './made-dicom.ts';
import { madeNifti } from './nifti-made.ts';
import { readers } from './written.ts';

const folder = mkdtempSync(join(tmpdir(), 'hourglass-window-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const dcm2pnm = debianTool('dcm2pnm', 'dcmtk');
const services = {
  documents: createDocumentStore({ maxBytes: 1e8, readers }),
  models: { ...storeOf(card), get: () => Promise.resolve(card) },
  software: 'Hourglass test',
  describers: {},
} as unknown as EngineServices;
let count = 0;

/** Every stored value of 12 bits once. */
const everyValue = Uint16Array.from({ length: 4096 }, (_, at) => at);
const square = { '0028,0010': ['US', 64], '0028,0011': ['US', 64] } as const;
const hounsfield = {
  ...square,
  '0028,1050': ['DS', '40'],
  '0028,1051': ['DS', '401'],
  '0028,1052': ['DS', '-1024'],
  '0028,1053': ['DS', '1'],
} as const satisfies Elements;

function made(elements: Elements = hounsfield, words: ArrayBufferView = everyValue): string {
  const path = join(folder, `${++count}.dcm`);
  writeFileSync(path, madeDicom(elements, words));
  return path;
}

type Input = Omit<InputOf<Commands['denoise']>, 'source' | 'out'>;

async function written(source: string, input: Input, name = `${++count}.png`) {
  const out = join(folder, name);
  const parsed = parseInput(commands.denoise, { source, out, strength: 0, ...input });
  const output = await nameOutput('denoise', parsed);
  const context = {
    ...{ job: 'j', signal: new AbortController().signal, output },
    ...{ progress: () => undefined, emit: () => undefined },
  } as unknown as CommandContext;
  const answer = await denoiseCapability.handlers.denoise(parsed, context, services);
  return { ...answer, out };
}

async function levelsOf(path: string, page = 0): Promise<Uint8Array> {
  const picture = sharp(path, { page });
  expect(await picture.metadata()).toMatchObject({ channels: 1, depth: 'uchar' });
  return picture.toColourspace('b-w').raw().toBuffer();
}

const seen = async (source: string, input: Input, name?: string): Promise<Uint8Array> =>
  levelsOf((await written(source, input, name)).out);

/** Gray of 8 bits as dcmtk shows it. */
function ofDcmtk(source: string, ...options: readonly string[]): Uint8Array {
  const target = join(folder, `${++count}.pgm`);
  const ran = spawnSync(dcm2pnm!, [...options, '+op', source, target]);
  expect(ran.stderr.toString()).toBe('');
  const bytes = readFileSync(target);
  expect(bytes.toString('latin1', 0, 2)).toBe('P5');
  return bytes.subarray(bytes.length - 64 * 64);
}

const farthest = (one: Uint8Array, other: Uint8Array): number =>
  one.reduce((most, level, at) => Math.max(most, Math.abs(level - other[at]!)), 0);

describe.skipIf(!dcm2pnm)('as dcmtk shows it, to one level (it cuts where we round)', () => {
  test('the window of the file, and one that is given', async () => {
    const source = made();
    expect(farthest(await seen(source, { preset: 'file' }), ofDcmtk(source, '+Wi', '1'))).toBe(1);
    // LINEAR from level − 0.5, one less wide, is what LINEAR_EXACT is.
    const given = await seen(source, { window: '-600.5/1499' });
    expect(farthest(given, ofDcmtk(source, '+Ww', '-600', '1500'))).toBeLessThanOrEqual(1);
  });
  test('a sigmoid one', async () => {
    const source = made({ ...hounsfield, '0028,1056': ['CS', 'SIGMOID'] });
    const ours = await seen(source, { preset: 'file' });
    expect(farthest(ours, ofDcmtk(source, '+Wi', '1', '+Wfs'))).toBeLessThanOrEqual(1);
    expect(ours).toEqual(await seen(source, { window: '40/401/sigmoid' }));
    // No straight one: it is neither black nor white at its ends.
    expect(ours[1024 + 40 - 200]).toBeGreaterThan(20);
  });
  test('MONOCHROME1', async () => {
    const source = made({ ...hounsfield, '0028,0004': ['CS', 'MONOCHROME1'] });
    const ours = await seen(source, { preset: 'file' });
    expect([ours[0], ours[4095]]).toEqual([255, 0]);
    expect(farthest(ours, ofDcmtk(source, '+Wi', '1'))).toBe(1);
    const inverted = await seen(source, { preset: 'file', invert: true });
    expect([inverted[0], inverted[4095]]).toEqual([0, 255]);
  });
});

describe('one formula', () => {
  const scale = { slope: 1, intercept: -1024, inverted: true, padding: { low: 7, high: 9 } };
  test.each(['40/400', '40/400/sigmoid', '-600/1500'])('for table and file: %s', async (window) => {
    const elements: Elements = {
      ...hounsfield,
      '0028,0004': ['CS', 'MONOCHROME1'],
      '0028,0120': ['US', 7],
      '0028,0121': ['US', 9],
    };
    const table = levelTable({ origin: 0, step: 1 }, rangeOfWindow(scale, windowOf(window)!));
    const file = await seen(made(elements), { window });
    expect(Buffer.compare(file, table.subarray(0, 4096))).toBe(0);
    // Padding stands for nothing: it is dark where all that is small is bright.
    const dark = [...file.subarray(5, 12)].map((level) => level < 100);
    expect(dark).toEqual([false, false, true, true, true, false, false]);
  });
  test('a curve is half of white in its middle, and turns round with its ends', () => {
    const curve = { sigmoid: true } as const;
    const level = levelInRange({ low: 100, high: 200, ...curve });
    expect([level(150), level(-1e6), level(1e6)]).toEqual([128, 0, 255]);
    // 1 / (1 + e²) at the lower end.
    expect(level(100)).toBe(Math.round(255 / (1 + Math.exp(2))));
    expect(levelInRange({ low: 200, high: 100, ...curve })(100)).toBe(level(200));
  });
  test('a window is read as it is written', () => {
    for (const window of [
      { center: 40, width: 400 },
      { center: -0.125, width: 1e-7 },
      { center: 2048.5, width: 4096, sigmoid: true as const },
    ])
      expect(windowOf(windowText(window))).toEqual(window);
    for (const text of [
      '40',
      '40/',
      '40/-1',
      '40/0',
      '/400',
      '40/400/linear',
      'lung',
      '',
      '0/1e999',
      '1e308/1e308',
    ])
      expect(windowOf(text)).toBeNull();
  });
});

test('presets are those of the screen; what was done is said, and stands in the file', async () => {
  const source = made();
  const { out, notices } = await written(source, { preset: 'lung' });
  expect(Buffer.compare(await levelsOf(out), await seen(source, { window: '-600/1500' }))).toBe(0);
  expect(notices.at(-1)).toEqual({
    level: 'warning',
    text: expect.stringContaining('through the window -600/1500 HU, in 8 bits') as string,
  });
  const xmp = (await sharp(out).metadata()).xmpAsString;
  expect(xmp).toContain('seen through the window -600/1500, 8 bits');
  const whole = await seen(source, { preset: 'whole' });
  expect([whole[0], whole[2048], whole[4095]]).toEqual([0, 128, 255]);
});

test('a file without a window is seen as the screen shows it first', async () => {
  const nifti = join(folder, 'a.nii');
  const about = { dims: [16, 16, 3], datatype: 4, values: (at: number) => at } as const;
  writeFileSync(nifti, madeNifti({ ...about, slope: 1, intercept: 0 }));
  const { info } = await services.documents.open({ source: nifti, path: nifti, maxMegapixels: 10, signal: new AbortController().signal }); // prettier-ignore
  const level = levelInRange(firstRange(info.scale));
  const { out, pages } = await written(nifti, { preset: 'file' }, 'all.tif');
  expect(pages).toBe(3);
  const slice = await levelsOf(out, 1);
  expect([...slice]).toEqual(Array.from({ length: 256 }, (_, at) => level(256 + at)));
  services.documents.close(info.document);
});

test('every picture format has it, smaller ones too; without a window 16 bits stay what they were', async () => {
  const source = made();
  for (const name of ['w.jpg', 'w.webp', 'w.tif']) {
    const { out } = await written(source, { preset: 'file', maxSide: 32, quality: 100 }, name);
    expect(await sharp(out).metadata()).toMatchObject({ width: 32, depth: 'uchar' });
  }
  const data = await sharp((await written(source, {})).out)
    .toColourspace('grey16')
    .raw({ depth: 'ushort' })
    .toBuffer();
  const stored = new Uint16Array(data.buffer, data.byteOffset, 4096);
  expect([...stored]).toEqual([...everyValue]);
});

test.each([
  ['two windows', { window: '1/2', preset: 'lung' }, 'a.png', /seen through one/],
  ['16 bits', { window: '1/2', depth: '16' }, 'a.png', /has 8 bits, but 16/],
  ['nothing to invert', { invert: true }, 'a.png', /no window says/],
  ['no width', { window: '1/0' }, 'a.png', /such as 40\/400 .* received "1\/0"/],
  ['no window', { window: 'abc' }, 'a.png', /such as 40\/400 .* received "abc"/],
  ['no end', { window: '1/1e999' }, 'a.png', /width above 0/],
  ['DICOM', { preset: 'file' }, 'a.dcm', /DICOM holds the values of its source/],
] as const)('%s is refused, with what to do', async (_, input, name, words) => {
  const refused = await written(made(), input, name).then(
    () => null,
    (error: { message: string; hint: string }) => error,
  );
  expect(refused?.message).toMatch(words);
});

test('a picture without values that were measured has no window, an MR none of CT', async () => {
  const photo = join(folder, 'photo.png');
  await sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } }).toFile(photo);
  await expect(written(photo, { preset: 'file' })).rejects.toThrow('only scans of one tone');
  const mr = made({ ...square, '0008,0060': ['CS', 'MR'] });
  await expect(written(mr, { preset: 'bone' })).rejects.toThrow('has no Hounsfield units');
});

test('a picture of a scan with light and dark swapped says so, and not where it is seen through a window', async () => {
  const swapped = made({ ...hounsfield, '0028,0004': ['CS', 'MONOCHROME1'] });
  const texts = async (source: string, input: Input): Promise<string> =>
    (await written(source, input)).notices.map(({ text }) => text).join('\n');
  expect(await texts(swapped, {})).toMatch(/has light and dark swapped: .*MONOCHROME1/);
  expect(await texts(swapped, { preset: 'file' })).not.toMatch(/MONOCHROME1/);
  expect(await texts(made(), {})).not.toMatch(/MONOCHROME1/);
  // Without a unit there is no blank for it.
  expect(await texts(made(square), { window: '40/400' })).toContain('window 40/400, in 8 bits');
});

describe('options that a file does not have are said', () => {
  const warned = async (input: Input, name: string): Promise<string[]> =>
    (await written(made(), input, name)).notices
      .filter(({ level, text }) => level === 'warning' && text.includes('nothing came of it'))
      .map(({ text }) => text.split(':')[0]!);

  test('by DICOM of its pixels, by pictures of its syntax', async () => {
    expect(await warned({ depth: '8', srgb: true, quality: 60 }, 'unused.dcm')).toEqual([
      '--depth, --quality, --srgb',
    ]);
    expect(await warned({ transferSyntax: 'jpeg-ls' }, 'unused.png')).toEqual([
      '--transfer-syntax',
    ]);
    expect(await warned({ transferSyntax: 'explicit' }, 'used.dcm')).toEqual([]);
    expect(await warned({ depth: '8', quality: 60 }, 'used.png')).toEqual([]);
  });
});

test('what is said of a file of several frames is said of no frame', async () => {
  const frames: Elements = { ...hounsfield, '0028,0008': ['IS', '3'] };
  const words = Uint16Array.from({ length: 3 * 4096 }, (_, at) => at % 4096);
  const source = made(frames, words);
  const { notices, deidentified } = await written(source, { deidentify: true }, 'frames.dcm');
  const texts = notices.map(({ text }) => text).filter((text) => text.includes('frames.dcm'));
  expect(texts.join('\n')).toMatch(/^frames\.dcm is de-identified/m);
  expect(texts.join('\n')).not.toMatch(/Slice \d/);
  expect(deidentified!.length).toBeGreaterThan(5);
});
