/**
 * Does it clean? The program's own path (estimate, settings, tiles, writer) with the shipped network
 * over the data pack's photographs. How noise is made and PSNR measured: test/quality.ts. Four to
 * five minutes on two free cores; the real pairs run twice, for the file and for the screen.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  commands,
  parseInput,
  type CommandContext,
  type Commands,
  type DenoiseSettingsInput,
  type InputOf,
  type OutputOf,
  type ParsedInputOf,
} from '../../app/contract/index.ts';
import { denoiseCapability } from '../../app/denoise/index.ts';
import { measureNoise } from '../../app/denoise/noise/reading.ts';
import { createDocumentStore, type Raster } from '../../app/pixels/index.ts';
import {
  createInference,
  createModelStore,
  type EngineServices,
  type ModelCard,
} from '../../app/runtime/index.ts';
import { dataPack, noDataPack } from '../data.ts';
import { benchImages, clean, load, mean, psnr, withNoise } from '../quality.ts';
import { buildRuntime, shippedModels } from '../unit/runtime/support.ts';

if (!dataPack) process.stderr.write(`skipped: quality over the data pack, because ${noDataPack}\n`);

const signal = new AbortController().signal;
const context = { signal, progress: () => {}, emit: () => {} };
let built: Awaited<ReturnType<typeof buildRuntime>>;
let services: EngineServices;
let card: ModelCard;
let folder: string;

beforeAll(async () => {
  if (!dataPack) return;
  built = await buildRuntime();
  services = {
    documents: createDocumentStore({ maxBytes: 1e8 }),
    models: createModelStore(shippedModels),
    inference: createInference({ threadFile: built.threadFile }),
    software: 'Hourglass test',
  };
  card = await services.models.get('denoise-photo-fast');
  folder = await mkdtemp(join(tmpdir(), 'quality-'));
});
afterAll(async () => {
  if (!dataPack) return;
  await services.inference.dispose();
  built.remove();
  await rm(folder, { recursive: true });
});

/** Figures on the way, for whoever reads the log. */
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const cleaned = async (source: Raster, settings: DenoiseSettingsInput): Promise<Raster> =>
  (await clean(source, settings, { card, inference: services.inference })).raster;

describe.skipIf(!dataPack)('white noise on CBSD68, all 68 images', () => {
  test('σ 25: at least 30.85 dB at the known level, 30.8 at the suggested one', async () => {
    const known: number[] = [];
    const suggested: number[] = [];
    for (const [i, path] of (await benchImages('cbsd68', /webp$/)).entries()) {
      const reference = await load(path);
      const noisy = withNoise(reference, 25, 100 + i);
      known.push(psnr(await cleaned(noisy, { sigma: 25 }), reference));
      suggested.push(psnr(await cleaned(noisy, {}), reference));
    }
    say(
      `CBSD68 σ 25: known ${mean(known).toFixed(3)} dB, suggested ${mean(suggested).toFixed(3)} dB`,
    );
    expect(known).toHaveLength(68);
    expect(mean(known)).toBeGreaterThanOrEqual(30.85);
    expect(mean(suggested)).toBeGreaterThanOrEqual(30.8);
  });

  test('clean images come back at 48 dB or more at the suggestion, and at the full reading', async () => {
    const suggested: number[] = [];
    const full: number[] = [];
    for (const path of await benchImages('cbsd68', /webp$/)) {
      const reference = await load(path);
      suggested.push(psnr(await cleaned(reference, {}), reference));
      full.push(psnr(await cleaned(reference, { strength: 100 }), reference));
    }
    const words = (values: number[]) =>
      `${mean(values).toFixed(1)} dB (worst ${Math.min(...values).toFixed(1)})`;
    say(`clean CBSD68: suggested ${words(suggested)}, full reading ${words(full)}`);
    for (const values of [suggested, full]) {
      expect(mean(values)).toBeGreaterThanOrEqual(48);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(42);
    }
  });

  test('the estimate is within 5 % for σ 5 to 50 (every fourth image, to save time)', async () => {
    const paths = await benchImages('cbsd68', /webp$/, 4);
    for (const sigma of [5, 10, 25, 50]) {
      const readings: number[] = [];
      for (const [i, path] of paths.entries())
        readings.push(
          (await measureNoise(withNoise(await load(path), sigma, i), services, signal)).sigma,
        );
      say(`estimate at σ ${sigma}: mean ${mean(readings).toFixed(2)}`);
      for (const reading of readings) expect(Math.abs(reading / sigma - 1)).toBeLessThan(0.05);
    }
  });
});

/** A command of the capability, as the engine calls it. */
function run<K extends 'denoise' | 'preview'>(
  command: K,
  input: InputOf<Commands[K]>,
): Promise<OutputOf<Commands[K]>> {
  const handler = denoiseCapability[command] as unknown as (
    input: ParsedInputOf<Commands[K]>,
    context: CommandContext,
    services: EngineServices,
  ) => Promise<OutputOf<Commands[K]>>;
  return handler(parseInput(commands[command], input), context, services);
}

describe.skipIf(!dataPack)('real camera noise, all 53 PolyU pairs', () => {
  test('the denoise command at sigma 10 reaches 38.2 dB; the screen shows the same pixels', async () => {
    const before: number[] = [];
    const png: number[] = [];
    const jpeg: number[] = [];
    const structure: number[] = [];
    for (const source of await benchImages('real-noise-polyu', /_real\.jpg$/i)) {
      const noisy = await load(source);
      const reference = await load(source.replace('_real', '_mean'));
      before.push(psnr(noisy, reference));
      const out = (extension: string): string => join(folder, `{name}.${extension}`);
      const exported = await run('denoise', { source, out: out('png'), sigma: 10 });
      const result = await load(exported.output);
      png.push(psnr(result, reference));
      structure.push(exported.structure.index);
      // The layer of the screen, then the JPEG from it: one more run of the network.
      const document = await services.documents.open({
        source,
        path: source,
        maxMegapixels: 1,
        signal,
      });
      const shown = await run('preview', { document: document.id, settings: { sigma: 10 } });
      const layer = document.layer(shown.layer)!.raster.data;
      expect(layer.every((value, i) => value === result.data[i])).toBe(true);
      const small = await run('denoise', { source, out: out('jpg'), sigma: 10 });
      jpeg.push(psnr(await load(small.output), reference));
      services.documents.close(document.id);
    }
    say(
      `PolyU sigma 10: noisy ${mean(before).toFixed(2)}, PNG ${mean(png).toFixed(3)}, JPEG ${mean(jpeg).toFixed(3)} dB; structure ${mean(structure).toFixed(2)}`,
    );
    expect(png).toHaveLength(53);
    expect(mean(before)).toBeCloseTo(35.92, 1);
    expect(mean(png)).toBeGreaterThanOrEqual(38.2);
    // JPEG at the default quality of 95 adds an error of its own (about 0.65 levels).
    expect(mean(jpeg)).toBeGreaterThanOrEqual(38.1);
  });
});
