/**
 * The screen's side: measure an open document, clean it into a layer, the visible region first.
 * Which layers are finished is kept here, beside the layer objects; what else is known about open
 * documents is `document-state.ts`.
 */
import { createHash } from 'node:crypto';
import type {
  CommandContext,
  Commands,
  DenoiseSettings,
  NoiseReading,
  Notice,
  OutputOf,
  ParsedInputOf,
} from '../contract/index.ts';
import type { Layer, OpenDocument } from '../pixels/types.ts';
import { layerSink, tellWhole, type EngineServices } from '../runtime/index.ts';
import { changesNothing, type CleanSpec } from './clean-tile.ts';
import {
  cleanImage,
  createSpec,
  modelUsed,
  needsReading,
  untouched,
  withStructure,
  type CleanResult,
} from './denoise.ts';
import { readingOf } from './document-state.ts';
import { chooseModel } from './model.ts';
import { lookAt } from './picture.ts';

/** Layers whose every pixel is final, with what their run found. */
const finished = new WeakMap<Layer, CleanResult>();

/** Equal settings that matter to the pixels, equal id. */
export function layerId(
  spec: CleanSpec,
  { device, precision }: Pick<DenoiseSettings, 'device' | 'precision'>,
): string {
  const { card, noise, detail, chroma, local } = spec;
  const level = card.input.noiseMap ? spec.sigma : `share ${spec.blend}`;
  const facts = [card.id, card.version, card.sha256, level, local !== null];
  facts.push(detail > 0 ? noise : 0, detail);
  const key = JSON.stringify([...facts, spec.tones === 3 ? chroma : 100, device, precision]);
  return `clean-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
}

/** The finished layer of a document for these settings, if the screen has computed it. */
export function finishedLayer(
  document: OpenDocument,
  id: string,
): { layer: Layer; result: CleanResult } | null {
  const layer = document.layer(id);
  const result = layer && finished.get(layer);
  return result ? { layer, result } : null;
}

/** What a person should know about a run, besides files. */
export function noticesOf(
  spec: CleanSpec,
  settings: Pick<DenoiseSettings, 'strength' | 'sigma'>,
): Notice[] {
  const notices: Notice[] = [];
  const say = (text: string): void => void notices.push({ level: 'info', text });
  if (changesNothing(spec)) {
    say('Nothing was cleaned: the pixels are unchanged.');
    return notices;
  }
  if (spec.tones === 1 && spec.chroma !== 100)
    say('The picture is gray: the chroma strength has no effect.');
  if (spec.card.input.noiseMap) return notices;
  if (settings.sigma !== undefined)
    say(
      `The model ${spec.card.id} takes no noise level: all that it removes was removed, whatever level was given.`,
    );
  else if (settings.strength !== 'auto' && settings.strength > 100)
    say(
      `The model ${spec.card.id} takes no noise level: a strength above 100 % does no more than 100 %.`,
    );
  return notices;
}

export async function measure(
  input: ParsedInputOf<Commands['measure']>,
  { signal, progress }: CommandContext,
  services: EngineServices,
): Promise<NoiseReading> {
  return readingOf(services.documents.get(input.document), { services, signal, progress });
}

export async function focus(
  input: ParsedInputOf<Commands['focus']>,
  _context: CommandContext,
  services: EngineServices,
): Promise<OutputOf<Commands['focus']>> {
  services.documents.get(input.document).view = input.view;
  return {};
}

export async function preview(
  input: ParsedInputOf<Commands['preview']>,
  context: CommandContext,
  services: EngineServices,
): Promise<OutputOf<Commands['preview']>> {
  const started = performance.now();
  const { settings } = input;
  const document = services.documents.get(input.document);
  if (input.view) document.view = input.view;
  const picture = lookAt((await document.image()).raster);
  const card = await chooseModel(settings, picture.tones, services);
  const reading = needsReading(settings)
    ? await readingOf(document, { services, signal: context.signal })
    : null;
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
    notices: noticesOf(spec, settings),
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
  if (present || changesNothing(spec)) {
    // A new layer is a copy of the source, which is just what no cleaning means.
    const layer = present?.layer ?? (await document.createLayer(id));
    const result = present?.result ?? untouched;
    finished.set(layer, result);
    tellWhole(document, id, context.emit, result.structure);
    return result;
  }
  // What a cancelled run has left is computed again, with equal pixels.
  const layer = document.layer(id) ?? (await document.createLayer(id));
  const sink = layerSink(document.id, layer, () => document.view, context.emit);
  const result = await cleanImage(
    {
      spec,
      device: settings.device,
      precision: settings.precision,
      inference: services.inference,
      sink: withStructure(sink),
    },
    context,
  );
  finished.set(layer, result);
  return result;
}
