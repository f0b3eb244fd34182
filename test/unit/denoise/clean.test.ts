import { describe, expect, test } from 'vitest';
import { cleanImage, createSpec, resolveLevels } from '../../../app/denoise/denoise.ts';
import { LUMA } from '../../../app/denoise/luma.ts';
import { readNoise } from '../../../app/denoise/noise/reading.ts';
import { layerSink, nearest } from '../../../app/denoise/sinks.ts';
import type { HourglassEvent, Rect } from '../../../app/contract/index.ts';
import { allocateSamples, type Raster } from '../../../app/pixels/raster.ts';
import { planTiles, type ModelCard } from '../../../app/runtime/index.ts';
import { blur, card, fakeInference, picture, type Network } from './helpers.ts';

const context = { signal: new AbortController().signal, progress: () => {} };
const settings = { strength: 'auto' as const, detail: 0, chroma: 100 };

/** Cleans into memory through the screen's sink. */
async function clean(
  source: Raster,
  options: {
    sigma?: number;
    detail?: number;
    chroma?: number;
    side?: number;
    network?: Network;
    model?: ModelCard;
    view?: Rect;
    events?: HourglassEvent[];
  } = {},
) {
  const { sigma = 255, detail = 0, chroma = 100, side = 64 } = options;
  const spec = createSpec(
    source,
    options.model ?? card,
    { ...settings, sigma, detail, chroma },
    null,
  );
  const data = allocateSamples(source.sampleType, source.data.length).fill(77);
  const touched: Rect[] = [];
  const layer = {
    id: 'layer',
    version: 1,
    raster: { ...source, data },
    touch: (rect: Rect) => void touched.push(rect),
  };
  const sink = layerSink(
    'd',
    layer,
    () => options.view ?? null,
    (event) => options.events?.push(event),
  );
  const inference = fakeInference(options.network ?? blur, side);
  const result = await cleanImage({ spec, device: 'auto', inference, sink }, context);
  return { ...result, data, touched, inference };
}

const maxDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

const lumaOf = (data: ArrayLike<number>, at: number): number =>
  LUMA[0] * data[at]! + LUMA[1] * data[at + 1]! + LUMA[2] * data[at + 2]!;

describe('levels', () => {
  const reading = readNoise({ sigma: 12, perChannel: [12] }, 'm');
  test('sigma overrides strength; strength is a share of the reading; auto is the suggestion', () => {
    expect(resolveLevels({ sigma: 7, strength: 50 }, reading)).toEqual({ sigma: 7, noise: 7 });
    expect(resolveLevels({ strength: 50 }, reading)).toEqual({ sigma: 6, noise: 12 });
    expect(resolveLevels({ strength: 'auto' }, reading)).toEqual({ sigma: 12, noise: 12 });
    expect(resolveLevels({ strength: 0 }, null)).toEqual({ sigma: 0, noise: 0 });
    const low = readNoise({ sigma: 0.5, perChannel: [0.5] }, 'm');
    expect(resolveLevels({ strength: 'auto' }, low).sigma).toBe(0);
  });
});

