/**
 * The learned noise reading through the real runtime, with networks that are the definition of the level
 * itself (test/fixtures/noise/make.py) instead of trained weights: what they must say is known exactly.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  AGREEMENT,
  CERTAIN,
  CERTAIN_AGREEMENT,
  judge,
  COLOUR,
  EVERYWHERE,
  TRUSTED,
  combine,
  combineGray,
  GRAY,
  imageLevel,
  MOST_OF_AIR,
  type Learned,
} from '../../../app/denoise/noise/combine.ts';
import { cellStates, levelOf, readCells, samplePlan } from '../../../app/denoise/noise/learned.ts';
import { measureNoise } from '../../../app/denoise/noise/reading.ts';
import { lookAt } from '../../../app/denoise/picture.ts';
import type { Raster } from '../../../app/pixels/raster.ts';
import {
  createInference,
  createModelStore,
  mirrorIndex,
  spreadTiles,
  type Inference,
  type ModelCard,
} from '../../../app/runtime/index.ts';
import { repositoryRoot } from '../../data.ts';
import { normal } from '../../random.ts';
import { buildRuntime } from '../runtime/support.ts';
import { card, fakeInference, noiseCard, picture, storeOf } from './helpers.ts';

const signal = new AbortController().signal;
const models = createModelStore(join(repositoryRoot, 'test/fixtures/noise/models'));
let built: Awaited<ReturnType<typeof buildRuntime>>;
let inference: Inference;
let photo: ModelCard;
beforeAll(async () => {
  built = await buildRuntime();
  inference = createInference({ threadFile: built.threadFile });
  photo = await models.get('noise-photo');
});
afterAll(async () => {
  await inference.dispose();
  built.remove();
});

const measure = (raster: Raster) => measureNoise({ raster }, { models, inference }, signal);

/** The definition: 4 × the standard deviation of 4 × 4 block means, root mean square over channels. */
function levelOfCell(raster: Raster, left: number, top: number): number {
  const { data, width, height, channels } = raster;
  let power = 0;
  for (let c = 0; c < channels; c++) {
    const means: number[] = [];
    for (let block = 0; block < 16; block++) {
      let sum = 0;
      for (let i = 0; i < 16; i++) {
        const x = mirrorIndex(left + 4 * (block % 4) + (i % 4), width);
        const y = mirrorIndex(top + 4 * (block >> 2) + (i >> 2), height);
        sum += data[(y * width + x) * channels + c]! / 16;
      }
      means.push(sum);
    }
    const mean = means.reduce((a, b) => a + b) / 16;
    power += means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 15 / channels;
  }
  return 255 * 4 * Math.sqrt(power);
}

/** A smooth picture with noise that a 3 × 3 box has made wide, `rms` levels strong. */
function cameraPicture(width: number, height: number, rms: number): Raster {
  const next = normal(7);
  const noise = Array.from({ length: 3 * (width + 2) * (height + 2) }, next);
  const data = new Float32Array(3 * width * height);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++, at++) {
        let sum = 0;
        for (let v = 0; v < 3; v++)
          for (let u = 0; u < 3; u++) sum += noise[3 * ((y + v) * (width + 2) + x + u) + c]!;
        data[at] = (120 + 6 * Math.sin(x / 150 + c) * Math.cos(y / 140) + (rms * sum) / 3) / 255;
      }
  return { width, height, channels: 3, hasAlpha: false, sampleType: 'float32', data };
}

