/**
 * What measurements of picture quality share (test/corpus/quality.test.ts, test/bench):
 * pictures of the data pack, white noise, PSNR, and cleaning in memory through the program's path.
 * White noise is float, seeded per image and not clipped; PSNR is over all channels of the clipped
 * result, whole image, as in models/recipes/evaluate.py.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { commands } from '../app/contract/index.ts';
import type { DenoiseSettingsInput, NoiseReading } from '../app/contract/denoise.ts';
import { changesNothing } from '../app/denoise/clean-spec.ts';
import { cleanImage, createSpec, needsReading, type CleanResult } from '../app/denoise/denoise.ts';
import { chooseModel } from '../app/denoise/model.ts';
import { measureNoise } from '../app/denoise/noise/reading.ts';
import { lookAt } from '../app/denoise/picture.ts';
import { decodeImage, maxValue, type Raster } from '../app/pixels/index.ts';
import {
  createModelStore,
  type Inference,
  type ModelCard,
  type ModelStore,
  type PixelSink,
} from '../app/runtime/index.ts';
import { dataPack } from './data.ts';
import { normal } from './random.ts';
import { shippedModels } from './unit/runtime/support.ts';

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

/** Samples and what is white in them; their layout does not matter. */
type Stored = Pick<Raster, 'sampleType' | 'data'>;

/**
 * dB over all samples, `result` clipped to [0,1]; identical pictures count as 100.
 * @throws Error where the numbers of samples differ
 */
export function psnr(result: Stored, reference: Stored): number {
  const { length } = reference.data;
  if (result.data.length !== length)
    throw new Error(`Expected ${length} samples but received ${result.data.length}.`);
  const [a, b] = [maxValue(result.sampleType), maxValue(reference.sampleType)];
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const value = Math.min(1, Math.max(0, result.data[i]! / a));
    sum += (value - reference.data[i]! / b) ** 2;
  }
  return sum === 0 ? 100 : -10 * Math.log10(sum / length);
}

/** Largest difference between the means of a channel, alpha too, 8-bit levels. Both of the same layout. */
export function meanShift(result: Raster, source: Raster): number {
  const { channels } = source;
  const means = (raster: Raster): number[] => {
    const sums = new Array<number>(channels).fill(0);
    const scale = 255 / maxValue(raster.sampleType) / (raster.data.length / channels);
    raster.data.forEach((value, i) => (sums[i % channels]! += value * scale));
    return sums;
  };
  const before = means(source);
  return Math.max(...means(result).map((value, c) => Math.abs(value - before[c]!)));
}

/** @param clean 8 bits @param sigma 8-bit levels @returns floats */
export function withNoise(clean: Raster, sigma: number, seed: number): Raster {
  const random = normal(seed);
  const data = Float32Array.from(clean.data, (value) => (value + sigma * random()) / 255);
  return { ...clean, sampleType: 'float32', data };
}

export interface Tools {
  readonly inference: Inference;
  /** Default: the shipped models. */
  readonly models?: ModelStore;
  /** Default: what the settings come to. */
  readonly card?: ModelCard;
}

export interface Cleaned {
  readonly raster: Raster;
  /** null: the picture came back untouched. */
  readonly structure: CleanResult['structure'] | null;
  /** null: a level was given. */
  readonly reading: NoiseReading | null;
  readonly card: ModelCard;
  /** As the network was told, 8-bit levels. */
  readonly sigma: number;
}

/** Cleans in memory as preview and export do, on the CPU. */
export async function clean(
  source: Raster,
  settings: DenoiseSettingsInput,
  tools: Tools,
): Promise<Cleaned> {
  const { inference, models = createModelStore(shippedModels) } = tools;
  const complete = commands.preview.input.shape.settings.parse({ device: 'cpu', ...settings });
  const picture = lookAt({ raster: source });
  const services = { models, inference };
  const reading = needsReading(complete)
    ? await measureNoise({ raster: source }, services, context.signal)
    : null;
  const card = tools.card ?? (await chooseModel(complete, picture.tones, reading, services));
  const spec = createSpec(picture, card, complete, reading);
  const { sigma } = spec;
  if (changesNothing(spec)) return { raster: source, structure: null, reading, card, sigma };
  const data = source.data.slice();
  const sink: PixelSink = {
    begin: () => {},
    target: () => ({ data, sampleType: source.sampleType, top: 0 }),
    stored: () => {},
  };
  const { structure } = await cleanImage(
    { spec, device: 'cpu', precision: complete.precision, inference, sink },
    context,
  );
  return { raster: { ...source, data }, structure, reading, card, sigma };
}
