import { expect, test } from 'vitest';
import { localMean, MEAN_MARGIN } from '../../../app/denoise/local-mean.ts';
import { normal } from '../../random.ts';

const plane = (width: number, height: number, value: (x: number, y: number) => number) => ({
  width,
  height,
  data: Float32Array.from({ length: width * height }, (_, i) =>
    value(i % width, Math.floor(i / width)),
  ),
});

test('a constant is a constant up to the border, also where cells are cut', () => {
  const mean = localMean(
    plane(101, 37, () => 0.25),
    { x: 0, y: 0, width: 101, height: 37 },
  );
  mean.forEach((value) => expect(value).toBeCloseTo(0.25, 6));
});
test('a slope is followed; white noise leaves a fiftieth', () => {
  const slope = plane(256, 256, (x) => x / 256);
  const inner = { x: 64, y: 64, width: 128, height: 128 };
  localMean(slope, inner).forEach((value, i) =>
    expect(Math.abs(value - (64.5 + (i % 128) - 0.5) / 256)).toBeLessThan(0.005),
  );
  const draw = normal(1);
  const noise = localMean(plane(512, 512, draw), { x: 0, y: 0, width: 512, height: 512 });
  const rms = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / noise.length);
  expect(rms).toBeGreaterThan(1 / 80);
  expect(rms).toBeLessThan(1 / 40);
});
test('a region with its margin gives what the whole picture gives', () => {
  const draw = normal(2);
  const whole = plane(320, 256, draw);
  const from = { x: 160 - MEAN_MARGIN, y: 128 - MEAN_MARGIN };
  const side = 32 + 2 * MEAN_MARGIN;
  const part = plane(side, side, (x, y) => whole.data[(y + from.y) * 320 + x + from.x]!);
  const wanted = localMean(whole, { x: 160, y: 128, width: 32, height: 32 });
  const inner = { x: MEAN_MARGIN, y: MEAN_MARGIN, width: 32, height: 32 };
  localMean(part, inner).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 2));
});
