/** The parts of the latent commands that need no model: geometry, search, order, bookkeeping. */
import { createHash } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../app/contract/index.ts';
import { bytesOfSize } from '../../../app/contract/sizes.ts';
import { latentCards } from '../../../app/latent/card.ts';
import { continuedPixel, latentGrid } from '../../../app/latent/grid.ts';
import { LatentsHash } from '../../../app/latent/hash.ts';
import { InFlight } from '../../../app/latent/in-flight.ts';
import { LatentStore } from '../../../app/latent/latent-store.ts';
import { mosaicOf, spreadParts } from '../../../app/latent/parts.ts';
import { psnrOf, nearnessOfRasters } from '../../../app/latent/psnr.ts';
import { searchQuality } from '../../../app/pixels/size-search.ts';
import {
  alphaOf,
  sourceFacts,
  sourceNotices,
  unlikeCodec,
  withinUnit,
} from '../../../app/latent/source.ts';
import { stages } from '../../../app/latent/stages.ts';
import type { TileLatents } from '../../../app/latent/tile-latents.ts';
import { fillWindow, runsOf, tilesOf } from '../../../app/latent/window.ts';
import type { DecodedImage, Raster } from '../../../app/pixels/index.ts';
import { createModelStore } from '../../../app/runtime/index.ts';
import { repositoryRoot } from '../../data.ts';

const signal = new AbortController().signal;

describe('a size as people write it', () => {
  it.each<[string, number | null]>([
    ['500KB', 500_000],
    ['500 kb', 500_000],
    ['200KiB', 204_800],
    ['1.5MB', 1_500_000],
    ['2MiB', 2_097_152],
    ['1234', 1234],
    ['1,5 MB', 1_500_000],
    ['1.000,5 KB', null],
    ['0', null],
    ['-5KB', null],
    ['5GB', null],
    ['KB', null],
  ])('%s', (text, bytes) => expect(bytesOfSize(text)).toBe(bytes));
});

