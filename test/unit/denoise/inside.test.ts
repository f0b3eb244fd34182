/**
 * Frames, letterboxes, title bars, cut-outs and round fields: what is read is the inside, as if the picture ended there.
 */
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { frameOf, partToRead } from '../../../app/denoise/noise/inside.ts';
import { measureNoise } from '../../../app/denoise/noise/reading.ts';
import { lookAt } from '../../../app/denoise/picture.ts';
import { allocateSamples, type Raster } from '../../../app/pixels/raster.ts';
import { card, fakeInference, picture, storeOf } from './helpers.ts';

const bare = { models: storeOf(card), inference: fakeInference() };
const sigmaOf = async (raster: Raster): Promise<number> =>
  (await measureNoise({ raster }, bare, new AbortController().signal)).sigma;

function partOf(raster: Raster): Raster {
  const steps = partToRead(lookAt({ raster }));
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value.source;
  }
}

interface Ground {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly value: number;
  /** Of the inner picture's pixels; default: all. */
  readonly shown?: (x: number, y: number) => boolean;
}

/** A picture on a constant ground. */
function on(inner: Raster, { width, height, left, top, value, shown }: Ground): Raster {
  const { channels } = inner;
  const data = allocateSamples(inner.sampleType, width * height * channels).fill(value);
  for (let y = 0; y < inner.height; y++)
    for (let x = 0; x < inner.width; x++)
      for (let c = 0; c < channels && (shown?.(x, y) ?? true); c++)
        data[((top + y) * width + left + x) * channels + c] =
          inner.data[(y * inner.width + x) * channels + c]!;
  return { ...inner, width, height, data };
}

const noisy = (channels: 1 | 3): Raster =>
  picture({ width: 192, height: 160, channels, sigma: 12, sampleType: 'uint8' });
const centred = { width: 352, height: 320, left: 80, top: 80 };
const inside = (radius: number) => (x: number, y: number) => Math.hypot(x - 96, y - 80) < radius;

describe('the noise of the inside', () => {
  const grounds: Readonly<Record<string, Ground>> = {
    'frame of 16': { ...centred, value: 16 },
    'white frame': { ...centred, value: 255 },
    'frame off the grid of cells': { ...centred, left: 77, top: 91, value: 200 },
    'black letterbox': { width: 192, height: 320, left: 0, top: 80, value: 0 },
    pillars: { width: 400, height: 160, left: 104, top: 0, value: 0 },
    'title bar': { width: 192, height: 190, left: 0, top: 30, value: 230 },
    'round field': { ...centred, value: 0, shown: inside(78) },
    'round cut-out on white': { ...centred, value: 255, shown: inside(76) },
    sector: {
      ...centred,
      value: 0,
      shown: (x, y) => Math.abs(x - 96) < 20 + 0.6 * y && y > 10,
    },
  };
  test.each(Object.keys(grounds))('%s', async (name) => {
    for (const channels of [1, 3] as const) {
      const framed = on(noisy(channels), grounds[name]!);
      expect(partOf(framed).width).toBeLessThanOrEqual(192);
      const [with_, without] = [await sigmaOf(framed), await sigmaOf(noisy(channels))];
      expect(Math.abs(with_ / without - 1)).toBeLessThan(0.15);
    }
  });
  test('of a picture so large that it is looked at in some places first', () => {
    const inner = picture({ width: 640, height: 480, channels: 1, sampleType: 'uint8', sigma: 12 });
    const framed = { width: 720, height: 560, left: 40, top: 40, value: 16 };
    const part = partOf(on(inner, framed));
    expect([part.width, part.height]).toEqual([640, 480]);
    const wide = on(inner, { ...framed, width: 641, height: 800, left: 0 });
    expect(partOf(wide).height).toBe(480);
  });
  test('of a large picture whose corners are little more than what is worth leaving out', () => {
    const side = 800;
    const size = { width: side, height: side };
    const inner = picture({ ...size, channels: 3, sampleType: 'uint8', sigma: 12 });
    const edge = side - 1;
    const shown = (x: number, y: number): boolean =>
      Math.min(x, edge - x) + Math.min(y, edge - y) > 180;
    const part = partOf(on(inner, { ...size, left: 0, top: 0, value: 16, shown }));
    expect(part.width * part.height).toBeLessThan(0.8 * side * side);
    expect(part.width).toBeGreaterThan(400);
  });
  test('what is fully transparent is ground, whatever its colour is', () => {
    const raster = picture({
      width: 256,
      height: 256,
      channels: 4,
      sigma: 12,
      sampleType: 'uint8',
    });
    for (let i = 0; i < 256 * 256; i++)
      raster.data[4 * i + 3] = i % 256 > 60 && i % 256 < 200 ? 255 : 0;
    const part = partOf(raster);
    expect([part.width, part.height]).toEqual([139, 256]);
  });
  test('the rectangle is cut out as it is', () => {
    const raster = on(noisy(3), { ...centred, value: 16 });
    expect(partOf(raster).data).toEqual(noisy(3).data);
  });
});

