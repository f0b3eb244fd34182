/** From folders of small pictures to answers: what is found, what is remembered, what can not be read, cancelling. */
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { looksCards } from '../../../app/explore/card.ts';
import { indexOf, readIndex } from '../../../app/explore/looks-index.ts';
import type { Plane } from '../../../app/explore/plane.ts';
import { createFindSimilar } from '../../../app/explore/similar.ts';
import { plane, scene } from './pictures.ts';
import { exploring, noNetworks, type Asked } from './services.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-similar-'));
const inFolder = (name: string): string => join(home, name);
const save = ({ width, height, data }: Plane, name: string): Promise<unknown> =>
  sharp(Buffer.from(data.map((value) => Math.round(255 * value))), {
    raw: { width, height, channels: 1 },
  })
    .png()
    .toFile(inFolder(name));
const names = Array.from({ length: 24 }, (_, at) => `${at}.png`);
const images = (of: readonly string[]) =>
  of.map((name) => ({ path: inFolder(name), files: [inFolder(name)] }));

beforeAll(async () => {
  for (const [at, name] of names.entries()) await save(plane(scene(at)), name);
  await save(
    plane(scene(7), {}, (x, y) => [0.1 + 0.8 * x, 0.15 + 0.8 * y]),
    'crop.png',
  );
  await save(
    plane(scene(7), { width: 120, height: 90 }, (x, y) => [1 - x, y]),
    'mirrored.png',
  );
});
beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', mkdtempSync(join(home, 'cache-')));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

const { ask: askFor, models, read } = exploring<'findSimilar'>(createFindSimilar(noNetworks), home);
const ask = (
  of: readonly string[],
  queries: readonly string[] | null,
  more: Asked<'findSimilar'> = {},
) =>
  askFor({
    ...{ count: 20, cutoff: 99, images: images(of), queries: queries && images(queries) },
    ...more,
  });

it('finds a picture from a crop of it and from a small mirror image, before what looks like it', async () => {
  const { queries, pairs, notices } = await ask(names, ['crop.png', 'mirrored.png']);
  for (const { found } of queries)
    expect(found[0]).toMatchObject({ path: inFolder('7.png'), kind: 'same' });
  expect(queries.map(({ found }) => found[0]!.mirrored)).toEqual([false, true]);
  expect(queries[0]!.found.slice(1).every(({ kind }) => kind === 'similar')).toBe(true);
  expect(pairs).toBe(276);
  expect(notices).toEqual([]);
});

it('a picture of the folder does not find itself; the cutoff and the count hold', async () => {
  const { queries } = await ask(names, ['7.png'], { cutoff: 0, count: 5 });
  const [{ above, found } = { above: 0, found: [] }] = queries;
  expect(above).toBe(23);
  expect(found).toHaveLength(5);
  expect(found.map(({ path }) => path)).not.toContain(inFolder('7.png'));
  const cosines = found.map(({ cosine }) => cosine);
  expect(cosines).toEqual(cosines.toSorted((a, b) => b - a));
});

it('a folder alone: groups of pictures that are one', async () => {
  const { groups, queries } = await ask([...names, 'crop.png', 'mirrored.png'], null);
  expect(groups).toEqual([{ images: ['7.png', 'crop.png', 'mirrored.png'].map(inFolder) }]);
  expect(queries).toEqual([]);
});

it('reads only what is new or changed, and forgets what is gone', async () => {
  expect(await ask(names, null)).toMatchObject({ images: 24, read: 24, gone: 0 });
  // Nobody else looks into it.
  expect(statSync(indexOf(home)).mode & 0o777).toBe(0o600);
  expect(await ask(names, null)).toMatchObject({ images: 24, read: 0, gone: 0 });
  expect(read).toEqual([]);
  const before = readFileSync(inFolder('3.png'));
  await save(plane(scene(300)), '3.png');
  const now = await ask([...names.slice(2), 'crop.png'], null);
  expect(now).toMatchObject({ images: 23, read: 2, gone: 2 });
  expect(read.toSorted()).toEqual(['3.png', 'crop.png'].map(inFolder));
  writeFileSync(inFolder('3.png'), before);
  expect(await ask(names, null, { anew: true })).toMatchObject({ read: 24 });
});

it('an index that is damaged, or of other axes, is made anew', async () => {
  await ask(names, null);
  const path = indexOf(home);
  const { sha256 } = await models.ofKind(looksCards, 'describe-looks');
  expect(await readIndex(path, sha256)).toHaveLength(24);
  expect(await readIndex(path, 'of others')).toBeNull();
  const whole = readFileSync(path);
  for (const bytes of [whole.subarray(0, -1), whole.subarray(0, 3), Buffer.from('{"format"')]) {
    writeFileSync(path, bytes);
    expect(await readIndex(path, sha256)).toBeNull();
    expect(await ask(names, null)).toMatchObject({ images: 24, read: 24 });
  }
});

it('names what can not be read, and goes on with the rest', async () => {
  writeFileSync(inFolder('broken.png'), readFileSync(inFolder('1.png')).subarray(0, 700));
  writeFileSync(inFolder('text.png'), 'no picture');
  const {
    images: compared,
    leftOut,
    queries,
  } = await ask(['broken.png', ...names, 'text.png', 'missing.png'], ['crop.png', 'text.png']);
  expect(compared).toBe(24);
  expect(leftOut.map(({ source }) => source).toSorted()).toEqual(
    ['broken.png', 'missing.png', 'text.png', 'text.png'].map(inFolder).toSorted(),
  );
  expect(leftOut.find(({ source }) => source.endsWith('broken.png'))!.code).toBe('damaged-image');
  expect(queries).toHaveLength(1);
  expect(queries[0]!.found[0]).toMatchObject({ path: inFolder('7.png'), kind: 'same' });
});

it('cancelled in the middle, it goes on from there', async () => {
  const controller = new AbortController();
  const told = (done: number): void => {
    if (done === 10) controller.abort();
  };
  await expect(ask(names, null, { signal: controller.signal, told })).rejects.toMatchObject({
    code: 'cancelled',
  });
  const { read: rest } = await ask(names, null);
  expect(rest).toBeGreaterThan(0);
  expect(rest).toBeLessThanOrEqual(14);
});

it('says where nothing can be remembered, and where a folder says little', async () => {
  const file = inFolder('file');
  appendFileSync(file, '');
  vi.stubEnv('XDG_CACHE_HOME', file);
  const { notices, images: compared } = await ask(names.slice(0, 3), ['crop.png']);
  expect(compared).toBe(3);
  expect(notices.map(({ level }) => level)).toEqual(['warning', 'info']);
  const none = await ask([], ['crop.png']);
  expect(none.queries).toEqual([{ source: inFolder('crop.png'), above: 0, found: [] }]);
});
