/** Curves of size against PSNR on photographs: latent files through the program, JPEG, WebP and AVIF by sharp. */
import { mkdirSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { psnr } from '../../quality.ts';
import { hourglass } from '../_program.ts';
import type { RatePoint } from './bd.ts';

export interface Photo {
  readonly name: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** 8-bit RGB, interleaved: what PSNR is measured against. */
  readonly pixels: Uint8Array;
}

const rgb = (input: string | Uint8Array) =>
  sharp(input).toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });

export async function readPhoto(path: string): Promise<Photo> {
  const { data, info } = await rgb(path);
  return { name: basename(path), path, width: info.width, height: info.height, pixels: data };
}

/** dB of 8-bit samples. */
const psnrOf = (result: Uint8Array, reference: Uint8Array): number =>
  psnr({ sampleType: 'uint8', data: result }, { sampleType: 'uint8', data: reference });

export const peers = {
  JPEG: {
    qualities: [8, 12, 18, 25, 35, 45, 55, 65, 75, 82, 88, 92, 95, 97, 99],
    encode: (image: Sharp, quality: number) => image.jpeg({ quality }),
  },
  'JPEG 4:4:4': {
    qualities: [6, 10, 15, 22, 30, 40, 50, 62, 74, 84, 90, 94, 97],
    encode: (image: Sharp, quality: number) => image.jpeg({ quality, chromaSubsampling: '4:4:4' }),
  },
  WebP: {
    qualities: [2, 8, 18, 32, 48, 62, 75, 85, 92, 96, 99],
    encode: (image: Sharp, quality: number) => image.webp({ quality, effort: 4 }),
  },
  AVIF: {
    qualities: [15, 25, 35, 45, 55, 65, 75, 85, 92],
    encode: (image: Sharp, quality: number) => image.avif({ quality, effort: 4 }),
  },
} as const;
export type Peer = keyof typeof peers;
export const peerNames = Object.keys(peers) as Peer[];

/** @param reference what the result is compared with; default: the photo itself */
export async function peerCurve(
  photo: Photo,
  peer: Peer,
  reference: Uint8Array = photo.pixels,
): Promise<RatePoint[]> {
  const raw = { width: photo.width, height: photo.height, channels: 3 } as const;
  const points: RatePoint[] = [];
  for (const quality of peers[peer].qualities) {
    const file = await peers[peer].encode(sharp(photo.pixels, { raw }), quality).toBuffer();
    points.push({ bytes: file.length, psnr: psnrOf((await rgb(file)).data, reference) });
  }
  return points;
}

interface Written {
  readonly source: string;
  readonly output: string;
  readonly bytes: number;
}

export interface LatentPoint extends RatePoint {
  readonly quality: number;
}

/**
 * Whole files, written and read by the command line at each quality.
 * @param references what each result is compared with, by the photo's name; default: the photo itself
 * @returns one curve per photo, in their order
 */
export async function latentCurves(
  photos: readonly Photo[],
  qualities: readonly number[],
  folder: string,
  options: readonly string[] = [],
  references: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<LatentPoint[][]> {
  const curves = photos.map((): LatentPoint[] => []);
  const inputs = photos.map(({ path }) => path);
  for (const quality of qualities) {
    const out = join(folder, `q${quality}`);
    mkdirSync(out, { recursive: true });
    const encoded = await hourglass<Written>([
      'encode',
      ...inputs,
      '--quality',
      String(quality),
      '--out',
      `${out}/`,
      '--device',
      'cpu',
      ...options,
    ]);
    const byName = new Map(encoded.outputs.map((file) => [basename(file.source), file]));
    const files = photos.map(({ name }) => byName.get(name)!.output);
    const decoded = await hourglass<Written>([
      'decode',
      ...files,
      '--format',
      'png',
      '--depth',
      '8',
      '--out',
      `${out}/{name}.{ext}`,
      '--device',
      'cpu',
    ]);
    const pictures = new Map(decoded.outputs.map((file) => [stem(file.source), file.output]));
    for (const [i, photo] of photos.entries()) {
      const { data } = await rgb(pictures.get(stem(files[i]!))!);
      curves[i]!.push({
        quality,
        bytes: (await stat(files[i]!)).size,
        psnr: psnrOf(data, references.get(photo.name) ?? photo.pixels),
      });
    }
    await rm(out, { recursive: true });
  }
  return curves;
}

const stem = (path: string): string => basename(path, extname(path));
