/** Documents of several frames that come from several files. */
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { HourglassEvent } from '../../../app/contract/index.ts';
import {
  createDocumentStore,
  decodeImage,
  layerKind,
  type DocumentStore,
  type OpenDocument,
} from '../../../app/pixels/index.ts';
import { createSeriesReader, sliceScale, sliceSize, writeSlice } from './series-reader.ts';
import { imageOf, noiseRaster, requestFor, scratchFolder, writeWhole } from './support.ts';

const folder = scratchFolder();
const signal = new AbortController().signal;
const plain = layerKind<null>('layer');
const at = (name: string): string => join(folder, name);
/** Named against their order in space. */
const paths = ['c.hgl', 'b.hgl', 'a.hgl'].map(at);
const values = [-1024, 1023, 3071];

let reader = createSeriesReader();
let events: HourglassEvent[] = [];
let store: DocumentStore;
const open = (): Promise<OpenDocument> =>
  store.open({ source: '@1', path: paths[0]!, files: paths, maxMegapixels: 1, signal });
const tile = async (document: OpenDocument, layer: string, frame?: number): Promise<number> =>
  (await store.tile({ document: document.id, layer, level: 0, column: 1, row: 0, frame })).data[0]!;

beforeEach(() => {
  paths.forEach((path, place) => writeSlice(path, { series: 's', place, value: values[place]! }));
  reader = createSeriesReader();
  events = [];
  store = createDocumentStore({
    ...{ maxBytes: 1e9, readers: { hgl: reader }, emit: (event) => events.push(event) },
  });
});

describe('three frames of three files', () => {
  it('are one document, of which one frame is decoded', async () => {
    const { info } = await open();
    expect(info).toMatchObject({
      ...{ ...sliceSize, frames: 3, files: 3, name: 'c.hgl' },
      ...{ sampleType: 'int16', scale: sliceScale },
      content: { family: 'scan', reason: 'the header says so' },
    });
    expect(info.bytes).toBeGreaterThan(3 * 30);
    expect(reader.decoded).toEqual([0]);
  });

  it('have tiles and layers of each frame', async () => {
    const document = await open();
    expect([await tile(document, 'source'), await tile(document, 'source', 2)]).toEqual([0, 255]);
    expect(reader.decoded).toEqual([0, 2]);
    const layer = await document.makeLayer('mine', plain, () => null, 1);
    expect([layer.frame, layer.raster.data[0]]).toEqual([1, 1023]);
    layer.raster.data.fill(3071);
    layer.touch({ x: 0, y: 0, ...sliceSize });
    expect([await tile(document, 'mine'), await tile(document, 'source', 1)]).toEqual([255, 127]);
    expect(reader.decoded).toEqual([0, 2, 1]);
    const third = await store.sourceImage({
      ...{ document, path: paths[0]!, frame: 2, maxMegapixels: 1, signal },
    });
    expect(third.raster.data[0]).toBe(3071);
    for (const frame of [3, -1, 0.5])
      await expect(tile(document, 'source', frame)).rejects.toMatchObject({
        code: 'invalid-parameter',
        message: expect.stringContaining('an integer from 0 to 2 for frame') as string,
      });
  });

  it('decode a frame again that had to leave the memory', async () => {
    const few = createDocumentStore({ maxBytes: 60_000, readers: { hgl: reader } });
    const document = await few.open({
      ...{ source: '@1', path: paths[0]!, files: paths, maxMegapixels: 1, signal },
    });
    for (const frame of [0, 1, 2, 0, 1])
      expect((await document.image(frame)).raster.data[0]).toBe(values[frame]);
    expect(reader.decoded).toEqual([0, 1, 2, 0, 1]);
  });

  it.each([0, 1, 2])('are gone when file %i changes on the disk', async (changed) => {
    const document = await open();
    await document.image(1);
    utimesSync(paths[changed]!, new Date(2020, 1), new Date(2020, 1));
    expect(store.byPath(paths[0]!)).toBeUndefined();
    expect(events).toMatchObject([{ type: 'document-gone', document: document.id }]);
    await expect(tile(document, 'source', 2)).rejects.toMatchObject({ code: 'document-not-open' });
    await expect(document.image()).rejects.toThrow('c.hgl was changed on the disk');
    expect(document.closed).toBe(true);
  });

  it('are refused when a file changed before a frame of it was read', async () => {
    const document = await open();
    writeSlice(paths[2]!, { series: 's', place: 2, value: 1_000 });
    await expect(document.image(2)).rejects.toMatchObject({ code: 'document-not-open' });
  });

  it('are decoded without a document, too', async () => {
    const readers = { hgl: reader };
    const image = await decodeImage({ path: paths[0]!, files: paths, frame: 2, readers });
    expect([image.frames, image.raster.data[0]]).toEqual([3, 3071]);
    expect(image.files?.map(({ path }) => path)).toEqual(paths);
  });
});

it('photos are of one frame and one file', async () => {
  const path = at('photo.png');
  const raster = noiseRaster({ width: 9, height: 8, channels: 3, sampleType: 'uint8' });
  await writeWhole(requestFor(path, 'png', imageOf(raster)));
  await expect(decodeImage({ path, frame: 1 })).rejects.toThrow('an integer from 0 to 0 for frame');
  await expect(decodeImage({ path, files: [path, path] })).rejects.toThrow(
    'photo.png is one picture, not one of 2 files',
  );
});
