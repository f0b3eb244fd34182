/**
 * What an AVIF says of its colours by code points: the `nclx` colour information of its primary item (ISO/IEC 14496-12, 12.1.5;
 * 23008-12, 6.5.5). It is kept in the form in which PNG tells the same, a cICP chunk. Writing it is in `formats/bmff.ts`.
 */
import { boxes, findMeta, primaryAssociations } from '../formats/bmff.ts';
import { pngChunk } from '../formats/containers.ts';
import type { PngColour } from '../metadata/png-colour.ts';
import { concatBytes, type ByteSource } from '../metadata/tiff-structure.ts';
import { codedColour, type ColourCodes } from './code-points.ts';
import { chunkOfProperty, isMastering, masteringNames } from './mastering.ts';

/** Far more than headers of honest files; a damaged one may name any size. */
const MOST_META = 4 * 1024 * 1024;

/** What stands in properties of the picture. */
interface Properties {
  readonly codes: ColourCodes | null;
  readonly mastering: readonly Uint8Array[];
}

/** null: none, or not to be read; the decoder has its own word on damage. */
async function readProperties(source: ByteSource): Promise<Properties | null> {
  try {
    const meta = await findMeta(source);
    if (meta.size > MOST_META) return null;
    const bytes = await source.read(meta.at, meta.size);
    const children = boxes(bytes, 12, bytes.length);
    const found = primaryAssociations(bytes, children);
    let codes: ColourCodes | null = null;
    const mastering: Uint8Array[] = [];
    for (const { at, size, type } of found?.properties ?? []) {
      const body = bytes.subarray(at + 8, at + size);
      if (isMastering(type)) {
        const chunk = chunkOfProperty(type, body);
        if (chunk) mastering.push(pngChunk(masteringNames[type], chunk));
      }
      if (codes || type !== 'colr' || size < 18) continue;
      if (String.fromCharCode(...body.subarray(0, 4)) !== 'nclx') continue;
      const view = new DataView(bytes.buffer, bytes.byteOffset + at, size);
      codes = { primaries: view.getUint16(12), transfer: view.getUint16(14) };
    }
    return { codes, mastering };
  } catch {
    return null;
  }
}

export const readNclx = async (source: ByteSource): Promise<ColourCodes | null> =>
  (await readProperties(source))?.codes ?? null;

/** As PNG's chunks: RGB values of full range (PNG, third edition, 11.3.2.6), and what is said of their light beside them. */
export async function readAvifColour(source: ByteSource): Promise<PngColour | null> {
  const { codes, mastering } = (await readProperties(source)) ?? { codes: null, mastering: [] };
  // A chunk holds a byte for each; there are no larger codes.
  if (!codes || codes.primaries > 255 || codes.transfer > 255 || !codedColour(codes)) return null;
  const data = Uint8Array.of(codes.primaries, codes.transfer, 0, 1);
  return { chunks: concatBytes([pngChunk('cICP', data), ...mastering]), differsFromSrgb: true };
}
