/** The program itself: the functions of preview and export, in memory, on the CPU (test/quality.ts). */
import type { PrecisionChoice } from '../../../app/contract/index.ts';
import type { NoiseReading } from '../../../app/contract/denoise.ts';
import type { Raster } from '../../../app/pixels/index.ts';
import { createInference, createModelStore } from '../../../app/runtime/index.ts';
import { clean } from '../../quality.ts';
import { buildRuntime, shippedModels } from '../../unit/runtime/support.ts';

export interface OurResult {
  /** The very source where nothing was to be cleaned. */
  readonly raster: Raster;
  /** null: a level was given. */
  readonly reading: NoiseReading | null;
  /** What the network was told, 8-bit levels. */
  readonly level: number;
  readonly seconds: number;
}

export interface Ours {
  /** @param level 8-bit levels of the picture's range; null: the program's own suggestion */
  clean(noisy: Raster, level: number | null, signal: AbortSignal): Promise<OurResult>;
  /** By an added network, as much as it cleans. @param id of a model in `added` */
  cleanBy(id: string, noisy: Raster): Promise<Raster>;
  /** Ids and versions of the models that have run. */
  readonly models: Set<string>;
  dispose(): Promise<void>;
}

/** @param model id, or `auto` as in the program @param added folder of models that a person has added */
export async function createOurs(
  model: string,
  precision: PrecisionChoice,
  added: string | null = null,
): Promise<Ours> {
  const built = await buildRuntime();
  const tools = {
    inference: createInference({ threadFile: built.threadFile }),
    models: createModelStore(shippedModels, added),
  };
  const used = new Set<string>();
  return {
    models: used,
    async clean(noisy, level, signal) {
      signal.throwIfAborted();
      const started = performance.now();
      const told = level === null ? {} : { sigma: level };
      const result = await clean(noisy, { ...told, model, precision }, tools);
      const seconds = (performance.now() - started) / 1000;
      used.add(`${result.card.id} ${result.card.version}`);
      const method = result.reading?.method;
      if (method) used.add(`noise by ${method}`);
      const { raster, reading, sigma } = result;
      return { raster, reading, level: sigma, seconds };
    },
    async cleanBy(id, noisy) {
      return (await clean(noisy, { model: id, strength: 100 }, tools)).raster;
    },
    async dispose() {
      await tools.inference.dispose();
      built.remove();
    },
  };
}
