/** Pictures of any size for benches. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type OutputInfo } from 'sharp';
import { dataPack, repositoryRoot } from '../data.ts';

export interface PictureWish {
  readonly width: number;
  readonly height: number;
  /** Largest deviation of the seeded noise, 8-bit levels; its standard deviation is 0.41 of that. */
  readonly noise?: number;
  /** Where in the mirrored photo the picture begins; equal numbers give equal pictures. */
  readonly offset?: number;
}

/** The photo that pictures are mirrored from: a large one of the data pack, else the sample that ships. */
function photoForPictures(): string {
  const large = dataPack && join(dataPack, 'dev-bench/large');
  return large && existsSync(large)
    ? join(large, readdirSync(large).sort()[0]!)
    : join(repositoryRoot, 'build/sample/sample.jpg');
}

/** Decoded once; the many small pictures are pieces of it too. */
let photo: Promise<{ data: Buffer; info: OutputInfo }> | null = null;

/** A JPEG of the asked size, mirrored from a photo at full detail. */
export async function makePictureOf(path: string, wish: PictureWish): Promise<void> {
  const { width, height, noise = 24, offset = 0 } = wish;
  const source = await (photo ??= sharp(photoForPictures())
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true }));
  const { width: w, height: h } = source.info;
  const mirror = (at: number, size: number) => {
    const turn = at % (2 * size);
    return turn < size ? turn : 2 * size - 1 - turn;
  };
  // A linear congruential generator: seeded, fast, good enough for noise; two draws make it bell-like.
  let seed = 20261121 + offset;
  const draw = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    const row = mirror(y + offset, h) * w;
    for (let x = 0; x < width; x++) {
      const from = (row + mirror(x + offset, w)) * 3;
      for (let c = 0; c < 3; c++, at++) {
        const value = source.data[from + c]! + (draw() + draw()) * noise;
        pixels[at] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
      }
    }
  }
  await sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    // Halved chroma would hide the noise from the estimator, and nothing would be cleaned.
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toFile(path);
}

/** A JPEG of about so many megapixels, three to two. */
export async function makePicture(folder: string, megapixels: number, noise?: number) {
  const width = Math.round(Math.sqrt(megapixels * 1.5e6) / 8) * 8;
  const height = Math.round((megapixels * 1e6) / width / 8) * 8;
  const path = join(folder, `photo-${megapixels}.jpg`);
  await makePictureOf(path, { width, height, ...(noise === undefined ? {} : { noise }) });
  return { path, width, height };
}
