/**
 * `encode` to a format that others open: JPEG, WebP or AVIF, by the writer that every export has, at a quality or
 * the best within a size.
 */
import { basename } from 'node:path';
import {
  isPicture,
  labelOf,
  outputOf,
  type CommandContext,
  type Commands,
  type DeviceUsed,
  type OutputOf,
  type ParsedInputOf,
  type PictureOutput,
} from '../contract/index.ts';
import { limitOf } from '../contract/sizes.ts';
import {
  decodeImage,
  defaultLimits,
  refuseExisting,
  usedRange,
  type DecodedImage,
  type Raster,
} from '../pixels/index.ts';
import { writePicture, type EngineServices, type WrittenPicture } from '../runtime/index.ts';
import { cleanedRaster, type Cleaner } from './cleaner.ts';
import { psnrOfPictures } from './psnr.ts';
import { openSource, withWhite } from './source.ts';
import { stages } from './stages.ts';
import { sizeNotices } from './write-tiles.ts';
import { say } from './sentences.ts';

/** No network encodes; whoever writes a picture is told where that was. */
const nowhere: DeviceUsed = { id: 'cpu', label: 'CPU', fallback: null };

/**
 * Writes a picture as `encode` does, whoever asks: equal requests, equal files.
 * @returns what was encoded, and what is true of the file
 * @throws HourglassError size-not-met; as the writer
 */
export async function writeEncoded(
  request: {
    readonly image: DecodedImage;
    /** Of the image, or cleaned. */
    readonly raster: Raster;
    /** What cleaned it, in words; null: nothing did. */
    readonly cleaned: string | null;
    readonly output: PictureOutput;
    readonly overwrite: boolean;
    /** 1–100; where a size is given, the first that is tried. */
    readonly quality: number;
    /** Largest size, bytes; null: none. */
    readonly limit: number | null;
  },
  context: Pick<CommandContext, 'signal'>,
  { software }: Pick<EngineServices, 'software'>,
): Promise<{ readonly raster: Raster; readonly written: WrittenPicture }> {
  const { image, cleaned, output, overwrite, quality, limit } = request;
  // One that uses a part of its 16 bits is the same picture as one that uses all of them.
  const raster = withWhite(request.raster, usedRange(image)?.high ?? null);
  const { width, height, channels, hasAlpha } = raster;
  const done = say('encodedAs', { format: labelOf(output.format) });
  const { written } = await writePicture(
    {
      ...{ output, depth: 'keep', overwrite, width, height, channels, hasAlpha, quality, software },
      ...(limit === null ? {} : { maxBytes: limit }),
      sharing: { srgb: false, strip: 'nothing' },
      from: { ...image, raster },
      action: () => (cleaned === null ? done : `${cleaned}; ${done}`),
    },
    context,
    ({ whole }) => whole(raster, nowhere),
  );
  return { raster, written };
}

/** @throws HourglassError size-not-met; as the cleaner and the writer */
export async function encodePicture(
  input: ParsedInputOf<Commands['encode']>,
  context: CommandContext,
  services: EngineServices,
  clean: Cleaner,
): Promise<OutputOf<Commands['encode']>> {
  const started = performance.now();
  const { source, overwrite } = input;
  const { signal } = context;
  const name = basename(source);
  const limit = limitOf(input.size);
  context.progress({ done: 0, total: 0, unit: 'tiles', message: say('opening', { name }) });
  const output = outputOf(context, isPicture);
  await refuseExisting(output.path, overwrite);
  const { document, image } = await openSource(input, services, signal);
  const [onClean, onWrite] = stages(context.progress, [input.clean === 'off' ? 0 : 2, 1]);
  const cleaned = await cleanedRaster(
    { image, document, choice: input.clean, device: input.device },
    { ...context, progress: onClean! },
    services,
    clean,
  );
  onWrite!({ done: 0, total: 1, unit: 'steps', message: say('writing') });
  const { quality } = input;
  const { raster, written } = await writeEncoded(
    { image, raster: cleaned.raster, cleaned: cleaned.words, output, overwrite, quality, limit },
    context,
    services,
  );
  const { width, height } = raster;
  const psnr = input.psnr
    ? await psnrOfPictures(
        raster,
        (
          await decodeImage({
            path: output.path,
            limits: { ...defaultLimits, maxMegapixels: input.maxMegapixels },
            signal,
          })
        ).raster,
        signal,
      )
    : null;
  onWrite!({ done: 1, total: 1, unit: 'steps', message: say('writing') });
  const { bytes, found } = written;
  const seconds = (performance.now() - started) / 1000;
  return {
    ...{ source, output: output.path, width, height, bytes },
    damagedSource: image.metadata.damaged === true,
    sourceBytes: image.bytes,
    bitsPerPixel: (8 * bytes) / (width * height),
    format: input.format,
    quality: found?.quality ?? input.quality,
    ...(found ? { next: found.next } : {}),
    ...{ step: null, hash: null, tiles: null, model: null, device: null },
    ...{ psnr, scanLoss: null },
    cleaned: cleaned.words,
    seconds,
    megapixelsPerSecond: (width * height) / 1e6 / seconds,
    notices: [
      ...image.notices,
      ...output.notices,
      ...cleaned.notices,
      ...written.notices,
      ...sizeNotices(bytes, image.bytes),
    ],
  };
}
