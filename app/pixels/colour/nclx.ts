/**
 * What an AVIF says of its colours by code points: the `nclx` colour information of its primary item (ISO/IEC 14496-12, 12.1.5;
 * 23008-12, 6.5.5). It is kept in the form in which PNG tells the same, a cICP chunk. Writing it is in `formats/bmff.ts`.
 */
import { boxes, findMeta, primaryAssociations } from '../formats/bmff.ts';
import { pngChunk } from '../formats/containers.ts';
import type { PngColour } from '../metadata/png-colour.ts';
import type { ByteSource } from '../metadata/tiff-structure.ts';
import { codedColour, type ColourCodes } from './code-points.ts';

/** Far more than headers of honest files; a damaged one may name any size. */
const MOST_META = 4 * 1024 * 1024;

/** null: none, or not to be read; the decoder has its own word on damage. */
export async function readNclx(source: ByteSource): Promise<ColourCodes | null> {
  try {
    const meta = await findMeta(source);
    if (meta.size > MOST_META) return null;
    const bytes = await source.read(meta.at, meta.size);
    const children = boxes(bytes, 12, bytes.length);
    const found = primaryAssociations(bytes, children);
    for (const { at, size, type } of found?.properties ?? []) {
      if (type !== 'colr' || size < 18) continue;
      if (String.fromCharCode(...bytes.subarray(at + 8, at + 12)) !== 'nclx') continue;
      const view = new DataView(bytes.buffer, bytes.byteOffset + at, size);
      return { primaries: view.getUint16(12), transfer: view.getUint16(14) };
    }
    return null;
  } catch {
    return null;
  }
}

/** As PNG's chunk: RGB values of full range (PNG, third edition, 11.3.2.6). */
export async function readAvifColour(source: ByteSource): Promise<PngColour | null> {
  const codes = await readNclx(source);
  // A chunk holds a byte for each; there are no larger codes.
  if (!codes || codes.primaries > 255 || codes.transfer > 255 || !codedColour(codes)) return null;
  const data = Uint8Array.of(codes.primaries, codes.transfer, 0, 1);
  return { chunks: pngChunk('cICP', data), differsFromSrgb: true };
}
