/** What stays in memory, what goes, and that whoever shows something hears of it. */
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HourglassEvent } from '../../../app/contract/index.ts';
import {
  createDocumentStore,
  layerKind,
  type Layer,
  type MemoryLimits,
  type OpenDocument,
} from '../../../app/pixels/index.ts';
import { imageOf, noiseRaster, requestFor, scratchFolder, writeWhole } from './support.ts';

const folder = scratchFolder();
const signal = new AbortController().signal;
const plain = layerKind<string>('cleaned picture');

/** Small enough to have one level only; and its bytes. */
const size = { width: 200, height: 100, channels: 3 as const, sampleType: 'uint8' as const };
const one = 60_000;

async function setUp(limits: MemoryLimits) {
  const events: HourglassEvent[] = [];
  const closed: string[] = [];
  const store = createDocumentStore({
    ...limits,
    emit: (event) => void events.push(event),
    closed: ({ id }) => void closed.push(id),
  });
  const paths = new Map<string, string>();
  const open = async (id: string): Promise<OpenDocument> => {
    const path = paths.get(id) ?? join(folder, `${id}-${Math.random()}.tif`);
    if (!paths.has(id)) {
      paths.set(id, path);
      await writeWhole(
        requestFor(path, 'tiff', imageOf(noiseRaster({ ...size, seed: paths.size }))),
      );
    }
    return store.open({ source: '@1', path, maxMegapixels: 100, document: id, signal });
  };
  const gone = (): string[] =>
    events.flatMap((event) =>
      event.type === 'layer-gone' ? [`${event.layer} of ${event.document}: ${event.reason}`] : [],
    );
  return { store, open, gone, events, closed, pathOf: (id: string) => paths.get(id)! };
}

const made = (document: OpenDocument, id: string): Promise<Layer<string>> =>
  document.makeLayer(id, plain, () => `facts of ${id}`);
const tile = { level: 0, column: 0, row: 0 };

describe('layers in memory', () => {
  it('are as many as there is room for; the one used longest ago goes, and that is told', async () => {
    const { store, open, gone } = await setUp({ maxBytes: 4 * one });
    const document = await open('d');
    for (const id of ['a', 'b', 'c']) await made(document, id);
    expect(gone()).toEqual([]);
    // A tile, and being asked for, are uses.
    await store.tile({ document: 'd', layer: 'a', ...tile });
    await document.image();
    await made(document, 'e');
    expect(gone()).toEqual(['b of d: memory']);
    expect(document.layer('a')).toMatchObject({ complete: true, facts: 'facts of a' });
    await document.image();
    await made(document, 'f');
    expect(gone()).toEqual(['b of d: memory', 'c of d: memory']);
    await expect(store.tile({ document: 'd', layer: 'b', ...tile })).rejects.toMatchObject({
      code: 'document-not-open',
    });
  });

  it('that a page shows never go, nor the document under them', async () => {
    const { store, open, gone } = await setUp({ maxBytes: 4 * one });
    const document = await open('d');
    await made(document, 'a');
    expect(store.lease({ page: 'p', document: 'd', layers: ['a', 'x'] })).toEqual({
      missing: ['x'],
    });
    const image = await document.image();
    for (const id of ['b', 'c', 'e', 'f']) await made(document, id);
    await open('other');
    expect(document.layer('a')).toBeDefined();
    expect(await document.image()).toBe(image);
    expect(gone()).not.toContain('a of d: memory');
    // Another one takes its place: it may go now.
    await made(document, 'g');
    store.lease({ page: 'p', document: 'd', layers: ['g'] });
    for (const id of ['h', 'i', 'j']) await made(document, id);
    expect(gone()).toContain('a of d: memory');
    expect(document.layer('g')).toBeDefined();
    store.lease({ page: 'p', layers: [] });
    for (const id of ['k', 'l', 'm', 'n']) await made(document, id);
    expect(gone()).toContain('g of d: memory');
  });

  it('stay while they are made, and until the page could say that it shows them', async () => {
    const { store, open, gone } = await setUp({ maxBytes: 3 * one });
    const document = await open('d');
    store.lease({ page: 'p', document: 'd', layers: [] });
    let goOn = (): void => undefined;
    const making = document.makeLayer('slow', plain, async () => {
      await new Promise<void>((resolve) => (goOn = resolve));
      return 'done';
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await made(document, 'a');
    await made(document, 'b');
    expect(gone()).toEqual(['a of d: memory']);
    goOn();
    await making;
    await open('other');
    expect(document.layer('slow')).toBeDefined();
    expect(store.lease({ page: 'p', document: 'd', layers: ['slow'] })).toEqual({ missing: [] });
  });

  it('are gone on with where they were left', async () => {
    const { open } = await setUp({ maxBytes: 9 * one });
    const document = await open('d');
    const failing = document.makeLayer('a', plain, (layer) => {
      layer.raster.data.fill(7, 0, 3);
      throw new Error('left');
    });
    await expect(failing).rejects.toThrow('left');
    expect(document.layer('a')).toMatchObject({ complete: false, facts: null });
    const layer = await made(document, 'a');
    expect([...layer.raster.data.subarray(0, 3)]).toEqual([7, 7, 7]);
    expect(document.layer('a', layerKind<number>('another kind'))).toBeUndefined();
  });

  it('count what is kept with them', async () => {
    const { open, gone } = await setUp({ maxBytes: 4 * one });
    const heavy = layerKind<Uint8Array>('compressed picture', (file) => file.length);
    const document = await open('d');
    await made(document, 'a');
    await document.makeLayer('h', heavy, () => new Uint8Array(1.5 * one));
    expect(gone()).toEqual(['a of d: memory']);
  });
});

describe('too much for the screen', () => {
  it('is refused in words, with sizes: a layer before it is made', async () => {
    const { store, open, gone } = await setUp({ maxBytes: 2 * one, maxPinnedBytes: 2.5 * one });
    const document = await open('d');
    await made(document, 'a');
    store.lease({ page: 'p', document: 'd', layers: ['a'] });
    await expect(made(document, 'b')).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(
        /^The cleaned picture of d-.*tif needs 0\.1 MB of memory beside 0\.1 MB that are on the screen; .* 0\.1 MB\.$/,
      ) as string,
    });
    expect(document.layer('a')).toBeDefined();
    expect(gone()).toEqual([]);
  });

  it('and a lease; nothing of that page is kept then', async () => {
    const { store, open } = await setUp({ maxBytes: 9 * one, maxPinnedBytes: 3.5 * one });
    for (const id of ['d', 'e']) await made(await open(id), 'a');
    store.lease({ page: 'p', document: 'd', layers: ['a'] });
    const lease = () => store.lease({ page: 'q', document: 'e', layers: ['a'] });
    expect(lease).toThrow(/^What is shown of e-.* needs/);
    store.lease({ page: 'p', layers: [] });
    expect(lease()).toEqual({ missing: [] });
  });
});

