/**
 * Patterns are not noise: pictures that noise can not be in, whatever an estimator says of them; and pictures with noise,
 * which must go on being read. The network's stand-in takes everything for very strong noise, as the trained one does
 * with fine dots.
 */
import { deflateRawSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { bitsPerFreeSample } from '../../../app/denoise/noise/held.ts';
import { measureNoise } from '../../../app/denoise/noise/reading.ts';
import {
  addStructure,
  createStructureSums,
  readStructure,
} from '../../../app/denoise/structure.ts';
import type { Raster } from '../../../app/pixels/raster.ts';
import { normal } from '../../random.ts';
import { card, fakeInference, noiseCard, picture, storeOf } from './helpers.ts';

const SIDE = 160;
/** 40 levels, wholly trusted, in every cell. */
const certain = fakeInference((_input, side) => {
  const cells = (side / 16) ** 2;
  return new Float32Array(2 * cells).map((_, i) => (i < cells ? 40 / 255 : 100));
});
const services = {
  models: storeOf(card, noiseCard('noise-photo'), noiseCard('noise-scan')),
  inference: certain,
};
const measure = (raster: Raster) =>
  measureNoise({ raster }, services, new AbortController().signal);

type Value = (x: number, y: number) => number | readonly [number, number, number];

function drawn(value: Value, side = SIDE): Raster {
  const channels = typeof value(0, 0) === 'number' ? 1 : 3;
  const data = new Uint8Array(side * side * channels);
  for (let i = 0; i < side * side; i++) {
    const found = value(i % side, Math.floor(i / side));
    if (typeof found === 'number') data[i] = Math.round(found);
    else data.set(found, 3 * i);
  }
  return { width: side, height: side, channels, hasAlpha: false, sampleType: 'uint8', data };
}

const shade = (x: number, y: number): number => 128 + 70 * Math.sin(x / 50) * Math.cos(y / 60);
/** Error diffusion of Floyd and Steinberg to so many values; the error of a row is carried to the next one. */
function diffused(values: number): Value {
  const plane = Float64Array.from({ length: SIDE ** 2 }, (_, i) =>
    shade(i % SIDE, Math.floor(i / SIDE)),
  );
  const step = 255 / (values - 1);
  for (let i = 0; i < plane.length; i++) {
    const wanted = plane[i]!;
    plane[i] = step * Math.min(values - 1, Math.max(0, Math.round(wanted / step)));
    const error = wanted - plane[i]!;
    if (i + 1 < plane.length) plane[i + 1]! += (7 / 16) * error;
    for (const [at, share] of [
      [SIDE - 1, 3],
      [SIDE, 5],
      [SIDE + 1, 1],
    ] as const)
      if (i + at < plane.length) plane[i + at]! += (share / 16) * error;
  }
  return (x, y) => plane[y * SIDE + x]!;
}
const ordered = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5];
/** Dots of a screen at an angle, with soft edges, as large as the shade is dark. */
const halftone =
  (period: number, angle: number): Value =>
  (x, y) => {
    const turn = (2 * Math.PI) / period;
    const u = turn * (x * Math.cos(angle) + y * Math.sin(angle));
    const v = turn * (y * Math.cos(angle) - x * Math.sin(angle));
    const dot = (Math.cos(u) + Math.cos(v)) / 4 + 0.5 - shade(x, y) / 255;
    return 255 / (1 + Math.exp(12 * dot));
  };
const random = normal(9);
const modules = Array.from({ length: 40 * 40 }, () => (random() > 0 ? 255 : 0));

