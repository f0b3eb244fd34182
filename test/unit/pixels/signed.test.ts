/** Samples with a sign, and rasters whose file says what its values mean. */
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { storedSampleType } from '../../../app/pixels/output-plan.ts';
import { percentileRange } from '../../../app/pixels/percentiles.ts';
import { displayScale, shownRange } from '../../../app/pixels/display-range.ts';
import {
  convertSamples,
  createDisplayTransform,
  createDocumentStore,
  decodeImage,
  plainScale,
  type Raster,
} from '../../../app/pixels/index.ts';
import { Pyramid } from '../../../app/pixels/pyramid.ts';
import type { Scale } from '../../../app/contract/index.ts';
import { imageOf, requestFor, scratchFolder, writeWhole } from './support.ts';

const folder = scratchFolder();
const signal = new AbortController().signal;
const signed = (values: ArrayLike<number>, width = values.length, scale?: Scale): Raster => ({
  ...{ width, height: values.length / width, channels: 1, hasAlpha: false, sampleType: 'int16' },
  data: Int16Array.from(values),
  ...(scale ? { scale } : {}),
});
const hounsfield: Scale = {
  ...{ black: -1024, white: 3071, slope: 1, intercept: 0, unit: 'HU' },
  window: { center: 40, width: 400 },
};
const ramp = signed(
  Array.from({ length: 600 * 40 }, (_, i) => (i % 600) * 5 - 1000),
  600,
);

describe('samples with a sign', () => {
  it('convert on their scale, rounded and cut off', () => {
    const values = Int16Array.of(-32_768, -1024, 0, 1023, 3071, 32_767);
    expect([...convertSamples(values, 'uint16')]).toEqual([
      0, 31_744, 32_768, 33_791, 35_839, 65_535,
    ]);
    expect([...convertSamples(values, 'uint8', hounsfield)]).toEqual([0, 0, 64, 127, 255, 255]);
    expect([...convertSamples(values, 'float32', { black: -1024, white: 3072 })]).toEqual(
      [-7.75, 0, 0.25, 2047 / 4096, 4095 / 4096, 8.24975586].map(Math.fround),
    );
    expect(convertSamples(values, 'int16')).toBe(values);
    expect([...convertSamples(Float32Array.of(-1, 0, 0.5, 1, NaN), 'int16')].slice(0, 4)).toEqual([
      ...[-32_768, -32_768, 0, 32_767],
    ]);
  });

  it('have exact percentiles', () => {
    const values = Int16Array.from({ length: 4001 }, (_, i) => ((i * 7) % 4001) - 2000);
    expect(percentileRange(signed(values))).toEqual({ low: -1996, high: 1996 });
  });

  it('are halved to the nearest, below 0 as above', async () => {
    const values = Array.from({ length: 300 * 2 }, (_, i) => (i < 300 ? -3 : -4));
    const pyramid = new Pyramid(signed(values, 300));
    await pyramid.ensure();
    expect(new Set(pyramid.levels[1]!.data)).toEqual(new Set([-3]));
    const odd = new Pyramid(
      signed(
        Array.from({ length: 600 }, (_, i) => (i < 300 ? -3 : -5)),
        300,
      ),
    );
    await odd.ensure();
    expect(new Set(odd.levels[1]!.data)).toEqual(new Set([-4]));
  });

  it('are written to TIFF and read back, and are a scan shown in its own range', async () => {
    const path = join(folder, 'signed.tif');
    expect(storedSampleType('tiff', 'int16')).toBe('int16');
    const { notices } = await writeWhole(requestFor(path, 'tiff', imageOf(ramp)));
    expect(notices).toEqual([]);
    const image = await decodeImage({ path });
    expect(image.raster).toEqual(ramp);
    expect(image.content?.family).toBe('scan');
    const store = createDocumentStore({ maxBytes: 1e9 });
    const document = await store.open({ source: '@1', path, maxMegapixels: 1, signal });
    expect(document.info).toMatchObject({
      sampleType: 'int16',
      scale: { ...plainScale('int16'), black: -1000, white: 1995 },
    });
    expect(document.info.notices[0]!.text).toMatch(/^The values have a sign; .*−1000 to 1995/);
    const at = { document: document.id, layer: 'source', level: 0, column: 0, row: 0 };
    const { data } = await store.tile(at);
    for (const x of [0, 100, 511]) expect(data[4 * x]).toBe(Math.round((x * 5 * 255) / 2995));
    const thumbnail = await sharp(Buffer.from(await store.thumbnail(path)))
      .raw()
      .toBuffer();
    expect(thumbnail[0]).toBeLessThan(4);
    expect(thumbnail.at(-2)).toBeGreaterThan(250);
  });

  it('become others where a format has none, with a word', async () => {
    for (const [format, type] of [
      ['png', 'uint16'],
      ['webp', 'uint8'],
    ] as const)
      expect(storedSampleType(format, 'int16')).toBe(type);
    expect(storedSampleType('tiff', 'uint16')).toBe('uint16');
    expect(storedSampleType('tiff', 'uint8')).toBe('uint8');
    const path = join(folder, 'signed.png');
    const from = imageOf({ ...ramp, scale: hounsfield });
    const { notices } = await writeWhole(requestFor(path, 'png', from));
    expect(notices.map(({ text }) => text)).toEqual([
      'signed.png stores no negative values: -1024 became 0 and 3071 the largest value, and what lies beyond them is cut off.',
    ]);
    const { raster } = await decodeImage({ path });
    expect(raster.sampleType).toBe('uint16');
    for (const x of [0, 100, 599])
      expect(raster.data[x]).toBe(Math.round(((x * 5 - 1000 + 1024) * 65_535) / 4095));
  });
});

describe('a scale', () => {
  it('of the file is what the screen uses; its window, measured values, is shown first', async () => {
    const raster = signed([-1024, -160, 41, 240, 3071], 5, hounsfield);
    expect(displayScale(imageOf(raster), null)).toEqual(hounsfield);
    const range = shownRange(hounsfield, 'int16')!;
    expect(range).toEqual({ low: -160, high: 240 });
    const show = await createDisplayTransform(imageOf(raster), range);
    const shown = show(raster, { x: 0, y: 0, width: 5, height: 1 });
    expect([0, 1, 2, 3, 4].map((x) => shown[4 * x])).toEqual([0, 0, 128, 255, 255]);
    // Stored 1200 is 200 measured.
    const rescaled = { ...hounsfield, slope: 0.5, intercept: -400 };
    expect(shownRange(rescaled, 'int16')).toEqual({ low: 480, high: 1280 });
    const inverted = { ...hounsfield, window: null, black: 3071, white: -1024 };
    const dark = await createDisplayTransform(imageOf(raster), shownRange(inverted, 'int16'));
    expect(dark(raster, { x: 0, y: 0, width: 5, height: 1 })[0]).toBe(255);
    expect(shownRange(plainScale('uint16'), 'uint16')).toBeNull();
  });
});
