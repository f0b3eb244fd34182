/** The four commands over real files, documents and writers; only the network is a stand-in. */
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  commands,
  parseInput,
  type CommandContext,
  type CommandId,
  type Commands,
  type HourglassEvent,
  type InputOf,
  type OutputOf,
  type Progress,
} from '../../../app/contract/index.ts';
import { denoiseCapability } from '../../../app/denoise/index.ts';
import { createDocumentStore, decodeImage, type Raster } from '../../../app/pixels/index.ts';
import type { EngineServices, Inference } from '../../../app/runtime/index.ts';
import { blur, card, fakeInference, picture } from './helpers.ts';

let folder: string;
let services: EngineServices & { inference: Inference & { runs: number } };
let events: HourglassEvent[];
let steps: Progress[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'denoise-'));
  events = [];
  steps = [];
  services = {
    documents: createDocumentStore({ maxBytes: 1e8 }),
    models: { list: () => Promise.resolve([card]), get: () => Promise.resolve(card) },
    inference: fakeInference(blur, 112),
    software: 'Hourglass test',
  };
});
afterEach(() => rm(folder, { recursive: true }));

function run<K extends CommandId>(
  command: K,
  input: InputOf<Commands[K]>,
  context: Partial<CommandContext> = {},
): Promise<OutputOf<Commands[K]>> {
  const handler = denoiseCapability[command] as (
    input: unknown,
    context: CommandContext,
    services: EngineServices,
  ) => Promise<OutputOf<Commands[K]>>;
  const whole: CommandContext = {
    signal: new AbortController().signal,
    progress: (step) => void steps.push(step),
    emit: (event) => void events.push(event),
    ...context,
  };
  return handler(parseInput(commands[command], input), whole, services);
}

/** Writes a raster with sharp, losslessly. */
async function file(name: string, raster: Raster): Promise<string> {
  const path = join(folder, name);
  const { width, height, channels, data, sampleType } = raster;
  const image = sharp(data, { raw: { width, height, channels } });
  if (sampleType === 'uint16') image.toColourspace(channels < 3 ? 'grey16' : 'rgb16');
  else if (channels < 3) image.toColourspace('b-w');
  await image.toFile(path);
  return path;
}
const pixels = async (path: string): Promise<Raster> => (await decodeImage({ path })).raster;
const open = (path: string, signal = new AbortController().signal) =>
  services.documents.open({ source: path, path, maxMegapixels: 10, signal });

const noisy = (options: Partial<Parameters<typeof picture>[0]> = {}): Raster =>
  picture({ width: 150, height: 121, sampleType: 'uint8', sigma: 12, ...options });

