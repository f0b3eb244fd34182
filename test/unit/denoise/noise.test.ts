import { describe, expect, test } from 'vitest';
import { estimateChen, noiseVariance } from '../../../app/denoise/noise/chen.ts';
import type { NoiseKind } from '../../../app/denoise/noise/combine.ts';
import { runSliced } from '../../../app/denoise/noise/estimator.ts';
import { DEAD_ZONE, measureNoise, readNoise } from '../../../app/denoise/noise/reading.ts';
import { lookAt } from '../../../app/denoise/picture.ts';
import type { NoiseReading } from '../../../app/contract/denoise.ts';
import type { ImageFormat } from '../../../app/contract/index.ts';
import type { Raster } from '../../../app/pixels/raster.ts';
import { card, fakeInference, picture, storeOf } from './helpers.ts';

const never = new AbortController().signal;
/** No noise network is installed: the formula answers. */
const bare = { models: storeOf(card), inference: fakeInference() };
const measure = (raster: Raster): Promise<NoiseReading> => measureNoise({ raster }, bare, never);
const sigmaOf = async (raster: Raster): Promise<number> => (await measure(raster)).sigma;

test('what was measured on the mosaic of a raw file is believed more than the developed picture', async () => {
  const data = Uint16Array.from({ length: 96 * 96 * 3 }, (_, at) => 20000 + ((at * 7919) % 3001));
  const raster: Raster = {
    width: 96,
    height: 96,
    channels: 3,
    hasAlpha: false,
    sampleType: 'uint16',
    data,
  };
  const metadata = { icc: null, colour: null, sensorNoise: 4 };
  const read = await measureNoise({ raster, metadata }, bare, never);
  expect(read).toMatchObject({ sigma: 4, suggestedSigma: 4, suggestedStrength: 100 });
  expect(read.method).toContain('mosaic');
  const quiet = await measureNoise(
    { raster, metadata: { ...metadata, sensorNoise: 0.4 } },
    bare,
    never,
  );
  expect(quiet.suggestedSigma).toBe(0);
  const other = await measureNoise(
    { raster, metadata: { ...metadata, sensorNoise: null } },
    bare,
    never,
  );
  expect(other.method).not.toContain('mosaic');
});

describe('the rule of Chen 2015', () => {
  test('drops large eigenvalues until the mean is no larger than the median', () => {
    expect(noiseVariance(Float64Array.of(4, 4, 4, 4, 100, 1000))).toBe(4);
    expect(noiseVariance(Float64Array.of(3, 4, 5, 900))).toBe(4);
    expect(noiseVariance(Float64Array.of(0, 0, 0, 5))).toBe(0);
    expect(noiseVariance(Float64Array.of(-1e-15, 0, 0))).toBe(0);
  });
});

describe('white noise on a textured picture', () => {
  test.each([5, 10, 25, 50])('colour, σ %i: within 5 %', async (sigma) => {
    const measured = await sigmaOf(picture({ width: 160, height: 120, sigma }));
    expect(Math.abs(measured / sigma - 1)).toBeLessThan(0.05);
  });
  test.each([5, 10, 25, 50])('gray, σ %i: within 5 %, told in stored values', async (sigma) => {
    const raster = picture({ width: 160, height: 120, channels: 1, sigma });
    const { sigma: levels, storedSigma, range } = await measure(raster);
    expect(Math.abs((255 * storedSigma!) / sigma - 1)).toBeLessThan(0.05);
    expect(levels).toBeCloseTo((255 * storedSigma!) / (range!.high - range!.low), 9);
  });
  test('8 and 16 bits read the same as floats', async () => {
    for (const sampleType of ['uint8', 'uint16'] as const) {
      const measured = await sigmaOf(picture({ width: 160, height: 120, sigma: 10, sampleType }));
      expect(Math.abs(measured / 10 - 1)).toBeLessThan(0.05);
    }
  });
  test('a gray picture stored as RGB reads as the gray one', async () => {
    const gray = picture({ width: 120, height: 100, channels: 1, sigma: 12, sampleType: 'uint8' });
    const data = new Uint8Array(gray.data.length * 3);
    for (let i = 0; i < data.length; i++) data[i] = gray.data[Math.floor(i / 3)]!;
    const reading = await measure({ ...gray, channels: 3, data });
    expect(reading.sigma).toBe(await sigmaOf(gray));
    expect(reading.perChannel).toEqual(new Array(3).fill(reading.sigma));
  });
  test('channels of different noise are told apart, for display', async () => {
    const raster = picture({ width: 300, height: 200, sigma: [5, 10, 15] });
    const { perChannel } = await measure(raster);
    expect(perChannel).toHaveLength(3);
    expect(perChannel[0]!).toBeLessThan(perChannel[1]! - 2);
    expect(perChannel[1]!).toBeLessThan(perChannel[2]! - 2);
  });
  test('parts that are black, white or transparent do not count', async () => {
    const raster = picture({
      width: 240,
      height: 200,
      channels: 4,
      sigma: 10,
      sampleType: 'uint8',
    });
    for (let y = 0; y < raster.height; y++)
      for (let x = 0; x < raster.width; x++) {
        const at = 4 * (y * raster.width + x);
        if (y < 60) raster.data.fill(255, at, at + 3);
        else if (y < 100) raster.data.fill(0, at, at + 4);
      }
    expect(Math.abs((await sigmaOf(raster)) / 10 - 1)).toBeLessThan(0.05);
  });
});

