/** Cameras and noise of pictures, as a map is coloured by them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, it } from 'vitest';
import type { CommandContext } from '../../../app/contract/index.ts';
import { createPictureFacts } from '../../../app/explore/facts.ts';
import { servicesOf } from './services.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-facts-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

it('tells what the file says of its camera, and noise where it is asked for; what can not be read is named', async () => {
  const at = (name: string): string => join(home, name);
  const plain = sharp({ create: { width: 16, height: 8, channels: 3, background: '#808080' } });
  await plain
    .clone()
    .withExif({ IFD0: { Make: 'Made', Model: 'Made One' } })
    .jpeg()
    .toFile(at('with.jpg'));
  await plain.clone().png().toFile(at('without.png'));
  writeFileSync(at('text.png'), 'no picture');
  const asked: number[] = [];
  const told: number[] = [];
  const pictureFacts = createPictureFacts(({ raster }) => {
    asked.push(raster.width);
    return Promise.resolve(7);
  });
  const ask = (noise: boolean) =>
    pictureFacts(
      {
        ...{ noise, maxMegapixels: 100 },
        images: ['with.jpg', 'without.png', 'text.png'].map((name) => ({
          ...{ path: at(name), files: [at(name)] },
        })),
      },
      {
        signal: new AbortController().signal,
        progress: ({ done }: { done: number }) => told.push(done),
      } as unknown as CommandContext,
      servicesOf().services,
    );
  const { facts, leftOut } = await ask(false);
  expect(facts.map(({ camera, noise }) => [camera, noise])).toEqual([
    ['Made One', null],
    [null, null],
  ]);
  expect(leftOut).toMatchObject([{ source: at('text.png'), code: 'not-an-image' }]);
  expect([asked, told]).toEqual([[], [1, 2, 3]]);
  expect((await ask(true)).facts.map(({ noise }) => noise)).toEqual([7, 7]);
});
