import { describe, expect, test } from 'vitest';
import {
  addStructure,
  createStructureSums,
  readStructure,
} from '../../../app/denoise/structure.ts';
import { normal } from '../../random.ts';
import { picture } from './helpers.ts';

const width = 320;
const height = 256;
type Plane = Float32Array<ArrayBuffer>;
const planeOf = (value: (x: number, y: number) => number): Plane =>
  Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)));
const difference = (a: Plane, b: Plane): Plane => a.map((value, i) => value - b[i]!);
const index = async (source: Plane, result: Plane): Promise<number> => {
  const sums = createStructureSums();
  await addStructure(sums, source, difference(source, result), width, height);
  return readStructure(sums).index;
};

/** Box blur of side 2r + 1, edges repeated. */
function blurred(plane: Plane, r: number): Plane {
  const clamp = (value: number, end: number) => Math.max(0, Math.min(end - 1, value));
  const pass = (from: Plane, dx: number, dy: number): Plane =>
    planeOf((x, y) => {
      let sum = 0;
      for (let k = -r; k <= r; k++)
        sum += from[clamp(y + k * dy, height) * width + clamp(x + k * dx, width)]!;
      return sum / (2 * r + 1);
    });
  return pass(pass(plane, 1, 0), 0, 1);
}

const clean = picture({ width, height, channels: 1 }).data as Plane;
const flat = planeOf(() => 0.5);
const noise = (sigma: number, seed: number): Plane => {
  const random = normal(seed);
  return planeOf(() => (sigma / 255) * random());
};
const sum = (a: Plane, b: Plane): Plane => a.map((value, i) => value + b[i]!);

describe('near 0 where only noise was removed', () => {
  test('white noise, from a flat and from a textured picture', async () => {
    for (const sigma of [5, 20, 50]) {
      expect(await index(sum(flat, noise(sigma, 1)), flat)).toBeLessThan(0.08);
      expect(await index(sum(clean, noise(sigma, 2)), clean)).toBeLessThan(0.08);
    }
  });
  test('noise that grows with brightness', async () => {
    const shot = noise(1, 3).map((value, i) => value * (3 + 30 * Math.sqrt(clean[i]!)));
    expect(await index(sum(clean, shot), clean)).toBeLessThan(0.1);
  });
  test('noise that is correlated between neighbours', async () => {
    const soft = blurred(noise(40, 4), 1);
    expect(await index(sum(clean, soft), clean)).toBeLessThan(0.15);
    expect(await index(sum(flat, soft), flat)).toBeLessThan(0.35);
  });
});

describe('high where the picture was removed', () => {
  test('smoothing a clean picture', async () => {
    expect(await index(clean, blurred(clean, 2))).toBeGreaterThan(0.7);
  });
  test('smoothing a noisy picture, less so the more noise there is', async () => {
    const low = sum(clean, noise(5, 5));
    const high = sum(clean, noise(20, 5));
    expect(await index(low, blurred(low, 3))).toBeGreaterThan(0.6);
    expect(await index(high, blurred(high, 3))).toBeGreaterThan(0.3);
    expect(await index(high, blurred(high, 3))).toBeLessThan(await index(low, blurred(low, 3)));
  });
  test('texture that is wiped out altogether leaves its trace too', async () => {
    const texture = planeOf((x, y) => (x > 160 ? 0.06 * Math.sin((x + 2 * y) / 1.7) : 0));
    const source = sum(sum(flat, texture), noise(8, 6));
    expect(await index(source, flat)).toBeGreaterThan(0.5);
  });
});

test.each([4, 8, 12, 16])(
  'edges on a grid of %i, as codes and pixel art have, are no noise',
  async (module) => {
    const bit = (x: number, y: number): number =>
      (Math.imul(Math.floor(x / module) * 73 + Math.floor(y / module) * 151 + 7, 0x9e3779b1) >>>
        16) &
      1;
    const code = planeOf(bit);
    const softened = sum(
      code.map((value) => 0.95 * value),
      blurred(code, 1).map((value) => 0.05 * value),
    );
    expect(await index(code, softened)).toBeGreaterThan(0.65);
    // The same grid under noise that is removed.
    expect(await index(sum(code, noise(12, 9)), code)).toBeLessThan(0.1);
  },
);

test('nothing removed is 0, and says so', async () => {
  const sums = createStructureSums();
  await addStructure(
    sums,
    clean,
    planeOf(() => 0),
    width,
    height,
  );
  expect(readStructure(sums)).toEqual({ index: 0, words: 'Nothing was removed.' });
  expect(readStructure(createStructureSums()).index).toBe(0);
});

test('sums of tiles add up to those of the picture', async () => {
  const source = sum(clean, noise(20, 7));
  const residual = difference(source, blurred(source, 1));
  const whole = createStructureSums();
  await addStructure(whole, source, residual, width, height);
  const merged = createStructureSums();
  const half = (height / 2) * width;
  for (const [from, to] of [
    [half, 2 * half],
    [0, half],
  ] as const) {
    await addStructure(merged, source.slice(from, to), residual.slice(from, to), width, height / 2);
  }
  merged.forEach((value, i) => expect(value).toBeCloseTo(whole[i]!, 6));
});
