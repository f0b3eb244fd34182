/**
 * What ought to be on the screen: lossless exports of the same file at the same settings, written by a
 * second program with an engine of its own, which shares nothing with the one under test but the findings
 * about the device.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { modelsFolder, software } from '../../app/hosts/shared/paths.ts';
import { createProgram, launchNodeProcess, type Program } from '../../app/jobs/index.ts';
import { decodeImage, defaultLimits, maxValue } from '../../app/pixels/index.ts';
import type { WalkFile } from './pictures.ts';
import { shown, type Shown, type Stored } from './shown.ts';

export type CleanFirst = 'off' | 'auto' | number;

/** One picture that a label can stand for. */
export type Wanted =
  | { readonly what: 'source' }
  | {
      readonly what: 'cleaned';
      readonly strength: 'auto' | number;
      readonly detail: number;
      readonly chroma: number;
    }
  | { readonly what: 'compressed'; readonly quality: number; readonly clean: CleanFirst }
  | { readonly what: 'peer'; readonly format: 'jpeg' | 'webp' | 'avif'; readonly quality: number };

export class Expected {
  readonly #program: Program;
  readonly #folder: string;
  readonly #made = new Map<string, Promise<Shown>>();
  #serial = 0;

  /** @param caches the cache folder of the program under test, so that both use the same arithmetic */
  constructor(folder: string, caches: string) {
    this.#folder = join(folder, 'expected');
    mkdirSync(this.#folder, { recursive: true });
    this.#program = createProgram({
      launch: launchNodeProcess,
      cacheFolder: caches,
      modelsFolder: modelsFolder(),
      userModelsFolder: join(folder, 'no-models'),
      // Findings are believed of the same program only.
      software,
    });
  }

  /** Only what was asked for before. */
  known(file: WalkFile, version: number, wanted: Wanted): Promise<Shown> | undefined {
    return this.#made.get(keyOf(file, version, wanted));
  }

  of(file: WalkFile, version: number, wanted: Wanted): Promise<Shown> {
    const key = keyOf(file, version, wanted);
    const made = this.#made.get(key) ?? this.#make(file, version, wanted);
    this.#made.set(key, made);
    return made;
  }

  encode = async (source: string, out: string): Promise<void> => {
    await this.#program.run('encode', { source, out, quality: 70 });
  };

  /** Where an export stands that a person made: to be held against what the screen showed. */
  async read(path: string, { white }: WalkFile): Promise<Shown> {
    return shown(await stored(path), white);
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }

  async #make(file: WalkFile, version: number, wanted: Wanted): Promise<Shown> {
    const source = file.versions[version]!;
    const out = (extension: string): string =>
      join(this.#folder, `${(this.#serial += 1)}.${extension}`);
    const decoded = async (path: string): Promise<Shown> => {
      const png = out('png');
      await this.#program.run('decode', { source: path, out: png });
      return this.read(png, file);
    };
    switch (wanted.what) {
      case 'source':
        return file.latent ? decoded(source) : this.read(source, file);
      case 'cleaned': {
        const { strength, detail, chroma } = wanted;
        const png = out('png');
        await this.#program.run('denoise', { source, out: png, strength, detail, chroma });
        return this.read(png, file);
      }
      case 'compressed': {
        const { quality, clean } = wanted;
        const hgl = out('hgl');
        await this.#program.run('encode', { source, out: hgl, quality, clean, scans: true });
        return decoded(hgl);
      }
      case 'peer': {
        const { format, quality } = wanted;
        const path = out(format);
        await this.#program.run('encode', { source, out: path, format, quality });
        const { raster: own } = await decodeImage({ path: source, limits: defaultLimits });
        const { raster } = await decodeImage({ path, limits: defaultLimits });
        const { width, height } = raster;
        // Gray that comes back in three equal channels is gray.
        const every = raster.channels / own.channels;
        // A scan of 12 bits is written as it is seen, and comes back onto its own scale.
        const step = (file.white ?? maxValue(own.sampleType)) / maxValue(raster.sampleType);
        const samples = Array.from({ length: width * height * own.channels }, (_, at) =>
          Math.round(raster.data[at * every]! * step),
        );
        const data =
          own.sampleType === 'uint16' ? Uint16Array.from(samples) : Uint8Array.from(samples);
        return shown({ width, height, channels: own.channels, data } as Stored, file.white);
      }
    }
  }
}

const keyOf = ({ name }: WalkFile, version: number, wanted: Wanted): string =>
  JSON.stringify([name, version, wanted]);

/** A PNG's own samples. */
async function stored(path: string): Promise<Stored> {
  const image = sharp(path);
  const { channels: count, depth, hasAlpha } = await image.metadata();
  if (hasAlpha) throw new Error(`${path} has an alpha channel, which no file of the walk has.`);
  const channels = count === 1 ? 1 : 3;
  const deep = depth === 'ushort';
  const space = channels === 1 ? (deep ? 'grey16' : 'b-w') : deep ? 'rgb16' : 'srgb';
  const { data, info } = await image
    .toColourspace(space)
    .raw({ depth: deep ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== channels)
    throw new Error(`${path} was read with ${info.channels} channels in the place of ${channels}.`);
  const { buffer, byteOffset, byteLength } = data;
  return {
    ...{ width: info.width, height: info.height, channels },
    data: deep ? new Uint16Array(buffer.slice(byteOffset, byteOffset + byteLength)) : data,
  };
}