describe('cells', () => {
  test('hold what the network says of their pixels, in every tiling, mirrored at the border', async () => {
    const raster = picture({ width: 200, height: 150, sigma: 12 });
    const view = lookAt({ raster });
    expect(samplePlan(view, photo)).toBeUndefined();
    const size = { width: 200, height: 150, halo: 16, multipleOf: 16 };
    for (const plan of [undefined, spreadTiles({ ...size, side: 96, count: 99 })]) {
      const cells = await readCells(view, photo, { inference, signal }, plan);
      expect(cells).toMatchObject({ cell: 16, columns: 13, rows: 10 });
      for (const [column, row] of [
        [0, 0],
        [5, 3],
        [12, 2],
        [3, 9],
        [12, 9],
      ] as const) {
        const at = row * 13 + column;
        expect(cells.levels[at]).toBeCloseTo(levelOfCell(raster, 16 * column, 16 * row), 2);
        expect(cells.state[at]).toBe(cellStates.good);
        expect(cells.weights[at]).toBeGreaterThan(1);
      }
    }
  });
  test('a large picture is sampled evenly in at most 48 windows', () => {
    const side = { channels: 3, hasAlpha: false, sampleType: 'uint8', data: new Uint8Array(0) };
    for (const [width, height] of [
      [6000, 4000],
      [20_000, 300],
      [300, 12_000],
    ] as const) {
      const source = { ...side, width, height } as Raster;
      const { tiles } = samplePlan(
        { source, tones: 3, scan: false, range: { low: 0, high: 255 } },
        noiseCard('noise-photo'),
      )!;
      expect(tiles.length).toBeGreaterThan(30);
      expect(tiles.length).toBeLessThanOrEqual(48);
      // Each quarter of the longer side has about its quarter of the windows.
      const along = tiles.map(({ core }) => (width > height ? core.x / width : core.y / height));
      for (let quarter = 0; quarter < 4; quarter++) {
        const share = along.filter((at) => Math.floor(4 * at) === quarter).length / tiles.length;
        expect(share).toBeGreaterThan(0.1);
        expect(share).toBeLessThan(0.4);
      }
    }
  });
  test('clipped, transparent and not finite places do not count', async () => {
    const noisy = picture({ width: 160, height: 96, channels: 4, sigma: 10, sampleType: 'uint8' });
    const smooth = cameraPicture(160, 96, 0);
    smooth.data.forEach((value, i) => {
      const at = 4 * Math.floor(i / 3) + (i % 3);
      noisy.data[at] = Math.round(255 * value + (noisy.data[at]! - 128) / 8);
    });
    const before = levelOf(
      await readCells(lookAt({ raster: noisy }), photo, { inference, signal }),
    ).sigma;
    for (let y = 0; y < 32; y++)
      for (let x = 0; x < 160; x++) {
        const at = 4 * (y * 160 + x);
        if (y < 16) noisy.data.fill((x + y) % 2 ? 255 : 0, at, at + 3);
        else noisy.data.fill(x % 3 ? 90 : 0, at, at + 4);
      }
    const cells = await readCells(lookAt({ raster: noisy }), photo, { inference, signal });
    expect([...cells.state.subarray(0, 10)]).toEqual(new Array(10).fill(cellStates.clipped));
    expect([...cells.state.subarray(10, 20)]).toEqual(new Array(10).fill(cellStates.empty));
    expect(cells.levels[0]).toBeLessThan(1);
    expect(cells.levels[15]).toBeGreaterThan(3 * before);
    const rest = { ...cells, state: cells.state.map((state, i) => (i < 20 ? state : 3)) };
    expect(levelOf(cells)).toEqual(levelOf(rest));
    expect(Math.abs(levelOf(cells).sigma / before - 1)).toBeLessThan(0.1);
    const floats = cameraPicture(64, 32, 3);
    floats.data[9] = NaN;
    const { state } = await readCells(lookAt({ raster: floats }), photo, { inference, signal });
    expect([...state]).toEqual([1, 3, 3, 3, 3, 3, 3, 3]);
  });
  test('where everything is clipped, that is what counts; where nothing is there, the level is 0', () => {
    const cells = (state: number) => ({
      cell: 16,
      columns: 2,
      rows: 1,
      levels: Float32Array.of(4, 4),
      weights: Float32Array.of(1, 2),
      state: Uint8Array.of(state, state),
    });
    expect(levelOf(cells(cellStates.clipped)).sigma).toBeCloseTo(4, 6);
    expect(levelOf(cells(cellStates.empty))).toEqual({ sigma: 0, trust: 0 });
    expect(levelOf(cells(cellStates.unseen))).toEqual({ sigma: 0, trust: 0 });
  });
});

