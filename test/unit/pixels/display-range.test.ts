/** Scans that do not use the scale of their samples: the screen shows them, files keep their values. */
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  createDisplayTransform,
  createDocumentStore,
  layerKind,
  decodeImage,
  type Raster,
  type Samples,
} from '../../../app/pixels/index.ts';
import { displayRange, rangeNotice } from '../../../app/pixels/display-range.ts';
import { grayProfile, imageOf, requestFor, scratchFolder, writeWhole } from './support.ts';

const gray = (data: Samples, width = data.length): Raster => ({
  width,
  height: data.length / width,
  channels: 1,
  hasAlpha: false,
  sampleType: data instanceof Float32Array ? 'float32' : 'uint16',
  data,
});
const rangeOf = (raster: Raster, icc: Uint8Array | null = null): ReturnType<typeof displayRange> =>
  displayRange(imageOf(raster, { icc }));
const sixteen = (...values: number[]): Raster => gray(Uint16Array.from(values));
const floats = (...values: number[]): Raster => gray(Float32Array.from(values));

describe('which range', () => {
  it.each([
    [[0, 1], 1],
    [[3, 2], 3],
    [[0, 255], 255],
    [[256, 9], 511],
    [[0, 3000, 17], 4095],
    [[4095], 4095],
    [[4096], 8191],
    [[16_383], 16_383],
  ])('16 bits, %j: 0 to %i', (values, high) => {
    expect(rangeOf(sixteen(...values))).toEqual({ low: 0, high });
  });

  it('the full scale: a quarter of it is used, all is black, 8 bits, colour, a profile', () => {
    expect(rangeOf(sixteen(0, 16_384))).toBeNull();
    expect(rangeOf(sixteen(0, 65_535, 3))).toBeNull();
    expect(rangeOf(sixteen(0, 0))).toBeNull();
    expect(rangeOf(sixteen(0, 3000), grayProfile('Gray 1.8', 1.8))).toBeNull();
    const size = { width: 1, height: 1 } as const;
    const eight = { ...size, channels: 1, hasAlpha: false, sampleType: 'uint8' } as const;
    expect(rangeOf({ ...eight, data: Uint8Array.of(9) })).toBeNull();
    const colour = { ...size, channels: 3, hasAlpha: false, sampleType: 'uint16' } as const;
    expect(rangeOf({ ...colour, data: Uint16Array.of(9, 8, 9) })).toBeNull();
  });

  it('alpha is no sample of the picture', () => {
    const data = Uint16Array.of(900, 65_535, 30, 65_535);
    const raster: Raster = { ...gray(data, 2), height: 1, channels: 2, hasAlpha: true };
    expect(rangeOf(raster)).toEqual({ low: 0, high: 1023 });
  });

  it('floats: percentiles of what is markedly beyond 0 to 1, whatever a few samples say', () => {
    const hounsfield = floats(...Array.from({ length: 4001 }, (_, i) => i - 1000));
    expect(rangeOf(hounsfield)).toEqual({ low: -996, high: 2996 });
    expect(rangeOf(floats(-0.6, 0.2, 0.9))).toEqual({
      low: Math.fround(-0.6),
      high: Math.fround(0.9),
    });
    expect(rangeOf(floats(-0.5, 0, 1.5))).toBeNull();
    expect(rangeOf(floats(7, 7, 7))).toBeNull();
    expect(rangeOf(floats(NaN, NaN))).toBeNull();
    const hot = floats(...Array.from({ length: 4000 }, (_, i) => i / 4000), 1e6, NaN, -Infinity);
    expect(rangeOf(hot)).toBeNull();
    expect(rangeOf(floats(0, 500), grayProfile('Gray 1.8', 1.8))).toBeNull();
  });
});

it('the range is shown as 0 to 255, rounded, clipped; not a number is black', async () => {
  const show = async (raster: Raster, range: { low: number; high: number }): Promise<number[]> => {
    const shown = (await createDisplayTransform(imageOf(raster), range))(raster, {
      x: 0,
      y: 0,
      width: raster.width,
      height: 1,
    });
    for (let at = 0; at < shown.length; at += 4)
      expect([shown[at + 1], shown[at + 2], shown[at + 3]]).toEqual([shown[at], shown[at], 255]);
    return [...shown].filter((_, at) => at % 4 === 0);
  };
  // 4095 / 255 is 16.06: 8 is just below half a level, 9 above.
  const twelve = sixteen(0, 8, 9, 16, 2048, 4086, 4087, 4095, 60_000);
  expect(await show(twelve, { low: 0, high: 4095 })).toEqual([0, 0, 1, 1, 128, 254, 255, 255, 255]);
  const scan = floats(-2000, -1000, 0, 1000, 3000, NaN, Infinity, -Infinity);
  expect(await show(scan, { low: -1000, high: 1000 })).toEqual([0, 0, 128, 255, 255, 0, 255, 0]);
});

