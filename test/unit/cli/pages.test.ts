/** `hourglass denoise` of a TIFF of several pages, built, with the real network: all of them, one, and what other formats hold. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { decodeImage } from '../../../app/pixels/index.ts';
import { uniform } from '../../random.ts';
import { denoiseLines, resultOf, type Line } from './denoise-lines.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-pages-'));
const stack = join(home, 'stack.tif');

beforeAll(async () => {
  await buildAppIfStale();
  const next = uniform(7);
  // libvips writes a tall picture as pages of its page height.
  const rows = Uint8Array.from({ length: 64 * 64 * 3 }, (_, at) =>
    Math.round(60 + 50 * Math.floor(at / 4096) + (next() + next() - 1) * 30),
  );
  const image = sharp(rows, {
    raw: { width: 64, height: 192, channels: 1, pageHeight: 64 } as never,
  });
  writeFileSync(stack, await image.toColourspace('b-w').tiff({ compression: 'lzw' }).toBuffer());
}, 300_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const run = (...args: readonly string[]): Promise<Line[]> => denoiseLines(home, [stack, ...args]);
const meanOf = async (path: string, page: number): Promise<number> => {
  const { data } = (await decodeImage({ path, page })).raster;
  return Array.from(data).reduce((sum, one) => sum + one, 0) / data.length;
};

it('cleans all pages as one job, one on request, and says what another format can not hold', async () => {
  expect((await sharp(stack).metadata()).pages).toBe(3);
  const all = join(home, 'all.tif');
  const lines = await run('--sigma', '12', '--out', all);
  expect(resultOf(lines)).toMatchObject({ pages: 3 });
  expect(JSON.stringify(resultOf(lines))).not.toContain('only the first');
  expect((await sharp(all).metadata()).pages).toBe(3);
  for (const page of [0, 1, 2]) {
    expect(Math.abs((await meanOf(all, page)) - (60 + 50 * page))).toBeLessThan(3);
    const deviation = async (path: string): Promise<number> =>
      (await sharp(path, { page }).stats()).channels[0]!.stdev;
    expect(await deviation(all)).toBeLessThan(0.6 * (await deviation(stack)));
  }
  const progress = lines.flatMap(({ progress: of }) => (of ? [of as { done: number }] : []));
  const done = progress.map((one) => one.done);
  expect(done).toEqual(done.toSorted((a, b) => a - b));

  const second = join(home, 'second.tif');
  expect(resultOf(await run('--sigma', '12', '--page', '2', '--out', second))).not.toHaveProperty(
    'pages',
  );
  expect((await sharp(second).metadata()).pages ?? 1).toBe(1);
  expect(Math.abs((await meanOf(second, 0)) - 110)).toBeLessThan(3);

  const png = resultOf(await run('--sigma', '12', '--out', join(home, 'first.png')));
  expect(JSON.stringify(png)).toContain('stack.tif holds 3 pages; only the first was read.');
}, 120_000);
