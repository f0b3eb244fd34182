/** Noise of a sensor from its mosaic, on files whose noise is known: within 10 % from ISO 100 to 25,600. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../app/pixels/index.ts';
import { varianceAt, type LightNoise } from '../../../app/pixels/light-noise.ts';
import { measureColours, measureMosaic } from '../../../app/raw/mosaic-noise.ts';
import { rawReader } from '../../../app/raw/reader.ts';
import { dataPack } from '../../data.ts';
import { scratchFolder } from '../pixels/support.ts';
import { makeDng } from './make-dng.ts';
import { lightOf, noiseAtIso, noisyMosaic, type Light } from './made-noise.ts';

const folder = scratchFolder();
const isos = [100, 400, 1600, 6400, 25600];
const colours = [0, 1, 1, 2];

/** Slopes, steps, and fine texture over a third of it. */
function drawn(width = 512, height = 384): Light {
  const light = Float32Array.from({ length: 3 * width * height }, (_, at) => {
    const pixel = Math.floor(at / 3);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const step = ((x >> 6) + (y >> 6)) % 3 === 0 ? 0.2 : 0;
    const texture = x > (2 * width) / 3 ? 0.05 * Math.sin(1.3 * x) * Math.sin(1.7 * y) : 0;
    return 0.06 + (0.5 * x) / width + (0.1 * y) / height + step + texture + 0.02 * (at % 3);
  });
  return { width, height, light };
}

const measured = (
  { width, height, light }: Light,
  noise: LightNoise,
): ReturnType<typeof measureColours> => {
  const data = noisyMosaic({ width, height, light }, noise);
  const black = [2048, 2048, 2048, 2048] as const;
  return measureColours({ data, stride: width, left: 0, top: 0, width, height, black, white: 16383 }, colours); // prettier-ignore
};

/** Of the level at the darker, middle and lighter parts of what a colour of the sensor sees; its whole numbers are noise too. */
function errors({ light }: Light, noise: LightNoise, found: NonNullable<ReturnType<typeof measured>>) {
  const neutral = [0.5, 1, 0.6];
  return found.flatMap((one, colour) => {
    const seen = Float32Array.from({ length: 1000 }, (_, at) => light[3 * Math.floor((at * light.length) / 3000) + colour]! * neutral[colour]!).sort();
    return [100, 500, 900].map((at) => {
      const true_ = noise.shot * seen[at]! + noise.read + 1 / 12 / (16383 - 2048) ** 2;
      return Math.sqrt(varianceAt(one, seen[at]!) / true_) - 1;
    });
  });
} // prettier-ignore

describe.each(isos)('ISO %i', (iso) => {
  const noise = noiseAtIso(iso);

  it('a drawn scene', () => {
    const light = drawn();
    for (const error of errors(light, noise, measured(light, noise)!))
      expect(Math.abs(error)).toBeLessThan(0.1);
  });

  it.skipIf(!dataPack)('photographs', async () => {
    const wall = join(dataPack!, 'photo-train/wall');
    const names = readdirSync(wall).filter((name) => name.endsWith('.jpg'));
    for (const name of [names[20]!, names[60]!, names[110]!]) {
      const light = await lightOf(join(wall, name), 640);
      for (const error of errors(light, noise, measured(light, noise)!))
        expect(Math.abs(error)).toBeLessThan(0.1);
    }
  });
});

it('nothing is said of a mosaic that is clipped, black, or too small', () => {
  const samples = (data: Uint16Array, width: number, height: number) =>
    measureMosaic({ data, stride: width, left: 0, top: 0, width, height, black: [0, 0, 0, 0], white: 4095 }); // prettier-ignore
  expect(samples(new Uint16Array(512 * 512).fill(4095), 512, 512)).toBe(null);
  expect(samples(new Uint16Array(512 * 512), 512, 512)).toBe(null);
  expect(samples(new Uint16Array(64 * 64).fill(900), 64, 64)).toBe(null);
});

it('a mosaic without any noise has none', () => {
  const data = new Uint16Array(512 * 512).fill(900);
  const found = measureMosaic({ data, stride: 512, left: 0, top: 0, width: 512, height: 512, black: [0, 0, 0, 0], white: 4095 }); // prettier-ignore
  for (const one of found!) expect(varianceAt(one, 0.2)).toBeLessThan(1e-9);
});

describe('an opened file', () => {
  const readers = { dng: rawReader, raw: rawReader };
  const noise = noiseAtIso(3200);

  it.each([
    ['one black', [0, 1, 1, 2], [2048], undefined],
    ['another pattern', [2, 1, 1, 0], [2048], undefined],
    ['four blacks', [0, 1, 1, 2], [2000, 2048, 2060, 2100], undefined],
    ['an odd active area', [1, 0, 2, 1], [2048], [1, 3, 384, 512]],
  ] as const)('says its sensor’s noise: %s', async (name, pattern, black, activeArea) => {
    const light = drawn();
    const { width, height } = light;
    const samples = noisyMosaic(light, noise, { pattern, black: 2048 });
    if (black.length === 4)
      samples.forEach((value, at) => {
        samples[at] = value - 2048 + black[2 * (Math.floor(at / width) % 2) + (at % 2)]!;
      });
    const path = join(folder, `${name}.dng`);
    const area = activeArea ? { activeArea } : {};
    writeFileSync(path, makeDng({ width, height, samples, pattern, black, white: 16383, iso: 3200, ...area })); // prettier-ignore
    const { notices } = await decodeImage({ path, readers });
    const said = notices.map(({ text }) => text).find((text) => text.includes('sensor'))!;
    const expected = 100 * Math.sqrt(noise.shot * 0.18 + noise.read);
    const percent = Number(/([\d.]+) %/.exec(said)![1]);
    expect(Math.abs(percent / expected - 1)).toBeLessThan(0.1);
    expect(said).toContain('ISO 3200');
  });

  it.each([800, 6400])('foretells the noise of the developed picture, ISO %i', async (iso) => {
    const light = drawn();
    const { width, height } = light;
    const developed = async (level: LightNoise | null) => {
      const path = join(folder, `foretold-${level ? iso : 'clean'}.dng`);
      const samples = noisyMosaic(light, level);
      writeFileSync(path, makeDng({ width, height, samples, black: [2048], white: 16383 }));
      return decodeImage({ path, readers });
    };
    const noisy = await developed(noiseAtIso(iso));
    const clean = await developed(null);
    let sum = 0;
    noisy.raster.data.forEach((value, at) => {
      sum += ((value - clean.raster.data[at]!) / 257) ** 2;
    });
    const real = Math.sqrt(sum / noisy.raster.data.length);
    // Demosaicking, which is left out, smooths a little, and takes noise for edges.
    expect(noisy.metadata.sensorNoise! / real).toBeGreaterThan(0.7);
    expect(noisy.metadata.sensorNoise! / real).toBeLessThan(1.3);
    // Without noise there is next to none.
    expect(clean.metadata.sensorNoise!).toBeLessThan(0.5);
  });

  it('says nothing where there is no mosaic', async () => {
    const path = join(folder, 'linear.dng');
    writeFileSync(path, makeDng({ width: 64, height: 64, samples: new Uint16Array(64 * 64 * 3).fill(9000), pattern: null })); // prettier-ignore
    const { notices, metadata } = await decodeImage({ path, readers });
    expect(notices.map(({ text }) => text).join()).not.toContain('before demosaicking');
    expect(metadata.sensorNoise).toBe(null);
  });
});
