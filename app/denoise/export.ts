/**
 * The file's side: one image in, one cleaned image out, through the same tiles as the screen. Names,
 * encoding, metadata and the whole-or-absent promise are those of `pixels`.
 */
import { basename } from 'node:path';
import {
  abilitiesOf,
  allowedBy,
  familyOf,
  HourglassError,
  isPicture,
  shareOf,
  outputOf,
  type CommandContext,
  type Commands,
  type DeviceUsed,
  type Notice,
  type OutputOf,
  type ParsedInputOf,
  type PictureOutput,
} from '../contract/index.ts';
import type { NoiseReading } from '../contract/denoise.ts';
import { limitOf } from '../contract/sizes.ts';
import {
  refuseExisting,
  refuseSizeOf,
  refuseWindow,
  shownWindowOf,
  unusedOf,
  OutputPages,
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
  type LevelOf,
} from './denoise.ts';
import { readingOf } from './document-state.ts';
import { chooseModel } from './model.ts';
import { measureNoise } from './noise/reading.ts';
import { lookAt } from './picture.ts';
import { finishedLayer, layerId, noticesOf } from './layers.ts';
import { levelUsed } from './series-level.ts';
import { say } from './sentences.ts';

type Input = ParsedInputOf<Commands['denoise']>;

/** What is to be written. */
interface Export {
  readonly input: Input;
  readonly image: DecodedImage;
  /** The open document of this file, when the screen has one. */
  readonly document: OpenDocument | undefined;
  readonly spec: CleanSpec;
  readonly of: LevelOf;
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
  const output = outputOf(context, isPicture);
  const limit = limitOf(input.size);
  if (limit !== null) refuseSizeOf(output.format);
  refuseDeidentifying(input, output);
  refuseWindow(input, output);
  await refuseExisting(output.path, input.overwrite);
  const first = input.page === 'all' ? 0 : input.page - 1;
  // The screen has one of the pages.
  const documentOf = (page: number): OpenDocument | undefined =>
    services.documents.byPath(source, page);
  const open = (page: number): Promise<DecodedImage> =>
    services.documents.sourceImage({
      document: documentOf(page),
      ...{ path: source, files: input.files, page, signal },
      ...{ maxMegapixels: input.maxMegapixels, ...allowedBy(input) },
    });
  const image = await open(first);
  const count = pagesToWrite(input, image, output);
  const of = partsOf(image);
  const pages = count > 1 ? new OutputPages(count) : undefined;
  const written: WrittenPage[] = [];
  try {
    for (let page = 0; page < count; page += 1)
      written.push(
        await writePage(
          {
            image: page === 0 ? image : await open(page),
            document: documentOf(count > 1 ? page : first),
            context: pages ? pageContext(context, { of, page, count }) : context,
            pages,
          },
          input,
          output,
          services,
        ),
      );
  } catch (error) {
    await pages?.abort();
    throw error;
  }
  const seconds = (performance.now() - started) / 1000;
  return {
    ...written[0]!.result,
    bytes: written.at(-1)!.result.bytes,
    ...deidentifiedOf(written),
    ...(pages ? { pages: count } : {}),
    seconds,
    megapixelsPerSecond: written.reduce((sum, { pixels }) => sum + pixels, 0) / 1e6 / seconds,
    notices: [...output.notices, ...unusedOf(input, output), ...noticesOfPages(written, of)],
  };
}

/**
 * A file that was asked for without its patient's name never comes with it.
 * @throws HourglassError output-unsupported: it becomes no DICOM; invalid-parameter: nothing is taken out that could be retained
 */
function refuseDeidentifying({ deidentify, retain }: Input, { format, path }: PictureOutput): void {
  if (deidentify && format !== 'dicom')
    throw new HourglassError(
      'output-unsupported',
      say('deidentifiesDicom', { name: basename(path) }),
      { hint: say('stripInstead') },
    );
  if (!deidentify && retain.length > 0)
    throw new HourglassError('invalid-parameter', say('retainsNothing'), {
      hint: say('deidentifyToo'),
    });
}

/** What the parts of a file are called: slices, or pages. */
type PartsOf = 'volume' | 'file';
const partsOf = ({ format }: DecodedImage): PartsOf =>
  familyOf(format) === 'scan' ? 'volume' : 'file';

type Result = OutputOf<Commands['denoise']>;

/** What is done with one page. */
interface PageWork {
  readonly image: DecodedImage;
  readonly document: OpenDocument | undefined;
  readonly context: CommandContext;
  /** The file that several pages go into. */
  readonly pages: OutputPages | undefined;
}

interface WrittenPage {
  /** Of its notices, those that are true of the whole file. */
  readonly ofFile: readonly Notice[];
  readonly result: Omit<Result, 'seconds' | 'megapixelsPerSecond'>;
  readonly pixels: number;
}

/** @throws HourglassError output-unsupported: several, and they should become smaller */
function pagesToWrite(input: Input, image: DecodedImage, { format }: PictureOutput): number {
  const { pages, path } = image;
  const count = input.page === 'all' && abilitiesOf(format).several ? (pages?.count ?? 1) : 1;
  if (count > 1 && input.maxSide !== undefined)
    throw new HourglassError(
      'output-unsupported',
      say('pagesNotResized', { name: basename(path), of: partsOf(image) }),
      {
        hint: say('choosePage'),
      },
    );
  return count;
}

