/** The tasks on photographs: white noise, real pairs, clean pictures. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { lookAt } from '../../../app/denoise/picture.ts';
import type { Raster } from '../../../app/pixels/index.ts';
import { dataPack } from '../../data.ts';
import { load, withNoise } from '../../quality.ts';
import { toField, UNIT } from './field.ts';
import type { Item, Task } from './tasks.ts';

/** Every `every`-th picture of a set of `dev-bench`, with its place in the whole set. */
async function pictures(set: string, pattern: RegExp, every: number) {
  const folder = join(dataPack!, 'dev-bench', set);
  const names = (await readdir(folder)).filter((name) => pattern.test(name)).sort();
  return names
    .map((name, place) => ({ path: join(folder, name), place }))
    .filter(({ place }) => place % every === 0);
}

const read = (raster: Raster) => toField(raster);

/**
 * Float noise, not cut off, seeded by the picture's place in its set. A gray float picture is read by
 * the program in units of its own percentiles, so the known level is told in those.
 */
export async function noisyItem(path: string, place: number, sigma: number): Promise<Item> {
  const clean = await load(path);
  const noisy = withNoise(clean, sigma, 100 + place);
  const { low, high } = lookAt({ raster: noisy }).range;
  return {
    name: basename(path),
    noisy,
    source: toField(noisy),
    reference: toField(clean),
    span: UNIT,
    read,
    known: sigma / (high - low),
    truth: sigma,
  };
}

const noisyItems = (
  list: readonly { readonly path: string; readonly place: number }[],
  sigma: number,
): (() => Promise<Item>)[] =>
  list.map(
    ({ path, place }) =>
      () =>
        noisyItem(path, place, sigma),
  );

export async function whiteTasks(every: number): Promise<Task[]> {
  const list = await pictures('cbsd68', /webp$/, every);
  return [5, 10, 15, 25, 50].map((sigma) => ({
    set: 'white',
    noise: `σ ${sigma}`,
    scan: false,
    items: noisyItems(list, sigma),
    also: sigma >= 15 ? 'known' : 'nothing',
    peers: sigma >= 15,
  }));
}

export async function grayTasks(every: number): Promise<Task[]> {
  const list = await pictures('set12', /\.(png|webp|tif)$/, every);
  return [15, 25, 50].map((sigma) => ({
    set: 'gray',
    noise: `σ ${sigma}`,
    scan: false,
    items: noisyItems(list, sigma),
    also: 'known',
    peers: true,
  }));
}

export async function realTasks(every: number): Promise<Task[]> {
  const list = await pictures('real-noise-polyu', /_real\.jpg$/i, every);
  const item = async (path: string): Promise<Item> => {
    const noisy = await load(path);
    const reference = toField(await load(path.replace('_real', '_mean')));
    return { name: basename(path), noisy, source: toField(noisy), reference, span: UNIT, read };
  };
  const items = list.map(
    ({ path }) =>
      () =>
        item(path),
  );
  return [{ set: 'real', noise: 'camera', scan: false, items, also: 'constant', peers: true }];
}

export async function cleanTasks(every: number): Promise<Task[]> {
  const item = async (path: string): Promise<Item> => {
    const noisy = await load(path);
    const source = toField(noisy);
    return { name: basename(path), noisy, source, reference: source, span: UNIT, read };
  };
  const tasks: Task[] = [];
  for (const set of ['cbsd68', 'gb82', 'large', 'gb82-screen']) {
    const items = (await pictures(set, /webp$/, every)).map(
      ({ path }) =>
        () =>
          item(path),
    );
    tasks.push({ set: 'clean', noise: set, scan: false, items, also: 'nothing', peers: false });
  }
  return tasks;
}
