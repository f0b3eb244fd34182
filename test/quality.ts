/**
 * What measurements of picture quality share (test/corpus/quality.test.ts, test/bench/residuals.ts):
 * pictures of the data pack, white noise, PSNR, and cleaning in memory through the program's path.
 * White noise is float, seeded per image and not clipped; PSNR is over all channels of the clipped
 * result, whole image, as in models/recipes/evaluate.py.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { commands, type DenoiseSettingsInput } from '../app/contract/index.ts';
import { cleanImage, createSpec, type CleanResult, type TileSink } from '../app/denoise/denoise.ts';
import { measureNoise } from '../app/denoise/noise/reading.ts';
import { decodeImage, maxValue, type Raster } from '../app/pixels/index.ts';
import type { Inference, ModelCard } from '../app/runtime/index.ts';
import { dataPack } from './data.ts';
import { normal } from './unit/denoise/helpers.ts';

const context = { signal: new AbortController().signal, progress: () => {} };

/** Paths of a set of `dev-bench`, sorted; every `every`-th. */
export async function benchImages(set: string, pattern: RegExp, every = 1): Promise<string[]> {
  const folder = join(dataPack!, 'dev-bench', set);
  const names = (await readdir(folder)).filter((name) => pattern.test(name)).sort();
  return names.filter((_, i) => i % every === 0).map((name) => join(folder, name));
}

export const load = async (path: string): Promise<Raster> => (await decodeImage({ path })).raster;

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** dB; identical pictures count as 100. */
export function psnr(result: Raster, reference: Raster): number {
  const [a, b] = [maxValue(result.sampleType), maxValue(reference.sampleType)];
  let sum = 0;
  for (let i = 0; i < result.data.length; i++) {
    const value = Math.min(1, Math.max(0, result.data[i]! / a));
    sum += (value - reference.data[i]! / b) ** 2;
  }
  return sum === 0 ? 100 : -10 * Math.log10(sum / result.data.length);
}

/** @param clean 8 bits @param sigma 8-bit levels @returns floats */
export function withNoise(clean: Raster, sigma: number, seed: number): Raster {
  const random = normal(seed);
  const data = Float32Array.from(clean.data, (value) => (value + sigma * random()) / 255);
  return { ...clean, sampleType: 'float32', data };
}

/** Cleans in memory as preview and export do. */
export async function clean(
  source: Raster,
  settings: DenoiseSettingsInput,
  tools: { card: ModelCard; inference: Inference },
): Promise<{ raster: Raster; structure: CleanResult['structure'] | null }> {
  const complete = commands.preview.input.shape.settings.parse(settings);
  const reading = complete.sigma === undefined ? await measureNoise(source, context.signal) : null;
  const spec = createSpec(source, tools.card, complete, reading);
  if (spec.sigma === 0) return { raster: source, structure: null };
  const data = source.data.slice();
  const sink: TileSink = {
    begin: () => {},
    target: () => ({ data, sampleType: source.sampleType, top: 0 }),
    stored: () => {},
  };
  const { inference } = tools;
  const { structure } = await cleanImage({ spec, device: 'cpu', inference, sink }, context);
  return { raster: { ...source, data }, structure };
}
