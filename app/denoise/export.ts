/**
 * The file's side: one image in, one cleaned image out, through the same tiles as the screen. Names,
 * encoding, metadata and the whole-or-absent promise are those of `pixels`.
 */
import { basename } from 'node:path';
import {
  allowedBy,
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
  refuseExisting,
  type DecodedImage,
  type OpenDocument,
  type SampleType,
} from '../pixels/index.ts';
import {
  writePicture,
  type EngineServices,
  type PictureFile,
  type PictureTarget,
} from '../runtime/index.ts';
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

/** What is to be written. */
interface Export {
  readonly input: Input;
  readonly image: DecodedImage;
  /** The open document of this file, when the screen has one. */
  readonly document: OpenDocument | undefined;
  readonly spec: CleanSpec;
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
    ...allowedBy(input),
    signal,
  });
  const picture = lookAt(image);
  const card = await chooseModel(input, picture.tones, services);
  if (needsReading(input))
    context.progress({ done: 0, total: 0, unit: 'tiles', message: say('measuringNoise') });
  const reading = needsReading(input) ? await readingFor(image, document, services, signal) : null;
  const spec = createSpec(picture, card, input, reading);

  const wanted = { input, image, document, spec };
  const { made: result, written } = await writePicture(
    fileOf(wanted, output, services.software),
    context,
    (target) => cleanTo(target, wanted, context, services),
  );
  const seconds = (performance.now() - started) / 1000;
  const { width, height } = image.raster;
  return {
    source,
    output: output.path,
    width: written.width,
    height: written.height,
    bytes: written.bytes,
    damagedSource: image.metadata.damaged === true,
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

/** Pixels that need no network: the source itself, or what the screen has computed already. */
function finishedPixels({ input, spec, document }: Export, sampleType: SampleType) {
  if (changesNothing(spec)) return { raster: spec.source, result: untouched };
  if (!document || sampleType !== spec.source.sampleType) return null;
  return finishedLayer(document, layerId(spec, input));
}

async function cleanTo(
  { sampleType, sink, whole }: PictureTarget,
  wanted: Export,
  context: CommandContext,
  { inference }: EngineServices,
): Promise<CleanResult> {
  const ready = finishedPixels(wanted, sampleType);
  if (ready) {
    await whole(ready.raster, ready.result.device);
    context.progress({ done: 1, total: 1, unit: 'tiles', message: say('writing') });
    return ready.result;
  }
  const { spec, input } = wanted;
  const { device, precision } = input;
  return cleanImage({ spec, device, precision, inference, sink }, context);
}

function fileOf(
  { input, image, spec }: Export,
  output: PictureOutput,
  software: string,
): PictureFile {
  const { depth, quality, overwrite } = input;
  const { width, height, channels, hasAlpha } = image.raster;
  const { id, version } = spec.card;
  const done = (device: DeviceUsed): string =>
    changesNothing(spec)
      ? 'noise level 0: pixels unchanged'
      : `${levelWords(spec)}, detail ${spec.detail} %, chroma ${spec.chroma} %, ${device.label}`;
  return {
    ...{ output, depth, quality, overwrite, width, height, channels, hasAlpha, software },
    from: image,
    sharing: input,
    action: (device) => `${id} ${version}, ${done(device)}`,
  };
}
