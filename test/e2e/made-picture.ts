/** Pictures of the browser tests that are made, not stored. */
import sharp from 'sharp';

/** A small picture with some noise, another for each seed. */
export async function picture(path: string, seed: number): Promise<void> {
  const [width, height] = [96, 64];
  let state = seed;
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.min(255, Math.max(0, ((at * seed) % 200) / 4 + 90 + (state >>> 24) / 8));
  });
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  await (path.endsWith('.png') ? image.png() : image.jpeg({ quality: 90 })).toFile(path);
}
