/**
 * `encode`: one image in, one latent file out; other formats are `encode-picture.ts`. Cleaning beforehand is another capability's work, handed in
 * by whoever puts the capabilities together.
 */
import { basename } from 'node:path';
import {
  outputOf,
  type CommandContext,
  type Commands,
  type DeviceChoice,
  type DeviceUsed,
  type Notice,
  type OutputOf,
  type ParsedInputOf,
} from '../contract/index.ts';
import type { ScanLoss } from '../contract/latent.ts';
import { limitOf } from '../contract/sizes.ts';
import {
  refuseExisting,
  refuseLarger,
  searchQuality,
  unheldNotices,
  type DecodedImage,
  type FoundQuality,
  type OpenDocument,
} from '../pixels/index.ts';
import type { EngineServices } from '../runtime/index.ts';
import { analyse, analyseAll } from './analyse.ts';
import { cleanedRaster, type Cleaner } from './cleaner.ts';
import { openCodec, withCoder, type Codec } from './codec.ts';
import { encodePicture } from './encode-picture.ts';
import { writeLatentBytes } from './container/index.ts';
import { stepOfQuality, type LatentCoder } from './entropy/index.ts';
import { latentGrid, type LatentGrid } from './grid.ts';
import type { LatentStore } from './latent-store.ts';
import { shownFile, type CompressedFacts } from './layers.ts';
import { scanLossOf, type LosslessSize } from './lossless.ts';
import { nearnessOfFile } from './psnr.ts';
import {
  latentPicture,
  openSource,
  sourceFacts,
  sourceNotices,
  unlikeCodec,
  type SourceFacts,
} from './source.ts';
import { stages } from './stages.ts';
import {
  emptyFile,
  filledBytes,
  fromStore,
  sizeNotices,
  tileBytes,
  writeLatents,
  type FileFacts,
  type FilePlace,
  type WrittenLatents,
} from './write-tiles.ts';
import { say } from './sentences.ts';

type Input = ParsedInputOf<Commands['encode']>;

/** What other capabilities do for this one. */
interface Others {
  readonly clean: Cleaner;
  readonly lossless: LosslessSize;
}

export async function encode(
  input: Input,
  context: CommandContext,
  services: EngineServices,
  others: Others,
): Promise<OutputOf<Commands['encode']>> {
  if (input.format !== 'hgl') return encodePicture(input, context, services, others.clean);
  const started = performance.now();
  const { source, model, overwrite } = input;
  const { signal } = context;
  const limit = limitOf(input.size);
  context.progress({
    done: 0,
    total: 0,
    unit: 'tiles',
    message: say('opening', { name: basename(source) }),
  });
  const codec = await openCodec(services, model);
  const output = outputOf(context, (format) => format === 'hgl');
  await refuseExisting(output.path, overwrite);
  const { document, image } = await openSource(input, services, signal);
  const facts = sourceFacts(basename(source), image, input.scans);

  // What the screen shows at these settings is what is written, byte for byte.
  const shown =
    document && limit === null && !input.psnr ? shownFile(document, input, codec) : null;
  const place = { path: output.path, overwrite };
  const encoded = shown
    ? await writeShown(shown, image, place, context)
    : await encodeImage(
        { input, image, document, facts, codec, place, limit },
        context,
        services,
        others,
      );
  const { bytes, quality, device, cleaned, psnr } = encoded;
  const seconds = (performance.now() - started) / 1000;
  const { width, height } = image.raster;
  return {
    source,
    output: output.path,
    width,
    height,
    bytes,
    damagedSource: image.metadata.damaged === true,
    sourceBytes: image.bytes,
    bitsPerPixel: (8 * bytes) / (width * height),
    format: 'hgl',
    quality,
    ...(encoded.next === undefined ? {} : { next: encoded.next }),
    step: stepOfQuality(quality),
    psnr,
    scanLoss: encoded.scanLoss,
    hash: encoded.hash,
    tiles: latentGrid(image.raster).tiles.length,
    cleaned,
    model: { id: codec.card.id, version: codec.card.version, precision: 'fp32' },
    device,
    seconds,
    megapixelsPerSecond: (width * height) / 1e6 / seconds,
    notices: [
      ...image.notices,
      ...unheldNotices('hgl', image.metadata),
      ...output.notices,
      ...encoded.notices,
      ...sizeNotices(bytes, image.bytes),
    ],
  };
}

/** What is said of a file that was written, however it came about. */
interface Encoded {
  readonly bytes: number;
  readonly hash: string;
  readonly quality: number;
  /** Where a size was asked for: as of `FoundQuality`. */
  readonly next?: FoundQuality['next'];
  readonly device: DeviceUsed;
  readonly cleaned: string | null;
  readonly psnr: number | null;
  readonly scanLoss: ScanLoss | null;
  readonly notices: readonly Notice[];
}

/** Writes the bytes that the screen shows decoded. @throws HourglassError as `writeLatentBytes` */
async function writeShown(
  { found, file }: CompressedFacts,
  { path: source, metadata: { accessedMs, modifiedMs } }: DecodedImage,
  place: NonNullable<FilePlace>,
  { signal, progress }: CommandContext,
): Promise<Encoded> {
  const dates = { accessedMs, modifiedMs };
  await writeLatentBytes(file.data, { ...place, source, dates }, signal);
  progress({ done: 1, total: 1, unit: 'tiles', message: say('writing') });
  const { quality, cleaned, scanLoss, notices } = found;
  const { data, hash, device } = file;
  return {
    ...{ bytes: data.length, hash, quality, device },
    ...{ cleaned, psnr: null, scanLoss, notices },
  };
}

