/** Samples of a TIFF that are neither colour nor opacity: data that stays data. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  convertSamples,
  createDocumentStore,
  decodeImage,
  type DecodedImage,
  type Samples,
} from '../../../app/pixels/index.ts';
import { readTiffFile } from '../../../app/pixels/metadata/tiff-file.ts';
import { bytesAsSource } from '../../../app/pixels/metadata/tiff-structure.ts';
import { uniform } from '../../random.ts';
import { requestFor, scratchFolder, writeWhole } from './support.ts';
import { madeTiff, type MadeTiff } from './tiff-made.ts';

const folder = scratchFolder();

type Type = Uint8ArrayConstructor | Uint16ArrayConstructor | Float32ArrayConstructor;

/** Colours at random, the samples behind them as told, or at random too. */
function file(
  name: string,
  about: Pick<MadeTiff, 'photometric' | 'samples'> & Partial<MadeTiff> & { fourth?: number },
  Type: Type = Uint8Array,
): { path: string; made: MadeTiff } {
  const [width, height] = [23, 17];
  const next = uniform(name.length);
  const most = Type === Float32Array ? 1 : Type === Uint16Array ? 65_535 : 255;
  const data: Samples = new Type(width * height * about.samples);
  for (let at = 0; at < data.length; at++)
    data[at] =
      about.fourth !== undefined && at % 4 === 3
        ? about.fourth
        : Type === Float32Array
          ? next()
          : Math.floor(next() * most);
  const made = { width, height, data, ...about };
  const path = join(folder, name);
  writeFileSync(path, madeTiff(made));
  return { path, made };
}

/** Every `samples`th sample from `first` on. */
const plane = ({ data, samples }: MadeTiff, first: number): Samples =>
  data.filter((_, at) => at % samples === first);

async function rewritten(
  image: DecodedImage,
  name: string,
  format: 'tiff' | 'jpeg' | 'png' | 'webp' | 'avif' = 'tiff',
) {
  const path = join(folder, name);
  const { notices } = await writeWhole(requestFor(path, format, image));
  return { path, notices, text: notices.map(({ text }) => text).join(' ') };
}
const tags = async (path: string) => (await readTiffFile(bytesAsSource(readFileSync(path))))!;

const kinds: [string, Parameters<typeof file>[1], Type, number[]][] = [
  [
    'unspecified, all 0',
    { photometric: 2, samples: 4, extraSamples: [0], fourth: 0 },
    Uint8Array,
    [0],
  ],
  [
    'infrared of a film scanner',
    { photometric: 2, samples: 4, extraSamples: [0] },
    Uint16Array,
    [0],
  ],
  ['without the tag', { photometric: 2, samples: 4 }, Uint8Array, [0]],
  ['floats', { photometric: 2, samples: 4, extraSamples: [0] }, Float32Array, [0]],
  ['gray and one', { photometric: 1, samples: 2, extraSamples: [0] }, Uint8Array, [0]],
  ['gray of 16 bits and one without the tag', { photometric: 1, samples: 2 }, Uint16Array, [0]],
  [
    'gray and three',
    { photometric: 1, samples: 4, extraSamples: [0, 0, 0] },
    Uint8Array,
    [0, 0, 0],
  ],
  ['two', { photometric: 2, samples: 5, extraSamples: [0, 0] }, Uint16Array, [0, 0]],
  ['opacity, and one', { photometric: 2, samples: 5, extraSamples: [2, 0] }, Uint16Array, [2, 0]],
  ['one, and opacity', { photometric: 2, samples: 5, extraSamples: [0, 2] }, Uint8Array, [0, 2]],
];

