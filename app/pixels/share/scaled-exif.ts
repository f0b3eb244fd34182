/** EXIF of a picture that is made smaller: what counts pixels counts those of the new size (CIPA DC-008, 4.6.5). */
import { parseExif } from '../metadata/exif.ts';
import { changePlaces } from '../metadata/exif-patch.ts';

/**
 * @param share of new to old length of a side
 * @returns the blob itself where it can not be read
 */
export async function scaledExif(original: Uint8Array, share: number): Promise<Uint8Array> {
  const structure = await parseExif(original);
  if (!structure) return original;
  const blob = new Uint8Array(original);
  changePlaces(blob, structure, {
    size: (_side, stored) => Math.max(1, Math.round(stored * share)),
    subject: (numbers) => numbers.map((number) => Math.round(number * share)),
  });
  return blob;
}
