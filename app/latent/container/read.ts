/**
 * Opens latent files: checks everything but the tiles' streams, then reads a tile at a time. Sizes are
 * checked against limits and against the file's own length before anything of that size is allocated.
 * What the streams mean, and whether their symbols are right, is known by `../entropy` and its callers.
 */
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { HourglassError, throwIfCancelled, type Notice } from '../../contract/index.ts';
import { defaultLimits, fileError } from '../../pixels/index.ts';
import { fileAsSource } from '../../pixels/metadata/tiff-file.ts';
import { bytesAsSource, type ByteSource } from '../../pixels/metadata/tiff-structure.ts';
import { decodeAlpha } from './alpha.ts';
import { Malformed } from './bytes.ts';
import { chunkType } from './chunks.ts';
import { crc32c } from '../entropy/crc32c.ts';
import { directoryCrcBytes, parseDirectory, type ChunkEntry } from './directory.ts';
import { contentHashBytes, formatVersion, maxHeadBytes, parseHeader } from './header.ts';
import { isMetadata, readMetadata } from './metadata.ts';
import { damaged } from './problems.ts';
import { rowsOfTiles, tileGrid } from './tiles.ts';
import type {
  LatentFile,
  LatentFileInfo,
  LatentHeader,
  LatentMetadata,
  LatentOpenOptions,
  LatentTile,
  TileEntry,
} from './types.ts';
import { say } from './sentences.ts';

/** A part of the file that has its place. */
interface Placed<T> {
  readonly entry: T;
  readonly at: number;
}

interface OpenSource {
  readonly source: ByteSource;
  readonly close: () => Promise<void>;
}

/**
 * Opens by path, or bytes in memory (not copied, not changed).
 * @throws HourglassError file-not-found, file-not-readable; not-an-image (no latent file),
 *   unsupported-image (made by a newer Hourglass), damaged-image, image-too-large
 */
export async function openLatentFile(
  from: string | Uint8Array,
  options: LatentOpenOptions = {},
): Promise<LatentFile> {
  const name = options.name ?? (typeof from === 'string' ? basename(from) : say('file'));
  const { source, close } =
    typeof from === 'string'
      ? await openPath(from, name)
      : { source: bytesAsSource(from), close: () => Promise.resolve() };
  try {
    return await readStructure(name, { source, close }, options);
  } catch (error) {
    await close();
    throw error instanceof Error && 'syscall' in error ? fileError(error, name) : error;
  }
}

async function openPath(path: string, name: string): Promise<OpenSource> {
  try {
    const facts = await stat(path);
    if (!facts.isFile())
      throw new HourglassError('file-not-readable', say('notRegularFileAndNot', { name }));
    const file = await open(path, 'r');
    let isOpen = true;
    const close = async (): Promise<void> => {
      if (!isOpen) return;
      isOpen = false;
      await file.close();
    };
    return { source: fileAsSource(file, facts.size), close };
  } catch (error) {
    throw fileError(error, name);
  }
}

async function readStructure(
  name: string,
  opened: OpenSource,
  { limits = defaultLimits }: LatentOpenOptions,
): Promise<LatentFile> {
  const { source } = opened;
  if (source.length === 0) throw damaged(name, say('empty0Bytes'));
  const head = await source.read(0, Math.min(maxHeadBytes, source.length));
  const { header, directoryBytes, end, repaired } = parseHeader(name, head);
  refuseTooLarge(name, header, limits.maxMegapixels);
  if (directoryBytes <= directoryCrcBytes) throw damaged(name, say('noDirectory'));
  if (end + directoryBytes > source.length) throw damaged(name, say('cutShortInsideDirectory'));
  const directory = parseDirectory(
    name,
    header,
    end + directoryBytes <= head.length
      ? head.subarray(end, end + directoryBytes)
      : await readExactly(name, source, end, directoryBytes),
  );
  return new OpenLatentFile(name, opened, {
    ...{ header, chunks: directory.chunks, tiles: directory.tiles },
    start: end + directoryBytes,
    repaired: repaired || directory.repaired,
  });
}

