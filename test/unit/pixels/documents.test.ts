/** Open documents: tiles, pyramids, layers, bounded memory, thumbnails. */
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { cancelledError } from '../../../app/contract/index.ts';
import {
  createDocumentStore,
  decodeImage,
  layerKind,
  type Layer,
  type OpenDocument,
  type Raster,
} from '../../../app/pixels/index.ts';
import { levelSizes, Pyramid } from '../../../app/pixels/pyramid.ts';
import { createSeriesReader, writeSlice } from './series-reader.ts';
import {
  imageOf,
  noiseRaster,
  requestFor,
  scratchFolder,
  writeWhole,
  rgbProfile,
  primaries,
} from './support.ts';

const plain = layerKind<null>('layer');
const made = (document: OpenDocument, id: string): Promise<Layer<null>> =>
  document.makeLayer(id, plain, () => null);

const folder = scratchFolder();
const signal = new AbortController().signal;
const saved = async (
  name: string,
  raster: Raster,
  icc: Uint8Array | null = null,
): Promise<string> => {
  const path = join(folder, name);
  await writeWhole(requestFor(path, 'tiff', imageOf(raster, { icc }), { overwrite: true }));
  return path;
};
const open = (
  store: ReturnType<typeof createDocumentStore>,
  path: string,
): ReturnType<typeof store.open> => store.open({ source: '@1', path, maxMegapixels: 100, signal });