describe('documents that go', () => {
  it('tell which layers go with them, and end their leases', async () => {
    const { store, open, gone, closed } = await setUp({ maxBytes: 9 * one });
    await made(await open('d'), 'a');
    store.lease({ page: 'p', document: 'd', layers: ['a'] });
    const again = await open('d');
    expect(gone()).toEqual(['a of d: closed']);
    expect(again.layer('a')).toBeUndefined();
    expect(closed).toEqual(['d']);
    store.close('d');
    expect(closed).toEqual(['d', 'd']);
    expect(again.closed).toBe(true);
    await expect(made(again, 'b')).rejects.toMatchObject({ code: 'document-not-open' });
    expect(() => store.lease({ page: 'p', document: 'd', layers: [] })).toThrow('no open document');
  });

  it('a file that was changed on the disk is told once, and refused in words from then on', async () => {
    const { store, open, events, gone, closed, pathOf } = await setUp({ maxBytes: 9 * one });
    const document = await open('d');
    await made(document, 'a');
    store.lease({ page: 'p', document: 'd', layers: ['a'] });
    utimesSync(pathOf('d'), 1, 1);
    expect(store.byPath(pathOf('d'))).toBeUndefined();
    expect(gone()).toEqual(['a of d: changed']);
    expect(events.filter(({ type }) => type === 'document-gone')).toEqual([
      {
        type: 'document-gone',
        document: 'd',
        error: {
          code: 'document-not-open',
          message: expect.stringMatching(/was changed on the disk after it was opened/) as string,
          hint: expect.stringMatching(/Open it again/) as string,
        },
      },
    ]);
    expect(closed).toEqual(['d']);
    for (const layer of ['source', 'a'])
      await expect(store.tile({ document: 'd', layer, ...tile })).rejects.toThrow('was changed');
    expect(() => store.lease({ page: 'p', document: 'd', layers: [] })).toThrow('was changed');
    await expect(made(document, 'b')).rejects.toThrow('was changed');
    await made(await open('d'), 'a');
    expect((await store.tile({ document: 'd', layer: 'a', ...tile })).width).toBe(200);
  });
});
