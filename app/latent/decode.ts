/** `decode`: one latent file in, one image of the usual kind out, whole or a part of it. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  HourglassError,
  isPicture,
  outputOf,
  type CommandContext,
  type Commands,
  type OutputOf,
  type ParsedInputOf,
  type PictureOutput,
  type Rect,
} from '../contract/index.ts';
import { plainScale, refuseExisting, type ImageMetadata } from '../pixels/index.ts';
import { writePicture, type EngineServices, type PictureFile } from '../runtime/index.ts';
import { AlphaRows } from './alpha-rows.ts';
import { withCoder, type Codec } from './codec.ts';
import { openLatentFile, type LatentFile } from './container/index.ts';
import {
  codecFor,
  contentIn,
  decodePicture,
  metadataOf,
  pictureNotices,
  pixelLayout,
  wholeOf,
} from './open-picture.ts';
import { say } from './sentences.ts';

type Input = ParsedInputOf<Commands['decode']>;

export async function decode(
  input: Input,
  context: CommandContext,
  services: EngineServices,
): Promise<OutputOf<Commands['decode']>> {
  const started = performance.now();
  const { source, overwrite } = input;
  const name = basename(source);
  context.progress({ done: 0, total: 0, unit: 'tiles', message: say('opening', { name }) });
  const limits = { maxMegapixels: input.maxMegapixels };
  const file = await openLatentFile(source, { limits });
  try {
    const codec = await codecFor(name, file, services);
    const output = outputOf(context, isPicture);
    await refuseExisting(output.path, overwrite);
    const region = regionOf(input.region, file);
    const facts = await stat(source);
    const metadata = await metadataOf(file, {
      accessedMs: facts.atimeMs,
      modifiedMs: facts.mtimeMs,
    });
    const opaque = file.header.hasAlpha ? await new AlphaRows(file).isOpaque(region) : true;
    const { device, precision } = input;
    const { made: decoded, written } = await writePicture(
      fileOf({ input, file, codec, output, region, metadata }, opaque, services.software),
      context,
      ({ sink }) =>
        withCoder(codec, input.threads, (coder) =>
          decodePicture(
            { file, name, coder, device, precision, region, sink },
            codec,
            context,
            services,
          ),
        ),
    );
    const seconds = (performance.now() - started) / 1000;
    return {
      source,
      output: output.path,
      width: written.width,
      height: written.height,
      bytes: written.bytes,
      damaged: [...decoded.damaged],
      hash: decoded.hash,
      model: { id: codec.card.id, version: codec.card.version, precision: decoded.precision },
      device: decoded.device,
      seconds,
      megapixelsPerSecond: (region.width * region.height) / 1e6 / seconds,
      notices: [
        ...output.notices,
        ...pictureNotices(name, file, decoded.damaged),
        ...written.notices,
      ],
    };
  } finally {
    await file.close();
  }
}

/** @throws HourglassError invalid-parameter for a region that leaves the picture */
function regionOf(region: Rect | undefined, { header }: LatentFile): Rect {
  const { width, height } = header;
  if (!region) return wholeOf(header);
  if (region.x + region.width > width || region.y + region.height > height)
    throw new HourglassError(
      'invalid-parameter',
      say('expectedPartPictureWhichPixels', {
        width,
        height,
        region: [region.x, region.y, region.width, region.height].join(','),
      }),
      { details: { name: 'region' } },
    );
  return region;
}

interface Decode {
  readonly input: Input;
  readonly file: LatentFile;
  readonly codec: Codec;
  readonly output: PictureOutput;
  readonly region: Rect;
  readonly metadata: ImageMetadata;
}

function fileOf(
  { input, file: { header }, codec, output, region, metadata }: Decode,
  opaque: boolean,
  software: string,
): PictureFile {
  const { depth, quality, overwrite } = input;
  const { width, height } = region;
  const { channels, hasAlpha, sampleType, bits, scale, white } = pixelLayout(header);
  const { id, version } = codec.card;
  return {
    ...{ output, depth, quality, overwrite, width, height, channels, hasAlpha, opaque, software },
    sharing: input,
    from: {
      path: input.source,
      format: 'hgl',
      metadata,
      raster: {
        sampleType,
        ...(bits === undefined ? {} : { bits }),
        ...(white === null ? {} : { scale: { ...plainScale(sampleType), white } }),
        ...(scale ? { scale } : {}),
      },
      ...contentIn(header),
    },
    action: ({ label }) =>
      `decoded from a latent of ${id} ${version}, quality ${header.quality}, ${label}`,
  };
}
