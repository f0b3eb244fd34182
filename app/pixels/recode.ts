/** A picture as another format would give it back: encoded in memory, and decoded again. For comparing. */
import { inFormat } from './formats/encode.ts';
import { colourChannels, type Raster } from './raster.ts';
import { convertSamples, withoutAlpha } from './samples.ts';
import { sharp } from './vips.ts';
import { asSamples } from './vips-samples.ts';

export interface Recoded {
  /** Size of the encoded picture, without metadata. */
  readonly bytes: number;
  /** Colours only, 8 bits, of the picture's size. */
  readonly raster: Raster;
}

/**
 * @param raster alpha is left out; more than 8 bits are rounded to 8, from black to white of its scale
 * @param options.quality 1–100, as files of this format are written with; `decoded`: the pixels are wanted
 */
export async function recode(
  raster: Raster,
  options: { readonly format: 'jpeg' | 'webp' | 'avif'; readonly quality: number },
  decoded = true,
): Promise<Recoded> {
  const { width, height, channels, hasAlpha } = raster;
  const colours = colourChannels(raster);
  const eight = convertSamples(raster.data, 'uint8', raster.scale);
  const samples = hasAlpha ? withoutAlpha(eight, channels) : eight;
  const image = sharp(samples as Uint8Array, { raw: { width, height, channels: colours } });
  const settings = { ...options, lossless: false, sampleType: 'uint8' as const };
  const file = await inFormat(image, settings).toBuffer();
  const pixels = (data: Raster['data']): Raster => ({
    ...{ width, height, channels: colours, hasAlpha: false, sampleType: 'uint8', data },
  });
  if (!decoded) return { bytes: file.length, raster: pixels(new Uint8Array(0)) };
  const space = colours === 1 ? 'b-w' : 'srgb';
  const data = await sharp(file, { ignoreIcc: true }).toColourspace(space).raw().toBuffer();
  return { bytes: file.length, raster: pixels(asSamples(data, 'uint8')) };
}