describe('the level of the picture', () => {
  test('is the weighted mean of the logarithm, half a level up', () => {
    expect(imageLevel([1.5, 7.5], [1, 1])).toBeCloseTo(Math.sqrt(2 * 8) - 0.5, 9);
    expect(imageLevel([1.5, 7.5], [3, 1])).toBeCloseTo((2 ** 3 * 8) ** 0.25 - 0.5, 9);
    expect(imageLevel([0, 0], [1, 5])).toBe(0);
    expect(imageLevel([9, 9], [0, 0])).toBe(0);
  });
  const white = (sigma: number) => ({ sigma, suggested: sigma, kind: 'white' });
  const sure = (sigma: number) => ({ sigma, trust: 1.5 + COLOUR.perLevel * sigma });
  test('combine: white where both agree, camera where the formula sees little, the network otherwise', () => {
    expect(combine(10, sure(10.9))).toEqual(white(10));
    expect(combine(10, sure(9.2))).toEqual(white(10));
    const told = COLOUR.gain * 10 + COLOUR.lift;
    expect(combine(0.3, sure(10))).toEqual({ sigma: 10, suggested: told, kind: 'camera' });
    expect(combine(0.3, sure(1.8))).toEqual({ sigma: 1.8, suggested: 3.6, kind: 'camera' });
    expect(combine(8, sure(1))).toEqual({ sigma: 1, suggested: 1, kind: 'unknown' });
    expect(combine(8, sure(1), 5)).toEqual(white(8));
    expect(combine(8, sure(1), 0.9 * EVERYWHERE * 8).kind).toBe('unknown');
    expect(combine(0.9 * CERTAIN, sure(1), 5).kind).toBe('unknown');
    expect(combine(0, sure(0))).toEqual(white(0));
    expect(combine(2, sure(2 * AGREEMENT)).kind).toBe('white');
    expect(combine(2, sure(2.01 * AGREEMENT)).kind).toBe('camera');
    expect(combine(5, sure(5 * CERTAIN_AGREEMENT)).kind).toBe('white');
    expect(combine(5, sure(5.01 * CERTAIN_AGREEMENT)).kind).toBe('camera');
  });
  test('combineGray: air says more than the network, but not much more', () => {
    const learned = sure(10);
    const network = judge(learned, GRAY);
    const by = (air: number | null) => combineGray({ air, tissue: null }, learned);
    expect(by(null)).toEqual(network);
    expect(by(15)).toEqual({ sigma: 15, suggested: 15 });
    expect(by(8)).toEqual(network);
    // A gray photograph with 15 levels of noise, in which “air” of 225 levels was found.
    expect(by(10 * MOST_OF_AIR)).toEqual(network);
  });
  test('combineGray: what is in tissue is there, also where the network trusts itself little', () => {
    const by = (tissue: number, learned: Learned) => combineGray({ air: null, tissue }, learned);
    expect(by(2.7, { sigma: 1.2, trust: 1.3 })).toEqual({ sigma: 2.7, suggested: 2.7 });
    expect(by(2.7, sure(5))).toEqual(judge(sure(5), GRAY));
  });
  test('combine: what the network doubts counts in part, and the formula’s level stays', () => {
    const doubted = (sigma: number, trust: number = COLOUR.texture) => ({ sigma, trust });
    const half = (COLOUR.texture + COLOUR.noise) / 2;
    expect(combine(5, doubted(9.8))).toEqual(white(5));
    expect(combine(1, doubted(20, 0.1))).toEqual(white(1));
    expect(combine(CERTAIN, { sigma: 6, trust: COLOUR.noise })).toEqual(white(CERTAIN));
    expect(combine(CERTAIN, sure(6)).kind).toBe('camera');
    // Found everywhere, a high level is told whatever the network thinks of itself: noise that a JPEG was made of.
    const unsure = doubted(25, COLOUR.noise);
    const enough = (EVERYWHERE * 25 * TRUSTED) / COLOUR.noise;
    expect(combine(1, unsure, enough).suggested).toBe(25);
    expect(combine(1, unsure, 0.6 * enough).suggested).toBeCloseTo(COLOUR.cautious, 9);
    expect(combine(1, unsure).suggested).toBe(COLOUR.cautious);
    expect(combine(1, doubted(60, TRUSTED), EVERYWHERE * 60).suggested).toBe(60);
    // CBSD68 291000: a clean photograph that the network reads as strong noise, with texture in every cell.
    expect(combine(0.89, { sigma: 30.9, trust: 1.7 }, 5.44).suggested).toBe(COLOUR.cautious);
    // A clean photograph whose texture is everywhere is not cleaned more than before.
    const texture = doubted(2.6, COLOUR.noise);
    expect(combine(0.7, texture, 2.6)).toEqual(combine(0.7, texture));
    expect(combine(CERTAIN, unsure, enough).sigma).toBe(25);
    expect(combine(CERTAIN, unsure).sigma).toBe(CERTAIN);
    const partly = combine(1, doubted(20, half));
    expect(partly.sigma).toBeCloseTo(10, 9);
    expect(partly.suggested).toBeCloseTo(COLOUR.cautious / 2, 9);
    expect(combine(5, doubted(7, half))).toEqual(white(5));
  });
  test('strong camera noise is cleaned at its level, weak noise at more', () => {
    const suggested = (sigma: number) => judge(sure(sigma), COLOUR).suggested;
    expect(suggested(2)).toBe(4);
    expect(suggested(10)).toBe(11.5);
    for (const sigma of [14, 20, 30, 60]) expect(suggested(sigma)).toBeCloseTo(sigma, 9);
  });
  test('a level that no picture without noise is read as needs less trust', () => {
    const suggested = (sigma: number, trust: number) => judge({ sigma, trust }, COLOUR).suggested;
    expect(suggested(46, 2.7)).toBe(46);
    expect(suggested(31, 2.7)).toBe(COLOUR.cautious);
    expect(suggested(46, 1.5)).toBe(COLOUR.cautious);
  });
  test('a high number that is trusted as a low one would be is followed with caution', () => {
    const { noise, cautious } = COLOUR;
    expect(judge({ sigma: 20, trust: noise }, COLOUR)).toEqual({ sigma: 20, suggested: cautious });
    expect(judge({ sigma: 2, trust: 9 }, GRAY)).toEqual({ sigma: 2, suggested: 2 });
    const between = judge({ sigma: 20, trust: 1.25 + 20 * GRAY.perLevel }, GRAY).suggested;
    expect(between).toBeCloseTo((cautious + 20) / 2, 9);
  });
});

