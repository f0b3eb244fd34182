/**
 * The screen's side: measure an open document, clean it into a layer, the visible region first.
 * What is known about open documents (reading, visible region, finished layers) is kept here, beside
 * the document objects, and goes when they go.
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
  Rect,
} from '../contract/index.ts';
import type { Layer, OpenDocument } from '../pixels/types.ts';
import type { EngineServices } from '../runtime/index.ts';
import type { CleanSpec } from './clean-tile.ts';
import { cleanImage, createSpec, needsReading, untouched, type CleanResult } from './denoise.ts';
import { measureNoise } from './noise/reading.ts';
import { layerSink } from './sinks.ts';

interface DocumentState {
  reading: Promise<NoiseReading> | null;
  /** The region that is visible now, as last told. */
  view: Rect | null;
}

const states = new WeakMap<OpenDocument, DocumentState>();
/** Layers whose every pixel is final, with what their run found. */
const finished = new WeakMap<Layer, CleanResult>();

function stateOf(document: OpenDocument): DocumentState {
  let state = states.get(document);
  if (!state) states.set(document, (state = { reading: null, view: null }));
  return state;
}

/** The reading of an open document, measured once. @throws HourglassError cancelled */
export async function readingOf(
  document: OpenDocument,
  signal: AbortSignal,
): Promise<NoiseReading> {
  const state = stateOf(document);
  for (;;) {
    const shared = state.reading;
    if (!shared) {
      const own = document.image().then(({ raster }) => measureNoise(raster, signal));
      state.reading = own;
      // Also a cancel: whoever asks next measures again.
      own.catch(() => (state.reading = null));
      return own;
    }
    try {
      return await shared;
    } catch (error) {
      // The one who measured gave up; that is no reason for us to.
      if (signal.aborted || state.reading !== null) throw error;
    }
  }
}

/** Equal settings that matter to the pixels, equal id. */
export function layerId(spec: CleanSpec, device: DenoiseSettings['device']): string {
  const { card, sigma, noise, detail, chroma } = spec;
  const facts = [card.id, card.version, card.sha256, sigma, detail > 0 ? noise : 0, detail];
  const key = JSON.stringify([...facts, spec.tones === 3 ? chroma : 100, device]);
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
export function noticesOf(spec: CleanSpec): Notice[] {
  const notices: Notice[] = [];
  if (spec.sigma === 0)
    notices.push({ level: 'info', text: 'Nothing was cleaned: the pixels are unchanged.' });
  else if (spec.tones === 1 && spec.chroma !== 100)
    notices.push({
      level: 'info',
      text: 'The picture is gray: the chroma strength has no effect.',
    });
  return notices;
}

export async function measure(
  input: ParsedInputOf<Commands['measure']>,
  { signal }: CommandContext,
  services: EngineServices,
): Promise<NoiseReading> {
  return readingOf(services.documents.get(input.document), signal);
}

export async function focus(
  input: ParsedInputOf<Commands['focus']>,
  _context: CommandContext,
  services: EngineServices,
): Promise<OutputOf<Commands['focus']>> {
  stateOf(services.documents.get(input.document)).view = input.view;
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
  const state = stateOf(document);
  if (input.view) state.view = input.view;
  const card = await services.models.get(settings.model);
  const reading = needsReading(settings) ? await readingOf(document, context.signal) : null;
  const { raster } = await document.image();
  const spec = createSpec(raster, card, settings, reading);
  const id = layerId(spec, settings.device);

  const result = await produce(document, id, spec, settings, context, services);
  return {
    layer: id,
    sigma: spec.sigma,
    device: result.device,
    structure: result.structure,
    seconds: (performance.now() - started) / 1000,
    notices: noticesOf(spec),
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
  if (present || spec.sigma === 0) {
    // A new layer is a copy of the source, which is just what no cleaning means.
    const layer = present?.layer ?? (await document.createLayer(id));
    const result = present?.result ?? untouched;
    finished.set(layer, result);
    const { width, height } = spec.source;
    context.emit({
      type: 'layer',
      document: document.id,
      layer: id,
      rect: { x: 0, y: 0, width, height },
      finishedTiles: 1,
      totalTiles: 1,
      structure: result.structure,
    });
    return result;
  }
  // What a cancelled run has left is computed again, with equal pixels.
  const layer = document.layer(id) ?? (await document.createLayer(id));
  const view = (): Rect | null => stateOf(document).view;
  const result = await cleanImage(
    {
      spec,
      device: settings.device,
      inference: services.inference,
      sink: layerSink(document.id, layer, view, context.emit),
    },
    context,
  );
  finished.set(layer, result);
  return result;
}
