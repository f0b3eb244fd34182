/**
 * The tasks on scans: slices that no training saw, with simulated noise. The program gets what a scanner
 * would store: one tone, 16 bits, whole numbers.
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Raster } from '../../../app/pixels/index.ts';
import { dataPack } from '../../data.ts';
import { load } from '../../quality.ts';
import { attenuation, lowDose, project, type Scanner, type Sinogram } from './ct.ts';
import { percentileSpan, toField, toRaster16, withData, type Field } from './field.ts';
import { rmse } from './metrics.ts';
import { withoutRicianBias, withRicianNoise } from './rician.ts';
import type { Item, Task } from './tasks.ts';

/** In the data pack a stored value is HU + 1024. */
const STORED_ZERO = 1024;
/** What the program gets is HU + 2048, so that noise in air is not cut off at 0. */
const GIVEN_ZERO = 2048;
/** Hounsfield units of air. */
const AIR = -1000;

const GEOMETRY = { views: 720, pixel: 0.5, electronic: 8 } as const;
/** Photons per ray, chosen for about 15 and 40 HU of noise in the brain (measured, see the table). */
export const doses = [
  { name: 'about 15 HU', photons: 150_000 },
  { name: 'about 40 HU', photons: 25_000 },
] as const;

const offset = (field: Field, by: number): Field =>
  withData(
    field,
    field.data.map((value) => value + by),
  );

async function slices(folder: string, pattern: RegExp, every: number): Promise<string[]> {
  const path = join(dataPack!, 'medical-train', folder);
  const names = (await readdir(path)).filter((name) => pattern.test(name)).sort();
  return names.filter((_, i) => i % every === 0).map((name) => join(path, name));
}

const stored = async (path: string): Promise<Field> => toField(await load(path), 1);

const inHu = (raster: Raster): Field => offset(toField(raster, 1), -GIVEN_ZERO);

/** @param seed of the noise; the same slice and dose get the same noise every time */
export async function ctItem(
  path: string,
  photons: number,
  seed: number,
  sinogramOf: (hu: Field) => Sinogram = sinogram,
): Promise<Item> {
  const reference = offset(await stored(path), -STORED_ZERO);
  const scanner: Scanner = { ...GEOMETRY, photons };
  const simulated = lowDose(reference, sinogramOf(reference), scanner, seed);
  const noisy = toRaster16(offset(simulated, GIVEN_ZERO));
  const source = inHu(noisy);
  const tissue = Uint8Array.from(reference.data, (hu) => (hu >= 0 && hu <= 80 ? 1 : 0));
  return {
    name: basename(path),
    noisy,
    source,
    reference,
    span: percentileSpan(reference),
    read: inHu,
    truth: rmse(source, reference),
    zero: AIR,
    tissue,
  };
}

const sinogram = (hu: Field): Sinogram =>
  project(attenuation(hu), hu.width, GEOMETRY.views, GEOMETRY.pixel);

export async function ctTasks(every: number): Promise<Task[]> {
  const paths = await slices('ct', /^ge_head_/, every);
  // The projection is most of the work and the same for every dose and every use.
  const known = new Map<string, Sinogram>();
  const remembered = (path: string) => (hu: Field) => {
    const found = known.get(path) ?? sinogram(hu);
    known.set(path, found);
    return found;
  };
  return doses.map(({ name, photons }, dose) => ({
    set: 'ct',
    noise: name,
    scan: true,
    items: paths.map(
      (path, i) => () => ctItem(path, photons, 1000 * (dose + 1) + i, remembered(path)),
    ),
    also: 'constant',
    peers: true,
  }));
}

export async function mrItem(path: string, share: number, seed: number): Promise<Item> {
  const reference = await stored(path);
  const brightest = reference.data.reduce((most, value) => Math.max(most, value), 0);
  const sigma = share * brightest;
  const noisy = toRaster16(withRicianNoise(reference, sigma, seed));
  const read = (raster: Raster): Field => toField(raster, 1);
  return {
    name: basename(path),
    noisy,
    source: read(noisy),
    reference,
    span: percentileSpan(reference),
    read,
    truth: sigma,
    zero: 0,
    body: Uint8Array.from(reference.data, (value) => (value >= 0.1 * brightest ? 1 : 0)),
    unbias: (cleaned) => withoutRicianBias(cleaned, sigma),
  };
}

export async function mrTasks(every: number): Promise<Task[]> {
  const paths = await slices('mr', /^uih_t1_sag_/, every);
  return [3, 7].map((percent) => ({
    set: 'mr',
    noise: `${percent} % of the maximum`,
    scan: true,
    items: paths.map((path, i) => () => mrItem(path, percent / 100, 1000 * percent + i)),
    also: 'constant',
    peers: true,
  }));
}