/** What is around the picture by its place; x, y in the picture, negative outside. */
function framedBy(inner: Raster, valueAt: (x: number, y: number) => number): Raster {
  const raster = on(inner, { ...centred, value: 0 });
  const { channels, data } = raster;
  for (let i = 0; i < raster.width * raster.height; i++) {
    const x = (i % raster.width) - centred.left;
    const y = Math.floor(i / raster.width) - centred.top;
    if (x < 0 || y < 0 || x >= inner.width || y >= inner.height)
      data.fill(valueAt(x, y), i * channels, (i + 1) * channels);
  }
  return raster;
}

const depthOf = (x: number, y: number): number => Math.max(-x, x - 191, -y, y - 159);
/** Of several values, shading, and with ripples, none of which is exact. */
const inexact: Readonly<Record<string, (x: number, y: number) => number>> = {
  'bars of four tones': (x, y) => (y < 0 ? 40 : y >= 160 ? 90 : x < 0 ? 150 : 210),
  'five rings': (x, y) => 30 + 40 * Math.min(4, depthOf(x, y) >> 4),
  'gradient to flat': (x, y) => Math.max(20, 120 - 3 * depthOf(x, y)),
  'ripples of a level': (x, y) => 60 + Number((x >> 3) % 3 === 0 && y % 4 === 0),
};
describe('frames that are not of one value', () => {
  test.each(Object.keys(inexact))('%s', async (name) => {
    for (const channels of [1, 3] as const) {
      const framed = framedBy(noisy(channels), inexact[name]!);
      const part = partOf(framed);
      expect(part.width).toBeLessThanOrEqual(192);
      expect(part.height).toBeLessThanOrEqual(160);
      expect(Math.abs((await sigmaOf(framed)) / (await sigmaOf(noisy(channels))) - 1)).toBeLessThan(
        0.15,
      );
    }
  });
  /** A bar with three lines of something like text, on top or at the left. */
  const withTitle = (inner: Raster): Raster => {
    const raster = on(inner, { width: 192, height: 196, left: 0, top: 36, value: 222 });
    const { channels, data } = raster;
    for (let y = 8; y < 26; y++)
      for (let x = 10; x < 120; x++)
        if (((x * 5 + y * 3) % 17) % 5 === 0) data.fill(34, (y * 192 + x) * channels, (y * 192 + x + 1) * channels); // prettier-ignore
    return raster;
  };
  const lossy = {
    'JPEG 75': (image: Sharp) => image.jpeg({ quality: 75 }),
    'JPEG 90': (image: Sharp) => image.jpeg({ quality: 90 }),
    'WebP 80': (image: Sharp) => image.webp({ quality: 80 }),
  };
  const through = async (raster: Raster, encode: (image: Sharp) => Sharp) => {
    const { width, height, channels, data } = raster;
    const raw = { width, height, channels: channels as 1 | 3 };
    const bytes = await encode(sharp(data as Uint8Array, { raw })).toBuffer();
    const decoded = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    const stored = decoded.info.channels as 1 | 3;
    return { ...raster, channels: stored, data: new Uint8Array(decoded.data) };
  };
  test('a bar with text is left out to the pixel', () => {
    for (const channels of [1, 3] as const)
      expect(partOf(withTitle(noisy(channels))).data).toEqual(noisy(channels).data);
  });
  test.each(Object.keys(lossy) as (keyof typeof lossy)[])('%s', async (codec) => {
    for (const channels of [1, 3] as const)
      for (const framed of [
        ...Object.values(inexact).map((valueAt) => framedBy(noisy(channels), valueAt)),
        on(noisy(channels), { ...centred, left: 77, top: 91, value: 0 }),
        withTitle(noisy(channels)),
      ]) {
        const part = partOf(await through(framed, lossy[codec]));
        // A codec's ripples reach into a frame by less than a block of chroma.
        expect(part.width).toBeLessThanOrEqual(192 + 16);
        expect(part.height).toBeLessThanOrEqual(160 + 16);
        expect(part.width * part.height).toBeGreaterThan(0.4 * 192 * 160);
      }
  });
  test('what a codec has rippled is cleaned as the inside, all outside of it is frame', async () => {
    for (const codec of ['JPEG 75', 'JPEG 90'] as const)
      for (const valueAt of [() => 255, inexact['gradient to flat']!, inexact['five rings']!]) {
        const framed = await through(framedBy(noisy(1), valueAt), lossy[codec]);
        const rect = frameOf(lookAt({ raster: framed })).inside!;
        for (const [start, length, at, within] of [
          [rect.x, rect.width, centred.left, 192],
          [rect.y, rect.height, centred.top, 160],
        ] as const) {
          expect(start).toBeLessThanOrEqual(at);
          expect(start).toBeGreaterThan(at - 16);
          expect(start + length).toBeGreaterThanOrEqual(at + within);
          expect(start + length).toBeLessThan(at + within + 16);
        }
      }
  });
  test('gray in a WebP is gray, a faint tint is colour', async () => {
    const gray = noisy(1);
    const three = { ...noisy(3), data: new Uint8Array(3 * 192 * 160) };
    for (let i = 0; i < three.data.length; i++) three.data[i] = gray.data[Math.floor(i / 3)]!;
    const decoded = await through(three, lossy['WebP 80']);
    expect(decoded.channels).toBe(3);
    expect(decoded.data.some((value, i) => i % 3 === 1 && value !== decoded.data[i - 1])).toBe(
      true,
    );
    expect(lookAt({ raster: decoded }).tones).toBe(1);
    const tinted = { ...three, data: three.data.map((value, i) => (i % 3 ? value : value + 3)) };
    expect(lookAt({ raster: tinted }).tones).toBe(3);
    const deep = { ...three, sampleType: 'uint16' as const, data: Uint16Array.from(three.data) };
    deep.data[0]!++;
    expect(lookAt({ raster: deep }).tones).toBe(3);
  });
  test('of a smooth picture nothing but the frame is cut away: it tells best that there is no noise', () => {
    const smooth = on(noisy(1), { ...centred, value: 0 });
    for (let i = 0; i < smooth.data.length; i++) smooth.data[i] = 60 + ((i % 352) >> 2);
    const framed = framedBy({ ...smooth, width: 192, height: 160 }, inexact['five rings']!);
    const part = partOf(framed);
    expect([part.width, part.height]).toEqual([192, 160]);
  });
});

