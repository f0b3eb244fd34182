/**
 * Camera files of known noise, made of finished photographs by undoing what cameras do (Brooks et al., "Unprocessing images for learned raw
 * denoising", CVPR 2019: the sRGB curve, and levels of shot and read noise that belong together), a mosaic, and Poisson-Gaussian noise.
 */
import sharp from 'sharp';
import type { LightNoise } from '../../../app/pixels/light-noise.ts';
import { uniform } from '../../random.ts';

export interface Light {
  readonly width: number;
  readonly height: number;
  /** Linear, 0 to 1, three a pixel. */
  readonly light: Float32Array;
}

/**
 * A photograph as light: the sRGB curve undone (IEC 61966-2-1), made half as large, which takes most of its own noise away, and four times as
 * large again: behind a lens light is smooth from sample to sample. Sides are multiples of 32, and at most `most`.
 * @param enlarged false: half as large, sharp from pixel to pixel
 */
export async function lightOf(path: string, most = 768, enlarged = true): Promise<Light> {
  const source = sharp(path).removeAlpha().toColourspace('srgb');
  const { width: across, height: down } = await source.metadata();
  const small = enlarged
    ? { width: Math.min(most, 2 * across) >> 2, height: Math.min(most, 2 * down) >> 2 }
    : { width: Math.min(most, across >> 1) & ~31, height: Math.min(most, down >> 1) & ~31 };
  const cut = { left: 0, top: 0, width: 2 * small.width, height: 2 * small.height };
  const codes = await source.extract(cut).raw().toBuffer();
  const linear = Float32Array.from(codes, (code) => {
    const value = code / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const half = halved(linear, cut);
  if (!enlarged) return { ...small, light: half };
  const [twice, whole] = [2, 4].map((times) => ({
    width: small.width * times,
    height: small.height * times,
  })) as [Size, Size];
  const light = doubled(doubled(half, small), twice);
  const size = { width: whole.width & ~31, height: whole.height & ~31 };
  const rows = Array.from({ length: size.height }, (_, y) =>
    light.subarray(3 * y * whole.width, 3 * (y * whole.width + size.width)),
  );
  const result = new Float32Array(3 * size.width * size.height);
  rows.forEach((row, y) => result.set(row, 3 * y * size.width));
  return { ...size, light: result };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Means of 2 × 2. */
function halved(data: Float32Array, { width, height }: Size): Float32Array {
  const across = width / 2;
  return Float32Array.from({ length: (3 * width * height) / 4 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    const first = 3 * (2 * Math.floor(pixel / across) * width + 2 * (pixel % across)) + (at % 3);
    const below = first + 3 * width;
    return (data[first]! + data[first + 3]! + data[below]! + data[below + 3]!) / 4;
  });
}

/** Twice as large: each new pixel is 3/4 of its own and 1/4 of the neighbour on its side, both ways. */
function doubled(data: Float32Array, { width, height }: Size): Float32Array {
  const value = (x: number, y: number, c: number): number =>
    data[
      3 * (Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))) + c
    ]!;
  return Float32Array.from({ length: 12 * width * height }, (_, at) => {
    const pixel = Math.floor(at / 3);
    const [x, y] = [pixel % (2 * width), Math.floor(pixel / (2 * width))];
    const [ownX, ownY] = [x >> 1, y >> 1];
    const [otherX, otherY] = [ownX + (x % 2 === 0 ? -1 : 1), ownY + (y % 2 === 0 ? -1 : 1)];
    const c = at % 3;
    return (
      (9 * value(ownX, ownY, c) +
        3 * value(otherX, ownY, c) +
        3 * value(ownX, otherY, c) +
        value(otherX, otherY, c)) /
      16
    );
  });
}

/** Brooks et al., section 3.1: ln read = 2.18 ln shot + 1.20, as variances; ISO 25,600 is about their strongest. */
export function noiseAtIso(iso: number): LightNoise {
  const shot = 5e-5 * (iso / 100);
  return { shot, read: Math.exp(2.18 * Math.log(shot) + 1.2) };
}

/** Standard normal numbers. */
export function normal(seed: number): () => number {
  const next = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** What a sensor stores. @param noise null: none */
export function noisyMosaic(
  { width, height, light }: Light,
  noise: LightNoise | null,
  {
    black = 2048,
    white = 16383,
    neutral = [0.5, 1, 0.6],
    pattern = [0, 1, 1, 2],
    seed = 5,
  }: {
    black?: number;
    white?: number;
    neutral?: readonly number[];
    pattern?: readonly number[];
    seed?: number;
  } = {},
): Uint16Array {
  const next = normal(seed);
  return Uint16Array.from({ length: width * height }, (_, at) => {
    const place = (Math.floor(at / width) % 2) * 2 + ((at % width) % 2);
    const colour = pattern[place]!;
    const clean = light[at * 3 + colour]! * neutral[colour]!;
    const noisy = noise ? clean + Math.sqrt(noise.shot * clean + noise.read) * next() : clean;
    return Math.max(0, Math.min(white, Math.round(black + noisy * (white - black))));
  });
}
