/** Metadata to chunks and back. What is damaged is left out and said; nothing else suffers. */
import type { Notice } from '../../contract/index.ts';
import type { Resolution } from '../../pixels/index.ts';
import { ByteReader, ByteWriter, Malformed, printable } from './bytes.ts';
import { chunkType, pack, unpack } from './chunks.ts';
import { noLatentMetadata, type LatentMetadata } from './types.ts';
import { say } from './sentences.ts';

export interface Chunk {
  readonly type: string;
  readonly content: Uint8Array;
}

/** Most bytes of the words about cleaning. */
const maxWords = 1024;

const double = (value: number): Uint8Array => new ByteWriter().f64(value).done();

/**
 * Chunks in the order in which they are written.
 * @throws Malformed for words with control characters
 */
export function metadataChunks(metadata: LatentMetadata): Chunk[] {
  const chunks: Chunk[] = [];
  const blob = (type: string, content: Uint8Array | null): void => {
    if (content && content.length > 0) chunks.push({ type, content: pack(content) });
  };
  const { resolution, modifiedMs, pngColour, cleanedWith } = metadata;
  blob(chunkType.icc, metadata.icc);
  if (pngColour)
    blob(
      chunkType.pngColour,
      new ByteWriter()
        .u8(pngColour.differsFromSrgb ? 1 : 0)
        .bytes(pngColour.chunks)
        .done(),
    );
  if (resolution) chunks.push(resolutionChunk(resolution));
  if (modifiedMs !== null) chunks.push({ type: chunkType.modified, content: double(modifiedMs) });
  if (cleanedWith !== null) {
    const content = Buffer.from(cleanedWith.slice(0, 256));
    printable(content);
    chunks.push({ type: chunkType.cleanedWith, content });
  }
  blob(chunkType.exif, metadata.exif);
  blob(chunkType.xmp, metadata.xmp);
  blob(chunkType.iptc, metadata.iptc);
  blob(chunkType.scanHeader, metadata.scanHeader);
  return chunks;
}

type MetadataName =
  | 'colourProfile'
  | 'exifData'
  | 'xmpData'
  | 'iptcData'
  | 'headerScan'
  | 'colourDescription'
  | 'resolution'
  | 'date'
  | 'recordCleaning';

/** What each chunk of metadata is called in sentences, and how it is read. */
const readers: Readonly<
  Record<string, { what: MetadataName; read: (content: Uint8Array) => Partial<LatentMetadata> }>
> = {
  [chunkType.icc]: { what: 'colourProfile', read: (content) => ({ icc: unpack(content) }) },
  [chunkType.exif]: { what: 'exifData', read: (content) => ({ exif: unpack(content) }) },
  [chunkType.xmp]: { what: 'xmpData', read: (content) => ({ xmp: unpack(content) }) },
  [chunkType.iptc]: { what: 'iptcData', read: (content) => ({ iptc: unpack(content) }) },
  [chunkType.scanHeader]: {
    what: 'headerScan',
    read: (content) => ({ scanHeader: unpack(content) }),
  },
  [chunkType.pngColour]: {
    what: 'colourDescription',
    read: (content) => {
      const reader = new ByteReader(unpack(content));
      const differsFromSrgb = reader.u8() === 1;
      return { pngColour: { differsFromSrgb, chunks: reader.bytes(reader.left) } };
    },
  },
  [chunkType.density]: {
    what: 'resolution',
    read: (content) => {
      const perInch = readDouble(content, 1e-3, 1e7);
      return { resolution: { x: perInch, y: perInch, unit: 'inch' } };
    },
  },
  [chunkType.resolution]: { what: 'resolution', read: readResolution },
  [chunkType.modified]: {
    what: 'date',
    // The range of a date in ECMAScript.
    read: (content) => ({ modifiedMs: readDouble(content, -8.64e15, 8.64e15) }),
  },
  [chunkType.cleanedWith]: {
    what: 'recordCleaning',
    read: (content) => {
      if (content.length > maxWords) throw new Malformed(say('tooLong'));
      return { cleanedWith: printable(content) };
    },
  },
};

/** Units by their number in a chunk. */
const units = ['none', 'inch', 'centimetre', 'metre'] as const;

/** Equal axes per inch, which most files have, are the chunk that every version of the format knows. */
function resolutionChunk({ x, y, unit }: Resolution): Chunk {
  if (unit === 'inch' && x === y && x >= 1e-3 && x <= 1e7)
    return { type: chunkType.density, content: double(x) };
  const writer = new ByteWriter().f64(x).f64(y).u8(units.indexOf(unit));
  return { type: chunkType.resolution, content: writer.done() };
}

function readResolution(content: Uint8Array): Partial<LatentMetadata> {
  if (content.length !== 17) throw new Malformed(say('wrongLength'));
  const [x, y] = [0, 8].map((at) => readDouble(content.subarray(at, at + 8), 1e-9, 1e12));
  const unit = units[content[16]!];
  if (!unit) throw new Malformed(say('outRange'));
  return { resolution: { x: x!, y: y!, unit } };
}

function readDouble(content: Uint8Array, least: number, most: number): number {
  if (content.length !== 8) throw new Malformed(say('wrongLength'));
  const value = new ByteReader(content).f64();
  if (!(value >= least && value <= most)) throw new Malformed(say('outRange'));
  return value;
}

/** True for types that hold metadata. */
export const isMetadata = (type: string): boolean => type in readers;

/**
 * @param chunks in file order; content null: it does not match its checksum, or is cut off
 * @returns what could be read; a second chunk of a type is left out
 */
export function readMetadata(
  name: string,
  chunks: readonly { readonly type: string; readonly content: Uint8Array | null }[],
): { metadata: LatentMetadata; notices: Notice[] } {
  let metadata = noLatentMetadata;
  const notices: Notice[] = [];
  const seen = new Set<string>();
  for (const { type, content } of chunks) {
    const reader = readers[type];
    if (!reader || seen.has(type)) continue;
    seen.add(type);
    try {
      if (!content) throw new Malformed(say('doesNotMatchChecksum'));
      metadata = { ...metadata, ...reader.read(content) };
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      notices.push({
        level: 'warning',
        text: say('damagedAndLeftOut', { what: say(reader.what), name }),
      });
    }
  }
  return { metadata, notices };
}