describe('read as a whole', () => {
  const same = (raster: Raster): void => expect(partOf(raster)).toBe(raster);
  test('pictures without a ground, and those that are all ground', () => {
    same(noisy(3));
    same(on(noisy(1), { ...centred, value: 9, shown: () => false }));
  });
  test('drawings: lines on a ground leave constant pixels in all cells', () => {
    const raster = on(noisy(1), { ...centred, value: 255, shown: () => false });
    for (let i = 0; i < raster.data.length; i++)
      if (Math.floor(i / 352) % 9 === 0 && i % 352 > 40) raster.data[i] = 0;
    same(raster);
  });
  test('skies of many values, as JPEG leaves them', () => {
    const raster = on(noisy(1), { width: 192, height: 320, left: 0, top: 80, value: 0 });
    for (let y = 0; y < 80; y++)
      for (let x = 0; x < 192; x++) raster.data[y * 192 + x] = 40 + 4 * (x >> 4);
    for (let y = 240; y < 320; y++)
      for (let x = 0; x < 192; x++) raster.data[y * 192 + x] = 140 + 4 * (x >> 4);
    same(raster);
  });
  test('a sky that is dark in one colour only, above a skyline', () => {
    const raster = on(noisy(3), { width: 192, height: 320, left: 0, top: 160, value: 0 });
    for (let i = 0; i < 192 * 160; i++) {
      raster.data[3 * i] = 20 + 4 * Math.floor(i / 192 / 6);
      raster.data[3 * i + 2] = 30 + ((i >> 1) % 4) + 4 * Math.floor(i / 192 / 6);
    }
    same(raster);
  });
  test('pages: the ground of their margins is between their lines too', () => {
    const raster = on(noisy(1), { ...centred, value: 255, shown: () => false });
    for (let y = 60; y < 260; y++)
      for (let x = 60; x < 290; x++)
        if (y % 16 < 9 && (x * 7 + (y % 16) * 5) % 11 < 4) raster.data[y * 352 + x] = 20;
    same(raster);
  });
  test('a stamp on a large page: too little to say', () => {
    const raster = on(noisy(1), {
      width: 800,
      height: 800,
      left: 8,
      top: 8,
      value: 255,
      shown: (x, y) => x < 40 && y < 40,
    });
    same(raster);
  });
});
