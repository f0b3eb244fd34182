/**
 * The screen's side: measure an open document, clean it into a layer, the visible region first. What the
 * export shares with it is `layers.ts`; what else is known about open documents, `document-state.ts`.
 */
import type { CommandContext, Commands, OutputOf, ParsedInputOf } from '../contract/index.ts';
import type { DenoiseSettings, NoiseReading } from '../contract/denoise.ts';
import type { OpenDocument } from '../pixels/types.ts';
import { layerSink, tellWhole, type EngineServices } from '../runtime/index.ts';
import { changesNothing, type CleanSpec } from './clean-spec.ts';
import {
  cleanImage,
  createSpec,
  modelUsed,
  needsReading,
  untouched,
  type CleanResult,
} from './denoise.ts';
import { readingOf, type Measuring } from './document-state.ts';
import { cleanedLayer, finishedLayer, layerId, noticesOf } from './layers.ts';
import { chooseModel } from './model.ts';
import { lookAt } from './picture.ts';
import { previewPlane } from './plane.ts';
import { levelUsed, type LevelUsed } from './series-level.ts';

export async function measure(
  input: ParsedInputOf<Commands['measure']>,
  { signal, progress }: CommandContext,
  services: EngineServices,
): Promise<NoiseReading> {
  const document = services.documents.get(input.document);
  const { reading } = await documentLevel(input.levelOf, document, { services, signal, progress });
  return reading;
}

/** Of an open document, or the series that it is a slice of. */
const documentLevel = async (
  levelOf: DenoiseSettings['levelOf'],
  document: OpenDocument,
  measuring: Measuring,
): Promise<LevelUsed> =>
  levelUsed(levelOf, { image: await document.image(), ...measuring }, () =>
    readingOf(document, measuring),
  );

export async function preview(
  input: ParsedInputOf<Commands['preview']>,
  context: CommandContext,
  services: EngineServices,
): Promise<OutputOf<Commands['preview']>> {
  const started = performance.now();
  const { settings } = input;
  const document = services.documents.get(input.document);
  if (input.view) document.view = input.view;
  const image = await document.image();
  if (image.cutFrom) return previewPlane(document, image.cutFrom, settings, context, services);
  const picture = lookAt(image);
  const reading = needsReading(settings)
    ? (await documentLevel(settings.levelOf, document, { services, signal: context.signal }))
        .reading
    : null;
  const card = await chooseModel(settings, picture.tones, reading, services);
  const spec = createSpec(picture, card, settings, reading);
  const id = layerId(spec, settings);

  const result = await produce(document, id, spec, settings, context, services);
  return {
    layer: id,
    sigma: spec.sigma,
    model: modelUsed(card, result),
    device: result.device,
    structure: result.structure,
    seconds: (performance.now() - started) / 1000,
    notices: noticesOf(spec, settings, image),
  };
}

/** Computes the layer, unless it is there. */
async function produce(
  document: OpenDocument,
  id: string,
  spec: CleanSpec,
  settings: DenoiseSettings,
  context: CommandContext,
  services: EngineServices,
): Promise<CleanResult> {
  const present = finishedLayer(document, id);
  if (present) {
    tellWhole(document, id, context);
    return present.result;
  }
  const layer = await document.makeLayer(id, cleanedLayer, (made) => {
    // A new layer is a copy of the source, which is just what no cleaning means.
    if (changesNothing(spec)) {
      tellWhole(document, id, context);
      return untouched;
    }
    const sink = layerSink(document.id, made, () => document.view, context);
    const { device, precision } = settings;
    return cleanImage({ spec, device, precision, inference: services.inference, sink }, context);
  });
  return layer.facts!;
}