/** A page's share of the progress of all; tiles of different pages are not one sum. */
const pageContext = (
  context: CommandContext,
  { of, page, count }: { of: PartsOf; page: number; count: number },
): CommandContext => ({
  ...context,
  progress: ({ message, megapixels, ...tiles }) =>
    context.progress({
      done: page * pageSteps + Math.floor(pageSteps * shareOf(tiles)),
      total: count * pageSteps,
      unit: 'steps',
      message: say('pageOf', { of, page: page + 1, count, message }),
      ...(megapixels === undefined ? {} : { megapixels }),
    }),
});
const pageSteps = 1000;

/** What is true of the first page is said once; what only another one is or loses, with its number. */
function noticesOfPages([first, ...others]: readonly WrittenPage[], of: PartsOf): Notice[] {
  const said = new Set(first!.result.notices.map(({ text }) => text));
  // The file is whole with its last page; what is said of it then is said of no page.
  const ofFile = others.at(-1)?.ofFile ?? [];
  for (const { text } of ofFile) said.add(text);
  const more = others.flatMap(({ result }, index) =>
    result.notices
      .filter(({ text }) => !said.has(text))
      .map(({ level, text }) => ({ level, text: say('onPage', { of, page: index + 2, text }) })),
  );
  return [...first!.result.notices, ...more, ...ofFile];
}

/** It is known of the whole file, with its last page. */
function deidentifiedOf(pages: readonly WrittenPage[]): Pick<Result, 'deidentified'> {
  const { deidentified } = pages.at(-1)!.result;
  return deidentified ? { deidentified } : {};
}

async function writePage(
  { image, document, context, pages }: PageWork,
  input: Input,
  output: PictureOutput,
  services: EngineServices,
): Promise<WrittenPage> {
  const { signal } = context;
  const picture = lookAt(image);
  if (needsReading(input))
    context.progress({ done: 0, total: 0, unit: 'tiles', message: say('measuringNoise') });
  const used = needsReading(input)
    ? await levelUsed(
        input.levelOf,
        { image, files: input.series?.files, services, signal, ...allowedBy(input) },
        () => readingFor(image, document, services, signal),
        input.series?.level,
      )
    : null;
  const reading = used?.reading ?? null;
  const card = await chooseModel(input, picture.tones, reading, services);
  const spec = createSpec(picture, card, input, reading);

  const of = input.sigma !== undefined ? 'given' : used?.level ? 'series' : 'image';
  const wanted: Export = { input, image, document, spec, of };
  const { made, written } = await writePicture(
    {
      ...fileOf(wanted, output, services.software),
      object: {
        ...{ transferSyntax: input.transferSyntax, deidentify: input.deidentify },
        ...{ retain: input.retain, run: context.run ?? context.job },
        cleans: asksToClean(input),
      },
      ...(pages ? { pages } : {}),
    },
    context,
    (target) => cleanTo(target, wanted, context, services),
  );
  const { width, height } = image.raster;
  // That the others were not read is not true where all are.
  const read = image.notices.filter((one) => !pages || one.text !== image.pages?.notice.text);
  return {
    pixels: width * height,
    ofFile: written.ofFile ?? [],
    result: {
      source: input.source,
      output: output.path,
      width: written.width,
      height: written.height,
      bytes: written.bytes,
      ...(written.found ? { quality: written.found.quality, next: written.found.next } : {}),
      damagedSource: image.metadata.damaged === true,
      ...(written.deidentified ? { deidentified: written.deidentified } : {}),
      sigma: spec.sigma,
      noise: reading,
      ...(used?.level ? { seriesLevel: used.level } : {}),
      structure: made.structure,
      model: modelUsed(card, made),
      device: made.device,
      tiling: made.tiling,
      notices: [...read, ...noticesOf(spec, input, image), ...written.notices],
    },
  };
}

/** False: every strength that was given is 0. */
const asksToClean = ({ sigma, strength, share }: Input): boolean =>
  sigma === undefined ? strength !== 0 && !(strength === 'auto' && share === 0) : sigma > 0;

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
  { input, image, spec, of }: Export,
  output: PictureOutput,
  software: string,
): PictureFile {
  const { depth, quality, overwrite } = input;
  const { width, height, channels, hasAlpha } = image.raster;
  const limit = limitOf(input.size);
  const { id, version } = spec.card;
  const done = (device: DeviceUsed): string =>
    changesNothing(spec)
      ? 'noise level 0: pixels unchanged'
      : `${levelWords(spec, of)}, detail ${spec.detail} %, chroma ${spec.chroma} %, ${device.label}`;
  return {
    ...{ output, depth, quality, overwrite, width, height, channels, hasAlpha, software },
    ...(limit === null ? {} : { maxBytes: limit }),
    from: image,
    sharing: input,
    window: shownWindowOf(image, input),
    action: (device) => `${id} ${version}, ${done(device)}`,
  };
}
