/** The constant ground of framed pictures stays, and says nothing about what was removed. */
import { describe, expect, it } from 'vitest';
import { groundIn } from '../../../app/denoise/ground.ts';
import { createSpec } from '../../../app/denoise/denoise.ts';
import { lookAt } from '../../../app/denoise/picture.ts';
import { allocateSamples, type Raster } from '../../../app/pixels/raster.ts';
import { card, cleanedByBlur, picture } from './helpers.ts';

const side = 160;
type Shape = (x: number, y: number) => boolean;
/** Where the picture stands on its ground. */
const shapes: Readonly<Record<string, Shape>> = {
  frame: (x, y) => x >= 32 && x < 128 && y >= 32 && y < 128,
  'thin frame off the grid': (x, y) => x >= 11 && x < 149 && y >= 9 && y < 151,
  letterbox: (_x, y) => y >= 40 && y < 120,
  'title bar': (_x, y) => y >= 30,
  'round field': (x, y) => Math.hypot(x - 80, y - 80) < 70,
};

function framed(shape: Shape, of: Partial<Parameters<typeof picture>[0]> = {}): Raster {
  const raster = picture({ width: side, height: side, sigma: 12, sampleType: 'uint8', ...of });
  const { data, channels } = raster;
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let c = 0; c < channels; c++)
        if (!shape(x, y)) data[(y * side + x) * channels + c] = 16 + c;
  return raster;
}

describe.each(Object.keys(shapes))('%s', (name) => {
  const shape = shapes[name]!;
  it.each([
    ['colour', { channels: 3 }, {}],
    ['one tone', { channels: 1 }, {}],
    ['detail', { channels: 3 }, { detail: 60 }],
    ['chroma of its own', { channels: 3 }, { chroma: 150 }],
    ['16 bits', { channels: 3, sampleType: 'uint16' }, {}],
  ] as const)('the ground stays, the picture does not: %s', async (_, of, settings) => {
    const raster = framed(shape, of);
    const { data } = await cleanedByBlur(raster, settings);
    const { channels } = raster;
    const mask = groundIn(lookAt({ raster }), { x: 0, y: 0, width: side, height: side })!;
    let [ground, changed] = [0, 0];
    for (let i = 0; i < side * side; i++)
      for (let c = 0; c < channels; c++) {
        const isSame = data[i * channels + c] === raster.data[i * channels + c];
        if (mask[i]) {
          ground++;
          expect(isSame).toBe(true);
        } else if (!isSame) changed++;
      }
    expect(ground).toBeGreaterThan(0.1 * side * side);
    expect(changed).toBeGreaterThan(0.1 * side * side);
  });

  it('tiles make no difference', async () => {
    const raster = framed(shape);
    expect((await cleanedByBlur(raster, {}, 48)).data).toEqual(
      (await cleanedByBlur(raster, {}, 96)).data,
    );
  });
});

/** A part of a raster. */
function part({ data, channels, ...rest }: Raster, x: number, y: number, w: number, h: number) {
  const cut = allocateSamples(rest.sampleType, w * h * channels);
  for (let row = 0; row < h; row++) {
    const from = ((y + row) * rest.width + x) * channels;
    cut.set(data.subarray(from, from + w * channels), row * w * channels);
  }
  return { ...rest, channels, width: w, height: h, data: cut };
}

describe('the inside of a frame is cleaned as without the frame', () => {
  it.each<[string, number, number, number, number]>([
    ['frame', 32, 32, 96, 96],
    ['thin frame off the grid', 11, 9, 138, 142],
    ['letterbox', 0, 40, 160, 80],
    ['title bar', 0, 30, 160, 130],
  ])('%s', async (name, x, y, w, h) => {
    for (const channels of [1, 3] as const) {
      const raster = framed(shapes[name]!, { channels });
      const alone = part(raster, x, y, w, h);
      const settings = { strength: 'auto' as const, sigma: 40, detail: 0, chroma: 100 };
      expect(createSpec(lookAt({ raster }), card, settings, null).inside).toEqual({
        ...{ x, y },
        ...{ width: w, height: h },
      });
      const inner = part({ ...raster, data: (await cleanedByBlur(raster)).data }, x, y, w, h);
      const without = (await cleanedByBlur(alone)).data;
      // The local mean that gray pictures keep knows no residual of a frame: half a level beside it.
      if (channels === 3) expect(inner.data).toEqual(without);
      else inner.data.forEach((v, i) => expect(Math.abs(v - without[i]!)).toBeLessThanOrEqual(1));
    }
  });

  it('but a round field has nothing to mirror, and the text of a bar is its own', () => {
    const settings = { strength: 'auto' as const, sigma: 40, detail: 0, chroma: 100 };
    const withText = framed(shapes['title bar']!);
    for (let i = 0; i < 40; i++) withText.data[(12 * side + 20 + i) * 3] = 6 * i;
    const specOf = (raster: Raster) => createSpec(lookAt({ raster }), card, settings, null);
    expect(specOf(framed(shapes['round field']!))).toMatchObject({ framed: true, inside: null });
    // A line of text belongs to its bar.
    expect(specOf(withText).inside).toEqual(specOf(framed(shapes['title bar']!)).inside);
    expect(specOf(withText).inside).not.toBeNull();
  });
});

describe('ground', () => {
  const whole = { x: 0, y: 0, width: side, height: side };
  it('is what lies in a square of one value: all of a frame, and of a round field but for its rim', () => {
    for (const [name, shape] of Object.entries(shapes)) {
      const raster = framed(shape);
      const mask = groundIn(lookAt({ raster }), whole)!;
      let missed = 0;
      for (let i = 0; i < mask.length; i++) {
        const isGround = !shape(i % side, Math.floor(i / side));
        if (mask[i] === 1 && !isGround) throw new Error(`${name}: the picture at ${i}`);
        if (mask[i] === 0 && isGround) missed++;
      }
      expect(missed, name).toBeLessThan(name === 'round field' ? 600 : 1);
    }
  });

  it('of a part is that of the whole', () => {
    const seen = lookAt({ raster: framed(shapes['round field']!) });
    const all = groundIn(seen, whole)!;
    const region = { x: 13, y: 21, width: 90, height: 77 };
    const part = groundIn(seen, region)!;
    for (let y = 0; y < region.height; y++)
      for (let x = 0; x < region.width; x++)
        expect(part[y * region.width + x]).toBe(all[(region.y + y) * side + region.x + x]);
  });

  it('is not looked for in drawings and in pictures without a frame', async () => {
    const lines = picture({ width: side, height: side, channels: 1, sampleType: 'uint8' });
    lines.data.forEach((_, i) => (lines.data[i] = (i % side) % 20 === 0 ? 0 : 255));
    const seen = lookAt({ raster: lines });
    const settings = { strength: 'auto' as const, sigma: 20, detail: 0, chroma: 100 };
    expect(createSpec(seen, card, settings, null).framed).toBe(false);
    const plain = lookAt({ raster: framed(() => true) });
    expect(createSpec(plain, card, settings, null).framed).toBe(false);
    expect(groundIn(plain, whole)).toBeNull();
  });
});
