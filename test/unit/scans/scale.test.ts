/** What stored values measure, and what is shown first: PS3.3, C.11.1, C.11.2 and C.7.5.1.1.2. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstRange, levelInRange } from '../../../app/contract/index.ts';
import { decodeImage, type DecodedImage } from '../../../app/pixels/index.ts';
import { shownRange } from '../../../app/pixels/display-range.ts';
import { measuredValues, percentileRange } from '../../../app/pixels/percentiles.ts';
import { parseDicom, tags } from '../../../app/scans/dicom/file.ts';
import { scansCapability } from '../../../app/scans/index.ts';
import { madeDicom, type Elements } from './made-dicom.ts';

let folder = '';
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-scale-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function opened(elements: Elements, words?: ArrayBufferView): Promise<DecodedImage> {
  const path = join(folder, `${++count}.dcm`);
  await writeFile(path, madeDicom(elements, words));
  return decodeImage({ path, readers: scansCapability.readers!({} as never) });
}
const scaleOf = async (elements: Elements): Promise<NonNullable<DecodedImage['raster']['scale']>> =>
  (await opened(elements)).raster.scale!;

describe('units', () => {
  test('CT that rescales is in Hounsfield units, where nothing else is said', async () => {
    expect(await scaleOf({ '0028,1052': ['DS', '-1024'], '0028,1053': ['DS', '2'] })).toMatchObject(
      { slope: 2, intercept: -1024, unit: 'HU', black: 0, white: 4095 },
    );
    expect((await scaleOf({})).unit).toBeNull();
  });
  test('PET says its own', async () => {
    const pet = { '0008,0060': ['CS', 'PT'], '0054,1001': ['CS', 'BQML'] } as const;
    expect((await scaleOf({ ...pet, '0028,1053': ['DS', '0.5'] })).unit).toBe('Bq/ml');
  });
  test('a slope of 0 is none', async () => {
    expect((await scaleOf({ '0028,1053': ['DS', '0'] })).slope).toBe(1);
  });
});

describe('windows', () => {
  const window = { '0028,1050': ['DS', '100\\40'], '0028,1051': ['DS', '201\\80'] } as const;

  // C.11.2.1.2.1: y = ((x − (c − 0.5)) / (w − 1) + 0.5) · 255
  test('a linear one is black and white where the standard says', async () => {
    const scale = await scaleOf(window);
    expect(firstRange(scale)).toEqual({ low: -0.5, high: 199.5 });
    const level = levelInRange(firstRange(scale));
    const standard = (x: number): number => ((x - 99.5) / 200 + 0.5) * 255;
    for (const x of [0, 50, 99, 100, 150, 199])
      expect(Math.abs(level(x) - standard(x))).toBeLessThanOrEqual(0.5);
  });
  test('an exact one has its own ends', async () => {
    const scale = await scaleOf({ ...window, '0028,1056': ['CS', 'LINEAR_EXACT'] });
    expect(firstRange(scale)).toEqual({ low: -0.5, high: 200.5 });
  });
  // C.11.2.1.3.1: y = 255 / (1 + e^(−4 · (x − c) / w))
  test('a sigmoid one is a curve', async () => {
    const { notices, raster } = await opened({ ...window, '0028,1056': ['CS', 'SIGMOID'] });
    expect(notices).toEqual([]);
    const level = levelInRange(firstRange(raster.scale!));
    for (const x of [0, 50, 100, 150, 400])
      expect(level(x)).toBe(Math.round(255 / (1 + Math.exp((-4 * (x - 100)) / 201))));
  });
  test('overlays are not shown, which is said', async () => {
    const size = { '6000,0010': ['US', 3], '6000,0011': ['US', 4] } as const;
    const { notices } = await opened({ ...window, ...size });
    expect(notices).toEqual([
      { level: 'info', text: expect.stringContaining('(overlays), which are not shown') as string },
    ]);
  });
  // C.11.2.1.3: absent is LINEAR.
  test.each(['LINEAR', '', '  ', 'CUBIC', 'linear_exact', 'SIGMOID\\X'])(
    'any other function is the linear one, an unknown one with a word: %j',
    async (found) => {
      const { notices, raster } = await opened({ ...window, '0028,1056': ['CS', found] });
      expect(raster.scale!.window).toEqual({ center: 99.5, width: 200 });
      const known = found.trim() === '' || found === 'LINEAR';
      expect(notices.map(({ text }) => text)).toEqual(
        known ? [] : [expect.stringContaining(`(${found.replace('\\', '?')}); the usual straight`)],
      );
    },
  );
  test('without end is none', async () => {
    for (const [center, width] of [
      ['5', '1e999'],
      ['1e999', '5'],
      ['1e308', '1e308'],
    ] as const)
      // prettier-ignore
      expect(
        (await scaleOf({ '0028,1050': ['DS', center], '0028,1051': ['DS', width] })).window,
      ).toBeNull();
  });
  test('of 8 bits MONOCHROME1 is turned round too, without a window', async () => {
    const eight = {
      '0028,0100': ['US', 8],
      '0028,0101': ['US', 8],
      '0028,0102': ['US', 7],
    } as const;
    const scale = await scaleOf({ ...eight, '0028,0004': ['CS', 'MONOCHROME1'] });
    expect(shownRange(scale, 'uint8')).toEqual({ low: 255, high: 0 });
    expect(shownRange({ ...scale, inverted: false }, 'uint8')).toBeNull();
  });
  test('where the file asks for none, is of soft tissue in CT, elsewhere where the values lie', async () => {
    const sixteen = {
      '0028,0010': ['US', 64],
      '0028,0011': ['US', 64],
      '0028,0101': ['US', 16],
      '0028,0102': ['US', 15],
    } as const;
    const words = Uint16Array.from({ length: 64 * 64 }, (_, at) => 1000 + (at % 100));
    const ct = { ...sixteen, '0028,1052': ['DS', '-1024'], '0028,1053': ['DS', '1'] } as const;
    const scale = (await opened(ct, words)).raster.scale!;
    expect(scale).toMatchObject({ window: { center: 40, width: 400 }, assumed: true });
    const mr = { ...sixteen, '0008,0060': ['CS', 'MR'], '0028,1053': ['DS', '-2'] } as const;
    expect((await opened(mr, words)).raster.scale).toMatchObject({
      ...{ window: { center: -2099, width: 198 }, assumed: true },
    });
    const asked = { ...ct, '0028,1050': ['DS', '5'], '0028,1051': ['DS', '11'] } as const;
    const own = (await opened(asked, words)).raster.scale!;
    expect(own.window).toEqual({ center: 4.5, width: 10 });
    expect(own.assumed).toBeUndefined();
  });
  test('a width of 0 is none', async () => {
    expect(
      (await scaleOf({ '0028,1050': ['DS', '5'], '0028,1051': ['DS', '0'] })).window,
    ).toBeNull();
  });
});

test('MONOCHROME1 shows small values bright, with a window and without', async () => {
  const inverted = { '0028,0004': ['CS', 'MONOCHROME1'] } as const;
  expect(firstRange(await scaleOf(inverted))).toEqual({ low: 4095, high: 0 });
  const window = { '0028,1050': ['DS', '100'], '0028,1051': ['DS', '201'] } as const;
  expect(firstRange(await scaleOf({ ...inverted, ...window }))).toEqual({ low: 199.5, high: -0.5 });
});

describe('padding', () => {
  const signed = {
    '0028,0103': ['US', 1],
    '0028,0101': ['US', 16],
    '0028,0102': ['US', 15],
  } as const;
  const words = Int16Array.from([-2000, -2000, -1999, 5, 6, 7, 8, 9, 10, 11, 12, 13]);

  test('one value, or a range', async () => {
    const one = await opened({ ...signed, '0028,0120': ['SS', -2000] }, words);
    expect(one.raster.scale!.padding).toEqual({ low: -2000, high: -2000 });
    expect(percentileRange(one.raster)).toEqual({ low: -1999, high: 13 });
    const range = { '0028,0120': ['SS', -2000], '0028,0121': ['SS', -1990] } as const;
    const more = await opened({ ...signed, ...range }, words);
    expect([...more.raster.data].filter(measuredValues(more.raster))).toHaveLength(9);
  });
  test('an empty value is none, not 0', async () => {
    const { raster } = await opened({ ...signed, '0028,0120': ['SS', []] }, words);
    expect(raster.scale!.padding).toBeUndefined();
  });
});

test('bits beside those that are stored are no part of a value', async () => {
  const words = Uint16Array.from({ length: 12 }, (_, i) => 0xf000 | i);
  expect([...(await opened({}, words)).raster.data]).toEqual([...Array(12).keys()]);
});

test.each([
  ['bits that contradict', { '0028,0101': ['US', 17] }, /contradicts itself/],
  [
    '32 bits',
    { '0028,0100': ['US', 32], '0028,0101': ['US', 32], '0028,0102': ['US', 31] },
    /32 bits per sample/,
  ],
  ['pixels that are not all there', { '0028,0010': ['US', 300] }, /cut short/],
  ['more frames than bytes', { '0028,0008': ['IS', '900000'] }, /promises 900,?000 frames/],
] as const)('%s are refused by name', async (_, elements, words) => {
  await expect(opened(elements)).rejects.toThrow(words);
});

describe('elements of 64-bit values', () => {
  const eight = new Uint8Array(8).fill(1);
  test.each(['OV', 'SV', 'UV'])('do not end a file, wherever they stand: %s', async (vr) => {
    const words = new Uint16Array(12).map((_, i) => i + 1);
    const { raster } = await opened(
      { '0009,0010': ['LO', 'MAKER'], '0009,1001': [vr, eight], '0018,0050': [vr, eight] },
      words,
    );
    expect([...raster.data]).toEqual([...words]);
  });

  test.each(['OV', 'SV', 'UV'])('nor in items, private ones too: %s', async (vr) => {
    const words = new Uint16Array(12).map((_, i) => i + 1);
    const inside: Elements = { '0008,0100': ['SH', 'A'], '0009,1002': [vr, eight] };
    const { raster } = await opened(
      {
        ...{ '0008,1140': ['SQ', [{ ...inside, '0040,0260': ['SQ', [inside, inside]] }]] },
        ...{ '0009,0010': ['LO', 'MAKER'], '0009,1001': ['SQ', [inside]] },
      },
      words,
    );
    expect([...raster.data]).toEqual([...words]);
  });

  test('and leave the bytes of the file as they are, in a header alone too', () => {
    const bytes = madeDicom({ '0009,1001': ['SV', eight], '0020,0013': ['IS', '7'] });
    const before = Buffer.from(bytes);
    const { dataSet } = parseDicom(bytes, 'x.dcm', { untilTag: tags.pixelData });
    expect(dataSet.intString('x00200013')).toBe(7);
    expect(bytes.equals(before)).toBe(true);
    const cut = bytes.subarray(0, bytes.indexOf('SV') + 6);
    expect(() => parseDicom(cut, 'x.dcm')).toThrow('x.dcm is damaged');
  });
});

test('chroma of 16 bits is refused by name', async () => {
  await expect(
    opened(
      { '0028,0002': ['US', 3], '0028,0004': ['CS', 'YBR_FULL'], '0028,0006': ['US', 0] },
      new Uint16Array(36),
    ),
  ).rejects.toThrow('16 bits per sample in YBR_FULL');
});