const patterns: Readonly<Record<string, Value>> = {
  'checker of 4 pixels': (x, y) => 255 * (((x >> 2) + (y >> 2)) & 1),
  'checker of 1 pixel, faint': (x, y) => 100 + 40 * ((x + y) & 1),
  'hatch of 5 pixels': (x, y) => ((x + y) % 5 === 0 ? 255 : 0),
  'hatch of 7 pixels, dark on white': (x, y) => ((x + 2 * y) % 7 === 0 ? 40 : 255),
  'hatch with soft edges': (x, y) => 128 + 120 * Math.sin((x + 0.6 * y) * 1.3),
  'dither, error diffusion, 2 values': diffused(2),
  'dither, error diffusion, 4 values': diffused(4),
  'dither, error diffusion, 16 values': diffused(16),
  'dither, ordered': (x, y) =>
    shade(x, y) / 255 > (ordered[(y % 4) * 4 + (x % 4)]! + 0.5) / 16 ? 255 : 0,
  'halftone, 5 pixels, 45°': halftone(5, Math.PI / 4),
  'halftone, 7 pixels, 15°': halftone(7, 0.26),
  'halftone in colour': (x, y) => [
    Math.round(Number(halftone(5, 0.26)(x, y))),
    Math.round(Number(halftone(5, 1.3)(x, y))),
    Math.round(Number(halftone(5, 0)(x, y))),
  ],
  'screentone on white': (x, y) => (x < 90 && x % 4 < 2 && y % 4 < 2 ? 0 : 255),
  'modules of a code, 4 pixels': (x, y) => modules[(y >> 2) * 40 + (x >> 2)]!,
  bars: (x) => modules[x >> 1]!,
  'graph paper': (x, y) => (x % 5 === 0 || y % 5 === 0 ? [90, 130, 220] : [255, 255, 250]),
  'pixel art of 12 colours': (x, y) => {
    const colour = Math.abs(Math.imul((x >> 1) * 31 + (y >> 1) * 17, 2_654_435_761)) % 12;
    return [20 * colour, 255 - 15 * colour, (90 * colour) % 256];
  },
};

describe('nothing is read, and nothing suggested', () => {
  test.each(Object.keys(patterns))('%s', async (name) => {
    const reading = await measure(drawn(patterns[name]!));
    expect(reading).toMatchObject({ sigma: 0, suggestedSigma: 0, suggestedStrength: 0 });
    expect(reading.words).toContain('as drawings, patterns and dithers do');
  });
  test('soft dots stored as JPEG stores them, with a little noise of its own', async () => {
    const noise = normal(3);
    const dots = halftone(5, Math.PI / 4);
    const reading = await measure(
      drawn((x, y) => Math.min(255, Math.max(0, Number(dots(x, y)) + 3 * noise()))),
    );
    expect(reading.suggestedSigma).toBe(0);
  });
});

describe('patterns that were stored with loss, or in 16 bits', () => {
  const stored = async (
    raster: Raster,
    format: 'jpeg' | 'webp',
    quality: number,
  ): Promise<Raster> => {
    const { width, height, channels } = raster;
    const raw = { width, height, channels };
    const file = await sharp(raster.data as Uint8Array, { raw }).toFormat(format, { quality }).toBuffer(); // prettier-ignore
    const read = sharp(file).toColourspace(channels === 1 ? 'b-w' : 'srgb');
    return { ...raster, data: Uint8Array.from(await read.raw().toBuffer()) };
  };
  const art = (side: number): Value => {
    const tone = (x: number, y: number): number =>
      (Math.imul(Math.imul((x / side) | 0, 374_761_393) ^ Math.imul((y / side) | 0, 668_265_263), 1_274_126_177) >>> 24) % 12; // prettier-ignore
    return (x, y) => {
      const colour = tone(x, y);
      return [(67 * colour + 20) % 256, (131 * colour + 40) % 256, (29 * colour + 90) % 256];
    };
  };
  test.each([
    ['dither, ordered', patterns['dither, ordered']!, 'jpeg', 90],
    ['dither, error diffusion, 2 values', diffused(2), 'jpeg', 60],
    ['dither, error diffusion, 2 values', diffused(2), 'webp', 80],
    ['dither, error diffusion, 4 values', diffused(4), 'jpeg', 90],
    ['pixel art of 2 pixels', art(2), 'jpeg', 75],
    ['pixel art of 3 pixels', art(3), 'webp', 80],
    ['pixel art of 4 pixels', art(4), 'jpeg', 90],
    ['modules of a code', patterns['modules of a code, 4 pixels']!, 'jpeg', 60],
  ] as const)('%s as %s', async (_name, value, format, quality) => {
    const raster = await stored(drawn(value), format, quality);
    expect(await measure(raster)).toMatchObject({ sigma: 0, suggestedSigma: 0 });
  });
  test('a rosette: four screens of 12 pixels, each at its angle', async () => {
    const at = (angle: number) => halftone(12, angle);
    const [c, m, y, k] = [at(0.26), at(1.3), at(0), at(0.78)];
    const ink = (of: Value, dx: number, x: number, v: number): number =>
      Number(of(x + dx, v)) / 255;
    const rosette = drawn((u, v) => {
      const black = 0.4 + 0.6 * ink(k, 5, u, v);
      return [c, m, y].map((of) => Math.round(255 * black * ink(of, 0, u, v))) as [number, number, number]; // prettier-ignore
    }, 240);
    expect((await measure(rosette)).sigma).toBe(0);
  });
  test('more noise than all that varies: a halftone of 16 bits, read as 250 levels', async () => {
    const { data, ...rest } = drawn(halftone(6, Math.PI / 4));
    const deep: Raster = { ...rest, sampleType: 'uint16', data: Uint16Array.from(data, (v) => 257 * v) }; // prettier-ignore
    const inference = fakeInference((_input, side) => {
      const cells = (side / 16) ** 2;
      return new Float32Array(2 * cells).map((_, i) => (i < cells ? 250 / 255 : 100));
    });
    const signal = new AbortController().signal;
    const reading = await measureNoise({ raster: deep }, { ...services, inference }, signal);
    expect(reading).toMatchObject({ sigma: 0, suggestedSigma: 0 });
  });
});

