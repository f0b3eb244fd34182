/**
 * What a PNG without a profile says about its colours: gAMA, cHRM, sRGB, cICP (PNG, third edition,
 * 11.3.2). libvips neither reads nor writes these, so they travel from PNG to PNG as they are.
 */
import { pngChunks } from './png-chunks.ts';
import { isMastering, masteringNames, propertyOfChunk } from '../colour/mastering.ts';
import { concatBytes, type ByteSource } from './tiff-structure.ts';

const kinds = new Set(['gAMA', 'cHRM', 'sRGB', 'cICP', 'mDCV', 'cLLI']);

export interface PngColour {
  /** Whole chunks with their checksums, in the order of the file. */
  readonly chunks: Uint8Array;
  /** They say something else than sRGB: other formats would show other colours without them. */
  readonly differsFromSrgb: boolean;
}

/** Whole chunks behind each other, by type; ends where they do not hold together. */
export function chunksOf(bytes: Uint8Array | null): Map<string, DataView> {
  const found = new Map<string, DataView>();
  if (!bytes) return found;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 12 <= bytes.length;) {
    const size = view.getUint32(at);
    if (at + 12 + size > bytes.length) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    found.set(type, new DataView(bytes.buffer, bytes.byteOffset + at + 8, size));
    at += 12 + size;
  }
  return found;
}

/** Chunks that count beside a profile, or before it (PNG, third edition, 4.3). */
const besides = new Set(['cICP', 'mDCV', 'cLLI']);

/** What is left of the chunks where there is a profile; null: nothing. */
export function besideProfile(colour: PngColour | null, icc: Uint8Array | null): PngColour | null {
  if (!colour || !icc) return colour;
  const kept: Uint8Array[] = [];
  let isCoded = false;
  const { chunks } = colour;
  const view = new DataView(chunks.buffer, chunks.byteOffset, chunks.byteLength);
  for (let at = 0; at + 12 <= chunks.length; at += 12 + view.getUint32(at)) {
    const type = String.fromCharCode(...chunks.subarray(at + 4, at + 8));
    isCoded ||= type === 'cICP';
    if (besides.has(type)) kept.push(chunks.subarray(at, at + 12 + view.getUint32(at)));
  }
  return isCoded ? { chunks: concatBytes(kept), differsFromSrgb: true } : null;
}

/** Reads the chunks before the pixels; null: there are none. */
export async function readPngColour(source: ByteSource): Promise<PngColour | null> {
  const found: Uint8Array[] = [];
  let differsFromSrgb = false;
  let saysSrgb = false;
  let coded: boolean | null = null;
  for await (const { type, at, size } of pngChunks(source, 256)) {
    if (!kinds.has(type) || size > 64) continue;
    const chunk = new Uint8Array(await source.read(at, 12 + size));
    if (chunk.length < 12 + size) break;
    found.push(chunk);
    if (type === 'sRGB') saysSrgb = true;
    else if (type === 'cICP') coded = differs(type, new DataView(chunk.buffer, 8, size));
    else differsFromSrgb ||= differs(type, new DataView(chunk.buffer, 8, size));
  }
  if (found.length === 0) return null;
  // cICP wins over sRGB, and sRGB over gAMA and cHRM, which then only repeat it for old readers.
  return {
    chunks: concatBytes(found),
    differsFromSrgb: coded ?? (differsFromSrgb && !saysSrgb),
  };
}

/** Compares with sRGB: gamma 1/2.2, its primaries, and code points 1 and 13 (ITU-T H.273). */
function differs(type: string, value: DataView): boolean {
  if (type === 'gAMA') return value.byteLength >= 4 && Math.abs(value.getUint32(0) - 45_455) > 500;
  if (type === 'cHRM')
    return (
      value.byteLength >= 32 &&
      [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000].some(
        (expected, index) => Math.abs(value.getUint32(index * 4) - expected) > 300,
      )
    );
  if (type === 'cICP')
    return value.byteLength >= 2 && !(value.getUint8(0) === 1 && value.getUint8(1) === 13);
  return true;
}

/** Light levels that the chunks tell, as properties of an AVIF. */
export function masteringIn(chunks: Uint8Array | null): { type: string; body: Uint8Array }[] {
  const found = chunksOf(chunks);
  return Object.keys(masteringNames).flatMap((type) => {
    const data = isMastering(type) ? found.get(masteringNames[type]) : undefined;
    const bytes = data && new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const body = bytes && isMastering(type) ? propertyOfChunk(type, bytes) : null;
    return body ? [{ type, body }] : [];
  });
}
