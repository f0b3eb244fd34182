/**
 * Latents to a latent file, in a folder or in memory: entropy coding of the tiles, alpha, header and
 * metadata. Where the latents come from (`analyse.ts`, `latent-store.ts`) and who asks is elsewhere.
 */
import type { Notice, Progress } from '../contract/index.ts';
import type { DecodedImage, Raster } from '../pixels/index.ts';
import {
  noLatentMetadata,
  varintBytes,
  writeLatentFile,
  type LatentHeader,
  type LatentMetadata,
  type LatentWriteRequest,
  type LatentWriter,
  type LatentWritten,
  type TileBox,
} from './container/index.ts';
import type { BandValues } from './band-rows.ts';
import type { Codec } from './codec.ts';
import { stepOfQuality, type EncodedLatentTile, type LatentCoder } from './entropy/index.ts';
import { TILE_SIDE, type LatentGrid } from './grid.ts';
import { LatentsHash } from './hash.ts';
import { InFlight } from './in-flight.ts';
import type { LatentStore } from './latent-store.ts';
import { alphaOf, keptMetadata, type SourceFacts } from './source.ts';
import { say } from './sentences.ts';

/** What a file holds besides its tiles. */
export interface FileFacts {
  readonly image: Pick<DecodedImage, 'path' | 'metadata'>;
  /** What is encoded: the alpha of this raster is kept. */
  readonly raster: Raster;
  readonly facts: SourceFacts;
  /** As of `LatentPicture`. */
  readonly padding: BandValues | null;
  readonly codec: Codec;
  readonly quality: number;
  readonly cleanedWith: string | null;
  readonly software: string;
}

/** Where it goes; null: into memory. */
export type FilePlace = { readonly path: string; readonly overwrite: boolean } | null;

export interface WrittenLatents extends LatentWritten {
  /** Of all latents; null never: every tile was written. */
  readonly hash: string;
}

/** Takes the latents of each tile once, and says when all are written. */
export interface TileTaker {
  take(box: TileBox, y: Float32Array): Promise<void>;
}

/**
 * Writes a file whose tiles come from `produce`, in any order.
 * @throws HourglassError as `writeLatentFile` and the coder; nothing is left behind then
 */
