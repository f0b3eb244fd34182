/**
 * Typed chunks: what their types are called, and how their content is packed. As in PNG, the first
 * letter says whether a decoder must understand a chunk: upper case, critical; lower case, ancillary.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ByteReader, ByteWriter, Malformed } from './bytes.ts';
import { say } from './sentences.ts';

export const chunkType = {
  icc: 'iccp',
  exif: 'exif',
  xmp: 'xmpd',
  iptc: 'iptc',
  pngColour: 'pngc',
  density: 'dens',
  resolution: 'reso',
  scanHeader: 'scan',
  cleanedWith: 'clnd',
  modified: 'date',
  alpha: 'ALPH',
  padding: 'PADD',
} as const;

const known: ReadonlySet<string> = new Set(Object.values(chunkType));

export const isKnown = (type: string): boolean => known.has(type);
export const isCritical = (type: string): boolean => type.charCodeAt(0) < 0x61;

/** No metadata is larger than this once unpacked; a camera's is hundreds of kilobytes at most. */
export const maxMetadataBytes = 64 * 1024 * 1024;

/** Deflate does not exceed 1032 : 1 (RFC 1951; zlib's technical notes). */
export const mostInflated = (packed: number): number => 1032 * packed + 64;

const method = { stored: 0, deflate: 1 } as const;

/** Packs a blob: stored, or deflated where that is smaller. */
export function pack(content: Uint8Array): Uint8Array {
  const deflated = deflateRawSync(content, { level: 9 });
  const packed = new ByteWriter().u8(method.deflate).varint(content.length).bytes(deflated).done();
  return packed.length <= content.length
    ? packed
    : new ByteWriter().u8(method.stored).bytes(content).done();
}

/**
 * Unpacks what `pack` packed; memory is bounded by what the packed bytes can honestly hold.
 * @throws Malformed
 */
export function unpack(packed: Uint8Array): Uint8Array {
  const reader = new ByteReader(packed);
  const how = reader.u8();
  if (how === method.stored) return new Uint8Array(reader.bytes(reader.left));
  if (how !== method.deflate) throw new Malformed(say('packedInUnknownWay'));
  const length = reader.varint();
  return inflateExactly(reader.bytes(reader.left), length, maxMetadataBytes);
}

/** Inflates to exactly `length` bytes. @throws Malformed */
export function inflateExactly(deflated: Uint8Array, length: number, most: number): Uint8Array {
  if (length > most) throw new Malformed(say('declaresBytesAtMostAllowed', { length, most }));
  if (length > mostInflated(deflated.length)) throw new Malformed(say('declaresMoreBytesThanCan'));
  let inflated: Uint8Array;
  try {
    // zlib wants room for one byte at least, and refuses what needs more than there is.
    inflated = inflateRawSync(deflated, { maxOutputLength: Math.max(1, length) });
  } catch {
    throw new Malformed(say('canNotUnpacked'));
  }
  if (inflated.length !== length) throw new Malformed(say('unpacksToAnotherLengthThan'));
  return new Uint8Array(inflated);
}
