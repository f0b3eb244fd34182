/**
 * Writes latent files: streams of tiles in any order, then one file that appears whole or not at all.
 * The parts wait in a temporary file (or in memory), so that header and directory, which know their
 * lengths, come first: a file that is cut short later still opens.
 */
import { createHash } from 'node:crypto';
import { HourglassError, throwIfCancelled } from '../../contract/index.ts';
import { OutputPlace } from '../../pixels/index.ts';
import { writeAll } from '../../pixels/formats/splice.ts';
import { encodeAlpha } from './alpha.ts';
import { Malformed } from './bytes.ts';
import { chunkType } from './chunks.ts';
import { crc32c } from '../entropy/crc32c.ts';
import { encodeDirectory, type ChunkEntry } from './directory.ts';
import { contentHashBytes, encodeHeader } from './header.ts';
import { metadataChunks, type Chunk } from './metadata.ts';
import { createFileSpool, createMemorySpool, type Piece, type Spool } from './spool.ts';
import { maxStreamBytes, rowsOfTiles, tileBox, tileGrid } from './tiles.ts';
import type { LatentWriteRequest, LatentWriter, LatentWritten, TileStreams } from './types.ts';
import { say } from './sentences.ts';

/**
 * Begins a latent file. Refuses at once what could not be finished.
 * @throws HourglassError output-exists, output-is-source, output-not-writable; internal for a header
 *   that no file may hold
 */
export async function writeLatentFile(request: LatentWriteRequest): Promise<LatentWriter> {
  const metadata = checkedMetadata(request);
  if (request.path === null)
    return new ContainerWriter(request, metadata, null, createMemorySpool());
  const place = await OutputPlace.claim({ ...request, path: request.path });
  try {
    const spool = await createFileSpool(place.temporary('parts'));
    return new ContainerWriter(request, metadata, place, spool);
  } catch (error) {
    await place.abort();
    throw error;
  }
}

/**
 * Writes the bytes of a latent file that was made in memory; it appears whole or not at all.
 * @throws HourglassError output-exists, output-is-source, output-not-writable, cancelled
 */
export async function writeLatentBytes(
  data: Uint8Array,
  request: Pick<LatentWriteRequest, 'source' | 'overwrite' | 'dates'> & { readonly path: string },
  signal: AbortSignal,
): Promise<void> {
  const place = await OutputPlace.claim(request);
  await place.publish((target) => writeAll(target, data, 0), signal);
}

function checkedMetadata({ header, metadata }: LatentWriteRequest): Chunk[] {
  try {
    encodeHeader(header, 0);
    return metadataChunks(metadata);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new HourglassError('internal', say('latentFile', { message: error.message }), {
      cause: error,
    });
  }
}

interface WaitingTile {
  readonly preview: Piece;
  readonly rest: Piece;
  readonly previewCrc: number;
  readonly crc: number;
}

interface WaitingChunk {
  readonly entry: ChunkEntry;
  readonly piece: Piece;
}

class ContainerWriter implements LatentWriter {
  readonly tileCount: number;
  readonly #request: LatentWriteRequest;
  readonly #metadata: readonly Chunk[];
  readonly #place: OutputPlace | null;
  readonly #spool: Spool;
  readonly #tiles: (WaitingTile | 'coming' | undefined)[];
  readonly #alpha: (WaitingChunk | 'coming' | undefined)[];
  readonly #padding: (WaitingChunk | 'coming' | undefined)[];
  #ended = false;

  constructor(
    request: LatentWriteRequest,
    metadata: readonly Chunk[],
    place: OutputPlace | null,
    spool: Spool,
  ) {
    const { count, rows } = tileGrid(request.header);
    this.tileCount = count;
    this.#request = request;
    this.#metadata = metadata;
    this.#place = place;
    this.#spool = spool;
    this.#tiles = new Array<undefined>(count).fill(undefined);
    const { hasAlpha, measured } = request.header;
    this.#alpha = new Array<undefined>(hasAlpha ? rows : 0).fill(undefined);
    this.#padding = new Array<undefined>(measured?.keepsPadding ? rows : 0).fill(undefined);
  }

