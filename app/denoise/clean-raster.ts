/**
 * A whole picture cleaned in memory, for other commands that work on what cleaning leaves (compressing
 * it, for example). Capabilities do not know each other: `app/jobs/engine/capabilities.ts` hands this
 * function on.
 */
import type { CommandContext, DeviceChoice, DeviceUsed, Notice } from '../contract/index.ts';
import type { DenoiseSettings } from '../contract/denoise.ts';
import {
  allocateSamples,
  type Described,
  type OpenDocument,
  type Raster,
} from '../pixels/index.ts';
import { rasterSink, type EngineServices } from '../runtime/index.ts';
import { changesNothing } from './clean-spec.ts';
import { cleanImage, createSpec, levelWords, needsReading } from './denoise.ts';
import { readingOf } from './document-state.ts';
import { chooseModel } from './model.ts';
import { measureNoise } from './noise/reading.ts';
import { lookAt } from './picture.ts';
import { finishedLayer, layerId, noticesOf } from './layers.ts';

export interface CleanRasterRequest {
  readonly image: Described;
  /** The open document of this picture: what is known of it already is used. */
  readonly document: OpenDocument | undefined;
  readonly strength: DenoiseSettings['strength'];
  readonly device: DeviceChoice;
}

export interface CleanedRaster {
  /** The source itself where nothing was to be cleaned. */
  readonly raster: Raster;
  /** "denoise-photo-fast 1.0.0, noise level 12.0"; null: nothing was cleaned. */
  readonly words: string | null;
  /** null: no network ran. */
  readonly device: DeviceUsed | null;
  readonly notices: readonly Notice[];
}

/** @throws HourglassError as `cleanImage`, and as the choice of a model */
export async function cleanRaster(
  { image, document, strength, device }: CleanRasterRequest,
  context: CommandContext,
  services: EngineServices,
): Promise<CleanedRaster> {
  const settings: DenoiseSettings = {
    ...{ strength, levelOf: 'slice', device, detail: 0, chroma: 100 },
    ...{ model: 'auto', precision: 'auto' },
  };
  const source = image.raster;
  const { signal } = context;
  const picture = lookAt(image);
  const measuring = { services, signal };
  const reading = !needsReading(settings)
    ? null
    : document
      ? await readingOf(document, measuring)
      : await measureNoise(image, services, signal);
  const card = await chooseModel(settings, picture.tones, reading, services);
  const spec = createSpec(picture, card, settings, reading);
  const notices = noticesOf(spec, settings, image);
  if (changesNothing(spec)) return { raster: source, words: null, device: null, notices };
  const words = `${card.id} ${card.version}, ${levelWords(spec, 'image')}`;
  const ready = document && finishedLayer(document, layerId(spec, settings));
  if (ready) return { raster: ready.raster, words, device: ready.result.device, notices };
  const raster: Raster = {
    ...source,
    data: allocateSamples(source.sampleType, source.data.length),
  };
  const result = await cleanImage(
    {
      spec,
      device: settings.device,
      precision: settings.precision,
      inference: services.inference,
      sink: rasterSink(raster),
    },
    context,
  );
  return { raster, words, device: result.device, notices };
}
