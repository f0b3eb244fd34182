/** Drawings as PNG files: what a program draws itself, not what becomes of a person's picture (`write.ts`). */
import { pngXmp } from './metadata/png-chunks.ts';
import type { Size } from './raster.ts';
import { sharp } from './vips.ts';

/** Where the header of a PNG file ends: signature and IHDR. */
const HEADER = 8 + 25;

/**
 * @param drawing RGB, 8 bits, row by row
 * @param xmp a packet that the file shall hold, as its format says (an encoder of libvips compresses it, which readers need not understand)
 * @returns the file
 */
export async function pngOf(
  { width, height, data }: Size & { readonly data: Uint8Array },
  xmp?: Uint8Array,
): Promise<Uint8Array> {
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 6 })
    .toBuffer();
  if (xmp === undefined) return png;
  return Buffer.concat([png.subarray(0, HEADER), pngXmp(xmp), png.subarray(HEADER)]);
}