function refuseTooLarge(name: string, { width, height }: LatentHeader, most: number): void {
  const megapixels = (width * height) / 1e6;
  if (megapixels > most)
    throw new HourglassError(
      'image-too-large',
      say('pixelsMegapixelsLimit', {
        name,
        width,
        height,
        megapixels: megapixels.toFixed(1),
        most,
      }),
      { details: { width, height } },
    );
}

async function readExactly(
  name: string,
  source: ByteSource,
  at: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = await source.read(at, length);
  if (bytes.length !== length) throw damaged(name, say('becameShorterWhileRead'));
  return bytes;
}

/** What header and directory say. */
interface Structure {
  readonly header: LatentHeader;
  readonly chunks: readonly ChunkEntry[];
  readonly tiles: readonly TileEntry[];
  /** Where the chunks begin. */
  readonly start: number;
  readonly repaired: boolean;
}

class OpenLatentFile implements LatentFile {
  readonly info: LatentFileInfo;
  readonly #name: string;
  readonly #opened: OpenSource;
  readonly #chunks: readonly Placed<ChunkEntry>[];
  readonly #previews: readonly number[];
  readonly #rests: readonly number[];
  /** Where the whole-content hash lies, if it is there. */
  readonly #end: number;
  readonly #notices: Notice[] = [];
  #metadata: Promise<LatentMetadata> | null = null;