describe('noise is still read', () => {
  const noisy = (sigma: number, value: (x: number, y: number) => number, seed = 4): Raster => {
    const noise = normal(seed);
    return drawn((x, y) => Math.min(255, Math.max(0, value(x, y) + sigma * noise())));
  };
  test.each([
    ['on a shade', noisy(3, shade)],
    ['on a checker of 16 pixels', noisy(20, (x, y) => 80 + 90 * (((x >> 4) + (y >> 4)) & 1))],
    ['on a black picture: half of it is cut off', noisy(30, () => 0)],
    ['on a picture of which nine tenths are black', noisy(40, () => -50)],
    ['so strong that it is cut off at both ends', noisy(50, () => 128)],
    [
      'as strong, stored in colour',
      picture({ width: 160, height: 160, sigma: 45, sampleType: 'uint8' }),
    ],
    ['in colour', picture({ width: 160, height: 160, sigma: 12, sampleType: 'uint8' })],
    ['in 16 bits', picture({ width: 160, height: 160, sigma: 12, sampleType: 'uint16' })],
    [
      'of 12 bits in 16',
      shifted(picture({ width: 160, height: 160, channels: 1, sigma: 9, sampleType: 'uint16' })),
    ],
    ['with a stretched contrast: every fourth value', quantised(noisy(24, shade), 4)],
  ])('%s', async (_name, raster) => {
    expect((await measure(raster)).sigma).toBeGreaterThan(1);
  });
  test('smooth noise of a camera on a plain wall, which compresses well', async () => {
    const noise = normal(6);
    const white = Float32Array.from({ length: (SIDE + 4) ** 2 }, noise);
    const smooth = (x: number, y: number): number => {
      let sum = 0;
      for (let v = 0; v < 5; v++)
        for (let u = 0; u < 5; u++) sum += white[(y + v) * (SIDE + 4) + x + u]!;
      return sum / 5;
    };
    const wall = drawn((x, y) => 120 + 0.8 * smooth(x, y));
    const packed = (8 * deflateRawSync(wall.data as Uint8Array).length) / wall.data.length;
    expect(packed).toBeLessThan(2.05);
    expect((await measure(wall)).sigma).toBeGreaterThan(1);
  });
  test('sepia: as many colours as shades, and noise in each', async () => {
    const noise = normal(4);
    const reading = await measure(
      drawn((x, y) => {
        const gray = Math.round(Math.min(255, Math.max(0, shade(x, y) + 12 * noise())));
        return [Math.min(255, gray + 14), gray, Math.max(0, gray - 9)];
      }),
    );
    expect(reading.words).not.toContain('as drawings, patterns and dithers do');
  });
  test('few counts of a weak source are noise; labels are not', async () => {
    const noise = normal(5);
    const scan = (value: Value): Raster => {
      const { data, ...rest } = drawn(value);
      return { ...rest, sampleType: 'uint16', data: Uint16Array.from(data) };
    };
    const counts = scan(() => Math.max(0, Math.round(4 + 2 * noise())));
    expect((await measure(counts)).sigma).toBeGreaterThan(1);
    const labels = scan((x, y) => (x >> 5) + (y >> 5));
    expect((await measure(labels)).sigma).toBe(0);
  });
});

function shifted(raster: Raster): Raster {
  return { ...raster, data: Uint16Array.from(raster.data, (value) => value >> 4) };
}
function quantised(raster: Raster, step: number): Raster {
  return {
    ...raster,
    data: Uint8Array.from(raster.data, (value) => step * Math.floor(value / step)),
  };
}

