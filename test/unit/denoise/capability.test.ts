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
  type Commands,
  type HourglassEvent,
  type InputOf,
  type OutputOf,
  type Progress,
} from '../../../app/contract/index.ts';
import { denoiseCapability } from '../../../app/denoise/index.ts';
import { cleanedLayer } from '../../../app/denoise/layers.ts';
import { nameOutput } from '../../../app/jobs/outputs.ts';
import { createDocumentStore, decodeImage, type Raster } from '../../../app/pixels/index.ts';
import type { EngineServices, Handler, Inference } from '../../../app/runtime/index.ts';
import { blur, card, fakeInference, noiseCard, picture, storeOf, type Network } from './helpers.ts';

let folder: string;
let services: EngineServices & { inference: Inference & { runs: number } };
let events: HourglassEvent[];
let steps: Progress[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'denoise-'));
  events = [];
  steps = [];
  services = {
    documents: createDocumentStore({ maxBytes: 1e8, emit: (event) => void events.push(event) }),
    models: { ...storeOf(card), get: () => Promise.resolve(card) },
    inference: fakeInference(blur, 112),
    software: 'Hourglass test',
    describers: {},
  };
});
afterEach(() => rm(folder, { recursive: true }));

async function run<K extends keyof typeof denoiseCapability.handlers>(
  command: K,
  input: InputOf<Commands[K]>,
  context: Partial<CommandContext> = {},
): Promise<OutputOf<Commands[K]>> {
  const handler = denoiseCapability.handlers[command] as unknown as Handler<K>;
  const parsed = parseInput(commands[command], input);
  const output = await nameOutput(command, parsed);
  const whole: CommandContext = {
    job: 'j',
    signal: new AbortController().signal,
    progress: (step) => void steps.push(step),
    emit: (event) => void events.push(event),
    ...(output ? { output } : {}),
    ...context,
  };
  return handler(parsed, whole, services);
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
      model: { id: card.id, version: '1.0.0', precision: 'fp32' },
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
        expect(result.notices[0]!.text).toContain('Nothing was cleaned');
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

describe('a network that takes no noise level', () => {
  const blind = { ...card, id: 'denoise-blind', input: { ...card.input, noiseMap: false } };
  const half: Network = (input) => input.map((value) => value / 2);
  test('says so where a level was given; strength is a share; nothing to clean is nothing done', async () => {
    services = { ...services, models: storeOf(blind), inference: fakeInference(half, 112) };
    const source = await file('a.png', noisy());
    const go = (settings: object) =>
      run('denoise', { source, model: blind.id, overwrite: true, ...settings });
    const told = await go({ sigma: 5 });
    expect(told.notices.map(({ text }) => text).join()).toContain('takes no noise level');
    const all = await pixels(told.output);
    const shared = await go({ strength: 50 });
    expect(shared.notices).toEqual([]);
    const part = await pixels(shared.output);
    const before = (await pixels(source)).data;
    before.forEach((value, i) => {
      expect(Math.abs(all.data[i]! - value / 2)).toBeLessThanOrEqual(0.5);
      expect(Math.abs(part.data[i]! - 0.75 * value)).toBeLessThanOrEqual(0.5);
    });
    expect((await go({ strength: 150 })).notices[0]!.text).toContain('above 100 %');
    const clean = await file('flat.png', noisy({ sigma: 0 }));
    const left = await run('denoise', { source: clean, model: blind.id });
    expect((await pixels(left.output)).data).toEqual((await pixels(clean)).data);
    expect(left.notices[0]!.text).toContain('Nothing was cleaned');
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
      ['e.tif', { channels: 1, sampleType: 'uint16' }],
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
  test('auto and the sigma that it comes to share a layer', async () => {
    const document = await open(await file('a.png', noisy()));
    const reading = await run('measure', { document: document.id });
    const auto = await run('preview', { document: document.id, settings: {} });
    const explicit = { sigma: reading.suggestedSigma };
    const same = await run('preview', { document: document.id, settings: explicit });
    expect(same.layer).toBe(auto.layer);
    expect(services.inference.runs).toBe(1);
    expect(document.layer(auto.layer)).toMatchObject({ label: 'cleaned picture', complete: true });
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
  test('another visible region changes the order of a running preview', async () => {
    const document = await open(await file('a.png', noisy({ width: 300, height: 300 })));
    const rects: { x: number; y: number }[] = [];
    const emit = (event: HourglassEvent) => {
      if (event.type !== 'layer') return;
      rects.push(event.rect);
      document.view = { x: 290, y: 290, width: 5, height: 5 };
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

describe('noiseMap', () => {
  /** Level 0.5 / 255 … rising to the right by columns of cells, weight 1. */
  const ramp: Network = (input, side, planes) => {
    expect(input).toHaveLength(planes * side * side);
    const cells = side / 16;
    return Float32Array.from({ length: 2 * cells * cells }, (_, i) =>
      i < cells * cells ? 2 ** (i % cells) / 255 : 1,
    );
  };
  const install = (...ids: ('noise-photo' | 'noise-scan')[]): void => {
    services = {
      ...services,
      models: storeOf(card, ...ids.map((id) => ({ ...noiseCard(id), halo: 0 }))),
      inference: fakeInference(ramp, 320),
    };
  };
  const colourOf = (raster: Raster, x: number, y: number): string =>
    `#${[...raster.data.subarray(3 * (y * raster.width + x), 3 * (y * raster.width + x) + 3)]
      .map((value) => value.toString(16).padStart(2, '0'))
      .join('')}`;

  test('draws each level in the colour that the legend gives it, smoothly between', async () => {
    install('noise-photo');
    const document = await open(await file('a.png', noisy({ width: 150, height: 80 })));
    const map = await run('noiseMap', { document: document.id });
    expect(commands.noiseMap.output.parse(map)).toEqual(map);
    expect(map).toMatchObject({ cell: 16, minimum: 1, model: { id: 'noise-photo' } });
    expect(map.median).toBeCloseTo(32, 4);
    expect(map.maximum).toBeCloseTo(512, 2);
    expect(map.scale.map(({ level }) => level)).toEqual([0, 1, 2, 4, 8, 16, 32, 64]);
    expect(map.scale[0]!.colour).toBe('#440154');
    expect(map.scale.at(-1)!.colour).toBe('#fde725');
    const { raster } = document.layer(map.layer)!;
    expect(raster).toMatchObject({ width: 150, height: 80, channels: 3, sampleType: 'uint8' });
    // Green rises with the level all the way, also between the centres of cells.
    const greens = Array.from({ length: 150 }, (_, x) => raster.data[3 * (40 * 150 + x) + 1]!);
    expect(greens).toEqual([...greens].sort((a, b) => a - b));
    expect(new Set(greens).size).toBeGreaterThan(80);
    for (const [x, entry] of [
      [0, 1],
      [112, 7],
      [149, 7],
    ] as const)
      expect(colourOf(raster, x, 5)).toBe(map.scale[entry]!.colour);
    expect(events).toMatchObject([{ type: 'layer', layer: map.layer, finishedTiles: 1 }]);
  });
  test('is made once per document, and is not mistaken for a cleaned layer', async () => {
    install('noise-photo');
    const document = await open(await file('a.png', noisy()));
    const map = await run('noiseMap', { document: document.id });
    services = { ...services, models: { ...services.models, get: () => Promise.resolve(card) } };
    const { raster } = document.layer(map.layer)!;
    for (const strength of [0, 0]) {
      const kept = await run('preview', { document: document.id, settings: { strength } });
      expect(document.layer(kept.layer)).toBeDefined();
    }
    expect(document.layer(map.layer)!.raster).toBe(raster);
    expect(await run('noiseMap', { document: document.id })).toEqual(map);
    expect(document.layer(map.layer, cleanedLayer)).toBeUndefined();
    expect(services.inference.runs).toBe(1);
  });
  test('gray and 16-bit pictures have a map in colour, shown as it is', async () => {
    install('noise-scan');
    const path = await file('g.tif', noisy({ channels: 1, sampleType: 'uint16' }));
    const document = await open(path);
    const map = await run('noiseMap', { document: document.id });
    expect(map.model.id).toBe('noise-scan');
    const tile = { document: document.id, layer: map.layer, level: 0, column: 0, row: 0 };
    const { data } = await services.documents.tile(tile);
    expect([...data.subarray(0, 4)]).toEqual([
      ...document.layer(map.layer)!.raster.data.subarray(0, 3),
      255,
    ]);
  });
  test('says which network is missing', async () => {
    install('noise-scan');
    const document = await open(await file('a.png', noisy()));
    await expect(run('noiseMap', { document: document.id })).rejects.toThrow('noise-photo');
  });
  test('stops when told, and the next one is made', async () => {
    install('noise-photo');
    const document = await open(await file('a.png', noisy()));
    const controller = new AbortController();
    const given = run('noiseMap', { document: document.id }, { signal: controller.signal });
    controller.abort();
    await expect(given).rejects.toThrow();
    expect((await run('noiseMap', { document: document.id })).cell).toBe(16);
  });
});