describe('extra samples', () => {
  it.each(kinds)('%s: kept as data, with the tag, in a TIFF', async (name, about, Type, tag) => {
    const { path, made } = file(`${name}.tif`, about, Type);
    const image = await decodeImage({ path });
    const colours = about.photometric === 2 ? 3 : 1;
    const alpha = tag.indexOf(2);
    expect(image.raster.channels).toBe(colours + (alpha < 0 ? 0 : 1));
    expect(image.raster.hasAlpha).toBe(alpha >= 0);
    expect(image.notices[0]!.text).toMatch(
      /per pixel besides its colours that are not transparency/,
    );
    expect(image.extra!.kinds).toEqual(tag);
    const data = tag.flatMap((_, index) => (index === alpha ? [] : [colours + index]));
    expect(image.extra!.planes).toEqual(data.map((place) => plane(made, place)));

    const out = await rewritten(image, `${name} again.tif`);
    expect(out.text).toBe('');
    expect(await tags(out.path)).toMatchObject({
      samplesPerPixel: about.samples,
      extraSamples: tag,
    });
    const back = await decodeImage({ path: out.path });
    expect(back.raster).toEqual(image.raster);
    expect(back.extra).toEqual(image.extra);
  });

  it('what is cleaned is the colours alone, as stored', async () => {
    const { path, made } = file('colours.tif', {
      photometric: 2,
      samples: 4,
      extraSamples: [0],
      fourth: 0,
    });
    const { raster } = await decodeImage({ path });
    expect([...raster.data.subarray(0, 6)]).toEqual([
      ...made.data.slice(0, 3),
      ...made.data.slice(4, 7),
    ]);
  });

  it.each(['jpeg', 'png', 'webp', 'avif'] as const)(
    'are left out of %s, with a word',
    async (format) => {
      const { path } = file(`to ${format}.tif`, {
        photometric: 2,
        samples: 4,
        extraSamples: [0],
        fourth: 9,
      });
      const image = await decodeImage({ path });
      const out = await rewritten(image, `left out.${format}`, format);
      expect(out.text).toMatch(/can not hold the 1 sample per pixel .* left out\. TIFF keeps them/);
      const { channels, hasAlpha } = await sharp(out.path).metadata();
      expect({ channels, hasAlpha }).toEqual({ channels: 3, hasAlpha: false });
    },
  );

  it('turn with the picture, and become 8 bits with it', async () => {
    const about = { photometric: 2, samples: 4, extraSamples: [0], orientation: 6 };
    const { path, made } = file('turned.tif', about, Uint16Array);
    const image = await decodeImage({ path });
    expect(image.raster).toMatchObject({ width: 17, height: 23 });
    // Orientation 6: the first row is the first column, from below.
    const first = plane(made, 3);
    const column = Array.from({ length: 17 }, (_, x) => first[(16 - x) * 23]);
    expect([...image.extra!.planes[0]!.subarray(0, 17)]).toEqual(column);
    const out = join(folder, 'turned 8.tif');
    await writeWhole(requestFor(out, 'tiff', image, { sampleType: 'uint8' }));
    const back = await decodeImage({ path: out });
    expect(back.extra!.planes[0]).toEqual(convertSamples(image.extra!.planes[0]!, 'uint8'));
  });

  it('opacity alone is opacity as before, multiplied or not', async () => {
    for (const kind of [1, 2]) {
      const { path } = file(`opacity ${kind}.tif`, {
        photometric: 2,
        samples: 4,
        extraSamples: [kind],
      });
      const image = await decodeImage({ path });
      expect(image.raster).toMatchObject({ channels: 4, hasAlpha: true });
      expect(image.extra).toBeUndefined();
      expect(
        (await tags((await rewritten(image, `opacity ${kind} again.tif`)).path)).extraSamples,
      ).toEqual([2]);
    }
  });

  it('are no part of tiles and thumbnails', async () => {
    const grey = new Uint8Array(40 * 30 * 4).map((_, at) => (at % 4 === 3 ? 0 : 120));
    const path = join(folder, 'plain.tif');
    const about = { photometric: 2, samples: 4, extraSamples: [0] };
    writeFileSync(path, madeTiff({ width: 40, height: 30, data: grey, ...about }));
    const store = createDocumentStore({ maxBytes: 1e9 });
    const { signal } = new AbortController();
    const document = await store.open({ source: '@1', path, maxMegapixels: 1, signal });
    const at = { document: document.id, layer: 'source', level: 0, column: 0, row: 0 };
    expect([...(await store.tile(at)).data.subarray(0, 4)]).toEqual([120, 120, 120, 255]);
    const thumbnail = sharp(Buffer.from(await store.thumbnail(path))).raw();
    expect([...(await thumbnail.toBuffer()).subarray(0, 4)]).toEqual([120, 120, 120, 255]);
  });

  it('more than can be decoded are refused by number', async () => {
    const { path } = file('many.tif', {
      photometric: 2,
      samples: 8,
      extraSamples: [0, 0, 0, 0, 0],
    });
    await expect(decodeImage({ path })).rejects.toMatchObject({
      code: 'unsupported-image',
      message: 'many.tif has 8 samples per pixel; up to 5 are supported.',
    });
  });

  it('are read by another program', async ({ skip }) => {
    try {
      execFileSync('tiffinfo', ['-h'], { stdio: 'ignore' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        skip('tiffinfo is not installed (libtiff-tools)');
    }
    const { path } = file(
      'tool.tif',
      { photometric: 2, samples: 5, extraSamples: [2, 0] },
      Uint16Array,
    );
    const out = await rewritten(await decodeImage({ path }), 'tool again.tif');
    const told = execFileSync('tiffinfo', [out.path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(told).toMatch(/Extra Samples: 2<unassoc-alpha, unspecified>/);
    expect(told).toMatch(/Samples\/Pixel: 5/);
  });
});
