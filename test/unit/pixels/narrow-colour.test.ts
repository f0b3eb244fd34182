/** Pictures in colour of 16 bits that use fewer of them: seen in the range of the bits in use, stored as they are. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { lookAt, readUnits } from '../../../app/denoise/picture.ts';
import { readNoise } from '../../../app/denoise/noise/reading.ts';
import {
  createDocumentStore,
  decodeImage,
  type Raster,
  type Samples,
} from '../../../app/pixels/index.ts';
import { uniform } from '../../random.ts';
import {
  imageOf,
  primaries,
  requestFor,
  rgbProfile,
  scratchFolder,
  writeWhole,
} from './support.ts';
import { madeTiff } from './tiff-made.ts';

const folder = scratchFolder();
const { signal } = new AbortController();
const [width, height] = [60, 40];

/** Values from 0 to `most` in colour; the last ones are the largest. */
function colours(samples: 3 | 4, most: number, alpha = 65_535): Uint16Array {
  const next = uniform(most);
  const data = Uint16Array.from({ length: width * height * samples }, (_, at) =>
    at % samples === 3 ? alpha : Math.floor(next() * most),
  );
  for (let c = 0; c < 3; c++) data[data.length - samples + c] = most - c;
  return data;
}

async function opened(name: string, bytes: Uint8Array) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const store = createDocumentStore({ maxBytes: 1e9 });
  const document = await store.open({ source: '@1', path, maxMegapixels: 1, signal });
  const at = { document: document.id, layer: 'source', level: 0, column: 0, row: 0 };
  return {
    image: await document.image(),
    info: document.info,
    tile: (await store.tile(at)).data,
    thumbnail: await sharp(Buffer.from(await store.thumbnail(path)))
      .removeAlpha()
      .raw()
      .toBuffer(),
  };
}

const tiff = (data: Samples, samples: 3 | 4): Uint8Array =>
  madeTiff({
    ...{ width, height, data, samples, photometric: 2 },
    ...(samples === 4 ? { extraSamples: [2] } : {}),
  });
const png = (data: Uint16Array, channels: 3 | 4): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels } }).toColourspace('rgb16').png().toBuffer();

const narrow = (data: Uint16Array): Raster => ({
  ...{ width, height, channels: 3, hasAlpha: false, sampleType: 'uint16', data },
});

const levelOf = (value: number, most: number): number => Math.floor((value * 255) / most + 0.5);

describe('colours of fewer bits in 16', () => {
  it.each([
    ['12 bits', 12, 3, tiff],
    ['10 bits', 10, 3, tiff],
    ['14 bits', 14, 3, tiff],
    ['12 bits beside opacity', 12, 4, tiff],
    ['12 bits in a PNG', 12, 3, png],
    ['12 bits in a PNG beside opacity', 12, 4, png],
  ] as const)(
    '%s: shown, measured and cleaned from 0 to the largest number of as many bits',
    async (name, bits, samples, make) => {
      const most = 2 ** bits - 1;
      const data = colours(samples, most - 100);
      const { image, info, tile, thumbnail } = await opened(
        `${name}.${make === png ? 'png' : 'tif'}`,
        await make(data, samples),
      );
      expect(image.raster.data).toEqual(data);
      expect(info.scale).toMatchObject({ black: 0, white: most });
      expect(info.content.family).toBe('photo');
      expect(info.notices.map(({ text }) => text).join()).toContain(
        `${bits} bits of the 16 stored are used; the screen shows 0 to ${most}`,
      );
      for (const pixel of [0, 7, 59])
        for (let c = 0; c < 4; c++)
          expect(tile[pixel * 4 + c]).toBe(
            c === 3 ? 255 : levelOf(data[pixel * samples + c]!, most),
          );
      for (let c = 0; c < 3; c++)
        expect(Math.abs(thumbnail[c]! - levelOf(data[c]!, most))).toBeLessThanOrEqual(1);

      const picture = lookAt(image);
      expect(picture).toMatchObject({ tones: 3, scan: false, range: { low: 0, high: most } });
      const units = new Float32Array(4 * 4 * 3);
      readUnits(picture, { x: 0, y: 0 }, 4, units, 3);
      expect(units[1]).toBeCloseTo(data[samples]! / most, 6);
      const reading = readNoise(
        {
          sigma: 12,
          suggested: 12,
          perChannel: [12, 12, 12],
          kind: 'camera',
          uneven: false,
          source: null,
          noRoom: null,
          fine: { level: 12, blocks: false },
          method: 'noise-photo 1',
        } as never,
        picture,
      );
      expect(reading.storedSigma).toBeCloseTo((12 / 255) * most, 6);
    },
  );

  it('are written as they are stored', async () => {
    const raster = narrow(colours(3, 4000));
    const path = join(folder, 'kept.tif');
    await writeWhole(requestFor(path, 'tiff', imageOf(raster)));
    expect((await decodeImage({ path })).raster.data).toEqual(raster.data);
  });

  it.each([
    ['one value needs all bits', (data: Uint16Array) => data.fill(60_000, 0, 1)],
    [
      '8 bits said twice: a dark picture',
      (data: Uint16Array) => data.forEach((v, i) => (data[i] = (v % 50) * 257)),
    ],
  ])('are not: %s', async (name, change) => {
    const data = colours(3, 4000);
    change(data);
    const { info } = await opened(`${name.slice(0, 8)}.tif`, tiff(data, 3));
    expect(info.scale).toMatchObject({ black: 0, white: 65_535 });
    expect(info.notices).toEqual([]);
  });

  it('are not: a profile says how they shall look', () => {
    const raster = narrow(colours(3, 4000));
    const image = imageOf(raster, { icc: rgbProfile('Dark', primaries.srgb, null) });
    expect(lookAt(image).range).toEqual({ low: 0, high: 65_535 });
    expect(lookAt(imageOf(raster)).range).toEqual({ low: 0, high: 4095 });
    expect(lookAt({ ...imageOf(raster), format: 'avif' }).range).toEqual({ low: 0, high: 65_535 });
  });
});