/** The mean of the 2×2 pixels, as the plainest code would do it. */
function plainHalf(raster: Raster): number[] {
  const { width, height, channels, data } = raster;
  const result: number[] = [];
  for (let y = 0; y < Math.ceil(height / 2); y++)
    for (let x = 0; x < Math.ceil(width / 2); x++)
      for (let c = 0; c < channels; c++) {
        const at = (dx: number, dy: number): number =>
          data[
            (Math.min(height - 1, 2 * y + dy) * width + Math.min(width - 1, 2 * x + dx)) *
              channels +
              c
          ]!;
        const mean = (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4;
        result.push(raster.sampleType === 'float32' ? Math.fround(mean) : Math.floor(mean + 0.5));
      }
  return result;
}

/** Compares long lists; a list of half a million differences would help nobody. */
const sameValues = (one: ArrayLike<number>, other: ArrayLike<number>): boolean => {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
};

describe('pyramid', () => {
  it.each(['uint8', 'uint16', 'float32'] as const)(
    'levels of %s are means, odd sizes included',
    async (sampleType) => {
      const raster = noiseRaster({ width: 1037, height: 515, channels: 3, sampleType });
      const pyramid = new Pyramid(raster);
      await pyramid.ensure();
      expect(pyramid.levels.map(({ width, height }) => [width, height])).toEqual([
        [1037, 515],
        [519, 258],
        [260, 129],
        [130, 65],
      ]);
      for (let level = 1; level < pyramid.levels.length; level++)
        expect(sameValues(pyramid.levels[level]!.data, plainHalf(pyramid.levels[level - 1]!))).toBe(
          true,
        );
    },
  );

  it('touching redoes exactly what a rebuild would, also while it is being built', async () => {
    const raster = noiseRaster({ width: 801, height: 603, channels: 1, sampleType: 'uint16' });
    const pyramid = new Pyramid(raster);
    const building = pyramid.ensure();
    const change = (x: number, y: number, width: number, height: number): void => {
      for (let row = y; row < y + height; row++)
        raster.data.fill(7000 + row, row * 801 + x, row * 801 + x + width);
      pyramid.touch({ x, y, width, height });
    };
    change(3, 5, 11, 1);
    await building;
    change(799, 601, 2, 2);
    change(256, 128, 257, 131);
    const fresh = new Pyramid(raster);
    await fresh.ensure();
    for (let level = 1; level < fresh.levels.length; level++)
      expect(
        Buffer.compare(
          Buffer.from(pyramid.levels[level]!.data.buffer),
          Buffer.from(fresh.levels[level]!.data.buffer),
        ),
      ).toBe(0);
  });

  it('small images have one level', () => {
    expect(levelSizes({ width: 256, height: 100 })).toHaveLength(1);
    expect(levelSizes({ width: 257, height: 1 })).toHaveLength(2);
  });
});

describe('documents', () => {
  it('facts, tiles of every level, and refusals', async () => {
    const raster = noiseRaster({ width: 1100, height: 700, channels: 3, sampleType: 'uint8' });
    const store = createDocumentStore({ maxBytes: 1e9 });
    const document = await open(
      store,
      await saved('facts.tif', raster, rgbProfile('My P3', primaries.srgb, null)),
    );
    expect(document.info).toMatchObject({
      source: '@1',
      name: 'facts.tif',
      format: 'tiff',
      width: 1100,
      height: 700,
      channels: 3,
      sampleType: 'uint8',
      profileName: 'My P3',
      levels: 4,
      tileSize: 512,
      capturedWith: null,
      scale: { black: 0, white: 255, slope: 1, intercept: 0, unit: null, window: null },
      frames: 1,
      files: 1,
    });
    const at = { document: document.id, layer: 'source' };
    const corner = await store.tile({ ...at, level: 0, column: 2, row: 1 });
    expect([corner.width, corner.height]).toEqual([76, 188]);
    for (const [x, y] of [
      [0, 0],
      [75, 187],
    ] as const)
      for (let c = 0; c < 3; c++)
        expect(corner.data[(y * 76 + x) * 4 + c]).toBe(
          raster.data[((512 + y) * 1100 + 1024 + x) * 3 + c],
        );
    const overview = await store.tile({ ...at, level: 3, column: 0, row: 0 });
    expect([overview.width, overview.height]).toEqual([138, 88]);
    for (const wrong of [
      { level: 4, column: 0, row: 0 },
      { level: 0, column: 3, row: 0 },
      { level: 0, column: -1, row: 0 },
    ])
      await expect(store.tile({ ...at, ...wrong })).rejects.toMatchObject({
        code: 'invalid-parameter',
      });
    store.close(document.id);
    expect(() => store.get(document.id)).toThrow('There is no open document');
    await expect(store.tile({ ...at, level: 0, column: 0, row: 0 })).rejects.toMatchObject({
      code: 'document-not-open',
    });
  });

  it('says which document was closed, or opened anew under its id', async () => {
    const raster = noiseRaster({ width: 8, height: 8, channels: 3, sampleType: 'uint8' });
    const path = await saved('closed.tif', raster);
    const gone: OpenDocument[] = [];
    const closed = (document: OpenDocument): void => void gone.push(document);
    const store = createDocumentStore({ maxBytes: 1e9, closed });
    const again = { source: '@1', path, maxMegapixels: 100, signal, document: 'mine' };
    const first = await store.open(again);
    const second = await store.open(again);
    expect(gone).toEqual([first]);
    store.close('mine');
    store.close('mine');
    expect(gone).toEqual([first, second]);
  });

  it('others have the thread while a large layer begins, and may begin the same one or close it', async () => {
    const raster = noiseRaster({ width: 4000, height: 3000, channels: 3, sampleType: 'uint8' });
    const store = createDocumentStore({ maxBytes: 1e9 });
    const document = await open(store, await saved('large.tif', raster));
    await store.tile({ document: document.id, layer: 'source', level: 1, column: 0, row: 0 });
    let turns = 0;
    let counting = true;
    const count = (): void => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    const both = [made(document, 'a'), made(document, 'a')];
    const [first, second] = await Promise.all(both);
    counting = false;
    // 36 MB and a third of that again, 4 MB in a turn.
    expect(turns).toBeGreaterThan(8);
    expect(second).toBe(first);
    expect(sameValues(first!.raster.data, raster.data)).toBe(true);

    const late = made(document, 'b');
    await new Promise((resolve) => setImmediate(resolve));
    store.close(document.id);
    await expect(late).rejects.toMatchObject({ code: 'document-not-open' });
    expect(document.layer('b')).toBeUndefined();
  });

  it('layers begin as the source, and change on their own', async () => {
    const raster = noiseRaster({ width: 600, height: 600, channels: 4, sampleType: 'uint16' });
    const store = createDocumentStore({ maxBytes: 1e9 });
    const document = await open(store, await saved('layers.tif', raster));
    const overview = { document: document.id, level: 2, column: 0, row: 0 };
    const before = await store.tile({ ...overview, layer: 'source' });
    const layer = await made(document, 'a');
    expect(sameValues((await store.tile({ ...overview, layer: 'a' })).data, before.data)).toBe(
      true,
    );
    layer.raster.data.fill(0, 0, 600 * 4 * 300);
    const version = layer.version;
    layer.touch({ x: 0, y: 0, width: 600, height: 300 });
    expect(layer.version).toBeGreaterThan(version);
    const after = await store.tile({ ...overview, layer: 'a' });
    expect([...after.data.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    expect(sameValues(after.data.subarray(75 * 150 * 4), before.data.subarray(75 * 150 * 4))).toBe(
      true,
    );
    expect(sameValues((await store.tile({ ...overview, layer: 'source' })).data, before.data)).toBe(
      true,
    );
    for (const id of ['b', 'c', 'd']) await made(document, id);
    expect(document.layer('a')).toBe(layer);
    await expect(store.tile({ ...overview, layer: 'e' })).rejects.toMatchObject({
      code: 'document-not-open',
    });
  });

  it('pixels beyond the bound are dropped and decoded again, unless the file has changed', async () => {
    const one = noiseRaster({ width: 500, height: 400, channels: 3, sampleType: 'uint8', seed: 1 });
    const two = noiseRaster({ width: 500, height: 400, channels: 3, sampleType: 'uint8', seed: 2 });
    const pathOne = await saved('one.tif', one);
    const store = createDocumentStore({ maxBytes: 900_000 });
    const first = await open(store, pathOne);
    const before = await first.image();
    const second = await open(store, await saved('two.tif', two));
    expect(sameValues((await second.image()).raster.data, two.data)).toBe(true);
    const again = await first.image();
    expect(again).not.toBe(before);
    expect(sameValues(again.raster.data, one.data)).toBe(true);
    expect(await first.image()).toBe(again);
    await second.image();
    utimesSync(pathOne, 1, 1);
    await expect(first.image()).rejects.toMatchObject({
      code: 'document-not-open',
      message: expect.stringContaining('changed') as string,
    });
    expect(store.byPath(pathOne)).toBeUndefined();
    expect(store.byPath(join(folder, 'x', '..', 'two.tif'))).toBe(second);
  });

  it('one document larger than the bound still works', async () => {
    const raster = noiseRaster({ width: 500, height: 400, channels: 3, sampleType: 'uint8' });
    const store = createDocumentStore({ maxBytes: 1 });
    const document = await open(store, await saved('large.tif', raster));
    const image = await document.image();
    expect(await document.image()).toBe(image);
    const tile = await store.tile({
      document: document.id,
      layer: 'source',
      level: 1,
      column: 0,
      row: 0,
    });
    expect([tile.width, tile.height]).toEqual([250, 200]);
  });
});

describe('drawings', () => {
  it('are shown as sRGB whatever the profile and channels of the document, beside its layers', async () => {
    const wide = noiseRaster({ width: 300, height: 40, channels: 3, sampleType: 'uint16' });
    const gray = noiseRaster({ width: 300, height: 40, channels: 1, sampleType: 'float32' });
    const store = createDocumentStore({ maxBytes: 1e9 });
    for (const path of [
      await saved('drawn-wide.tif', wide, rgbProfile('ROMM', primaries.proPhoto, 1.8)),
      await saved('drawn-gray.tif', gray),
    ]) {
      const document = await open(store, path);
      const data = Uint8Array.from({ length: 300 * 40 * 3 }, (_, i) => (i * 7) % 256);
      const size = { width: 300, height: 40 };
      const drawing: Raster = { ...size, channels: 3, hasAlpha: false, sampleType: 'uint8', data };
      await document.makeDrawing('map', plain, drawing, null);
      for (const id of ['a', 'b', 'c']) await made(document, id);
      expect(document.layer('map')!.raster).toBe(drawing);
      const at = { document: document.id, layer: 'map', column: 0, row: 0 };
      const whole = await store.tile({ ...at, level: 0 });
      for (const pixel of [0, 1, 299, 300, 11_999])
        expect([...whole.data.subarray(4 * pixel, 4 * pixel + 4)]).toEqual([
          ...data.subarray(3 * pixel, 3 * pixel + 3),
          255,
        ]);
      expect(await store.tile({ ...at, level: 1 })).toMatchObject({ width: 150, height: 20 });
    }
  });
});

describe('another file over a document', () => {
  const opened = async (name: string, raster: Raster, icc: Uint8Array | null = null) => {
    const store = createDocumentStore({ maxBytes: 1e9 });
    const document = await open(store, await saved(name, raster, icc));
    const tile = async (layer: string) => {
      const at = { document: document.id, layer, level: 0, column: 0, row: 0 };
      return [...(await store.tile(at)).data];
    };
    return { document, tile };
  };
  const read = (path: string) => decodeImage({ path });

  it('a photo is shown as it is in its file, by its own profile and depth', async () => {
    const size = { width: 40, height: 30 };
    const wide = noiseRaster({ ...size, channels: 3, sampleType: 'uint16' });
    const profile = rgbProfile('ROMM', primaries.proPhoto, 1.8);
    const { document, tile } = await opened('laid-wide.tif', wide, profile);
    const small = noiseRaster({ ...size, channels: 3, sampleType: 'uint8' });
    const path = await saved('laid-srgb.tif', small);
    await document.layFile('file', plain, await read(path), null);
    const alone = await opened('laid-srgb.tif', small);
    expect(await tile('file')).toEqual(await alone.tile('source'));
    expect(document.layer('file')!.raster.sampleType).toBe('uint8');
  });

  it('of fewer pixels it is stretched, and refused where it has another shape', async () => {
    const flat = (width: number, height: number): Raster => {
      const data = Uint8Array.from(
        { length: width * height * 3 },
        (_, i) => [200, 100, 50][i % 3]!,
      );
      return { width, height, channels: 3, hasAlpha: false, sampleType: 'uint8', data };
    };
    const { document, tile } = await opened('laid-large.tif', flat(90, 61));
    await document.layFile('file', plain, await read(await saved('half.tif', flat(45, 31))), null);
    expect(await tile('file')).toEqual(await tile('source'));
    const other = await read(await saved('other.tif', flat(45, 45)));
    await expect(document.layFile('other', plain, other, null)).rejects.toMatchObject({
      code: 'unsupported-image',
      message: expect.stringContaining('45 × 45'),
    });
  });

  it('over a scan it is values of the scan, so that one window shows both', async () => {
    const scan = (values: (i: number) => number, bits: 8 | 16): Raster => {
      const size = { width: 64, height: 32 };
      const data = bits === 8 ? new Uint8Array(2048) : new Uint16Array(2048);
      for (let i = 0; i < data.length; i++) data[i] = values(i);
      const sampleType = bits === 8 ? 'uint8' : 'uint16';
      return { ...size, channels: 1, hasAlpha: false, sampleType, data };
    };
    const { document } = await opened(
      'laid-scan.tif',
      scan((i) => i * 2, 16),
    );
    const same = await read(
      await saved(
        'scan-same.tif',
        scan((i) => i * 2 + 1, 16),
      ),
    );
    const { raster } = await document.layFile('same', plain, same, null);
    expect(raster.sampleType).toBe('uint16');
    expect(raster.data[700]).toBe(1401);
    // Fewer bits: black and white of what was found in the scan, 0 and 4095, became 0 and 255.
    const fewer = await read(
      await saved(
        'scan-fewer.tif',
        scan((i) => (i * 2) >> 4, 8),
      ),
    );
    const { raster: back } = await document.layFile('fewer', plain, fewer, null);
    expect(Math.abs(back.data[700]! - 1400)).toBeLessThan(17);
  });
});

describe('thumbnails', () => {
  it('end when they are cancelled, whoever reads the file', async () => {
    const seen: AbortSignal[] = [];
    const reader = createSeriesReader();
    const store = createDocumentStore({
      maxBytes: 1e8,
      readers: {
        hgl: {
          ...reader,
          preview: (_file, _limits, signal) => {
            seen.push(signal);
            return new Promise((_, reject) =>
              signal.addEventListener('abort', () => reject(cancelledError())),
            );
          },
        },
      },
    });
    const slice = join(folder, 'slice.hgl');
    writeSlice(slice, { series: 'a', place: 0, value: 1 });
    const photo = await saved(
      'cancelled.tif',
      noiseRaster({ width: 40, height: 30, channels: 3, sampleType: 'uint8' }),
    );
    const cancelled = { code: 'cancelled' };
    const first = new AbortController();
    const preview = store.thumbnail(slice, first.signal);
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    first.abort();
    await expect(preview).rejects.toMatchObject(cancelled);
    const second = new AbortController();
    const small = store.thumbnail(photo, second.signal);
    second.abort();
    await expect(small).rejects.toMatchObject(cancelled);
    expect((await store.thumbnail(photo)).length).toBeGreaterThan(0);
  });

  it('upright, small, in sRGB', async () => {
    // Left half red, right half blue, stored lying on its side (orientation 6: turn by 90° to the right).
    const left = {
      create: { width: 300, height: 400, channels: 3 as const, background: '#ff0000' },
    };
    const half = await sharp({
      create: { width: 300, height: 200, channels: 3, background: '#0000ff' },
    })
      .png()
      .toBuffer();
    const jpeg = await sharp(left)
      .composite([{ input: half, left: 0, top: 0 }])
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const path = join(folder, 'turned.jpg');
    writeFileSync(path, jpeg);
    const store = createDocumentStore({ maxBytes: 1e9 });
    const { data, info } = await sharp(Buffer.from(await store.thumbnail(path)))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([256, 192]);
    const pixel = (x: number, y: number): number[] => [
      ...data.subarray((y * 256 + x) * 3, (y * 256 + x) * 3 + 3),
    ];
    expect(pixel(20, 100)[0]).toBeGreaterThan(230);
    expect(pixel(236, 100)[2]).toBeGreaterThan(230);
  });

  it.each([
    [1, 'uint8'],
    [2, 'uint8'],
    [1, 'float32'],
    [3, 'uint16'],
    [4, 'float32'],
  ] as const)('%i channels of %s', async (channels, sampleType) => {
    const raster = noiseRaster({ width: 700, height: 350, channels, sampleType });
    const store = createDocumentStore({ maxBytes: 1e9 });
    const thumbnail = await store.thumbnail(
      await saved(`thumb-${channels}-${sampleType}.tif`, raster),
    );
    expect(await sharp(Buffer.from(thumbnail)).metadata()).toMatchObject({
      format: 'png',
      width: 256,
      height: 128,
      depth: 'uchar',
    });
  });

  it('the profile is honoured for 16 bits too', async () => {
    const raster: Raster = {
      width: 10,
      height: 10,
      channels: 3,
      hasAlpha: false,
      sampleType: 'uint16',
      data: new Uint16Array(300).map((_, i) => [20_000, 40_000, 30_000][i % 3]!),
    };
    const path = await saved('wide.tif', raster, rgbProfile('ROMM', primaries.proPhoto, 1.8));
    const store = createDocumentStore({ maxBytes: 1e9 });
    const document = await open(store, path);
    const tile = await store.tile({
      document: document.id,
      layer: 'source',
      level: 0,
      column: 0,
      row: 0,
    });
    const { data } = await sharp(Buffer.from(await store.thumbnail(path)))
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([...data.subarray(0, 4)]).toEqual([...tile.data.subarray(0, 4)]);
  });

  it('refuses what opening refuses', async () => {
    const path = join(folder, 'text.jpg');
    writeFileSync(path, 'text');
    await expect(createDocumentStore({ maxBytes: 1 }).thumbnail(path)).rejects.toMatchObject({
      code: 'not-an-image',
    });
  });
});
