/** How large a picture would be in another format: encoded in memory, without metadata. For searching. */
import { inFormat } from './formats/encode.ts';
import { colourChannels, type Raster } from './raster.ts';
import { convertSamples, withoutAlpha } from './samples.ts';
import { sharp } from './vips.ts';

/**
 * @param raster alpha is left out; more than 8 bits are rounded to 8, from black to white of its scale
 * @param options.quality 1–100, as files of this format are written with
 * @returns bytes
 */
export async function recodedBytes(
  raster: Raster,
  options: { readonly format: 'jpeg' | 'webp' | 'avif'; readonly quality: number },
): Promise<number> {
  const { width, height, channels, hasAlpha } = raster;
  const eight = convertSamples(raster.data, 'uint8', raster.scale);
  const samples = hasAlpha ? withoutAlpha(eight, channels) : eight;
  const raw = { width, height, channels: colourChannels(raster) };
  const image = sharp(samples as Uint8Array, { raw });
  const settings = { ...options, lossless: false, sampleType: 'uint8' as const };
  return (await inFormat(image, settings).toBuffer()).length;
}
