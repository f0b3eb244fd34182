/**
 * The file's side: one image in, one cleaned image out, through the same tiles as the screen. Names,
 * encoding, metadata and the whole-or-absent promise are those of `pixels`.
 */
import { basename } from 'node:path';
import {
  isPicture,
  outputOf,
  type CommandContext,
  type Commands,
  type DeviceUsed,
  type OutputOf,
  type ParsedInputOf,
  type PictureOutput,
} from '../contract/index.ts';
import type { NoiseReading } from '../contract/denoise.ts';
import {
  createWriter,
  refuseExisting,
  type DecodedImage,
  type ImageWriter,
  type OpenDocument,
  type SampleType,
} from '../pixels/index.ts';
import { rowSink, writeRaster, type EngineServices } from '../runtime/index.ts';
import { changesNothing, type CleanSpec } from './clean-spec.ts';
import {
  cleanImage,
  createSpec,
  levelWords,
  modelUsed,
  needsReading,
  untouched,
  type CleanResult,
} from './denoise.ts';
import { readingOf } from './document-state.ts';
import { chooseModel } from './model.ts';
import { measureNoise } from './noise/reading.ts';
import { lookAt } from './picture.ts';
import { finishedLayer, layerId, noticesOf } from './layers.ts';
import { say } from './sentences.ts';

type Input = ParsedInputOf<Commands['denoise']>;

interface Job {
  readonly input: Input;
  readonly context: CommandContext;
  readonly services: EngineServices;
  readonly image: DecodedImage;
  /** The open document of this file, when the screen has one. */
  readonly document: OpenDocument | undefined;
  readonly spec: CleanSpec;
  readonly output: PictureOutput;
}

export async function denoise(
  input: Input,
  context: CommandContext,
  services: EngineServices,
): Promise<OutputOf<Commands['denoise']>> {
  const started = performance.now();
  const { source } = input;
  const { signal } = context;
  context.progress({
    done: 0,
    total: 0,
    unit: 'tiles',
    message: say('opening', { source: basename(source) }),
  });
  const document = services.documents.byPath(source);
  const output = outputOf(context, isPicture);
  await refuseExisting(output.path, input.overwrite);
  const image = await services.documents.sourceImage({
    document,
    path: source,
    files: input.files,
    maxMegapixels: input.maxMegapixels,
    signal,
  });
  const picture = lookAt(image);
  const card = await chooseModel(input, picture.tones, services);
  if (needsReading(input))
    context.progress({ done: 0, total: 0, unit: 'tiles', message: say('measuringNoise') });
  const reading = needsReading(input) ? await readingFor(image, document, services, signal) : null;
  const spec = createSpec(picture, card, input, reading);

  const { result, written } = await cleanToFile({
    input,
    context,
    services,
    image,
    document,
    spec,
    output,
  });
  const seconds = (performance.now() - started) / 1000;
  const { width, height } = image.raster;
  return {
    source,
    output: output.path,
    width,
    height,
    bytes: written.bytes,
    sigma: spec.sigma,
    noise: reading,
    structure: result.structure,
    model: modelUsed(card, result),
    device: result.device,
    tiling: result.tiling,
    seconds,
    megapixelsPerSecond: (width * height) / 1e6 / seconds,
    notices: [...image.notices, ...output.notices, ...noticesOf(spec, input), ...written.notices],
  };
}

const readingFor = (
  image: DecodedImage,
  document: OpenDocument | undefined,
  services: EngineServices,
  signal: AbortSignal,
): Promise<NoiseReading> =>
  document ? readingOf(document, { services, signal }) : measureNoise(image, services, signal);

/** Writes the file, or nothing. */
async function cleanToFile(
  job: Job,
): Promise<{ result: CleanResult; written: Awaited<ReturnType<ImageWriter['finish']>> }> {
  const { input, context, services, spec } = job;
  /** At most one. */
  const writers: ImageWriter[] = [];
  const open = async (device: DeviceUsed): Promise<ImageWriter> => {
    const writer = await createWriter(writeRequest(job, device));
    writers.push(writer);
    return writer;
  };
  try {
    const sampleType = rowType(job);
    const ready = finishedPixels(job, sampleType);
    let result: CleanResult;
    if (ready) {
      result = ready.result;
      await writeRaster(ready.raster, await open(result.device), context.signal);
      context.progress({ done: 1, total: 1, unit: 'tiles', message: say('writing') });
    } else {
      const sink = rowSink(spec.source, sampleType, open);
      result = await cleanImage(
        {
          spec,
          device: input.device,
          precision: input.precision,
          inference: services.inference,
          sink,
        },
        context,
      );
    }
    const written = await writers[0]!.finish(context.signal);
    return { result, written };
  } catch (error) {
    await writers[0]?.abort();
    throw error;
  }
}

/** Pixels that need no network: the source itself, or what the screen has computed already. */
function finishedPixels({ input, spec, document }: Job, sampleType: SampleType) {
  if (changesNothing(spec)) return { raster: spec.source, result: untouched };
  if (!document || sampleType !== spec.source.sampleType) return null;
  return finishedLayer(document, layerId(spec, input));
}

/** Sample types from shallow to deep. */
const depths: readonly SampleType[] = ['uint8', 'uint16', 'int16', 'float32'];

function wantedType({ input: { depth }, image }: Pick<Job, 'input' | 'image'>): SampleType {
  const { sampleType } = image.raster;
  // Signed samples are of 16 bits already.
  if (depth === 'keep' || (depth === '16' && sampleType === 'int16')) return sampleType;
  return depth === '8' ? 'uint8' : 'uint16';
}

/**
 * Rows are handed over in the deeper of the source's and the output's type: 16 bits from an 8-bit
 * source carry what the network computed between the steps, and fewer bits than the source has come
 * from the very pixels that the screen shows.
 */
function rowType(job: Job): SampleType {
  const own = job.image.raster.sampleType;
  const wanted = wantedType(job);
  return depths.indexOf(wanted) > depths.indexOf(own) ? wanted : own;
}

function writeRequest(job: Job, device: DeviceUsed): Parameters<typeof createWriter>[0] {
  const { input, services, image, spec, output } = job;
  const { width, height, channels, hasAlpha } = image.raster;
  const { id, version } = spec.card;
  const action = changesNothing(spec)
    ? `${id} ${version}, noise level 0: pixels unchanged`
    : `${id} ${version}, ${levelWords(spec)}, detail ${spec.detail} %, chroma ${spec.chroma} %, ${device.label}`;
  return {
    path: output.path,
    format: output.format,
    sampleType: wantedType(job),
    quality: input.quality,
    overwrite: input.overwrite,
    width,
    height,
    channels,
    hasAlpha,
    from: image,
    mark: { software: services.software, action },
  };
}
