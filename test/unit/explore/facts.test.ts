/** Cameras and noise of pictures, as a map is coloured by them. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CommandContext } from '../../../app/contract/index.ts';
import { createPictureFacts } from '../../../app/explore/facts.ts';
import { readMetadata } from '../../../app/pixels/metadata-only.ts';
import { servicesOf } from './services.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-facts-'));
beforeEach(() => vi.stubEnv('XDG_CACHE_HOME', mkdtempSync(join(home, 'cache-'))));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(home, { recursive: true, force: true }));

const at = (name: string): string => join(home, name);
const plain = sharp({ create: { width: 256, height: 64, channels: 3, background: '#808080' } });
const withCamera = (model: string): Promise<unknown> =>
  plain
    .clone()
    .withExif({ IFD0: { Make: 'Made', Model: model } })
    .jpeg()
    .toFile(at('with.jpg'));

interface Asked {
  readonly noise?: boolean;
  readonly folder?: string | null;
  readonly anew?: boolean;
  readonly version?: string;
}

/** Of three files, one of which is no picture. */
async function ask({ noise = false, folder = null, anew = false, version = '1' }: Asked = {}) {
  const measured: string[] = [];
  const told: number[] = [];
  const { read, services } = servicesOf();
  const found = await createPictureFacts({
    version: () => Promise.resolve(version),
    read: ({ path }) => Promise.resolve(7 + 0 * measured.push(path)),
  })(
    {
      ...{ folder, anew, noise, maxMegapixels: 100 },
      images: ['with.jpg', 'without.png', 'text.png'].map((name) => ({
        ...{ path: at(name), files: [at(name)] },
      })),
    },
    {
      signal: new AbortController().signal,
      progress: ({ done }: { done: number }) => told.push(done),
    } as unknown as CommandContext,
    services,
  );
  return { ...found, measured, told, decoded: read };
}

beforeEach(async () => {
  await withCamera('Made One');
  await plain.clone().png().toFile(at('without.png'));
  writeFileSync(at('text.png'), 'no picture');
});

it('tells what the file says of its camera, and noise where it is asked for; what can not be read is named', async () => {
  const { facts, leftOut, measured, told } = await ask();
  expect(facts.map(({ camera, noise }) => [camera, noise])).toEqual([
    ['Made One', null],
    [null, null],
  ]);
  expect(leftOut).toMatchObject([{ source: at('text.png'), code: 'not-an-image' }]);
  expect([measured, told]).toEqual([[], [1, 2, 3]]);
  const withNoise = await ask({ noise: true });
  expect(withNoise.facts.map(({ camera, noise }) => [camera, noise])).toEqual([
    ['Made One', 7],
    [null, 7],
  ]);
});

it('decodes no pixel for a camera: what a file says of itself is read where its pixels are cut short', async () => {
  expect((await ask()).decoded).toEqual([]);
  truncateSync(at('with.jpg'), readFileSync(at('with.jpg')).length - 40);
  expect((await ask()).facts[0]).toMatchObject({ camera: 'Made One' });
  expect(await readMetadata({ path: at('with.jpg') })).toMatchObject({ camera: 'Made One' });
});

it('remembers both of a folder: of cameras alone, noise is read beside them; a changed picture is read anew', async () => {
  const folder = home;
  await ask({ folder });
  const noisy = await ask({ folder, noise: true });
  expect(noisy.measured).toEqual([at('with.jpg'), at('without.png')]);
  // Who asks for cameras is told of cameras alone, and who asks for both reads nothing again.
  expect((await ask({ folder })).facts.map(({ noise }) => noise)).toEqual([null, null]);
  const again = await ask({ folder, noise: true });
  expect([again.facts, again.measured]).toEqual([noisy.facts, []]);
  await withCamera('Made Another One');
  const changed = await ask({ folder, noise: true });
  expect(changed.measured).toEqual([at('with.jpg')]);
  expect(changed.facts[0]).toMatchObject({ camera: 'Made Another One', noise: 7 });
});

it('uses nothing that another reading of noise has left, nor anything where all is read anew', async () => {
  const folder = home;
  await ask({ folder, noise: true });
  expect((await ask({ folder, noise: true, version: '2' })).measured).toHaveLength(2);
  expect((await ask({ folder, noise: true, version: '2' })).measured).toEqual([]);
  expect((await ask({ folder, noise: true, version: '2', anew: true })).measured).toHaveLength(2);
});