describe('pixels beyond the border', () => {
  it('are mirrored up to whole cells, then about their border', () => {
    // 10 pixels, 16 with the mirrored rest: 9 8 7 6 5 4 after 9.
    const indices = Array.from({ length: 12 }, (_, i) => continuedPixel(8 + i, 10));
    expect(indices).toEqual([8, 9, 9, 8, 7, 6, 5, 4, 4, 5, 6, 7]);
    expect([-1, -2, -3].map((index) => continuedPixel(index, 10))).toEqual([0, 1, 2]);
    expect([-9, 0, 1, 8, 500].map((index) => continuedPixel(index, 1))).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('a window of latents', () => {
  it('comes in runs of tiles, mirrored outside of the picture', () => {
    expect(runsOf(-2, 9, 6, 4)).toEqual([
      { tile: 0, to: 0, from: 1, length: 2, mirrored: true },
      { tile: 0, to: 2, from: 0, length: 4, mirrored: false },
      { tile: 1, to: 6, from: 0, length: 2, mirrored: false },
      { tile: 1, to: 8, from: 1, length: 1, mirrored: true },
    ]);
  });

  it('equals reading each position by itself, signs of odd functions turned', () => {
    const grid = latentGrid({ width: 150, height: 90 }, 64);
    expect(grid).toMatchObject({ columns: 19, rows: 12, tileColumns: 3, tileRows: 2 });
    const parity = Uint8Array.of(0, 1, 2, 3);
    const value = (c: number, x: number, y: number): number => 1000 * (c + 1) + 20 * y + x;
    const tiles = new Map<number, TileLatents>();
    for (const box of grid.tiles) {
      const { latentColumns: columns, latentRows: rows } = box;
      const values = new Int32Array(4 * columns * rows);
      for (let c = 0; c < 4; c++)
        for (let y = 0; y < rows; y++)
          for (let x = 0; x < columns; x++)
            values[(c * rows + y) * columns + x] = value(c, box.x / 8 + x, box.y / 8 + y);
      tiles.set(box.index, { state: 'intact', values });
    }
    const window = { x: -30, y: -5, side: 64 };
    expect(tilesOf(window, grid).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    const target = new Float32Array(5 * 64 * 64).fill(NaN);
    fillWindow(window, grid, tiles, { channels: 4, parity }, 32, target);
    const fold = (index: number, size: number): [number, boolean] => {
      let at = index;
      let turned = false;
      while (at < 0 || at >= size) {
        at = at < 0 ? -1 - at : 2 * size - 1 - at;
        turned = !turned;
      }
      return [at, turned];
    };
    for (let y = 0; y < 64; y++)
      for (let x = 0; x < 64; x++) {
        const [fromX, oddX] = fold(window.x + x, 19);
        const [fromY, oddY] = fold(window.y + y, 12);
        for (let c = 0; c < 4; c++) {
          const sign = (oddX && c & 1 ? -1 : 1) * (oddY && c & 2 ? -1 : 1);
          // Step 32 is 4 levels; values count in 1/64 step.
          const expected = (sign * value(c, fromX, fromY) * 4) / 64;
          expect(target[(c * 64 + y) * 64 + x]).toBe(expected);
        }
        expect(target[(4 * 64 + y) * 64 + x]).toBe(4);
      }
  });

  it('has zeros where a tile is lost', () => {
    const grid = latentGrid({ width: 16, height: 8 }, 64);
    const lost = new Map<number, TileLatents>([[0, { state: 'lost', values: null }]]);
    const target = new Float32Array(2 * 4 * 4).fill(NaN);
    const model = { channels: 1, parity: Uint8Array.of(3) };
    fillWindow({ x: 0, y: 0, side: 4 }, grid, lost, model, 0, target);
    expect([...target.subarray(0, 16)]).toEqual(new Array(16).fill(0));
  });
});

describe('the search for a size', () => {
  const search = async (limit: number, bytes: (quality: number) => number, first = 60) => {
    const tried: number[] = [];
    const found = await searchQuality({
      limit,
      first,
      bytesAt: (quality) => {
        tried.push(quality);
        return Promise.resolve(bytes(quality));
      },
    });
    return { ...found, tried };
  };
  const curve = (quality: number): number => Math.round(20_000 * 2 ** (quality / 18));

  it('finds the best quality that fits, whatever the limit, in few tries', async () => {
    for (let quality = 1; quality <= 100; quality++) {
      const found = await search(curve(quality) + 5, curve);
      expect(found).toMatchObject({ quality, bytes: curve(quality), fits: true });
      expect(found.tried.length).toBeLessThanOrEqual(8);
      expect(new Set(found.tried).size).toBe(found.tried.length);
    }
  });

  it('also on a curve of stairs', async () => {
    const stairs = (quality: number): number => 1000 * (1 + Math.floor(quality / 30));
    for (const limit of [1000, 1500, 2000, 3999]) {
      const { quality, fits } = await search(limit, stairs);
      expect(fits).toBe(true);
      expect(stairs(quality)).toBeLessThanOrEqual(limit);
      expect(stairs(quality + 1)).toBeGreaterThan(limit);
    }
  });

  it('says when nothing fits, and takes the best where all do', async () => {
    expect(await search(10, curve)).toMatchObject({ quality: 1, fits: false });
    expect(await search(1e12, curve)).toMatchObject({ quality: 100, fits: true });
  });
});

describe('the latents’ hash', () => {
  const tile = (n: number): Int16Array => Int16Array.of(n, -n, 300 + n);

  it('is SHA-256 of the symbols in tile order, however they come', () => {
    const expected = createHash('sha256');
    for (const n of [0, 1, 2, 3]) {
      const bytes = Buffer.alloc(6);
      tile(n).forEach((value, i) => bytes.writeInt16LE(value, 2 * i));
      expected.update(bytes);
    }
    const digest = expected.digest('hex');
    for (const order of [
      [0, 1, 2, 3],
      [3, 1, 0, 2],
      [2, 2, 3, 1, 0, 0],
    ]) {
      const hash = new LatentsHash(4);
      for (const n of order) hash.add(n, tile(n));
      expect(hash.digest()).toBe(digest);
    }
  });

  it('is not there while a tile is missing', () => {
    const hash = new LatentsHash(2);
    hash.add(1, tile(1));
    expect(hash.digest()).toBeNull();
  });
});

describe('tasks in flight', () => {
  it('are never more than allowed, and all are waited for', async () => {
    const tasks = new InFlight(3);
    let running = 0;
    let most = 0;
    let done = 0;
    for (let i = 0; i < 20; i++)
      await tasks.add(async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, i % 4));
        running -= 1;
        done += 1;
      });
    await tasks.done();
    expect({ most, done }).toEqual({ most: 3, done: 20 });
  });

  it('end with the first failure', async () => {
    const tasks = new InFlight(2);
    await tasks.add(() => Promise.reject(new Error('first')));
    await expect(
      (async () => {
        for (let i = 0; i < 5; i++)
          await tasks.add(() => new Promise((resolve) => setTimeout(resolve, 1)));
        await tasks.done();
      })(),
    ).rejects.toThrow('first');
  });
});

describe('kept latents', () => {
  it('say in words that there is no place for them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'store-'));
    const file = join(folder, 'no-folder');
    writeFileSync(file, '');
    process.env.HOURGLASS_TEMP = file;
    const store = new LatentStore(500, 0);
    try {
      await expect(store.put(0, new Float32Array(500))).rejects.toMatchObject({
        code: 'output-not-writable',
        message: expect.stringContaining('Temporary data can not be written'),
      });
    } finally {
      await store.close();
      delete process.env.HOURGLASS_TEMP;
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('come back from memory and from a file, which goes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'store-'));
    process.env.HOURGLASS_TEMP = folder;
    try {
      for (const inMemory of [1e6, 0]) {
        const store = new LatentStore(3 * 500, inMemory);
        const tiles = [0, 1, 2].map((n) => Float32Array.from({ length: 500 }, (_, i) => n + i / 7));
        await Promise.all(tiles.map((y, index) => store.put(index, y)));
        expect(readdirSync(folder).length).toBe(inMemory === 0 ? 1 : 0);
        for (const n of [2, 0, 1]) expect(await store.get(n)).toEqual(tiles[n]);
        await expect(store.get(3)).rejects.toMatchObject({ code: 'internal' });
        await store.close();
        await store.close();
        expect(readdirSync(folder)).toEqual([]);
      }
    } finally {
      delete process.env.HOURGLASS_TEMP;
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('progress of stages', () => {
  it('is one that never falls and ends at its total', () => {
    const seen: Progress[] = [];
    const [first, second, third] = stages((step) => seen.push(step), [1, 0, 3]);
    const step = (done: number, total: number): Progress => ({
      ...{ done, total },
      unit: 'tiles',
      message: '',
    });
    first!(step(1, 2));
    first!(step(2, 2));
    second!(step(1, 1));
    third!(step(0, 0));
    third!(step(5, 10));
    third!(step(10, 10));
    expect(seen.map(({ done }) => done)).toEqual([125, 250, 250, 250, 625, 1000]);
    expect(new Set(seen.map(({ total }) => total))).toEqual(new Set([1000]));
  });
});

const raster = (changes: Partial<Raster> = {}): Raster => ({
  ...{ width: 2, height: 1, channels: 3, hasAlpha: false, sampleType: 'uint8' },
  data: Uint8Array.of(1, 2, 3, 4, 5, 6),
  ...changes,
});

describe('what is to be compressed', () => {
  it('photographs are; scans and floats only when allowed', () => {
    expect(sourceFacts('a', { raster: raster() }, false)).toEqual({
      ...{ tones: 'colour', hasAlpha: false, sampleType: 'uint8', bitDepth: 8, lossyScan: false },
    });
    const scan = raster({ channels: 1, sampleType: 'uint16', data: Uint16Array.of(1, 2) });
    expect(() => sourceFacts('a', { raster: scan }, false)).toThrow(/a is a scan/);
    expect(sourceFacts('a', { raster: scan }, true)).toMatchObject({
      tones: 'gray',
      lossyScan: true,
    });
    const floats = raster({ sampleType: 'float32', data: new Float32Array(6) });
    expect(() => sourceFacts('a', { raster: floats }, false)).toThrow(/stored in floats/);
  });

  const deep = (white: number, changes: Partial<Raster> = {}): Raster => {
    const { channels } = raster(changes);
    const data = Uint16Array.from({ length: 100 * channels }, (_, i) =>
      Math.round((white * ((i * 79) % 300)) / 299),
    );
    data[0] = white;
    return raster({ width: 10, height: 10, sampleType: 'uint16', data, ...changes });
  };

  it.each([
    ['10 bits', deep(1023), 10, 1023],
    ['12 bits', deep(4095), 12, 4095],
    ['12 bits, not all of them', deep(3000), 12, 4095],
    ['14 bits beside alpha', deep(16_383, { channels: 4, hasAlpha: true }), 14, 16_383],
    ['12 bits of one tone', deep(4095, { channels: 1 }), 12, 4095],
    ['15 bits', deep(32_767), 16, null],
    ['16 bits', deep(65_535), 16, null],
  ])('16-bit samples that use %s are seen in their range', (_, image, bitDepth, white) => {
    const facts = sourceFacts('a', { raster: image }, true);
    expect(facts.bitDepth).toBe(bitDepth);
    expect(facts.narrow).toBe(white === null ? undefined : true);
    const seen = withinUnit(image, facts);
    expect(seen.data).toBe(image.data);
    expect(seen.scale?.white ?? null).toBe(white);
    expect(spreadParts(seen, 1e6, 1)[0]!.scale).toEqual(seen.scale);
  });

  it('is unlike what was learnt from on the scale on which it is seen', async () => {
    const side = 128;
    const of = (white: number): Raster => {
      const data = Uint16Array.from({ length: 3 * side * side }, (_, i) => {
        const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
        return Math.round(white * (0.5 + 0.3 * Math.sin(x / 9) + 0.2 * Math.sin(y / 5 + (i % 3))));
      });
      data[0] = white;
      return raster({ width: side, height: side, sampleType: 'uint16', data });
    };
    const models = createModelStore(join(repositoryRoot, 'models'), null, [latentCards]);
    const card = await models.ofKind(latentCards, 'latent-photo');
    const said = (image: Raster) =>
      unlikeCodec(
        card,
        { raster: image } as DecodedImage,
        sourceFacts('a', { raster: image }, false),
      );
    expect(said(of(4095))).toEqual(said(of(65_535)));
  });

  it.each([10, 12])('a file of %i bits, spread over 16, is told with its own', (bits) => {
    const spread = { raster: deep(65_535, { bits }) };
    const facts = sourceFacts('a.avif', spread, false);
    expect(facts).toMatchObject({ bitDepth: bits });
    expect(facts.narrow).toBeUndefined();
    expect(sourceNotices('a.avif', facts).map(({ text }) => text)).toEqual([
      `a.avif stores ${bits} bits per sample; a latent keeps of them what the quality allows, about 8 to 10, and decodes to 16.`,
    ]);
  });

  it('floats are clipped, what is no number is black', () => {
    const data = Float32Array.of(-1, 0.25, 7, NaN, Infinity, 1);
    const floats = raster({ sampleType: 'float32', data });
    const { data: inside } = withinUnit(floats, sourceFacts('a', { raster: floats }, true));
    expect([...inside]).toEqual([0, 0.25, 1, 0, 1, 1]);
    expect(data[0]).toBe(-1);
  });

  it('alpha is taken out row by row', () => {
    const data = Uint8Array.of(1, 10, 2, 20, 3, 30, 4, 40);
    const gray = raster({ width: 2, height: 2, channels: 2, hasAlpha: true, data });
    expect([...alphaOf(gray, 1, 1)]).toEqual([30, 40]);
  });
});

describe('PSNR', () => {
  it('is that of the colours, in 8 bits', async () => {
    expect(psnrOf(1)).toBeCloseTo(48.13, 2);
    expect(psnrOf(0)).toBe(99);
    const a = raster({
      channels: 2,
      hasAlpha: true,
      width: 3,
      data: Uint8Array.of(9, 0, 5, 1, 7, 2),
    });
    const b = raster({ ...a, data: Uint8Array.of(9, 255, 8, 255, 7, 255) });
    const facts = sourceFacts('a', { raster: a }, false);
    const picture = { raster: a, facts, padding: null };
    const near = await nearnessOfRasters(picture, b, signal);
    expect(near.psnr).toBeCloseTo(psnrOf(3), 9);
    expect(near.largestError).toBe(3);
    const deep = raster({
      ...a,
      sampleType: 'uint16',
      data: Uint16Array.from(a.data, (v) => v * 257),
    });
    expect(await nearnessOfRasters(picture, deep, signal)).toEqual({ psnr: 99, largestError: 0 });
  });
});

describe('parts of a large picture', () => {
  const large = raster({
    ...{ width: 2000, height: 1300, channels: 4, hasAlpha: true },
    data: Uint8Array.from({ length: 2000 * 1300 * 4 }, (_, i) => (i * 7) % 251),
  });

  it('are whole tiles inside of it, none twice; a small one is itself', () => {
    const parts = spreadParts(large, 1e6, 4);
    expect(parts.map(({ width, height, channels }) => [width, height, channels])).toEqual(
      new Array(4).fill([512, 512, 3]),
    );
    expect(new Set(parts.map(({ data }) => data.slice(0, 60).join())).size).toBe(4);
    const [one] = spreadParts(large, 1e7, 4);
    expect([one!.width, one!.height]).toEqual([2000, 1300]);
    expect([...one!.data.subarray(0, 6)]).toEqual([0, 7, 14, 28, 35, 42]);
  });

  it('side by side make a smaller picture', () => {
    const { width, height, channels, data } = mosaicOf(large, 1e6);
    expect([width, height, channels]).toEqual([1024, 1024, 3]);
    expect([...data.subarray(0, 3)]).toEqual([0, 7, 14]);
  });
});