describe('the reading', () => {
  test('white noise in colour: both agree, and the formula’s number is told', async () => {
    const smooth = cameraPicture(240, 160, 0);
    const next = normal(3);
    const raster = { ...smooth, data: smooth.data.map((value) => value + (15 * next()) / 255) };
    const reading = await measure(raster);
    const formula = await measureNoise({ raster }, { models: storeOf(card), inference }, signal);
    expect(reading.sigma).toBe(formula.sigma);
    expect(reading.perChannel).toEqual(formula.perChannel);
    expect(reading.words).toBe('About 15 levels of noise: clearly visible at 100 %.');
    expect(reading.method).toBe('noise-photo 0.0.1 with chen-2015-joint');
    expect(formula.method).toBe('chen-2015-joint (noise-photo is not installed)');
  });
  test('camera noise: the network’s number, and named', async () => {
    const raster = cameraPicture(240, 160, 4);
    const reading = await measure(raster);
    // A 3 × 3 box of unit power: 4 × 4 block means of power 0.3403 instead of 1 / 16.
    expect(Math.abs(reading.sigma / (4 * 4 * Math.sqrt(0.3403)) - 1)).toBeLessThan(0.1);
    expect(reading.words).toMatch(/^About 9 levels of camera noise/);
    expect(reading.suggestedSigma).toBeGreaterThan(1);
    expect(reading.suggestedStrength).toBe(
      Math.round((100 * reading.suggestedSigma) / reading.sigma),
    );
    const rms = Math.sqrt(reading.perChannel.reduce((sum, value) => sum + value ** 2, 0) / 3);
    expect(rms).toBeCloseTo(reading.sigma, 6);
  });
  test('gray, also as RGB, and scans: the scan network alone', async () => {
    const colour = cameraPicture(200, 120, 4);
    const data = Uint16Array.from(
      { length: 200 * 120 },
      (_, i) => 1000 + 4096 * colour.data[3 * i]!,
    );
    const scan: Raster = { ...colour, channels: 1, sampleType: 'uint16', data };
    const { range, source } = lookAt({ raster: scan });
    const inUnits = {
      ...scan,
      sampleType: 'float32' as const,
      data: new Float32Array(data.length),
    };
    data.forEach((value, i) => {
      inUnits.data[i] = (value - range.low) / (range.high - range.low);
    });
    const reading = await measure(source);
    expect(reading.method).toBe('noise-scan 0.0.1');
    const cells = Array.from({ length: 12 * 7 }, (_, i) =>
      levelOfCell(inUnits, 16 * (i % 12), 16 * Math.floor(i / 12)),
    );
    const wanted = imageLevel(cells, new Array(cells.length).fill(1));
    expect(Math.abs(reading.sigma / wanted - 1)).toBeLessThan(0.1);
    expect(reading.range).toEqual(range);
    expect(reading.storedSigma! / (range.high - range.low)).toBeCloseTo(reading.sigma / 255, 9);
    const rgb = Uint16Array.from({ length: 3 * data.length }, (_, i) => data[Math.floor(i / 3)]!);
    const stored = await measure({ ...scan, channels: 3, data: rgb });
    expect(stored.sigma).toBe(reading.sigma);
    expect(stored.perChannel).toEqual([reading.sigma, reading.sigma, reading.sigma]);
  });
  test('without a network nothing is claimed about camera noise', async () => {
    const flat = cameraPicture(120, 80, 0);
    const formula = await measureNoise(
      { raster: flat },
      { models: storeOf(card), inference },
      signal,
    );
    expect(formula.words).toContain('can hide');
    expect((await measure(flat)).words).toBe('No noise worth cleaning was measured.');
  });
  test('stops when told', async () => {
    const controller = new AbortController();
    const raster = cameraPicture(300, 300, 4);
    const slow = fakeInference(() => {
      controller.abort();
      return new Float32Array(2 * 16 * 16);
    });
    const services = { models: storeOf(noiseCard('noise-photo')), inference: slow };
    await expect(measureNoise({ raster }, services, controller.signal)).rejects.toThrow();
    await expect(
      measureNoise({ raster }, { models, inference }, controller.signal),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });
});
