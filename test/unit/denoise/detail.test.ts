import { expect, test } from 'vitest';
import { DETAIL_MARGIN, findDetail } from '../../../app/denoise/detail.ts';
import { normal } from '../../random.ts';

const width = 200;
const height = 170;
const random = normal(11);
const sigma = 10 / 255;
const noise = Float32Array.from({ length: width * height }, () => sigma * random());
/** A fine grating in the right half, as strong as the noise. */
const grating = noise.map((_, i) =>
  i % width >= 100 ? 0.06 * Math.sin((i % width) / 1.2 + Math.floor(i / width) / 2) : 0,
);
const lost = noise.map((value, i) => value + grating[i]!);
const whole = { x: 0, y: 0, width, height };
const energy = (plane: Float32Array): number => plane.reduce((sum, v) => sum + v * v, 0);

test('hardly any white noise is taken for detail', () => {
  const found = findDetail({ width, height, data: noise }, whole, sigma);
  expect(energy(found) / energy(noise)).toBeLessThan(0.02);
});

test('lost texture is found where it was, and nearer to the truth than nothing', () => {
  const found = findDetail({ width, height, data: lost }, whole, sigma);
  const error = found.map((value, i) => value - grating[i]!);
  expect(energy(error)).toBeLessThan(0.6 * energy(grating));
  const left = found.filter((_, i) => i % width < 80);
  expect(energy(left)).toBeLessThan(0.02 * energy(noise.filter((_, i) => i % width < 80)));
});

test('without noise the three bands come back whole', () => {
  const found = findDetail({ width, height, data: grating }, whole, 0);
  const error = found.map((value, i) => value - grating[i]!);
  expect(energy(error)).toBeLessThan(0.01 * energy(grating));
});

test('the input is not changed', () => {
  const copy = lost.slice();
  findDetail({ width, height, data: copy }, whole, sigma);
  expect(copy).toEqual(lost);
});

test('tiles with the documented margin give the same bits as the whole', () => {
  const expected = findDetail({ width, height, data: lost }, whole, sigma);
  const size = 48;
  for (let y = 0; y < height; y += size)
    for (let x = 0; x < width; x += size) {
      const left = Math.max(0, x - DETAIL_MARGIN);
      const top = Math.max(0, y - DETAIL_MARGIN);
      const right = Math.min(width, x + size + DETAIL_MARGIN);
      const bottom = Math.min(height, y + size + DETAIL_MARGIN);
      const region = { width: right - left, height: bottom - top };
      const data = new Float32Array(region.width * region.height);
      for (let v = 0; v < region.height; v++)
        data.set(
          lost.subarray((top + v) * width + left, (top + v) * width + right),
          v * region.width,
        );
      const inner = {
        x: x - left,
        y: y - top,
        width: Math.min(size, width - x),
        height: Math.min(size, height - y),
      };
      const tile = findDetail({ ...region, data }, inner, sigma);
      for (let v = 0; v < inner.height; v++)
        expect(tile.subarray(v * inner.width, (v + 1) * inner.width)).toEqual(
          expected.subarray((y + v) * width + x, (y + v) * width + x + inner.width),
        );
    }
});

test('pictures smaller than the filters are mirrored as often as needed', () => {
  const data = Float32Array.of(0, 0, 1, 0, 0);
  const found = findDetail({ width: 5, height: 1, data }, { x: 0, y: 0, width: 5, height: 1 }, 0);
  expect(found.every(Number.isFinite)).toBe(true);
  expect(found[2]!).toBeGreaterThan(0.5);
  expect([found[0], found[1]]).toEqual([found[4], found[3]]);
});
