/**
 * Which model cleans a picture: the only place that decides it. Everyone else learns it from the result.
 */
import type { DenoiseSettings } from '../contract/denoise.ts';
import { chooseDevice, type EngineServices, type ModelCard } from '../runtime/index.ts';

/** Models that `auto` chooses among. */
const SCAN = 'denoise-scan-fast';
const PHOTO = 'denoise-photo-fast';
const BEST = 'denoise-photo-best';

/**
 * The model asked for; for `auto` the one made for such a picture: the scan model for one tone, where it
 * is installed, else the fast photo model, which knows gray too; for colour the best photo model where it
 * is installed and something faster than the CPU runs it, else the fast one.
 * @throws HourglassError model-not-found, model-damaged; device-not-found as the run itself would
 */
export async function chooseModel(
  settings: Pick<DenoiseSettings, 'model' | 'device'>,
  tones: 1 | 3,
  { models, inference }: Pick<EngineServices, 'models' | 'inference'>,
): Promise<ModelCard> {
  if (settings.model !== 'auto') return models.get(settings.model);
  const installed = new Set((await models.list()).map(({ id }) => id));
  if (tones === 1) return models.get(installed.has(SCAN) ? SCAN : PHOTO);
  const best = installed.has(BEST) && chooseDevice(settings.device, inference.devices).id !== 'cpu';
  return models.get(best ? BEST : PHOTO);
}
