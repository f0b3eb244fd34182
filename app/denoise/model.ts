/**
 * Which model cleans a picture: the only place that decides it. Everyone else learns it from the result.
 */
import type { DenoiseSettings, NoiseReading } from '../contract/denoise.ts';
import type { NoiseSource } from '../contract/noise-source.ts';
import { chooseDevice, type EngineServices, type ModelCard } from '../runtime/index.ts';

/** Models that `auto` chooses among. */
const SCAN = 'denoise-scan-fast';
const PHOTO = 'denoise-photo-fast';
const BEST = 'denoise-photo-best';

/**
 * Noise that one small network does not take beside all else: trained on it too, it leaves more of other noise, or takes
 * more detail (models/recipes/README.md). So each has a network of its own, and the reading tells which.
 */
const MADE_FOR: Readonly<Record<NoiseSource, { readonly id: string; readonly tones: 1 | 3 }>> = {
  'few-photons': { id: 'denoise-scan-faint', tones: 1 },
  'low-light': { id: 'denoise-photo-dark', tones: 3 },
};

/**
 * The model asked for; for `auto` the one made for the noise that was read, where there is one and it is installed; else the one made
 * for such a picture: the scan model for one tone, where it is installed, else the fast photo model, which knows gray too; for colour
 * the best photo model where it is installed and something faster than the CPU runs it, else the fast one.
 * @param reading null: the level was given, or nothing is cleaned
 * @throws HourglassError model-not-found, model-damaged; device-not-found as the run itself would
 */
export async function chooseModel(
  settings: Pick<DenoiseSettings, 'model' | 'device'>,
  tones: 1 | 3,
  reading: Pick<NoiseReading, 'source'> | null,
  { models, inference }: Pick<EngineServices, 'models' | 'inference'>,
): Promise<ModelCard> {
  if (settings.model !== 'auto') return models.get(settings.model);
  const installed = new Set((await models.list()).map(({ id }) => id));
  const made = reading?.source ? MADE_FOR[reading.source] : null;
  if (made?.tones === tones && installed.has(made.id)) return models.get(made.id);
  if (tones === 1) return models.get(installed.has(SCAN) ? SCAN : PHOTO);
  const best = installed.has(BEST) && chooseDevice(settings.device, inference.devices).id !== 'cpu';
  return models.get(best ? BEST : PHOTO);
}
