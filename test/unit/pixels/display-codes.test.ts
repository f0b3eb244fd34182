/** Tiles of 16 bits: with the table of the first window they are the tiles of 8 bits, level for level. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  firstRange,
  levelInRange,
  levelTable,
  type Scale,
  type ValueRange,
} from '../../../app/contract/index.ts';
import {
  createDisplayTransform,
  createDocumentStore,
  layerKind,
  type Raster,
  type Samples,
} from '../../../app/pixels/index.ts';
import { tileCoding } from '../../../app/pixels/display-codes.ts';
import { scaleOf } from '../../../app/pixels/raster.ts';
import { sampleTypeOf } from '../../../app/pixels/samples.ts';
import { displayRange, displayScale, shownRange } from '../../../app/pixels/display-range.ts';
import { uniform } from '../../random.ts';
import {
  grayProfile,
  imageOf,
  noiseRaster,
  requestFor,
  scratchFolder,
  writeWhole,
} from './support.ts';

const gray = (data: Samples, width = data.length): Raster => ({
  ...{ width, height: data.length / width, channels: 1, hasAlpha: false },
  sampleType: sampleTypeOf(data),
  data,
});

/** Random values between two, and all those where a level of `range` begins, with their neighbours. */
function floatsAbout(low: number, high: number, range: ValueRange, seed = 1): Float32Array {
  const next = uniform(seed);
  const values = Array.from({ length: 100_000 }, () => low + next() * (high - low));
  for (let level = 0; level <= 256; level++) {
    const begins = Math.fround(range.low + ((level - 0.5) / 255) * (range.high - range.low));
    const bits = new Uint32Array(Float32Array.of(begins).buffer)[0]!;
    values.push(...new Float32Array(Uint32Array.of(bits, bits + 1, Math.max(0, bits - 1)).buffer));
  }
  return Float32Array.from([...values, NaN, Infinity, -Infinity, -0, 0]);
}

const unit = { low: 0, high: 1 };
const hounsfield = { low: -1024, high: 3071 };
const hu = (center: number, width: number): Scale => ({
  ...{ black: -1000, white: 3095, slope: 1, intercept: 3, unit: 'HU' },
  window: { center, width },
});
const scans: readonly [name: string, raster: Raster, values?: Raster][] = [
  ['all of 16 bits', gray(Uint16Array.from({ length: 65_536 }, (_, value) => value))],
  ['12 bits', gray(Uint16Array.from({ length: 4096 }, (_, value) => value))],
  ['13 bits', gray(Uint16Array.from({ length: 5000 }, (_, value) => value))],
  // What a layer of a 12-bit scan may hold.
  [
    '12 bits, overshooting',
    gray(Uint16Array.of(0, 4095)),
    gray(Uint16Array.from({ length: 65_536 }, (_, value) => value)),
  ],
  ['floats from 0 to 1', gray(floatsAbout(-0.2, 1.2, unit))],
  ['floats within 0 to 1', gray(floatsAbout(0.3, 0.4, unit))],
  ['floats of Hounsfield units', gray(floatsAbout(-1024, 3071, hounsfield, 2))],
  ['tiny floats', gray(floatsAbout(-3e-20, 7e-20, { low: -3e-20, high: 7e-20 }, 3))],
  ['floats with one hot pixel', gray(Float32Array.of(...floatsAbout(0, 400, unit, 4), 9e9, -9e9))],
  ['samples with a sign', gray(Int16Array.from({ length: 65_536 }, (_, at) => at - 32_768))],
  [
    'a window that the file asks for',
    { ...gray(Int16Array.from({ length: 4096 }, (_, at) => at - 1000)), scale: hu(40, 400) },
  ],
  [
    'floats where small values are bright',
    { ...gray(floatsAbout(-1024, 3071, hounsfield, 8)), scale: { ...hu(0, 900), slope: -1.5 } },
  ],
  [
    'floats, overshooting',
    gray(floatsAbout(0, 1000, unit, 5)),
    gray(floatsAbout(-9000, 9000, unit, 6)),
  ],
];

const codingOf = (raster: Raster) => {
  const scale = displayScale({ raster }, displayRange(imageOf(raster)));
  const range = shownRange(scale, raster.sampleType);
  return { scale, range, coding: tileCoding(imageOf(raster), scale)! };
};

it.each(scans)('%s: the first window shows what 8 bits show', async (_name, raster, values) => {
  const pixels = values ?? raster;
  const { scale, range, coding } = codingOf(raster);
  const rect = { x: 0, y: 0, width: pixels.width, height: 1 };
  const shown = (await createDisplayTransform(imageOf(raster), range))(pixels, rect);
  const table = levelTable(coding, firstRange(scale));
  const codes = coding.encode(pixels, rect);
  const wrong = [...codes].findIndex((code, at) => table[code] !== shown[4 * at]);
  expect(wrong < 0 ? 'none' : `${pixels.data[wrong]} at ${wrong}`).toBe('none');
});

