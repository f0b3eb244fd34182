/**
 * An open latent file with the model that it needs: the common ground of decoding it to a file, opening it
 * like an image, and looking at what it would show.
 */
import type {
  CommandContext,
  DeviceChoice,
  DeviceUsed,
  Precision,
  PrecisionChoice,
  Rect,
  Scale,
} from '../contract/index.ts';
import type { LatentTile } from '../contract/latent.ts';
import type { Notice } from '../contract/index.ts';
import {
  allocateSamples,
  completeMetadata,
  maxValue,
  type Content,
  type ImageMetadata,
  type Raster,
  type SampleType,
} from '../pixels/index.ts';
import type { Ends } from '../pixels/samples.ts';
import { rasterSink, type EngineServices, type PixelSink } from '../runtime/index.ts';
import { AlphaRows } from './alpha-rows.ts';
import { codecOf, type Codec } from './codec.ts';
import type { LatentFile, LatentHeader } from './container/index.ts';
import type { LatentCoder } from './entropy/index.ts';
import { latentGrid } from './grid.ts';
import { PaddingRows } from './padding-rows.ts';
import { whiteOf } from './source.ts';
import { synthesise } from './synthesise.ts';
import { DecodedTiles } from './tile-latents.ts';
import { say } from './sentences.ts';

/** What a latent file decodes to. */
export function pixelLayout(header: LatentHeader): {
  readonly channels: 1 | 2 | 3 | 4;
  readonly hasAlpha: boolean;
  readonly sampleType: SampleType;
  /** As of `Raster`. */
  readonly bits?: number;
  /** What a scan's values mean. */
  readonly scale?: Scale;
  /** As of `whiteOf`. */
  readonly white: number | null;
  /** As of `SynthesisRequest`. */
  ends(sampleType: SampleType): Ends | null;
} {
  const { tones, hasAlpha, sampleType, measured } = header;
  const channels = ((tones === 'gray' ? 1 : 3) + (hasAlpha ? 1 : 0)) as 1 | 2 | 3 | 4;
  const type = sampleType === 'float32' ? 'uint16' : sampleType;
  const isSpread = type === 'uint16' && header.bitDepth < 16 && !header.narrow && !measured;
  const white = whiteOf(header);
  const range = measured && { black: measured.range.low, white: measured.range.high };
  return {
    ...{ channels, hasAlpha, sampleType: type, white },
    ...(isSpread ? { bits: header.bitDepth } : {}),
    ...(measured ? { scale: decodedScale(header)! } : {}),
    // Samples of another type than the source's are spread over all of it, as everywhere; a layer of floats is on the source's scale.
    ends: (wanted) =>
      wanted !== sampleType ? null : (range ?? (white === null ? null : { black: 0, white })),
  };
}

/** The scale of decoded samples: the source's, and of floats that of the 16 bits that they have become; null: it measures nothing. */
export function decodedScale({
  measured,
  sampleType,
}: Pick<LatentHeader, 'measured' | 'sampleType'>): Scale | null {
  if (!measured) return null;
  const { scale, range } = measured;
  if (sampleType !== 'float32') return scale;
  const step = (range.high - range.low) / maxValue('uint16');
  const steps = (value: number): number => (value - range.low) / step;
  const { padding } = scale;
  return {
    ...scale,
    ...{ black: steps(scale.black), white: steps(scale.white) },
    ...{ slope: scale.slope * step, intercept: scale.intercept + scale.slope * range.low },
    ...(padding ? { padding: { low: steps(padding.low), high: steps(padding.high) } } : {}),
  };
}

/** What a file says that it holds; undefined: its pixels say it. */
export const contentIn = ({ measured }: LatentHeader): { readonly content?: Content } =>
  measured ? { content: { family: 'scan', reason: say('latentOfScan') } } : {};

export const wholeOf = ({ width, height }: { width: number; height: number }): Rect => ({
  x: 0,
  y: 0,
  width,
  height,
});

export interface DecodeRequest {
  readonly file: LatentFile;
  readonly name: string;
  readonly coder: LatentCoder;
  readonly device: DeviceChoice;
  /** Default `auto`. */
  readonly precision?: PrecisionChoice;
  /** Inside the picture. */
  readonly region: Rect;
  readonly sink: PixelSink;
  /** Exact side of the network's tiles, for tests. */
  readonly side?: number;
}