describe('pixels', () => {
  test('the network that changes nothing gives the picture back, in every type', async () => {
    for (const sampleType of ['uint8', 'uint16', 'float32'] as const)
      for (const channels of [1, 2, 3, 4] as const) {
        const source = picture({ width: 75, height: 53, channels, sampleType, sigma: 9 });
        const same: Network = (input, side, planes) => input.slice(0, planes * side * side);
        const { data, touched } = await clean(source, { network: same });
        if (sampleType === 'float32') expect(maxDifference(data, source.data)).toBeLessThan(1e-6);
        else expect(data).toEqual(source.data);
        expect(touched.reduce((sum, r) => sum + r.width * r.height, 0)).toBe(75 * 53);
      }
  });
  test('alpha is identical, colours are cleaned', async () => {
    const source = picture({ width: 70, height: 40, channels: 4, sampleType: 'uint16', sigma: 20 });
    const { data } = await clean(source);
    let changed = 0;
    for (let at = 0; at < data.length; at += 4) {
      expect(data[at + 3]).toBe(source.data[at + 3]);
      if (data[at] !== source.data[at]) changed++;
    }
    expect(changed).toBeGreaterThan(2000);
  });
  test('the network gets [0,1], the map sigma / 255, and gray three times with its factor', async () => {
    const seen: number[][] = [];
    const spy: Network = (input, side, planes) => {
      const plane = side * side;
      const at = 20 * side + 20;
      seen.push([0, 1, 2, 3].map((p) => input[p * plane + at]!));
      return input.slice(0, planes * plane);
    };
    const source = picture({ width: 40, height: 40, channels: 1, sampleType: 'uint8' });
    await clean(source, { sigma: 51, network: spy });
    const value = source.data[12 * 40 + 12]! / 255;
    expect(seen).toHaveLength(1);
    [value, value, value, 0.3].forEach((v, i) => expect(seen[0]![i]).toBeCloseTo(v, 6));
    const rgb = { ...source, channels: 3 as const, data: new Uint8Array(4800) };
    for (let i = 0; i < 4800; i++) rgb.data[i] = source.data[Math.floor(i / 3)]!;
    await clean(rgb, { sigma: 51, network: spy });
    expect(seen[1]![3]).toBeCloseTo(0.3, 6);
    rgb.data[7] = rgb.data[7]! + 1;
    await clean(rgb, { sigma: 51, network: spy });
    expect(seen[2]![3]).toBeCloseTo(0.2, 6);
  });
  test('gray is the mean of the outputs', async () => {
    const source = picture({ width: 20, height: 20, channels: 1, sampleType: 'float32' });
    const shifted: Network = (input, side) =>
      input
        .slice(0, 3 * side * side)
        .map((value, i) => value + [0, 0.1, 0.5][Math.floor(i / side ** 2)]!);
    const { data } = await clean(source, { network: shifted });
    data.forEach((value, i) => expect(value).toBeCloseTo(source.data[i]! + 0.2, 6));
  });
  test('floats are not clipped; what is not finite stays and does not spread', async () => {
    const source = picture({ width: 40, height: 40, sampleType: 'float32' });
    source.data.set([3.5, -1, NaN], 0);
    source.data[1500] = Infinity;
    const same: Network = (input, side, planes) => input.slice(0, planes * side * side);
    const { data } = await clean(source, { network: same, detail: 50, side: 112 });
    expect(data[0]).toBeCloseTo(3.5, 5);
    expect(data[1]).toBeCloseTo(-1, 5);
    expect(data[2]).toBeNaN();
    expect(data[1500]).toBe(Infinity);
    const finite = (await clean(source)).data.filter((value) => !Number.isFinite(value));
    expect(finite).toHaveLength(2);
  });
});

describe('chroma', () => {
  const source = picture({ width: 60, height: 44, sampleType: 'float32', sigma: 15 });
  test('0 % keeps the chroma of the source and the luma of the network', async () => {
    const full = await clean(source);
    const none = await clean(source, { chroma: 0 });
    for (let at = 0; at < source.data.length; at += 3) {
      const y = lumaOf(none.data, at);
      expect(y).toBeCloseTo(lumaOf(full.data, at), 5);
      const [ys, r, b] = [lumaOf(source.data, at), source.data[at]!, source.data[at + 2]!];
      expect(none.data[at]! - y).toBeCloseTo(r - ys, 5);
      expect(none.data[at + 2]! - y).toBeCloseTo(b - ys, 5);
    }
  });
  test('another strength takes the chroma of a second pass at that strength', async () => {
    const full = await clean(source, { sigma: 200 });
    const weak = await clean(source, { sigma: 100 });
    const mixed = await clean(source, { sigma: 200, chroma: 50 });
    for (let at = 0; at < source.data.length; at += 3) {
      const y = lumaOf(mixed.data, at);
      expect(y).toBeCloseTo(lumaOf(full.data, at), 5);
      expect(mixed.data[at]! - y).toBeCloseTo(weak.data[at]! - lumaOf(weak.data, at), 5);
    }
  });
});

