/**
 * What an AVIF says of its colours by code points: the `nclx` colour information of its primary item (ISO/IEC 14496-12, 12.1.5;
 * 23008-12, 6.5.5). It is kept in the form in which PNG tells the same, a cICP chunk. Writing it is in `formats/bmff.ts`.
 */
import { primaryProperties } from '../formats/bmff.ts';
import { pngChunk } from '../metadata/png-chunks.ts';
import type { PngColour } from '../metadata/png-colour.ts';
import { concatBytes, type ByteSource } from '../metadata/tiff-structure.ts';
import { codedColour, type ColourCodes } from './code-points.ts';
import { chunkOfProperty, isMastering, masteringNames } from './mastering.ts';

/** What stands in properties of the picture. */
interface Properties {
  readonly codes: ColourCodes | null;
  readonly mastering: readonly Uint8Array[];
}

async function readProperties(source: ByteSource): Promise<Properties> {
  let codes: ColourCodes | null = null;
  const mastering: Uint8Array[] = [];
  for (const { type, body } of await primaryProperties(source)) {
    if (isMastering(type)) {
      const chunk = chunkOfProperty(type, body);
      if (chunk) mastering.push(pngChunk(masteringNames[type], chunk));
    }
    if (codes || type !== 'colr' || body.length < 10) continue;
    if (String.fromCharCode(...body.subarray(0, 4)) !== 'nclx') continue;
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    codes = { primaries: view.getUint16(4), transfer: view.getUint16(6) };
  }
  return { codes, mastering };
}

export const readNclx = async (source: ByteSource): Promise<ColourCodes | null> =>
  (await readProperties(source)).codes;

/** As PNG's chunks: RGB values of full range (PNG, third edition, 11.3.2.6), and what is said of their light beside them. */
export async function readAvifColour(source: ByteSource): Promise<PngColour | null> {
  const { codes, mastering } = await readProperties(source);
  // A chunk holds a byte for each; there are no larger codes.
  if (!codes || codes.primaries > 255 || codes.transfer > 255 || !codedColour(codes)) return null;
  const data = Uint8Array.of(codes.primaries, codes.transfer, 0, 1);
  return { chunks: concatBytes([pngChunk('cICP', data), ...mastering]), differsFromSrgb: true };
}