describe('pictures that say nothing', () => {
  const flat = (width: number, height: number, value = 90): Raster => ({
    width,
    height,
    channels: 3,
    hasAlpha: false,
    sampleType: 'uint8',
    data: new Uint8Array(width * height * 3).fill(value),
  });
  test('flat, white, two-coloured and tiny pictures read 0', async () => {
    expect(await sigmaOf(flat(200, 200))).toBe(0);
    expect(await sigmaOf(flat(200, 200, 255))).toBe(0);
    for (const [width, height] of [
      [1, 1],
      [3, 200],
      [8, 8],
      [16, 16],
    ] as const)
      expect(await sigmaOf(flat(width, height))).toBe(0);
    const stripes = flat(200, 200);
    stripes.data.fill(255, 0, 200 * 100 * 3);
    expect(await sigmaOf(stripes)).toBe(0);
  });
  test('small pictures still give a fair reading', async () => {
    const measured = await sigmaOf(picture({ width: 24, height: 24, sigma: 20 }));
    expect(Math.abs(measured / 20 - 1)).toBeLessThan(0.25);
  });
  test('not-a-number and infinite samples are left out', async () => {
    const raster = picture({ width: 160, height: 120, sigma: 10 });
    raster.data[5000] = NaN;
    raster.data[9001] = Infinity;
    expect(Math.abs((await sigmaOf(raster)) / 10 - 1)).toBeLessThan(0.05);
  });
});

test('the measurement gives way to others and stops when told', async () => {
  const raster = picture({ width: 400, height: 300, sigma: 10 });
  const controller = new AbortController();
  let turns = 0;
  const ticking = setInterval(() => turns++, 0);
  await measure(raster);
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(0);
  controller.abort();
  await expect(
    runSliced(estimateChen(lookAt({ raster })), controller.signal),
  ).rejects.toMatchObject({
    code: 'cancelled',
  });
});

describe('the reading', () => {
  const bytes = { range: { low: 0, high: 255 }, source: { sampleType: 'uint8' as const } };
  const read = (
    sigma: number,
    kind: NoiseKind = 'white',
    view: Parameters<typeof readNoise>[1] = bytes,
  ) =>
    readNoise(
      {
        sigma,
        suggested: sigma,
        kind,
        perChannel: [sigma],
        uneven: false,
        tissue: null,
        source: null,
        noRoom: null,
        fine: { level: 0, blocks: false },
        method: 'm',
      },
      view,
    );
  test('suggests nothing below the dead zone and the whole reading from there on', () => {
    for (const kind of ['white', 'camera', 'unknown'] as const) {
      const low = read(DEAD_ZONE[kind] - 0.01, kind);
      expect(low).toMatchObject({ suggestedStrength: 0, suggestedSigma: 0, method: 'm' });
      expect(low.words).toContain('No noise worth cleaning');
      expect(read(DEAD_ZONE[kind], kind).suggestedStrength).toBe(100);
    }
    const high = read(12.3);
    expect(high).toMatchObject({ suggestedStrength: 100, suggestedSigma: 12.3 });
    expect(high).toMatchObject({ range: null, storedSigma: null });
    expect(high.words).toBe('About 12 levels of noise: clearly visible at 100 %.');
    expect(read(1.04).words).toContain('About 1 level of');
  });
  test('names camera noise', () => {
    expect(read(9.7, 'camera').words).toBe(
      'About 10 levels of camera noise: clearly visible at 100 %.',
    );
  });
  test('names the blocks of a strongly compressed JPEG; does not say "no noise" where it can not know', () => {
    const estimate = (sigma: number, level: number, blocks: boolean, format?: ImageFormat) =>
      readNoise(
        {
          ...{ sigma, suggested: sigma, kind: 'camera', perChannel: [sigma], uneven: false },
          ...{
            tissue: null,
            source: null,
            noRoom: null,
            fine: { level, blocks },
            method: 'noise-photo 1',
          },
        },
        bytes,
        format,
      );
    for (const format of ['png', 'tiff', 'webp', 'hgl', undefined] as const)
      expect(estimate(9.7, 0.4, true, format).words).toBe(
        'About 10 levels of noise and traces of strong compression: clearly visible at 100 %.',
      );
    expect(estimate(9.7, 0.4, true, 'jpeg').words).toBe(
      'About 10 levels of noise and traces of strong JPEG compression: clearly visible at 100 %.',
    );
    expect(estimate(0.4, 1.6, false)).toMatchObject({ suggestedSigma: 0 });
    expect(estimate(0.4, 1.6, false).words).toContain('No noise could be told from texture');
    expect(estimate(0.4, 1.4, true).words).toBe('No noise worth cleaning was measured.');
  });
  test('scans are told in stored values too', () => {
    const ct = { range: { low: -1000, high: 1550 }, source: { sampleType: 'float32' as const } };
    const reading = read(2.4, 'unknown', ct);
    expect(reading.storedSigma).toBeCloseTo(24, 9);
    expect(reading.range).toEqual({ low: -1000, high: 1550 });
    expect(reading.words).toBe(
      'About 2.4 levels of noise (about 24 stored values): hardly visible at 100 %.',
    );
    const small = { range: { low: 0, high: 0.05 }, source: { sampleType: 'float32' as const } };
    expect(read(10, 'unknown', small).words).toContain('(about 0.002 stored values)');
  });
});