describe('detail', () => {
  test('gives back a part of what was removed, in proportion, and lowers the indicator', async () => {
    const source = picture({ width: 160, height: 130, sampleType: 'float32', sigma: 3 });
    const none = await clean(source, { sigma: 255, side: 160 });
    const spec = { sigma: 255, side: 160, network: blur };
    // Sigma is also the noise that detail takes for true, so blur fully but claim little noise.
    const weak: Network = (input, side, planes) =>
      blur(
        input.map((v, i) => (i >= planes * side * side ? 1 : v)),
        side,
        planes,
      );
    const whole = await clean(source, { ...spec, sigma: 3, network: weak, detail: 100 });
    const half = await clean(source, { ...spec, sigma: 3, network: weak, detail: 50 });
    let error = 0;
    let before = 0;
    let worst = 0;
    for (let i = 0; i < source.data.length; i++) {
      const given = whole.data[i]! - none.data[i]!;
      worst = Math.max(worst, Math.abs(half.data[i]! - none.data[i]! - given / 2));
      error += (whole.data[i]! - source.data[i]!) ** 2;
      before += (none.data[i]! - source.data[i]!) ** 2;
    }
    expect(worst).toBeLessThan(1e-5);
    expect(error).toBeLessThan(0.5 * before);
    expect(whole.structure.index).toBeLessThan(none.structure.index);
  });
  test('tiles equal the whole picture, at any side', async () => {
    const source = picture({ width: 170, height: 131, sampleType: 'float32', sigma: 10 });
    for (const detail of [0, 100]) {
      const whole = await clean(source, { sigma: 30, detail, side: 240 });
      for (const side of [96, 128])
        expect((await clean(source, { sigma: 30, detail, side })).data).toEqual(whole.data);
    }
  });
});

describe('the screen', () => {
  test('visible tiles come first, then the nearest', async () => {
    const source = picture({ width: 200, height: 200, sampleType: 'uint8', sigma: 5 });
    const events: HourglassEvent[] = [];
    const view = { x: 150, y: 160, width: 20, height: 20 };
    await clean(source, { side: 48, view, events });
    const rects = events.map((event) => (event.type === 'layer' ? event.rect : null)!);
    const centre = (r: Rect) => Math.hypot(r.x + r.width / 2 - 160, r.y + r.height / 2 - 170);
    expect(rects).toHaveLength(49);
    expect(centre(rects[0]!)).toBeLessThan(25);
    expect(centre(rects.at(-1)!)).toBeGreaterThan(200);
    const first = events[0]!;
    expect(first).toMatchObject({
      document: 'd',
      layer: 'layer',
      finishedTiles: 1,
      totalTiles: 49,
    });
  });
  test('a changed view takes effect at the next choice', () => {
    const plan = planTiles({ width: 400, height: 400, halo: 8, multipleOf: 8, side: 112 });
    const waiting = new Set(plan.tiles);
    expect(nearest(waiting, null).index).toBe(0);
    expect(nearest(waiting, { x: 390, y: 0, width: 5, height: 5 }).core).toMatchObject({ y: 0 });
    expect(nearest(waiting, { x: 0, y: 390, width: 5, height: 5 }).core).toMatchObject({ x: 0 });
  });
});

test('models for other tasks and gray models for colour are refused by name', () => {
  const source = picture({ width: 8, height: 8 });
  const other: ModelCard = { ...card, task: 'latent' };
  expect(() => createSpec(source, other, settings, null)).toThrow('denoise-test-fake');
  const gray: ModelCard = { ...card, input: { ...card.input, imageChannels: 1 } };
  expect(() => createSpec(source, gray, settings, null)).toThrow('gray');
});