export async function writeLatents(
  file: FileFacts,
  place: FilePlace,
  coder: LatentCoder,
  produce: (taker: TileTaker) => Promise<void>,
  signal: AbortSignal,
): Promise<WrittenLatents> {
  const writer = await writeLatentFile(writeRequest(file, place));
  try {
    const hash = new LatentsHash(writer.tileCount);
    const step = stepOfQuality(file.quality);
    const encoding = new InFlight(coder.threads + 1);
    await produce({
      take: (box, y) =>
        encoding.add(async () => {
          const encoded = await encodeTile(coder, box, y, step, signal);
          hash.add(box.index, encoded.symbols);
          await writer.writeTile(box.index, encoded);
        }),
    });
    await encoding.done();
    await writeBands(writer, file);
    const written = await writer.finish(signal);
    return { ...written, hash: hash.digest()! };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

const encodeTile = (
  coder: LatentCoder,
  { latentColumns: columns, latentRows: rows }: TileBox,
  y: Float32Array,
  step: number,
  signal: AbortSignal,
): Promise<EncodedLatentTile> => coder.encode({ y, columns, rows, step }, signal);

/** Hands over all tiles of kept latents. */
export async function fromStore(
  store: LatentStore,
  grid: LatentGrid,
  taker: TileTaker,
  progress: (progress: Progress) => void,
): Promise<void> {
  const total = grid.tiles.length;
  for (const [index, box] of grid.tiles.entries()) {
    await taker.take(box, await store.get(box.index));
    progress({
      done: index + 1,
      total,
      unit: 'tiles',
      message: say('codingTile', { index: index + 1, total }),
      megapixels: (grid.width * grid.height) / 1e6,
    });
  }
}

/** Bytes that the tiles of a file take. */
export interface TileBytes {
  readonly streams: number;
  /** What the directory needs for lengths other than 0. */
  readonly directory: number;
}

/** Of the tiles of kept latents at a quality, by coding them. */
export async function tileBytes(
  store: LatentStore,
  grid: LatentGrid,
  coder: LatentCoder,
  quality: number,
  signal: AbortSignal,
): Promise<TileBytes> {
  const step = stepOfQuality(quality);
  const encoding = new InFlight(coder.threads + 1);
  let streams = 0;
  let directory = 0;
  for (const box of grid.tiles) {
    const y = await store.get(box.index);
    await encoding.add(async () => {
      const { preview, rest } = await encodeTile(coder, box, y, step, signal);
      for (const { length } of [preview, rest]) {
        streams += length;
        directory += varintBytes(length) - varintBytes(0);
      }
    });
  }
  await encoding.done();
  return { streams, directory };
}

/** A file without any stream. */
export interface EmptyFile {
  readonly bytes: number;
  /** Of metadata and alpha in it. */
  readonly metadataBytes: number;
  readonly directoryBytes: number;
}

/** Exactly the size that the file would have with these tiles. */
export const filledBytes = (empty: EmptyFile, { streams, directory }: TileBytes): number =>
  empty.bytes +
  streams +
  directory +
  // The header says how long the directory is.
  varintBytes(empty.directoryBytes + directory) -
  varintBytes(empty.directoryBytes);

export async function emptyFile(file: FileFacts, signal: AbortSignal): Promise<EmptyFile> {
  const fileOf = async (
    request: LatentWriteRequest,
    bands: FileFacts | null,
  ): Promise<LatentWritten> => {
    const writer = await writeLatentFile(request);
    const none = { preview: new Uint8Array(0), rest: new Uint8Array(0), previewCrc: 0, crc: 0 };
    for (let index = 0; index < writer.tileCount; index++) await writer.writeTile(index, none);
    if (bands) await writeBands(writer, bands);
    return writer.finish(signal);
  };
  const request = writeRequest(file, null);
  const { bytes, directoryBytes } = await fileOf(request, file);
  const header = { ...request.header, ...withoutBands(file.facts) };
  const bare = await fileOf({ ...request, header, metadata: noLatentMetadata }, null);
  return { bytes, metadataBytes: bytes - bare.bytes, directoryBytes };
}

function writeRequest(file: FileFacts, place: FilePlace): LatentWriteRequest {
  const { image, raster, facts, codec, quality, cleanedWith, software } = file;
  const { metadata } = image;
  const header: LatentHeader = {
    width: raster.width,
    height: raster.height,
    ...facts,
    quality,
    step: stepOfQuality(quality),
    tileSide: TILE_SIDE,
    orientation: metadata.orientation,
    model: codec.identity,
    software,
  };
  return {
    path: place?.path ?? null,
    source: image.path,
    overwrite: place?.overwrite ?? false,
    header,
    metadata: keptMetadata(image, cleanedWith) satisfies LatentMetadata,
    dates: { accessedMs: metadata.accessedMs, modifiedMs: metadata.modifiedMs },
  };
}

/** Facts of a file that keeps nothing of a picture without loss. */
export const withoutBands = (facts: SourceFacts): SourceFacts => ({
  ...facts,
  hasAlpha: false,
  ...(facts.measured ? { measured: { ...facts.measured, keepsPadding: false } } : {}),
});

/** What is kept without loss, row of tiles by row of tiles. */
async function writeBands(
  writer: LatentWriter,
  { raster, padding }: Pick<FileFacts, 'raster' | 'padding'>,
): Promise<void> {
  const { width, height, hasAlpha } = raster;
  for (let row = 0, top = 0; top < height; row++, top += TILE_SIDE) {
    const rows = Math.min(TILE_SIDE, height - top);
    if (hasAlpha) await writer.writeAlpha(row, alphaOf(raster, top, rows));
    if (padding)
      await writer.writePadding(row, padding.subarray(top * width, (top + rows) * width));
  }
}

/** What is said of a size. */
export const sizeNotices = (bytes: number, sourceBytes: number): Notice[] =>
  bytes > sourceBytes
    ? [{ level: 'warning', text: say('largerThanSource', { bytes, sourceBytes }) }]
    : [];