  async writeTile(index: number, streams: TileStreams): Promise<void> {
    this.#expect(this.#tiles, index, say('tile'));
    const most = maxStreamBytes(tileBox(this.#request.header, index));
    if (Math.max(streams.preview.length, streams.rest.length) > most)
      throw new HourglassError('internal', say('streamTileLongerThanBytes', { index, most }));
    this.#tiles[index] = 'coming';
    this.#tiles[index] = {
      preview: await this.#spool.add(streams.preview),
      rest: await this.#spool.add(streams.rest),
      previewCrc: streams.previewCrc >>> 0,
      crc: streams.crc >>> 0,
    };
  }

  async writeAlpha(tileRow: number, samples: Uint8Array | Uint16Array): Promise<void> {
    this.#expect(this.#alpha, tileRow, say('alphaOfRow'));
    await this.#writeBand(this.#alpha, chunkType.alpha, tileRow, samples);
  }

  async writePadding(tileRow: number, codes: Uint8Array | Uint16Array): Promise<void> {
    this.#expect(this.#padding, tileRow, say('paddingOfRow'));
    await this.#writeBand(this.#padding, chunkType.padding, tileRow, codes);
  }

  async #writeBand(
    bands: (WaitingChunk | 'coming' | undefined)[],
    type: string,
    tileRow: number,
    samples: Uint8Array | Uint16Array,
  ): Promise<void> {
    const { header } = this.#request;
    const size = { width: header.width, rows: rowsOfTiles(header, tileRow) };
    if (samples.length !== size.width * size.rows)
      throw new HourglassError('internal', say('expectedBandPixels', size));
    bands[tileRow] = 'coming';
    bands[tileRow] = await this.#putChunk({ type, content: encodeAlpha(samples, size) });
  }

  #expect(list: readonly unknown[], index: number, what: string): void {
    if (this.#ended || !(index in list) || list[index] !== undefined)
      throw new HourglassError('internal', say('latentFileCameTwiceOr', { what, index }));
  }

  async #putChunk({ type, content }: Chunk): Promise<WaitingChunk> {
    return {
      entry: { type, bytes: content.length, crc: crc32c(content) },
      piece: await this.#spool.add(content),
    };
  }

  async finish(signal: AbortSignal): Promise<LatentWritten> {
    const tiles = complete(this.#tiles, 'tile');
    const alpha = complete(this.#alpha, say('alphaRow'));
    const padding = complete(this.#padding, say('paddingRow'));
    if (this.#ended) throw new HourglassError('internal', say('latentFileFinishedTwice'));
    try {
      throwIfCancelled(signal);
      const chunks: WaitingChunk[] = [];
      for (const chunk of this.#metadata) chunks.push(await this.#putChunk(chunk));
      chunks.push(...alpha, ...padding);
      const pieces = [
        ...chunks.map(({ piece }) => piece),
        ...tiles.map(({ preview }) => preview),
        ...tiles.map(({ rest }) => rest),
      ];
      const directory = directoryOf(chunks, tiles);
      const header = encodeHeader(this.#request.header, directory.length);
      const head = Buffer.concat([header, directory]);
      const written = this.#place
        ? await this.#place.publish(async (target) => {
            let position = 0;
            const hash = await this.#deliver(head, pieces, signal, async (bytes) => {
              await writeAll(target, bytes, position);
              position += bytes.length;
            });
            // The private folder goes next; an open file would hold it on Windows.
            await this.#spool.close();
            return { bytes: position, contentHash: hash, data: null };
          }, signal)
        : await this.#inMemory(head, pieces, signal);
      this.#ended = true;
      return { ...written, directoryBytes: directory.length };
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  /** Hands everything over in the file's order, the hash last. @returns the hash, hex */
  async #deliver(
    head: Uint8Array,
    pieces: readonly Piece[],
    signal: AbortSignal,
    put: (bytes: Uint8Array) => Promise<void> | void,
  ): Promise<string> {
    const hash = createHash('sha256');
    const take = async (bytes: Uint8Array): Promise<void> => {
      hash.update(bytes);
      await put(bytes);
    };
    await take(head);
    for (const piece of pieces) {
      throwIfCancelled(signal);
      await take(await this.#spool.read(piece));
    }
    const digest = hash.digest().subarray(0, contentHashBytes);
    await put(digest);
    return digest.toString('hex');
  }

  async #inMemory(
    head: Uint8Array,
    pieces: readonly Piece[],
    signal: AbortSignal,
  ): Promise<Omit<LatentWritten, 'directoryBytes'>> {
    const parts: Uint8Array[] = [];
    const contentHash = await this.#deliver(head, pieces, signal, (bytes) => {
      parts.push(bytes);
    });
    const data = new Uint8Array(Buffer.concat(parts));
    return { bytes: data.length, contentHash, data };
  }

  async abort(): Promise<void> {
    this.#ended = true;
    await this.#spool.close();
    await this.#place?.abort();
  }
}

const directoryOf = (chunks: readonly WaitingChunk[], tiles: readonly WaitingTile[]): Uint8Array =>
  encodeDirectory(
    chunks.map(({ entry }) => entry),
    tiles.map(({ preview, rest, previewCrc, crc }) => ({
      ...{ previewBytes: preview.length, restBytes: rest.length, previewCrc, crc },
    })),
  );

function complete<T>(list: readonly (T | 'coming' | undefined)[], what: string): T[] {
  return list.map((item, index) => {
    if (item === undefined || item === 'coming')
      throw new HourglassError('internal', say('latentFileMissing', { what, index }));
    return item;
  });
}