describe('what is clean and smooth is not called a pattern', () => {
  const lamp: Value = (x, y) => {
    const light = 200 * Math.exp(-((x - 50) ** 2 + (y - 90) ** 2) / 150);
    return [
      Math.round(9 + light),
      Math.round(7 + 0.8 * light),
      Math.round(6 + x / 12 + 0.5 * light),
    ];
  };
  const sky: Value = (x, y) => [Math.round(40 + y / 4), Math.round(90 + y / 3), Math.round(180 + y / 5 + x / 50)]; // prettier-ignore
  const dusk: Value = (x, y) => Math.round(12 + 9 * Math.sin(x / 30) * Math.cos(y / 40));
  const deep = ({ data, ...rest }: Raster): Raster => ({ ...rest, sampleType: 'uint16', data: Uint16Array.from(data, (v) => 257 * v) }); // prettier-ignore
  test.each<[string, Raster]>([
    ['a lamp in the dark', drawn(lamp)],
    ['a sky', drawn(sky)],
    ['dusk, of few grays', drawn(dusk)],
    ['a sky of 16 bits', deep(drawn(sky))],
  ])('%s', async (_name, raster) => {
    const reading = await measure(raster);
    expect(reading).toMatchObject({ sigma: 0, suggestedSigma: 0, method: 'entropy' });
    expect(reading.words).toBe('No noise worth cleaning was measured.');
  });
  test('nor as JPEG stores it, which noise of the dark is still read in', async () => {
    const noise = normal(3);
    const stored = async (value: Value): Promise<Raster> => {
      const { width, height, data } = drawn(value);
      const raw = { width, height, channels: 3 } as const;
      const file = sharp(data as Uint8Array, { raw }).jpeg({ quality: 95 });
      const read = await sharp(await file.toBuffer()).raw().toBuffer(); // prettier-ignore
      return { ...drawn(value), data: Uint8Array.from(read) };
    };
    const clean = await measure(await stored(lamp));
    expect(clean.words).toBe('No noise worth cleaning was measured.');
    const noisy = (x: number, y: number) => (lamp(x, y) as readonly number[]).map((v) => Math.max(0, Math.round(v + 6 * noise()))) as [number, number, number]; // prettier-ignore
    expect((await measure(await stored(noisy))).sigma).toBeGreaterThan(1);
  });
});

test('bits that say which samples are cut off are not those of noise', () => {
  expect(bitsPerFreeSample(3, 0)).toBe(3);
  expect(bitsPerFreeSample(1, 0.5)).toBe(0);
  expect(bitsPerFreeSample(4, 0.5)).toBe(6);
  expect(bitsPerFreeSample(0.2, 1)).toBe(0);
});

describe('the words on what was removed', () => {
  const wordsOf = async (
    width: number,
    height: number,
    removed: (x: number, y: number) => number,
  ) => {
    const residual = Float32Array.from(
      { length: width * height },
      (_, i) => removed(i % width, Math.floor(i / width)) / 255,
    );
    const sums = createStructureSums();
    await addStructure(
      sums,
      residual.map((value) => 0.5 + value),
      residual,
      width,
      height,
    );
    return readStructure(sums);
  };
  const noise = normal(8);
  test.each<[string, (x: number, y: number) => number]>([
    ['hatch', (x, y) => ((x + y) % 5 === 0 ? 80 : -20)],
    ['checker', (x, y) => (((x >> 2) + (y >> 2)) & 1 ? 60 : -60)],
    ['soft dots', (x, y) => 30 * Math.cos(x * 1.1) * Math.cos(y * 1.1)],
    ['dither without a period', () => (noise() > 0 ? 100 : -100)],
  ])('a vanished pattern is told: %s', async (_name, removed) => {
    const { index, words } = await wordsOf(256, 192, removed);
    expect(words).toContain('a pattern of the picture');
    expect(index).toBeGreaterThanOrEqual(0.5);
  });
  test.each<[string, () => number]>([
    ['white', () => 12 * noise()],
    ['cut off at black on one side', () => Math.max(0, 20 * noise()) - 8],
    ['of even distribution', () => 20 * Math.sqrt(Math.abs(noise()) % 1)],
  ])('noise is none: %s', async (_name, removed) => {
    expect((await wordsOf(256, 192, removed)).words).toContain('looks like noise');
  });
  test.each([
    [1, 500],
    [500, 1],
    [15, 400],
    [9, 9],
  ])('%i × %i pixels: what was removed is not called nothing', async (width, height) => {
    expect(await wordsOf(width, height, () => 9 * noise())).toEqual({
      index: 0,
      words:
        'Something was removed, but the picture is too narrow to tell whether it looks like noise.',
    });
    expect((await wordsOf(width, height, () => 0)).words).toBe('Nothing was removed.');
  });
});
