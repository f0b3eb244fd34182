/**
 * The directory of a latent file: every chunk and every tile with its length and checksum, in one
 * place with a CRC of its own. So the damage of one part never hides where the next one begins, and
 * a tile is found without reading the others. Byte layout: docs/latent-format.md.
 */
import { crc32c } from '../entropy/crc32c.ts';
import { ByteReader, ByteWriter, Malformed } from './bytes.ts';
import { mendOneByte } from './mend.ts';
import { damaged, madeByNewer, parsing } from './problems.ts';
import { chunkType, isCritical, isKnown } from './chunks.ts';
import { maxStreamBytes, tileBox, tileGrid } from './tiles.ts';
import type { LatentHeader, TileEntry } from './types.ts';
import { say } from './sentences.ts';

/** A chunk as the directory lists it. */
export interface ChunkEntry {
  /** Four letters. */
  readonly type: string;
  readonly bytes: number;
  /** CRC-32C of its bytes in the file. */
  readonly crc: number;
}

export interface Directory {
  readonly chunks: readonly ChunkEntry[];
  readonly tiles: readonly TileEntry[];
}

export const directoryCrcBytes = 4;
/** The least that an entry takes: bounds their number by bytes that are there. */
const leastChunkEntry = 9;
const leastTileEntry = 10;

/** Entries and CRC. */
export function encodeDirectory(
  chunks: readonly ChunkEntry[],
  tiles: readonly Pick<TileEntry, 'previewBytes' | 'restBytes' | 'previewCrc' | 'crc'>[],
): Uint8Array {
  const writer = new ByteWriter().varint(chunks.length);
  for (const { type, bytes, crc } of chunks)
    writer.bytes(Buffer.from(type, 'latin1')).varint(bytes).u32(crc);
  for (const { previewBytes, restBytes, previewCrc, crc } of tiles)
    writer.varint(previewBytes).varint(restBytes).u32(previewCrc).u32(crc);
  const entries = writer.done();
  return new ByteWriter().bytes(entries).u32(crc32c(entries)).done();
}

/**
 * @param bytes as in the file, CRC at the end
 * @throws HourglassError damaged-image; unsupported-image: it lists a chunk that must be understood and is not
 */
export function parseDirectory(
  name: string,
  header: LatentHeader,
  bytes: Uint8Array,
): Directory & { repaired: boolean } {
  const entries = bytes.subarray(0, bytes.length - directoryCrcBytes);
  const stored = new ByteReader(bytes.subarray(entries.length)).u32();
  const isWhole = crc32c(entries) === stored;
  const whole = isWhole ? entries : mendOneByte(entries, stored);
  if (!whole) throw damaged(name, say('directoryDoesNotMatchChecksum'));
  const directory = parsing(name, say('directory'), () => parseEntries(header, whole));
  const unknown = directory.chunks.find(({ type }) => isCritical(type) && !isKnown(type));
  if (unknown) throw madeByNewer(name, say('partNotKnownHere', { type: unknown.type }));
  return { ...directory, repaired: !isWhole };
}

function parseEntries(header: LatentHeader, bytes: Uint8Array): Directory {
  const reader = new ByteReader(bytes);
  const chunkCount = reader.varint();
  if (chunkCount * leastChunkEntry > reader.left)
    throw new Malformed(say('declaresChunksForWhichNo', { chunkCount }));
  const chunks: ChunkEntry[] = [];
  for (let index = 0; index < chunkCount; index++) {
    const type = Buffer.from(reader.bytes(4)).toString('latin1');
    if (!/^[A-Za-z]{4}$/.test(type)) throw new Malformed(say('listsChunkWithoutProperType'));
    chunks.push({ type, bytes: reader.varint(), crc: reader.u32() });
  }
  const { rows, count } = tileGrid(header);
  for (const [type, isThere] of [
    [chunkType.alpha, header.hasAlpha],
    [chunkType.padding, header.measured?.keepsPadding === true],
  ] as const) {
    const bands = chunks.filter((chunk) => chunk.type === type).length;
    if (bands !== (isThere ? rows : 0))
      throw new Malformed(say('listsChunksForRows', { type, bands, rows }));
  }
  if (count * leastTileEntry > reader.left)
    throw new Malformed(
      say('noRoomForTilesPixels', { count, width: header.width, height: header.height }),
    );
  const tiles: TileEntry[] = [];
  for (let index = 0; index < count; index++) {
    const box = tileBox(header, index);
    const entry = {
      previewBytes: reader.varint(),
      restBytes: reader.varint(),
      previewCrc: reader.u32(),
      crc: reader.u32(),
    };
    if (Math.max(entry.previewBytes, entry.restBytes) > maxStreamBytes(box))
      throw new Malformed(say('declaresStreamTileLargerThan', { index }));
    tiles.push({ ...box, ...entry });
  }
  if (reader.left > 0) throw new Malformed(say('longerThanEntries'));
  return { chunks, tiles };
}
