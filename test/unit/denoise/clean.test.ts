import type { LevelGrid } from '../../../app/denoise/level-grid.ts';
import { describe, expect, test } from 'vitest';
import { passesOf } from '../../../app/denoise/asking.ts';
import { changesNothing } from '../../../app/denoise/clean-spec.ts';
import {
  cleanImage,
  createSpec,
  levelWords,
  needsReading,
  resolveBlend,
  resolveLevels,
} from '../../../app/denoise/denoise.ts';
import { LUMA } from '../../../app/pixels/luma.ts';
import { readNoise } from '../../../app/denoise/noise/reading.ts';
import { lookAt } from '../../../app/denoise/picture.ts';
import { layerSink, nearest } from '../../../app/runtime/sinks.ts';
import type { HourglassEvent, Rect } from '../../../app/contract/index.ts';
import { allocateSamples, maxValue, minValue, type Raster } from '../../../app/pixels/raster.ts';
import { planTiles, type ModelCard } from '../../../app/runtime/index.ts';
import { normal } from '../../random.ts';
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
    /** false: a network that shifts values may. */
    keepsMean?: boolean;
  } = {},
) {
  const { sigma = 255, detail = 0, chroma = 100, side = 64 } = options;
  const found = createSpec(
    lookAt({ raster: source }),
    options.model ?? card,
    { ...settings, sigma, detail, chroma },
    null,
  );
  const spec = { ...found, keepsMean: options.keepsMean ?? found.keepsMean };
  const data = allocateSamples(source.sampleType, source.data.length).fill(77);
  const touched: Rect[] = [];
  const layer = {
    frame: 0,
    id: 'layer',
    label: 'layer',
    version: 1,
    complete: false,
    facts: null,
    raster: { ...source, data },
    touch: (rect: Rect) => void touched.push(rect),
  };
  const sink = layerSink('d', layer, () => options.view ?? null, {
    job: 'j',
    emit: (event) => options.events?.push(event),
  });
  const inference = fakeInference(options.network ?? blur, side);
  const result = await cleanImage({ spec, device: 'auto', inference, sink }, context);
  return { ...result, data, touched, inference };
}

/** A halo as the shipped networks have. */
const wide: ModelCard = { ...card, halo: 48 };

/** Of 40 × 34 pixels, one tone. */
function blockMeans(data: ArrayLike<number>, width: number, height: number): Float64Array {
  const sums = new Float64Array((width / 40) * (height / 34));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      sums[Math.floor(y / 34) * (width / 40) + Math.floor(x / 40)]! +=
        data[y * width + x]! / (40 * 34);
  return sums;
}

const maxDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

const lumaOf = (data: ArrayLike<number>, at: number): number =>
  LUMA[0] * data[at]! + LUMA[1] * data[at + 1]! + LUMA[2] * data[at + 2]!;

describe('levels', () => {
  const bytes = { range: { low: 0, high: 255 }, source: { sampleType: 'uint8' as const } };
  const read = (sigma: number) =>
    readNoise(
      {
        sigma,
        suggested: sigma,
        kind: 'white',
        perChannel: [sigma],
        uneven: false,
        tissue: null,
        source: null,
        noRoom: null,
        fine: { level: 0, blocks: false },
        method: 'm',
      },
      bytes,
    );
  const reading = read(12);
  test('sigma overrides strength; strength is a share of the reading; auto is the suggestion', () => {
    expect(resolveLevels({ sigma: 7, strength: 50 }, reading)).toEqual({ sigma: 7, noise: 7 });
    expect(resolveLevels({ strength: 50 }, reading)).toEqual({ sigma: 6, noise: 12 });
    expect(resolveLevels({ strength: 'auto' }, reading)).toEqual({ sigma: 12, noise: 12 });
    expect(resolveLevels({ strength: 'auto', share: 150 }, reading)).toEqual({
      sigma: 18,
      noise: 12,
    });
    expect(resolveLevels({ strength: 50, share: 150 }, reading)).toEqual({ sigma: 6, noise: 12 });
    expect(resolveLevels({ strength: 0 }, null)).toEqual({ sigma: 0, noise: 0 });
    expect(needsReading({ strength: 'auto', share: 0 })).toBe(false);
    expect(resolveBlend({ strength: 'auto', share: 40 }, reading)).toBeCloseTo(0.4);
    expect(resolveBlend({ strength: 'auto', share: 140 }, reading)).toBe(1);
    expect(resolveLevels({ strength: 'auto' }, read(0.5)).sigma).toBe(0);
  });
});