  constructor(name: string, opened: OpenSource, structure: Structure) {
    const { header, tiles, start } = structure;
    this.#name = name;
    this.#opened = opened;
    const { length } = opened.source;
    let at = start;
    const place = (bytes: number): number => {
      const begin = at;
      at += bytes;
      return begin;
    };
    this.#chunks = structure.chunks.map((entry) => ({ entry, at: place(entry.bytes) }));
    this.#previews = tiles.map(({ previewBytes }) => place(previewBytes));
    this.#rests = tiles.map(({ restBytes }) => place(restBytes));
    this.#end = at;
    const whole = at + contentHashBytes;
    this.info = {
      formatVersion,
      bytes: length,
      header,
      ...gridOf(header),
      tiles: tiles.map((tile) => ({ ...tile, present: this.#presentParts(tile) })),
      previewBytes: tiles.reduce((sum, { previewBytes }) => sum + previewBytes, 0),
      restBytes: tiles.reduce((sum, { restBytes }) => sum + restBytes, 0),
      chunks: structure.chunks.map(({ type, bytes }) => ({ type, bytes })),
      missingBytes: Math.max(0, whole - length),
      extraBytes: Math.max(0, length - whole),
      repaired: structure.repaired,
    };
    this.#sayDamage();
  }

  #sayDamage(): void {
    const { missingBytes, extraBytes, repaired, tiles } = this.info;
    const tell = (level: Notice['level'], text: string): void => {
      this.#notices.push({ level, text });
    };
    if (repaired) tell('warning', say('oneByteHeaderOrDirectory', { name: this.#name }));
    if (missingBytes > 0) {
      const hurt = tiles.filter(({ present }) => present !== 'whole').length;
      tell(
        'warning',
        hurt > 0
          ? say('cutShortTiles', { name: this.#name, missingBytes, hurt, tiles: tiles.length })
          : say('cutShort', { name: this.#name, missingBytes }),
      );
    }
    if (extraBytes > 0)
      tell('warning', say('bytesAfterEndTheyNot', { name: this.#name, extraBytes }));
  }

  #presentParts({ index, previewBytes, restBytes }: TileEntry): LatentTile['present'] {
    const { length } = this.#opened.source;
    if (this.#rests[index]! + restBytes <= length) return 'whole';
    return this.#previews[index]! + previewBytes <= length ? 'preview' : 'nothing';
  }

  get header(): LatentHeader {
    return this.info.header;
  }

  get tiles(): readonly LatentTile[] {
    return this.info.tiles;
  }

  get notices(): readonly Notice[] {
    return [...this.#notices];
  }

  metadata(): Promise<LatentMetadata> {
    return (this.#metadata ??= this.#readMetadata());
  }

  async #readMetadata(): Promise<LatentMetadata> {
    const chunks: { type: string; content: Uint8Array | null }[] = [];
    for (const { entry, at } of this.#chunks)
      if (isMetadata(entry.type))
        chunks.push({ type: entry.type, content: await this.#chunk({ entry, at }) });
    const { metadata, notices } = readMetadata(this.#name, chunks);
    this.#notices.push(...notices);
    return metadata;
  }

  /** Bytes of a chunk; null when they are cut off or do not match their checksum. */
  async #chunk({ entry, at }: Placed<ChunkEntry>): Promise<Uint8Array | null> {
    const { source } = this.#opened;
    if (at + entry.bytes > source.length) return null;
    const content = await readExactly(this.#name, source, at, entry.bytes);
    return crc32c(content) === entry.crc ? content : null;
  }

  async readTile(
    index: number,
    parts: 'preview' | 'whole' = 'whole',
  ): Promise<{ preview: Uint8Array | null; rest: Uint8Array | null }> {
    const tile = this.tiles[index];
    if (!tile) throw new HourglassError('internal', say('noTile', { name: this.#name, index }));
    const { source } = this.#opened;
    const stream = async (at: number, bytes: number): Promise<Uint8Array | null> =>
      at + bytes <= source.length ? readExactly(this.#name, source, at, bytes) : null;
    return {
      preview: await stream(this.#previews[index]!, tile.previewBytes),
      rest: parts === 'whole' ? await stream(this.#rests[index]!, tile.restBytes) : null,
    };
  }

  readAlpha(tileRow: number): Promise<Uint8Array | Uint16Array | null> {
    return this.#readBand(chunkType.alpha, 'transparencyDamagedFromLineOn', tileRow);
  }

  readPadding(tileRow: number): Promise<Uint8Array | Uint16Array | null> {
    return this.#readBand(chunkType.padding, 'paddingDamagedFromLineOn', tileRow);
  }

  async #readBand(
    type: string,
    whenDamaged: 'transparencyDamagedFromLineOn' | 'paddingDamagedFromLineOn',
    tileRow: number,
  ): Promise<Uint8Array | Uint16Array | null> {
    const bands = this.#chunks.filter(({ entry }) => entry.type === type);
    const band = bands[tileRow];
    if (!band)
      throw new HourglassError('internal', say('noBandOfRow', { name: this.#name, type, tileRow }));
    const content = await this.#chunk(band);
    const { header } = this;
    try {
      if (content)
        return decodeAlpha(content, { width: header.width, rows: rowsOfTiles(header, tileRow) });
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
    }
    const text = say(whenDamaged, {
      name: this.#name,
      tileRow: tileRow * header.tileSide,
      rows: rowsOfTiles(header, tileRow),
    });
    if (!this.#notices.some((notice) => notice.text === text))
      this.#notices.push({ level: 'warning', text });
    return null;
  }

  async contentHash(): Promise<string | null> {
    if (this.info.missingBytes > 0) return null;
    const stored = await readExactly(this.#name, this.#opened.source, this.#end, contentHashBytes);
    return Buffer.from(stored).toString('hex');
  }

  async verifyContent(signal: AbortSignal, progress?: (done: number) => void): Promise<boolean> {
    const stored = await this.contentHash();
    if (stored === null || this.info.extraBytes > 0) return false;
    const hash = createHash('sha256');
    const pieceBytes = 4 * 1024 * 1024;
    for (let at = 0; at < this.#end; at += pieceBytes) {
      throwIfCancelled(signal);
      const length = Math.min(pieceBytes, this.#end - at);
      hash.update(await readExactly(this.#name, this.#opened.source, at, length));
      progress?.((at + length) / this.#end);
    }
    return hash.digest('hex').startsWith(stored);
  }

  close(): Promise<void> {
    return this.#opened.close();
  }
}

function gridOf(header: LatentHeader): { columns: number; rows: number } {
  const { columns, rows } = tileGrid(header);
  return { columns, rows };
}
