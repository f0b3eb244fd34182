/**
 * The files of the walk: small, of four kinds, each with noise that is worth cleaning. Made anew from their
 * numbers, so that a seed means the same walk everywhere.
 */
import { copyFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { normal } from '../random.ts';
import type { White } from './shown.ts';

export interface WalkFile {
  readonly name: string;
  /** Where the program finds it. */
  readonly path: string;
  /** Every content that it has had; copies that stay as they are. */
  readonly versions: string[];
  readonly white: White;
  /** A scan, which is compressed only when a person allows it. */
  readonly scan: boolean;
  readonly latent: boolean;
}

interface Kind {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly kind: 'colour' | 'gray' | 'scan';
}

/** More than one tile, odd sides, and larger than two panes side by side. */
const kinds: readonly Kind[] = [
  { name: 'colour.png', width: 1051, height: 780, kind: 'colour' },
  { name: 'gray.png', width: 600, height: 757, kind: 'gray' },
  { name: 'scan.png', width: 530, height: 520, kind: 'scan' },
];
/** Made by `encode` from the first one. */
const latentName = 'packed.hgl';

/** Largest value of the scan: 12 of its 16 bits. */
const scanWhite = 4095;

/** Edges, slopes and texture, on [0, 1]. */
function scene(x: number, y: number, channel: number, version: number): number {
  const turn = version * 37;
  const block = (Math.floor((x + turn) / 96) + Math.floor(y / 80)) % 2 ? 0.2 : 0;
  const disc = Math.hypot(x - 260 - turn, y - 300) < 150 ? 0.15 : 0;
  const weave = 0.06 * Math.sin((x + y * (1 + 0.3 * channel)) / 7) * (y > 400 ? 1 : 0);
  return 0.25 + block + disc + weave + 0.05 * channel + 0.15 * (x / 1000);
}

async function draw(path: string, { width, height, kind }: Kind, version: number): Promise<void> {
  const channels = kind === 'colour' ? 3 : 1;
  const full = kind === 'scan' ? scanWhite : 255;
  const next = normal(width * 31 + height + version * 101);
  const samples =
    kind === 'scan' ? new Uint16Array(width * height) : new Uint8Array(width * height * channels);
  for (let index = 0, at = 0; index < width * height; index++)
    for (let channel = 0; channel < channels; channel++, at++) {
      const value =
        scene(index % width, Math.floor(index / width), channel, version) + 0.05 * next();
      samples[at] = Math.round(Math.min(1, Math.max(0, value)) * full);
    }
  // The brightest value says how many bits are used.
  if (kind === 'scan') samples[0] = scanWhite;
  const space = kind === 'colour' ? 'srgb' : kind === 'scan' ? 'grey16' : 'b-w';
  const image = sharp(samples, { raw: { width, height, channels } }).toColourspace(space);
  await writeFile(path, await image.png({ compressionLevel: 1 }).toBuffer());
}

/** @param encode writes a latent file of a picture */
export async function makeFiles(
  folder: string,
  encode: (source: string, output: string) => Promise<void>,
): Promise<WalkFile[]> {
  const files: WalkFile[] = [];
  for (const kind of kinds) {
    const { name } = kind;
    const file = {
      ...{ name, path: join(folder, name), versions: [], latent: false },
      white: kind.kind === 'scan' ? scanWhite : null,
      scan: kind.kind === 'scan',
    };
    await addVersion(file, folder, (path) => draw(path, kind, 0));
    files.push(file);
  }
  const packed = {
    ...{ name: latentName, path: join(folder, latentName), versions: [], latent: true },
    ...{ white: null, scan: false },
  };
  await addVersion(packed, folder, (path) => encode(files[0]!.path, path));
  return [...files, packed];
}

/** Changes a file on the disk, as another program would: a new one takes its place. */
export async function changeFile(file: WalkFile, folder: string): Promise<void> {
  const kind = kinds.find(({ name }) => name === file.name);
  if (kind) await addVersion(file, folder, (path) => draw(path, kind, file.versions.length));
}

export const canChange = ({ name }: WalkFile): boolean => name !== latentName;

async function addVersion(
  file: WalkFile,
  folder: string,
  make: (path: string) => Promise<void>,
): Promise<void> {
  const kept = join(folder, `version-${file.versions.length}-${file.name}`);
  await make(kept);
  const beside = `${file.path}.new`;
  await copyFile(kept, beside);
  await rename(beside, file.path);
  file.versions.push(kept);
}
