/** `decode`: one latent file in, one image of the usual kind out, whole or a part of it. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  HourglassError,
  isPicture,
  outputOf,
  type CommandContext,
  type Commands,
  type DeviceUsed,
  type Notice,
  type OutputOf,
  type ParsedInputOf,
  type PictureOutput,
  type Rect,
} from '../contract/index.ts';
import {
  createWriter,
  refuseExisting,
  type ImageMetadata,
  type ImageWriter,
  type SampleType,
} from '../pixels/index.ts';
import { rowSink, type EngineServices } from '../runtime/index.ts';
import { AlphaRows } from './alpha-rows.ts';
import { withCoder, type Codec } from './codec.ts';
import { openLatentFile, type LatentFile } from './container/index.ts';
import {
  codecFor,
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
    const { decoded, written } = await decodeToFile(
      { input, file, codec, output, region, metadata, name },
      context,
      services,
    );
    const seconds = (performance.now() - started) / 1000;
    return {
      source,
      output: output.path,
      width: region.width,
      height: region.height,
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

interface Job {
  readonly input: Input;
  readonly file: LatentFile;
  readonly codec: Codec;
  readonly output: PictureOutput;
  readonly region: Rect;
  readonly metadata: ImageMetadata;
  readonly name: string;
}

/** Writes the file, or nothing. */
async function decodeToFile(
  job: Job,
  context: CommandContext,
  services: EngineServices,
): Promise<{
  decoded: Awaited<ReturnType<typeof decodePicture>>;
  written: { bytes: number; notices: Notice[] };
}> {
  const { input, file, codec, region } = job;
  const layout = pixelLayout(file.header);
  const opaque = layout.hasAlpha ? await new AlphaRows(file).isOpaque(region) : true;
  /** At most one. */
  const writers: ImageWriter[] = [];
  const open = async (device: DeviceUsed): Promise<ImageWriter> => {
    const writer = await createWriter(writeRequest(job, opaque, device, services.software));
    writers.push(writer);
    return writer;
  };
  try {
    const source = { width: region.width, channels: layout.channels };
    const sink = rowSink(source, rowType(input.depth, layout.sampleType), open);
    const decoded = await withCoder(codec, input.threads, (coder) =>
      decodePicture(
        {
          file,
          name: job.name,
          coder,
          device: input.device,
          precision: input.precision,
          region,
          sink,
        },
        codec,
        context,
        services,
      ),
    );
    const written = await writers[0]!.finish(context.signal);
    return { decoded, written };
  } catch (error) {
    await writers[0]?.abort();
    throw error;
  }
}

const wantedType = (depth: Input['depth'], own: SampleType): SampleType =>
  depth === 'keep' ? own : depth === '8' ? 'uint8' : 'uint16';

/** 16 bits where either is wanted or there: fewer come from the very pixels that the screen shows. */
const rowType = (depth: Input['depth'], own: SampleType): SampleType =>
  own === 'uint16' ? own : wantedType(depth, own);

function writeRequest(
  { input, file, codec, output, region, metadata }: Job,
  opaque: boolean,
  device: DeviceUsed,
  software: string,
): Parameters<typeof createWriter>[0] {
  const { channels, hasAlpha, sampleType } = pixelLayout(file.header);
  const { id, version } = codec.card;
  return {
    path: output.path,
    format: output.format,
    sampleType: wantedType(input.depth, sampleType),
    quality: input.quality,
    overwrite: input.overwrite,
    width: region.width,
    height: region.height,
    channels,
    hasAlpha,
    opaque,
    from: { path: input.source, format: 'hgl', metadata, raster: { sampleType } },
    mark: {
      software,
      action: `decoded from a latent of ${id} ${version}, quality ${file.header.quality}, ${device.label}`,
    },
  };
}
