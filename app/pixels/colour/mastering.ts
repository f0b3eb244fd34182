/**
 * The screen on which an HDR picture was graded (SMPTE ST 2086) and how bright its brightest parts are (CTA-861.3): chunks of a PNG (mDCV, cLLI; third
 * edition, 11.3.2.7 and 11.3.2.8), properties of an AVIF (mdcv, clli; ISO/IEC 14496-12, 12.1.6 and 12.1.7). Kept in the form of the chunks.
 */
import { concatBytes } from '../metadata/tiff-structure.ts';

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Chunk by property and back. */
export const masteringNames = { mdcv: 'mDCV', clli: 'cLLI' } as const;
export type MasteringProperty = keyof typeof masteringNames;
export const isMastering = (type: string): type is MasteringProperty => type in masteringNames;

/** Chromaticities stand as red, green, blue in a PNG, as green, blue, red in an AVIF; 0.00002 either way, light in 0.0001 cd/m². */
const reordered = (bytes: Uint8Array, first: number): Uint8Array =>
  concatBytes([
    ...[0, 1, 2].map((place) => {
      const at = ((place + first) % 3) * 4;
      return bytes.subarray(at, at + 4);
    }),
    bytes.subarray(12, 24),
  ]);

/** Data of a chunk of what stands in a property; null: cut short. */
export function chunkOfProperty(type: MasteringProperty, body: Uint8Array): Uint8Array | null {
  if (type === 'mdcv') return body.length < 24 ? null : reordered(body, 2);
  if (body.length < 4) return null;
  const out = new DataView(new ArrayBuffer(8));
  // Whole cd/m² there.
  [0, 1].forEach((one) => out.setUint32(one * 4, viewOf(body).getUint16(one * 2) * 10_000));
  return new Uint8Array(out.buffer);
}

/** The other way; null: cut short. */
export function propertyOfChunk(type: MasteringProperty, data: Uint8Array): Uint8Array | null {
  if (type === 'mdcv') return data.length < 24 ? null : reordered(data, 1);
  if (data.length < 8) return null;
  const out = new DataView(new ArrayBuffer(4));
  [0, 1].forEach((one) => out.setUint16(one * 2, Math.min(65_535, Math.round(viewOf(data).getUint32(one * 4) / 10_000)))); // prettier-ignore
  return new Uint8Array(out.buffer);
}
