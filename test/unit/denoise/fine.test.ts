/** The finest variation where there is least of it, and the blocks of JPEG files of several qualities. */
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { measureFine, type Fine } from '../../../app/denoise/noise/fine.ts';
import { lookAt } from '../../../app/denoise/picture.ts';
import type { Raster } from '../../../app/pixels/raster.ts';
import { normal } from '../../random.ts';

const SIDE = 256;

function fineOf(raster: Raster): Fine {
  const steps = measureFine(lookAt({ raster }));
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function drawn(value: (x: number, y: number) => number): Raster {
  const data = Uint8Array.from({ length: SIDE * SIDE }, (_, i) =>
    Math.min(255, Math.max(0, Math.round(value(i % SIDE, Math.floor(i / SIDE))))),
  );
  return { width: SIDE, height: SIDE, channels: 1, hasAlpha: false, sampleType: 'uint8', data };
}

const shade = (x: number, y: number): number => 128 + 60 * Math.sin(x / 19) * Math.cos(y / 15);

test('white noise is found everywhere; lines on a ground are not', () => {
  const noise = normal(1);
  const { level } = fineOf(drawn((x, y) => shade(x, y) + 12 * noise()));
  expect(level / 12).toBeGreaterThan(0.75);
  expect(level / 12).toBeLessThan(1.1);
  expect(fineOf(drawn((x, y) => (x % 12 === 0 || y % 20 === 0 ? 0 : 255))).level).toBe(0);
  expect(fineOf(drawn(shade)).level).toBeLessThan(1);
});

test.each([
  [20, true],
  [30, true],
  [40, true],
  [92, false],
  [98, false],
])('JPEG of quality %i: blocks seen is %s', async (quality, seen) => {
  const noise = normal(2);
  const raster = drawn((x, y) => shade(x, y) + 8 * noise());
  const jpeg = await sharp(raster.data as Uint8Array, {
    raw: { width: SIDE, height: SIDE, channels: 1 },
  })
    .jpeg({ quality })
    .toBuffer();
  const data = await sharp(jpeg).grayscale().raw().toBuffer();
  expect(fineOf({ ...raster, data: new Uint8Array(data) }).blocks).toBe(seen);
  expect(fineOf(raster).blocks).toBe(false);
});

test('a picture smaller than a cell says nothing', () => {
  const raster: Raster = { ...drawn(shade), width: 9, height: 9, data: new Uint8Array(81) };
  expect(fineOf(raster)).toEqual({ level: 0, blocks: false });
});