describe('pixels', () => {
  test('the network that changes nothing gives the picture back, in every type', async () => {
    for (const sampleType of ['uint8', 'uint16', 'float32'] as const)
      for (const channels of [1, 2, 3, 4] as const) {
        const source = picture({ width: 75, height: 53, channels, sampleType, sigma: 9 });
        const same: Network = (input, side, planes) => input.slice(0, planes * side * side);
        const { data, touched } = await clean(source, { network: same });
        if (sampleType === 'float32' && channels > 2)
          expect(maxDifference(data, source.data)).toBeLessThan(1e-6);
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
    // Two levels are a codec's rounding.
    rgb.data[7] = rgb.data[6]! + 2;
    await clean(rgb, { sigma: 51, network: spy });
    expect(seen[2]![3]).toBeCloseTo(0.3, 6);
    rgb.data[7] = rgb.data[6]! + 3;
    await clean(rgb, { sigma: 51, network: spy });
    expect(seen[3]![3]).toBeCloseTo(0.2, 6);
  });
  test('gray is the mean of the outputs', async () => {
    const source = picture({ width: 20, height: 20, channels: 1, sampleType: 'float32' });
    const { low, high } = lookAt({ raster: source }).range;
    const shifted: Network = (input, side) =>
      input
        .slice(0, 3 * side * side)
        .map((value, i) => value + [0, 0.1, 0.5][Math.floor(i / side ** 2)]!);
    const { data } = await clean(source, { network: shifted, keepsMean: false });
    const added = 0.2 * (high - low);
    data.forEach((value, i) => expect(value).toBeCloseTo(source.data[i]! + added, 6));
  });
  const hounsfield = {
    ...{ black: -1024, white: 3071, slope: 1, intercept: 0, unit: 'HU' },
    window: { center: 40, width: 400 },
  };
  test('a photo on a scale of its own is cleaned between its black and white', async () => {
    const source = { ...picture({ width: 60, height: 40, sampleType: 'uint16' }) };
    for (let i = 0; i < source.data.length; i++) source.data[i]! >>= 4;
    const scaled: Raster = { ...source, scale: { ...hounsfield, black: 0, white: 4095 } };
    const seen: number[] = [];
    const same: Network = (input, side, planes) => {
      seen.push(Math.max(...input.slice(0, planes * side * side)));
      return input.slice(0, planes * side * side);
    };
    expect((await clean(scaled, { network: same })).data).toEqual(source.data);
    expect(Math.max(...seen)).toBeGreaterThan(0.6);
    const darker: Network = (input, side, planes) =>
      input.slice(0, planes * side * side).map((value) => value - 0.2);
    const { data } = await clean(scaled, { network: darker });
    expect(data[0]).toBe(Math.round(source.data[0]! - 819));
  });
  test('scans: the range is undone exactly, integers are clipped to their type only', async () => {
    const scan = (
      sampleType: 'uint16' | 'int16' | 'float32',
      offset: number,
      gain: number,
    ): Raster => {
      const source = picture({ width: 90, height: 70, channels: 1, sigma: 9 });
      const data = allocateSamples(sampleType, source.data.length);
      source.data.forEach((value, i) => (data[i] = offset + gain * value));
      return { ...source, sampleType, data };
    };
    const same: Network = (input, side, planes) => input.slice(0, planes * side * side);
    const shift: Network = (input, side, planes) => same(input, side, planes).map((v) => v - 0.5);
    for (const source of [
      scan('uint16', 1000, 4000),
      scan('uint16', 0, 65_535),
      scan('int16', -1024, 3000),
      { ...scan('int16', -1024, 3000), scale: hounsfield },
      scan('float32', -1024, 3000),
      { ...scan('float32', -1024, 3000), scale: hounsfield },
      scan('float32', 1e-9, 1e-7),
    ]) {
      source.data[40] = source.sampleType === 'float32' ? 1e5 : maxValue(source.sampleType);
      expect((await clean(source, { network: same, detail: 100, side: 112 })).data).toEqual(
        source.data,
      );
      const { low, high } = lookAt({ raster: source }).range;
      const { data } = await clean(source, { network: shift, keepsMean: false });
      data.forEach((value, i) => {
        const wanted = source.data[i]! - 0.5 * (high - low);
        if (source.sampleType === 'float32')
          expect(Math.abs(value - wanted)).toBeLessThan(1e-6 * (Math.abs(wanted) + high - low));
        else
          expect(
            Math.abs(value - Math.max(minValue(source.sampleType), wanted)),
          ).toBeLessThanOrEqual(0.51);
      });
    }
  });
  test('one tone keeps its local mean, whatever the network does to it; colour does not need it', async () => {
    const darker: Network = (input, side, planes) =>
      blur(input, side, planes).map((value) => 0.9 * value - 0.02);
    for (const sampleType of ['uint8', 'float32'] as const) {
      const source = picture({ width: 200, height: 136, channels: 1, sampleType, sigma: 9 });
      const { data } = await clean(source, { network: darker, side: 176, model: wide });
      const shifts = [...blockMeans(data, 200, 136)].map(
        (mean, i) => mean - blockMeans(source.data, 200, 136)[i]!,
      );
      const white = sampleType === 'uint8' ? 255 : 1;
      expect(Math.max(...shifts.map(Math.abs))).toBeLessThan(0.02 * white);
      expect(Math.abs(shifts.reduce((a, b) => a + b, 0) / shifts.length)).toBeLessThan(
        0.002 * white,
      );
      expect(maxDifference(data, source.data)).toBeGreaterThan(0.05 * white);
    }
    const colour = picture({ width: 80, height: 40, sampleType: 'float32' });
    const { data } = await clean(colour, { network: darker });
    expect(data[0]).toBeLessThan(colour.data[0]!);
  });
  test('scans: the network is asked about the mirror image too, and both answers count', async () => {
    const source = picture({ width: 75, height: 40, channels: 1, sampleType: 'float32', sigma: 9 });
    const { low, high } = lookAt({ raster: source }).range;
    let runs = 0;
    // What it adds rises from left to right: the mean with the mirror image's rises nowhere.
    const leaning: Network = (input, side, planes) => {
      runs++;
      return input.slice(0, planes * side * side).map((v, i) => v + (i % side) / (side - 1));
    };
    const { data } = await clean(source, { network: leaning, side: 48, keepsMean: false });
    data.forEach((value, i) => expect(value).toBeCloseTo(source.data[i]! + 0.5 * (high - low), 5));
    expect(runs % 2).toBe(0);
    runs = 0;
    await clean(
      { ...source, sampleType: 'uint8', data: Uint8Array.from(source.data) },
      { side: 96, network: leaning },
    );
    expect(runs).toBe(1);
  });
  test('scans whose noise is uneven: the map follows it; a level that is given holds everywhere', () => {
    const noise = normal(4);
    const data = Uint16Array.from(
      { length: 160 * 64 },
      (_, i) => 1000 + (i % 160 < 80 ? 10 : 40) * noise(),
    );
    const source = {
      ...picture({ width: 160, height: 64, channels: 1, sampleType: 'uint16' }),
      data,
    };
    const reading = readNoise(
      {
        sigma: 20,
        suggested: 17,
        kind: 'unknown',
        perChannel: [20],
        uneven: true,
        tissue: null,
        source: null,
        noRoom: null,
        fine: { level: 0, blocks: false },
        method: 'm',
      },
      lookAt({ raster: source }),
    );
    const spec = (given: { sigma?: number; strength: 'auto' }, read = reading) =>
      createSpec(lookAt({ raster: source }), card, { ...settings, ...given }, read);
    const { local, sigma } = spec({ strength: 'auto' });
    expect(sigma).toBe(17);
    const { values } = local as LevelGrid;
    expect(values[9]! / values[0]!).toBeGreaterThan(1.5);
    expect(spec({ strength: 'auto', sigma: 20 }).local).toBeNull();
    expect(spec({ strength: 'auto' }, { ...reading, uneven: false }).local).toBeNull();
  });
  test('scans: sigma is in levels of the range; the indicator does not depend on it', async () => {
    const source = picture({ width: 90, height: 70, channels: 1, sampleType: 'float32', sigma: 9 });
    const scaled: Raster = { ...source, data: source.data.map((value) => 700 + 5000 * value) };
    const maps: number[] = [];
    const spy: Network = (input, side, planes) => {
      maps.push(input[planes * side * side]!);
      return blur(input, side, planes);
    };
    const one = await clean(source, { sigma: 51, network: spy });
    const two = await clean(scaled, { sigma: 51, network: spy });
    for (const level of maps) expect(level).toBeCloseTo((51 / 255) * card.grayMapFactor, 6);
    expect(two.structure.index).toBeCloseTo(one.structure.index, 3);
    two.data.forEach((value, i) => expect((value - 700) / 5000).toBeCloseTo(one.data[i]!, 5));
  });
  test('the level of a scan is told in its unit, with what it holds for', () => {
    const source = picture({ width: 90, height: 70, channels: 1, sampleType: 'uint16', sigma: 9 });
    const levelOf = (unit: string | null, slope: number, of: 'image' | 'series' | 'given') => {
      const scale = { black: 0, white: 65535, slope, intercept: -1024, window: null, unit };
      const spec = createSpec(
        { ...lookAt({ raster: { ...source, scale } }), range: { low: 1000, high: 3550 } },
        card,
        { ...settings, sigma: 2 },
        null,
      );
      return levelWords(spec, of);
    };
    expect(levelOf('HU', 0.5, 'image')).toBe('noise level 10.0 HU (of this image)');
    expect(levelOf(null, 1, 'series')).toBe('noise level 20.0 stored values (one for its series)');
    expect(levelOf('counts', 100, 'given')).toBe('noise level 2000 counts (as given)');
    const photo = createSpec(
      lookAt({ raster: picture({ width: 40, height: 40, sigma: 9 }) }),
      card,
      { ...settings, sigma: 12 },
      null,
    );
    expect(levelWords(photo, 'image')).toBe('noise level 12.0');
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

describe('one-channel networks', () => {
  const one: ModelCard = {
    ...card,
    input: { ...card.input, imageChannels: 1 },
    output: { ...card.output, channels: 1 },
  };
  test('clean gray that is stored as RGB: one plane in, every colour out, alpha kept', async () => {
    const gray = picture({ width: 50, height: 40, channels: 1, sampleType: 'uint8', sigma: 15 });
    const data = new Uint8Array(50 * 40 * 4);
    gray.data.forEach((value, i) => data.set([value, value, value, i % 256], 4 * i));
    const stored: Raster = { ...gray, channels: 4, hasAlpha: true, data };
    const wanted = await clean(gray, { model: one });
    const result = await clean(stored, { model: one });
    wanted.data.forEach((value, i) =>
      expect([...result.data.subarray(4 * i, 4 * i + 4)]).toEqual([value, value, value, i % 256]),
    );
    expect(wanted.data).not.toEqual(gray.data);
    expect(result.structure).toEqual(wanted.structure);
  });
  test('see the level itself, not raised', async () => {
    const seen: number[] = [];
    const spy: Network = (input, side, planes) => {
      seen.push(planes, input[side * side]!);
      return input.slice(0, side * side);
    };
    const source = picture({ width: 20, height: 20, channels: 1, sampleType: 'uint8' });
    await clean(source, { model: one, sigma: 51, network: spy });
    expect(seen[0]).toBe(1);
    expect(seen[1]).toBeCloseTo(0.2, 6);
  });
});

describe('networks without a noise map', () => {
  const blind: ModelCard = { ...card, input: { ...card.input, noiseMap: false } };
  const half: Network = (input) => input.map((value) => 0.5 * value);
  const source = picture({ width: 50, height: 40, sampleType: 'float32' });
  const share = (settings: { strength: number | 'auto'; sigma?: number }, suggested = 100) =>
    createSpec(
      lookAt({ raster: source }),
      blind,
      { ...settings, detail: 0, chroma: 100 },
      {
        sigma: 8,
        perChannel: [8],
        words: '',
        suggestedStrength: suggested,
        suggestedSigma: 8,
        range: null,
        storedSigma: null,
        uneven: false,
        source: null,
        method: '',
      },
    );
  test('strength is the share of what is removed; a level is all of it; auto is all or nothing', () => {
    expect(share({ strength: 40 }).blend).toBeCloseTo(0.4, 9);
    expect(share({ strength: 150 }).blend).toBe(1);
    expect(share({ strength: 40, sigma: 3 }).blend).toBe(1);
    expect(share({ strength: 'auto' }).blend).toBe(1);
    for (const spec of [
      share({ strength: 'auto' }, 0),
      share({ strength: 0 }),
      share({ strength: 90, sigma: 0 }),
    ])
      expect(changesNothing(spec)).toBe(true);
    expect(changesNothing(share({ strength: 1 }))).toBe(false);
    expect(
      createSpec(lookAt({ raster: source }), card, { ...settings, sigma: 5 }, null).blend,
    ).toBe(1);
  });
  test('x + s (y − x), and chroma with a strength of its own from the same answer', async () => {
    const run = async (strength: number, chroma: number) => {
      const data = new Float32Array(source.data.length);
      const spec = { ...share({ strength }), chroma };
      const inference = fakeInference(half);
      const sink = {
        begin: () => {},
        target: () => ({ data, sampleType: 'float32' as const, top: 0 }),
        stored: () => {},
      };
      expect(passesOf(spec)).toBe(1);
      await cleanImage({ spec, device: 'auto', inference, sink }, context);
      return data;
    };
    const quarter = await run(40, 100);
    quarter.forEach((value, i) => expect(value).toBeCloseTo(0.8 * source.data[i]!, 6));
    const mixed = await run(40, 50);
    for (let at = 0; at < mixed.length; at += 3) {
      expect(lumaOf(mixed, at)).toBeCloseTo(0.8 * lumaOf(source.data, at), 5);
      const chroma = source.data[at]! - lumaOf(source.data, at);
      expect(mixed[at]! - lumaOf(mixed, at)).toBeCloseTo(0.9 * chroma, 5);
    }
    const none = await run(40, 0);
    expect(none[0]! - lumaOf(none, 0)).toBeCloseTo(source.data[0]! - lumaOf(source.data, 0), 5);
  });
});

test('the map can follow a grid: bilinear between the centres of its cells, times sigma', async () => {
  const source = picture({ width: 40, height: 24, sampleType: 'uint8' });
  const local = { cell: 16, columns: 3, rows: 2, values: Float32Array.of(1, 2, 4, 0, 0, 0) };
  const spec = {
    ...createSpec(lookAt({ raster: source }), card, { ...settings, sigma: 51 }, null),
    local,
  };
  const seen = new Map<string, number>();
  const inference = fakeInference((input, side, planes) => {
    const origin = 8;
    for (let y = 0; y < 24; y++)
      for (let x = 0; x < 40; x++)
        seen.set(`${x},${y}`, input[planes * side * side + (y + origin) * side + x + origin]!);
    // Beyond the border the map is mirrored as the picture is.
    seen.set('-3,2', input[planes * side * side + (2 + origin) * side + origin - 3]!);
    return input.slice(0, planes * side * side);
  });
  const sink = {
    begin: () => {},
    target: () => ({ data: source.data.slice(), sampleType: 'uint8' as const, top: 0 }),
    stored: () => {},
  };
  await cleanImage({ spec, device: 'auto', inference, sink }, context);
  expect(seen.get('0,0')).toBeCloseTo(0.2, 6);
  expect(seen.get('15,3')).toBeCloseTo(0.2 * (1.5 - 0.5 / 16), 6);
  expect(seen.get('39,0')).toBeCloseTo(0.2 * (4 - 1 / 16), 6);
  expect(seen.get('0,23')).toBeCloseTo(0.2 * (0.5 / 16), 6);
  expect(seen.get('0,15')).toBeCloseTo(0.2 * (0.5 + 0.5 / 16), 6);
  expect(seen.get('-3,2')).toBe(seen.get('3,2'));
});

test('models for other tasks and gray models for colour are refused by name', () => {
  const source = picture({ width: 8, height: 8 });
  const other: ModelCard = { ...card, task: 'latent' };
  expect(() => createSpec(lookAt({ raster: source }), other, settings, null)).toThrow(
    'denoise-test-fake',
  );
  const gray: ModelCard = { ...card, input: { ...card.input, imageChannels: 1 } };
  expect(() => createSpec(lookAt({ raster: source }), gray, settings, null)).toThrow('gray');
});