/** Cleans where that is wanted, analyses, codes and writes. */
async function encodeImage(
  request: {
    readonly input: Input;
    readonly image: DecodedImage;
    readonly document: OpenDocument | undefined;
    readonly facts: SourceFacts;
    readonly codec: Codec;
    readonly place: NonNullable<FilePlace>;
    readonly limit: number | null;
  },
  context: CommandContext,
  services: EngineServices,
  { clean, lossless }: Others,
): Promise<Encoded> {
  const { input, image, document, facts, codec, place, limit } = request;
  const name = basename(input.source);
  // What a scan has lost is said without being asked for.
  const compares = input.psnr || facts.lossyScan;
  const [onClean, onEncode, onMeasure] = stages(context.progress, [
    input.clean === 'off' ? 0 : 2,
    1,
    compares ? 1.5 : 0,
  ]) as [typeof context.progress, typeof context.progress, typeof context.progress];
  const cleaned = await cleanedRaster(
    { image, document, choice: input.clean, device: input.device },
    { ...context, progress: onClean },
    services,
    clean,
  );
  const picture = latentPicture(name, image.raster, cleaned.raster, facts);
  const file: FileFacts = {
    ...{ image, codec },
    ...{ raster: picture.raster, facts: picture.facts, padding: picture.padding },
    quality: input.quality,
    cleanedWith: cleaned.words,
    software: services.software,
  };
  const { written, quality, next, device } = await withCoder(codec, input.threads, (coder) =>
    encodeFile(
      { file, place, limit, coder, device: input.device },
      { ...context, progress: onEncode },
      services,
    ),
  );
  const near = compares
    ? await nearnessOfFile(
        { path: place.path, picture, device: input.device, threads: input.threads },
        { ...context, progress: onMeasure },
        services,
      )
    : null;
  const notices = [
    ...cleaned.notices,
    ...sourceNotices(name, facts),
    ...unlikeCodec(codec.card, image, facts),
    ...picture.notices,
  ];
  return {
    ...{ bytes: written.bytes, hash: written.hash, quality, device },
    ...(next === undefined ? {} : { next }),
    ...{ cleaned: cleaned.words, notices },
    psnr: input.psnr && near ? near.psnr : null,
    scanLoss:
      near && facts.lossyScan
        ? scanLossOf(
            picture.facts,
            near.largestError,
            await lossless(name, cleaned.raster, context.signal),
          )
        : null,
  };
}

interface EncodeRequest {
  readonly file: FileFacts;
  readonly place: FilePlace;
  /** Largest size, bytes; null: the file's quality as it is. */
  readonly limit: number | null;
  readonly coder: LatentCoder;
  readonly device: DeviceChoice;
}

interface EncodedFile {
  readonly written: WrittenLatents;
  readonly quality: number;
  /** Where a size was asked for: as of `FoundQuality`. */
  readonly next?: FoundQuality['next'];
  readonly device: DeviceUsed;
}

/** Analyses and writes; latents are kept only where the quality has to be searched for. */
async function encodeFile(
  request: EncodeRequest,
  context: CommandContext,
  services: EngineServices,
): Promise<EncodedFile> {
  const { file, place, limit, coder, device } = request;
  const { raster, codec, quality } = file;
  const grid = latentGrid(raster);
  const network = codec.card.parts.analysis;
  const analysis = { raster, grid, network, inference: services.inference, device };
  const { signal } = context;
  if (limit === null) {
    let used: DeviceUsed | null = null;
    const written = await writeLatents(
      file,
      place,
      coder,
      async ({ take }) => {
        used = await analyse({ ...analysis, take }, context);
      },
      signal,
    );
    return { written, quality, device: used! };
  }
  const [onAnalysis, onSearch] = stages(context.progress, [2, 1]);
  const { store, device: used } = await analyseAll(analysis, { signal, progress: onAnalysis! });
  try {
    const found = await searchSize(request, store, grid, limit, context);
    const write = (at: number): Promise<WrittenLatents> =>
      writeLatents(
        { ...file, quality: at },
        place,
        coder,
        (taker) => fromStore(store, grid, taker, onSearch!),
        signal,
      );
    const { quality: best, next } = found;
    return { written: await write(best), quality: best, next, device: used };
  } finally {
    await store.close();
  }
}

/** The best quality that fits, by the very sizes that files would have. @throws HourglassError size-not-met */
export async function searchSize(
  { file, coder }: Pick<EncodeRequest, 'file' | 'coder'>,
  store: LatentStore,
  grid: LatentGrid,
  limit: number,
  { signal }: Pick<CommandContext, 'signal'>,
): Promise<FoundQuality> {
  const empty = await emptyFile(file, signal);
  const found = await searchQuality({
    limit,
    first: file.quality,
    bytesAt: async (quality) =>
      filledBytes(empty, await tileBytes(store, grid, coder, quality, signal)),
  });
  refuseLarger(basename(file.image.path), limit, found);
  return found;
}