it('the notice says what is shown', () => {
  expect(rangeNotice({ low: 0, high: 4095 }, 'uint16')).toEqual({
    level: 'info',
    text: '12 bits of the 16 stored are used; the screen shows 0 to 4095 as black to white. Files keep their stored values.',
  });
  expect(rangeNotice({ low: 0, high: 1 }, 'uint16').text).toContain('1 bit of the 16 stored is');
  expect(rangeNotice({ low: -1003, high: 2894.123 }, 'float32').text).toBe(
    'The values are not those of a picture from 0 to 1; the screen shows −1003 to 2894 as black to white. Files keep their stored values.',
  );
});

describe('documents', () => {
  const folder = scratchFolder();
  const size = { width: 600, height: 40 };
  const ramps: [string, Raster, number, RegExp][] = [
    [
      'bits.png',
      // One pixel of 13 bits among 12, which the means of a thumbnail would lose.
      gray(
        Uint16Array.from({ length: 24_000 }, (_, i) => (i === 599 ? 4096 : (i % 600) * 5)),
        600,
      ),
      8191,
      /^13 bits/,
    ],
    [
      'floats.tif',
      gray(
        Float32Array.from({ length: 24_000 }, (_, i) => (i % 600) * 5),
        600,
      ),
      2995,
      /0 to 2995/,
    ],
  ];

  it.each(ramps)(
    '%s: source, layer, every level and thumbnail alike',
    async (name, raster, white, notice) => {
      const path = join(folder, name);
      await writeWhole(requestFor(path, name.endsWith('png') ? 'png' : 'tiff', imageOf(raster)));
      const store = createDocumentStore({ maxBytes: 1e9 });
      const signal = new AbortController().signal;
      const document = await store.open({ source: '@1', path, maxMegapixels: 1, signal });
      expect(document.info).toMatchObject({ ...size, scale: { black: 0, white, window: null } });
      expect(document.info.notices.map(({ text }) => text)).toEqual([
        expect.stringMatching(notice),
      ]);
      // Stored values are as they were, and no notice of the screen goes to results.
      expect(await decodeImage({ path })).toMatchObject({ raster, notices: [] });

      const level = (stored: number): number => Math.round(Math.min(1, stored / white) * 255);
      const layer = await document.makeLayer('cleaned', layerKind<null>('layer'), () => null);
      layer.raster.data.fill(2000, 0, 10);
      layer.touch({ x: 0, y: 0, width: 10, height: 1 });
      const tile = async (id: string, at: number): Promise<Uint8Array> =>
        (await store.tile({ document: document.id, layer: id, level: at, column: 0, row: 0 })).data;
      const source = await tile('source', 0);
      const cleaned = await tile('cleaned', 0);
      for (const x of [0, 9, 10, 300, 511]) expect(source[4 * x]).toBe(level(5 * x));
      expect([cleaned[0], cleaned[4 * 9]]).toEqual([level(2000), level(2000)]);
      expect(cleaned.subarray(4 * 10)).toEqual(source.subarray(4 * 10));
      const coarse = await tile('source', 2);
      expect(Math.abs(coarse[4 * 100]! - level(5 * 401.5))).toBeLessThanOrEqual(1);

      const { data, info } = await sharp(Buffer.from(await store.thumbnail(path)))
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(info.width).toBe(256);
      for (const x of [20, 128, 240])
        expect(
          Math.abs(data[4 * (8 * 256 + x)]! - level((((x + 0.5) * 600) / 256 - 0.5) * 5)),
        ).toBeLessThanOrEqual(1);
    },
  );

  it('an ordinary 16-bit black-and-white photo looks as before', async () => {
    const data = Uint16Array.from({ length: 24_000 }, (_, i) => (i % 600) * 40);
    const path = join(folder, 'photo.png');
    await writeWhole(requestFor(path, 'png', imageOf(gray(data, 600))));
    const store = createDocumentStore({ maxBytes: 1e9 });
    const signal = new AbortController().signal;
    const document = await store.open({ source: '@1', path, maxMegapixels: 1, signal });
    expect(document.info.notices).toEqual([]);
    const at = { document: document.id, layer: 'source', level: 0, column: 0, row: 0 };
    const { data: shown } = await store.tile(at);
    for (const x of [0, 1, 255, 511]) expect(shown[4 * x]).toBe(Math.round((x * 40) / 257));
  });
});
