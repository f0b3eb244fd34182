/** EXIF of a picture that is made smaller: what counts pixels counts those of the new size (CIPA DC-008, 4.6.5). */
import { exifTag, parseExif } from '../metadata/exif.ts';
import { setNumber } from '../metadata/exif-patch.ts';
import { entryNumbers, findEntry } from '../metadata/tiff-structure.ts';

/**
 * @param share of new to old length of a side
 * @returns the blob itself where it can not be read
 */
export async function scaledExif(original: Uint8Array, share: number): Promise<Uint8Array> {
  const structure = await parseExif(original);
  if (!structure) return original;
  const { header, image, exif } = structure;
  const { littleEndian } = header;
  const blob = Uint8Array.from(original);
  const { imageWidth, imageHeight, pixelWidth, pixelHeight } = exifTag;
  const sizes = [
    ...[imageWidth, imageHeight].map((tag) => findEntry(image, tag)),
    ...[pixelWidth, pixelHeight].map((tag) => findEntry(exif, tag)),
  ];
  for (const entry of sizes) {
    const [side] = entryNumbers(entry, littleEndian);
    if (side !== undefined)
      setNumber(blob, entry, Math.max(1, Math.round(side * share)), littleEndian);
  }
  for (const tag of [exifTag.subjectArea, exifTag.subjectLocation]) {
    const entry = findEntry(exif, tag);
    if (entry?.type !== 3) continue;
    const view = new DataView(blob.buffer, entry.valueOffset);
    entryNumbers(entry, littleEndian).forEach((value, index) =>
      view.setUint16(index * 2, Math.round(value * share), littleEndian),
    );
  }
  return blob;
}
