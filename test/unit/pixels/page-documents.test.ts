/** An open document is one page of its file: what is seen of it, made of it and kept of it is of that page. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDocumentStore, layerKind } from '../../../app/pixels/index.ts';
import { scratchFolder } from './support.ts';
import { madePages } from './tiff-made.ts';

const folder = scratchFolder();
const path = join(folder, 'three.tif');
writeFileSync(path, madePages([{ side: 20, value: 10 }, { side: 32, value: 60 }, { side: 24, value: 200 }])); // prettier-ignore
const { signal } = new AbortController();
const at = { level: 0, column: 0, row: 0 };
const kind = layerKind<number>('test layer');

async function opened(page?: number, maxBytes = 1e9) {
  const store = createDocumentStore({ maxBytes });
  const asked = { source: '@1', path, maxMegapixels: 1, signal };
  const document = await store.open({ ...asked, ...(page === undefined ? {} : { page }) });
  return { store, document };
}

describe('documents of pages', () => {
  it('say which page of how many they are, and show it', async () => {
    for (const [page, side, value] of [
      [undefined, 20, 10],
      [1, 32, 60],
      [2, 24, 200],
    ] as const) {
      // prettier-ignore
      const { store, document } = await opened(page);
      expect(document.info).toMatchObject({ width: side, height: side, frames: 1 });
      expect(document.info.pages).toEqual({ page: (page ?? 0) + 1, count: 3 });
      // The others are a turn away: that only this one was read is for whoever exports it.
      expect(document.info.notices.map(({ text }) => text).join()).not.toContain('was read');
      const tile = await store.tile({ document: document.id, layer: 'source', ...at });
      expect([tile.width, tile.data[0]]).toEqual([side, value]);
    }
  });

  it('of one page say nothing', async () => {
    const one = join(folder, 'one.tif');
    writeFileSync(one, madePages([{ side: 20, value: 10 }]));
    const store = createDocumentStore({ maxBytes: 1e9 });
    const { info } = await store.open({ source: '@1', path: one, maxMegapixels: 1, signal });
    expect(info).not.toHaveProperty('pages');
  });

  it('pages that are not there are refused', async () => {
    await expect(opened(3)).rejects.toMatchObject({ code: 'invalid-parameter' });
  });

  it('an export finds the document of its own page alone', async () => {
    const { store, document } = await opened(1);
    expect(store.byPath(path)).toBeUndefined();
    expect(store.byPath(path, 1)).toBe(document);
    expect(store.byPath(path, 2)).toBeUndefined();
  });

  it('pixels that had to go are those of the page when they come back', async () => {
    const { store, document } = await opened(2, 1);
    // Another document takes the memory.
    await store.open({ source: '@2', path, maxMegapixels: 1, signal });
    expect((await document.image()).raster.data[0]).toBe(200);
  });

  it('a layer begins with the pixels of the page', async () => {
    const { document } = await opened(2);
    const layer = await document.makeLayer('mine', kind, (made) => made.raster.data[5]!);
    expect(layer.facts).toBe(200);
  });
});