describe('denoise', () => {
  test('cleans a file beside the source, with the measurement, in tiles', async () => {
    const source = await file('a.png', noisy());
    const result = await run('denoise', { source });
    expect(result.output).toBe(join(folder, 'a-clean.png'));
    expect(result.noise!.sigma).toBeGreaterThan(11);
    expect(result).toMatchObject({ sigma: result.noise!.suggestedSigma, width: 150, height: 121 });
    expect(result).toMatchObject({
      model: { id: card.id, version: '1.0.0' },
      device: { id: 'cpu' },
    });
    expect(result.bytes).toBe((await stat(result.output)).size);
    expect(commands.denoise.output.parse(result)).toEqual(result);
    expect((await pixels(result.output)).data).not.toEqual((await pixels(source)).data);
    const tiles = steps.filter((step) => step.total > 0);
    expect(tiles.map((step) => step.done)).toEqual(tiles.map((_, i) => i + 1));
    expect(tiles.at(-1)!.done).toBe(tiles[0]!.total);
  });
  test('strength 0 and sigma 0 give the stored values back without a network', async () => {
    for (const [name, options] of [
      ['8.png', {}],
      ['16.tif', { sampleType: 'uint16' }],
      ['a.png', { channels: 4 }],
      ['g.png', { channels: 1 }],
      ['ga16.png', { channels: 2, sampleType: 'uint16' }],
    ] as const) {
      const source = await file(name, noisy(options));
      for (const settings of [
        { strength: 0 },
        { sigma: 0 },
        { strength: 0, detail: 70, chroma: 30 },
      ]) {
        const result = await run('denoise', { source, ...settings, overwrite: true });
        expect(await pixels(result.output)).toEqual(await pixels(source));
        expect(result).toMatchObject({ sigma: 0, noise: null, structure: { index: 0 } });
        expect(result.notices[0]!.text).toContain('unchanged');
      }
    }
    expect(services.inference.runs).toBe(0);
  });
  test('a clean picture is left alone at the suggestion', async () => {
    const source = await file('flat.png', noisy({ sigma: 0 }));
    const result = await run('denoise', { source });
    expect(result.sigma).toBe(0);
    expect((await pixels(result.output)).data).toEqual((await pixels(source)).data);
  });
  test('alpha is identical', async () => {
    const source = await file('alpha.png', noisy({ channels: 4 }));
    const { data } = await pixels((await run('denoise', { source, sigma: 100 })).output);
    const before = (await pixels(source)).data;
    for (let at = 3; at < data.length; at += 4) expect(data[at]).toBe(before[at]);
  });
  test('16 bits from 8 keep what the network computed between the steps', async () => {
    const source = await file('a.png', noisy());
    const deep = await run('denoise', {
      source,
      sigma: 60,
      depth: '16',
      out: join(folder, 'd.tif'),
    });
    const { data, sampleType } = await pixels(deep.output);
    expect(sampleType).toBe('uint16');
    expect(data.some((value) => value % 257 !== 0)).toBe(true);
  });
  test('an existing output is refused before any work, and kept', async () => {
    const source = await file('a.png', noisy());
    const taken = join(folder, 'a-clean.png');
    await writeFile(taken, 'mine');
    await expect(run('denoise', { source })).rejects.toMatchObject({ code: 'output-exists' });
    expect(services.inference.runs).toBe(0);
    expect((await stat(taken)).size).toBe(4);
  });
  test('cancelled at any tile, and failed: nothing is left', async () => {
    const source = await file('a.png', noisy());
    for (const at of [1, 2]) {
      const controller = new AbortController();
      const progress = (step: Progress) => step.done === at && controller.abort();
      const attempt = run(
        'denoise',
        { source, sigma: 50 },
        { signal: controller.signal, progress },
      );
      await expect(attempt).rejects.toThrow();
    }
    services = {
      ...services,
      inference: fakeInference(() => {
        throw new Error('broken');
      }),
    };
    await expect(run('denoise', { source, sigma: 50 })).rejects.toThrow('broken');
    expect(await readdir(folder)).toEqual(['a.png']);
  });
});

