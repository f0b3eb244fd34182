/**
 * A plane of a volume, cleaned: never the cut itself, but the slices that it was cut from, each as it is exported (at its own measured
 * noise level, that of the series, or one that is given), and put together again. Cleaned slices stay for the next page of the plane.
 */
import {
  throwIfCancelled,
  type CommandContext,
  type Commands,
  type Notice,
  type OutputOf,
} from '../contract/index.ts';
import type { DenoiseSettings, NoiseReading } from '../contract/denoise.ts';
import {
  allocateSamples,
  KeptWhile,
  layerIdOf,
  type CutFrom,
  type DecodedImage,
  type Layer,
  type OpenDocument,
  type Samples,
} from '../pixels/index.ts';
import { rasterSink, tellWhole, type EngineServices, type ModelCard } from '../runtime/index.ts';
import { changesNothing } from './clean-spec.ts';
import {
  cleanImage,
  createSpec,
  modelUsed,
  needsReading,
  untouched,
  type CleanResult,
} from './denoise.ts';
import { middleOf } from './document-state.ts';
import { cleanedLayer, finishedLayer, noticesOf } from './layers.ts';
import { chooseModel } from './model.ts';
import { measureNoise } from './noise/reading.ts';
import { lookAt } from './picture.ts';
import { readingOfSeries, seriesLevelOf } from './series-level.ts';

interface CleanedSlice {
  readonly samples: Samples;
  readonly card: ModelCard;
  readonly result: CleanResult;
  readonly sigma: number;
  readonly notices: readonly Notice[];
}

/** Nobody has looked at planes for so long: the memory goes. */
const IDLE_MS = 120_000;
/** Those of one volume at one choice of settings, by their number. */
const kept = new KeptWhile<Map<number, CleanedSlice>>(IDLE_MS);

/** Equal settings, equal id: which level a slice needs is its own affair. */
function planeLayerId({ id, version, sha256 }: ModelCard, settings: DenoiseSettings): string {
  const { strength, share, sigma, levelOf, detail, device, precision } = settings;
  const facts = [id, version, sha256, strength, share, sigma, levelOf, detail];
  return layerIdOf('clean', [...facts, device, precision]);
}

/** @throws HourglassError as `cleanImage` and `CutFrom.slice` */
export async function previewPlane(
  document: OpenDocument,
  cutFrom: CutFrom,
  settings: DenoiseSettings,
  context: CommandContext,
  services: EngineServices,
): Promise<OutputOf<Commands['preview']>> {
  const started = performance.now();
  // A slice may want another network than most do; which, follows from these.
  const id = planeLayerId(await chooseModel(settings, 1, null, services), settings);
  const key = JSON.stringify([cutFrom.key, id]);
  return kept.use(
    key,
    () => new Map(),
    async (cleaned) => {
      const present = finishedLayer(document, id);
      const work: PlaneWork = { document, cutFrom, settings, cleaned, context, services };
      if (present) tellWhole(document, id, context);
      else await document.makeLayer(id, cleanedLayer, (layer) => cleanSlices(layer, work));
      const middle = await sliceOf(middleOf(cutFrom.slices), work);
      return {
        layer: id,
        sigma: middle.sigma,
        model: modelUsed(middle.card, middle.result),
        device: middle.result.device,
        structure: middle.result.structure,
        seconds: (performance.now() - started) / 1000,
        notices: [...middle.notices],
      };
    },
  );
}

interface PlaneWork {
  readonly document: OpenDocument;
  readonly cutFrom: CutFrom;
  readonly settings: DenoiseSettings;
  readonly cleaned: Map<number, CleanedSlice>;
  readonly context: CommandContext;
  readonly services: EngineServices;
}

/** Slice after slice into the layer: what lies between two that are cleaned is said at once. */
async function cleanSlices(layer: Layer<CleanResult>, work: PlaneWork): Promise<CleanResult> {
  const { cutFrom, cleaned, context, document } = work;
  const { slices } = cutFrom;
  const total = slices.length;
  const samplesOf = (slice: number): Samples | null => cleaned.get(slice)?.samples ?? null;
  /** How many slices have told of what lies between them and the next one. */
  let told = 0;
  for (const [at, slice] of slices.entries()) {
    throwIfCancelled(context.signal);
    const isNew = !cleaned.has(slice);
    await sliceOf(slice, work);
    const last = at === total - 1;
    // Those that were kept are there together.
    if (!isNew && !last && cleaned.has(slices[at + 1]!)) continue;
    layer.raster.data.set(await cutFrom.assemble(samplesOf, context.signal));
    for (; told < (last ? total : at); told++) {
      const rect = cutFrom.between(slices[told]!);
      layer.touch(rect);
      context.emit({
        ...{ type: 'layer', job: context.job, document: document.id, layer: layer.id, rect },
        ...{ finishedTiles: at + 1, totalTiles: total },
      });
    }
  }
  return cleaned.get(middleOf(slices))!.result;
}

async function sliceOf(slice: number, work: PlaneWork): Promise<CleanedSlice> {
  const { cleaned } = work;
  let found = cleaned.get(slice);
  if (!found) cleaned.set(slice, (found = await cleanSlice(slice, work)));
  return found;
}

/** As an export of this slice cleans it. */
async function cleanSlice(slice: number, work: PlaneWork): Promise<CleanedSlice> {
  const { cutFrom, settings, context, services } = work;
  const { signal } = context;
  const image = await cutFrom.slice(slice, signal);
  const picture = lookAt(image);
  const reading = needsReading(settings) ? await readingFor(image, work) : null;
  const card = await chooseModel(settings, picture.tones, reading, services);
  const spec = createSpec(picture, card, settings, reading);
  const about = { card, sigma: spec.sigma, notices: noticesOf(spec, settings, image) };
  const { source } = spec;
  if (changesNothing(spec)) return { ...about, samples: source.data, result: untouched };
  const raster = { ...source, data: allocateSamples(source.sampleType, source.data.length) };
  const { device, precision } = settings;
  const { inference } = services;
  const result = await cleanImage(
    { spec, device, precision, inference, sink: rasterSink(raster) },
    // Tiles of one slice among hundreds are no progress of the plane.
    { signal, progress: () => undefined },
  );
  return { ...about, samples: raster.data, result };
}

async function readingFor(
  slice: DecodedImage,
  { document, settings, context: { signal }, services }: PlaneWork,
): Promise<NoiseReading> {
  // The plane knows which slices there are; their level is told on the scale of this one.
  const level =
    settings.levelOf === 'series'
      ? await seriesLevelOf({ image: await document.image(), services, signal })
      : null;
  return level ? readingOfSeries(level, slice) : measureNoise(slice, services, signal);
}