export interface DecodedPicture {
  readonly device: DeviceUsed;
  /** Of the synthesis. */
  readonly precision: Precision;
  readonly damaged: readonly LatentTile[];
  /** null: not all tiles were needed, or not row by row. */
  readonly hash: string | null;
}

/** Decodes into a sink. @throws HourglassError as `Inference.run` */
export async function decodePicture(
  { file, coder, device, precision, region, sink, side }: DecodeRequest,
  codec: Codec,
  context: Pick<CommandContext, 'signal' | 'progress'>,
  { inference }: Pick<EngineServices, 'inference'>,
): Promise<DecodedPicture> {
  const { header } = file;
  const isWhole = region.width === header.width && region.height === header.height;
  const tiles = new DecodedTiles(file, coder, context.signal, isWhole && !sink.next);
  const layout = pixelLayout(header);
  const used = await synthesise(
    {
      codec,
      grid: latentGrid(header, header.tileSide),
      tiles,
      step: header.step,
      inference,
      device,
      region,
      layout,
      alpha: layout.hasAlpha ? new AlphaRows(file) : null,
      padding: PaddingRows.of(file),
      sink,
      // A step of 8 bits is 16 HU of a CT.
      precision: header.measured && precision !== 'int8' ? 'fp32' : (precision ?? 'auto'),
      ...(side === undefined ? {} : { side }),
    },
    context,
  );
  return {
    device: used.device,
    precision: used.precision,
    damaged: tiles.damaged,
    hash: tiles.hash(),
  };
}

/** The whole picture in memory. @throws HourglassError as `decodePicture` */
export async function decodeRaster(
  request: Omit<DecodeRequest, 'region' | 'sink'>,
  codec: Codec,
  context: Pick<CommandContext, 'signal' | 'progress'>,
  services: Pick<EngineServices, 'inference'>,
): Promise<DecodedPicture & { readonly raster: Raster }> {
  const { header } = request.file;
  const { channels, hasAlpha, sampleType, bits, scale } = pixelLayout(header);
  const { width, height } = header;
  const data = allocateSamples(sampleType, width * height * channels);
  const raster: Raster = {
    ...{ width, height, channels, hasAlpha, sampleType, data },
    ...(bits === undefined ? {} : { bits }),
    ...(scale ? { scale } : {}),
  };
  const region = wholeOf(header);
  const decoded = await decodePicture(
    { ...request, region, sink: rasterSink(raster) },
    codec,
    context,
    services,
  );
  return { ...decoded, raster };
}

/** The codec of an open file. @throws HourglassError model-not-found, model-unsuitable, model-damaged */
export const codecFor = (
  name: string,
  file: LatentFile,
  services: Pick<EngineServices, 'models'>,
): Promise<Codec> => codecOf(name, file.header.model, services);

/** What is stored besides the pixels, as other images have it. */
export async function metadataOf(
  file: LatentFile,
  dates: { readonly accessedMs: number; readonly modifiedMs: number },
): Promise<ImageMetadata> {
  const { icc, exif, xmp, iptc, resolution, pngColour, modifiedMs } = await file.metadata();
  return completeMetadata({
    ...{ icc, exif, xmp, iptc, resolution, pngColour },
    orientation: file.header.orientation,
    accessedMs: dates.accessedMs,
    modifiedMs: modifiedMs ?? dates.modifiedMs,
  });
}

/** What must be said wherever the picture is shown or written. */
export function pictureNotices(
  name: string,
  file: LatentFile,
  damaged: readonly LatentTile[],
): Notice[] {
  const notices: Notice[] = [...file.notices];
  if (file.header.lossyScan)
    notices.push({
      level: 'warning',
      text: say('scanCompressedWithLossValues', { name }),
    });
  if (damaged.length > 0) {
    const places = damaged.map(({ column, row }) => say('columnRow', { column, row }));
    const shown = places.slice(0, 4).join('; ') + (places.length > 4 ? ' …' : '');
    const lost = damaged.filter(({ state }) => state === 'lost').length;
    notices.push({
      level: 'warning',
      text: say('damagedTilesShown', {
        name,
        damaged: damaged.length,
        tiles: file.tiles.length,
        how:
          lost === damaged.length ? say('gray') : lost === 0 ? say('coarse') : say('coarseOrGray'),
        places: shown,
      }),
    });
  }
  return notices;
}
