/** Pictures of any size for benches. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { dataPack, noDataPack } from '../data.ts';

/**
 * A JPEG of the asked size, mirrored from a photo of the data pack at full detail.
 * @param noise largest deviation of the seeded noise, 8-bit levels; its standard deviation is 0.41 of that
 */
export async function makePicture(folder: string, megapixels: number, noise = 24) {
  if (!dataPack) throw new Error(`This bench needs photographs: ${noDataPack}.`);
  const large = join(dataPack, 'dev-bench/large');
  const photo = join(large, readdirSync(large).sort()[0]!);
  const width = Math.round(Math.sqrt(megapixels * 1.5e6) / 8) * 8;
  const height = Math.round((megapixels * 1e6) / width / 8) * 8;
  const source = await sharp(photo)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width: w, height: h } = source.info;
  const mirror = (at: number, size: number) => {
    const turn = at % (2 * size);
    return turn < size ? turn : 2 * size - 1 - turn;
  };
  // A linear congruential generator: seeded, fast, good enough for noise; two draws make it bell-like.
  let seed = 20261121;
  const draw = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    const row = mirror(y, h) * w;
    for (let x = 0; x < width; x++) {
      const from = (row + mirror(x, w)) * 3;
      for (let c = 0; c < 3; c++, at++) {
        const value = source.data[from + c]! + (draw() + draw()) * noise;
        pixels[at] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
      }
    }
  }
  const path = join(folder, `photo-${megapixels}.jpg`);
  await sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    // Halved chroma would hide the noise from the estimator, and nothing would be cleaned.
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toFile(path);
  return { path, width, height };
}