it('a window within the first one shows its own steps, and one beyond it what lies there', () => {
  const scan = gray(Uint16Array.from({ length: 4096 }, (_, value) => value));
  const { coding } = codingOf(scan);
  const codes = coding.encode(scan, { x: 0, y: 0, width: 4096, height: 1 });
  const window = { low: 1000, high: 1255 };
  const table = levelTable(coding, window);
  expect([999, 1000, 1001, 1128, 1255, 1300].map((value) => table[codes[value]!])).toEqual([
    0, 0, 1, 128, 255, 255,
  ]);

  const values = floatsAbout(0, 5000, unit, 7);
  // A thousandth is far brighter than all others.
  const hot = gray(
    Float32Array.from(values, (value, at) => (at % 2000 === 0 ? 50_000 + at : value)),
  );
  const { range, coding: floats } = codingOf(hot);
  expect(range?.high).toBeLessThan(6000);
  const beyond = { low: 40_000, high: 160_000 };
  const level = levelInRange(beyond);
  const rect = { x: 0, y: 0, width: hot.width, height: 1 };
  const shown = levelTable(floats, beyond);
  const code = floats.encode(hot, rect);
  for (let at = 0; at < 100_000; at += 2000)
    expect(Math.abs(shown[code[at]!]! - level(hot.data[at]!))).toBeLessThanOrEqual(1);
});

it('only what has one tone, more than 8 bits, no profile and no transparency has such tiles', () => {
  const size = { width: 4, height: 4, seed: 3 };
  const coded = (raster: Raster, icc: Uint8Array | null = null): boolean =>
    tileCoding(imageOf(raster, { icc }), scaleOf(raster)) !== null;
  expect(coded(noiseRaster({ ...size, channels: 1, sampleType: 'uint16' }))).toBe(true);
  expect(coded(noiseRaster({ ...size, channels: 1, sampleType: 'float32' }))).toBe(true);
  expect(coded(noiseRaster({ ...size, channels: 1, sampleType: 'uint8' }))).toBe(false);
  expect(coded(noiseRaster({ ...size, channels: 2, sampleType: 'uint16' }))).toBe(false);
  expect(coded(noiseRaster({ ...size, channels: 3, sampleType: 'uint16' }))).toBe(false);
  const profiled = noiseRaster({ ...size, channels: 1, sampleType: 'uint16' });
  expect(coded(profiled, grayProfile('Gray 1.8', 1.8))).toBe(false);
});

describe('documents', () => {
  const folder = scratchFolder();
  const open = async (name: string, raster: Raster) => {
    const path = join(folder, name);
    await writeWhole(requestFor(path, 'tiff', imageOf(raster)));
    const store = createDocumentStore({ maxBytes: 1e9 });
    const signal = new AbortController().signal;
    const document = await store.open({ source: '@1', path, maxMegapixels: 1, signal });
    const tile = (layer: string, level: number, bits?: 8 | 16) =>
      store.tile({ document: document.id, layer, level, column: 0, row: 0, bits });
    return { document, tile };
  };

  it.each([
    [
      '16 bits',
      gray(
        Uint16Array.from({ length: 24_000 }, (_, i) => (i % 600) * 5),
        600,
      ),
    ],
    [
      'floats',
      gray(
        Float32Array.from({ length: 24_000 }, (_, i) => (i % 600) * 5.7 - 400),
        600,
      ),
    ],
  ])('%s: source and layers at every level, and a drawing in colour', async (name, raster) => {
    const { document, tile } = await open(`${name}.tif`, raster);
    const { codes, scale } = document.info;
    const table = levelTable(codes!, firstRange(scale));
    const layer = await document.makeLayer('cleaned', layerKind<null>('layer'), () => null);
    layer.raster.data.fill(2000, 0, 10);
    layer.touch({ x: 0, y: 0, width: 10, height: 1 });
    for (const id of ['source', 'cleaned'])
      for (const level of [0, 1, 2]) {
        const eight = await tile(id, level);
        const sixteen = await tile(id, level, 16);
        expect(eight).toMatchObject({ bits: 8, width: sixteen.width, height: sixteen.height });
        expect(sixteen.bits).toBe(16);
        const levels = Array.from(new Uint16Array(sixteen.data.slice().buffer), (c) => table[c]);
        expect(levels).toEqual([...eight.data].filter((_, at) => at % 4 === 0));
      }
    const colour = noiseRaster({ width: 600, height: 40, channels: 3, sampleType: 'uint8' });
    await document.makeDrawing('map', layerKind<null>('map'), colour, null);
    expect(await tile('map', 0, 16)).toEqual(await tile('map', 0));
  });

  it('a photo has tiles of 8 bits, whatever is asked for', async () => {
    const photo = noiseRaster({ width: 60, height: 40, channels: 3, sampleType: 'uint16' });
    const { document, tile } = await open('photo.tif', photo);
    expect(document.info.codes).toBeUndefined();
    expect(await tile('source', 0, 16)).toEqual(await tile('source', 0));
  });
});