describe('preview', () => {
  const settings = { sigma: 40, detail: 60, chroma: 50 };
  test('pixels equal those of the export, bit for bit', async () => {
    for (const [name, options] of [
      ['a.png', {}],
      ['b.tif', { sampleType: 'uint16' }],
      ['c.png', { channels: 4 }],
      ['d.png', { channels: 1 }],
    ] as const) {
      const source = await file(name, noisy(options));
      const exported = await run('denoise', { source, ...settings });
      const document = await open(source);
      const view = { x: 100, y: 100, width: 20, height: 20 };
      const shown = await run('preview', { document: document.id, settings, view });
      expect(commands.preview.output.parse(shown)).toEqual(shown);
      const layer = document.layer(shown.layer)!;
      expect(layer.raster.data).toEqual((await pixels(exported.output)).data);
      expect(shown.structure.index).toBeCloseTo(exported.structure.index, 9);
    }
  });
  test('a finished layer answers at once and serves the export', async () => {
    const source = await file('a.png', noisy());
    const document = await open(source);
    const first = await run('preview', { document: document.id, settings });
    expect(events.length).toBeGreaterThan(1);
    events.length = 0;
    const again = await run('preview', { document: document.id, settings });
    expect(again).toMatchObject({ layer: first.layer, structure: first.structure });
    expect(events).toHaveLength(1);
    const exported = await run('denoise', { source, ...settings });
    expect(services.inference.runs).toBe(1);
    expect((await pixels(exported.output)).data).toEqual(document.layer(first.layer)!.raster.data);
    expect(exported.structure).toEqual(first.structure);
    // Other settings, another depth, a changed file: computed anew.
    await run('denoise', { source, ...settings, sigma: 41, out: join(folder, '2.png') });
    await run('denoise', { source, ...settings, depth: '16', out: join(folder, '3.png') });
    await utimes(source, new Date(), new Date(Date.now() + 5000));
    await run('denoise', { source, ...settings, out: join(folder, '4.png') });
    expect(services.inference.runs).toBe(4);
  });
  test('auto and the sigma that it comes to share a layer; at most two are kept', async () => {
    const document = await open(await file('a.png', noisy()));
    const reading = await run('measure', { document: document.id });
    const auto = await run('preview', { document: document.id, settings: {} });
    const explicit = { sigma: reading.suggestedSigma };
    const same = await run('preview', { document: document.id, settings: explicit });
    expect(same.layer).toBe(auto.layer);
    expect(services.inference.runs).toBe(1);
    await run('preview', { document: document.id, settings: { sigma: 3 } });
    await run('preview', { document: document.id, settings: { sigma: 4 } });
    expect(document.layer(auto.layer)).toBeUndefined();
  });
  test('strength 0 shows the source', async () => {
    const document = await open(await file('a.png', noisy()));
    const shown = await run('preview', { document: document.id, settings: { strength: 0 } });
    const { raster } = await document.image();
    expect(document.layer(shown.layer)!.raster.data).toEqual(raster.data);
    expect(events).toMatchObject([{ finishedTiles: 1, totalTiles: 1, rect: { width: 150 } }]);
    expect(services.inference.runs).toBe(0);
  });
  test('a cancelled preview is not taken for finished', async () => {
    const document = await open(await file('a.png', noisy()));
    const controller = new AbortController();
    const emit = () => controller.abort();
    const attempt = run(
      'preview',
      { document: document.id, settings },
      { emit, signal: controller.signal },
    );
    await expect(attempt).rejects.toThrow();
    await run('preview', { document: document.id, settings });
    expect(services.inference.runs).toBe(2);
  });
  test('focus changes the order of a running preview', async () => {
    const document = await open(await file('a.png', noisy({ width: 300, height: 300 })));
    const rects: { x: number; y: number }[] = [];
    const emit = (event: HourglassEvent) => {
      if (event.type !== 'layer') return;
      rects.push(event.rect);
      void run('focus', { document: document.id, view: { x: 290, y: 290, width: 5, height: 5 } });
    };
    const view = { x: 0, y: 0, width: 5, height: 5 };
    await run('preview', { document: document.id, settings: { sigma: 20 }, view }, { emit });
    expect(rects[0]).toMatchObject({ x: 0, y: 0 });
    expect(rects[1]!.x).toBeGreaterThan(150);
    expect(rects[1]!.y).toBeGreaterThan(150);
  });
});

describe('measure', () => {
  test('is made once per document; a cancelled one is made again', async () => {
    const document = await open(await file('a.png', noisy()));
    const controller = new AbortController();
    const given = run('measure', { document: document.id }, { signal: controller.signal });
    const waiting = run('measure', { document: document.id });
    controller.abort();
    await expect(given).rejects.toMatchObject({ code: 'cancelled' });
    const reading = await waiting;
    expect(commands.measure.output.parse(reading)).toEqual(reading);
    expect(await run('measure', { document: document.id })).toBe(reading);
  });
});
