/** Drawings as PNG files: what a program draws itself, not what becomes of a person's picture (`write.ts`). */
import type { Size } from './raster.ts';
import { sharp } from './vips.ts';

/** @param drawing RGB, 8 bits, row by row @returns the file */
export const pngOf = ({
  width,
  height,
  data,
}: Size & { readonly data: Uint8Array }): Promise<Uint8Array> =>
  sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 6 })
    .toBuffer();
