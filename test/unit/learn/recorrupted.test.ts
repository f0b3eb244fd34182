/** Noise that is blurred: its level and form found again in images that have it, and two images of one whose noise is independent. */
import { expect, it } from 'vitest';
import { batchOf, shownOf } from '../../../app/learn/batches.ts';
import { along, gaussian } from '../../../app/learn/blur.ts';
import { GaussianDraws } from '../../../app/learn/engine/index.ts';
import type { LearntImage } from '../../../app/learn/images.ts';
import { blindWay } from '../../../app/learn/learn.ts';
import { fileOf, lookOf, stepOf, type Plan } from '../../../app/learn/network.ts';
import { noiseOf } from '../../../app/learn/noise.ts';
import { Gallery } from '../../../app/learn/pictures.ts';
import { addNoise, blurredNoise, SHARE, varianceOf } from '../../../app/learn/recorrupted.ts';
import { settingsOf } from '../../../app/learn/settings.ts';
import { qualityOf } from '../../../app/learn/quality.ts';
import { train } from '../../../app/learn/trainer.ts';
import { normal } from '../../random.ts';
import { drawn } from './drawn.ts';
import { openGraph } from './open-graph.ts';

const SIDE = 192;
const SIGMA = 0.1;

/** Of deviation 1, blurred along rows and columns by Gaussians of their own. */
function noise(seed: number, across: number, down: number, side = SIDE): Float64Array {
  const next = normal(seed);
  const white = Float64Array.from({ length: side * side }, () => next());
  const rows = along(white, side, side, gaussian(across), 1, side);
  const soft = along(rows, side, side, gaussian(down), side, 1);
  const deviation = Math.sqrt(soft.reduce((sum, value) => sum + value ** 2, 0) / soft.length);
  return soft.map((value) => value / deviation);
}

interface Noisy {
  readonly across?: number;
  readonly down?: number;
  readonly first?: number;
  /** Deviation of the noise of an image. */
  readonly level?: (seed: number) => number;
}

const noisy = (
  count: number,
  { across = 0.8, down = 0.8, first = 1, level = () => SIGMA }: Noisy = {},
): LearntImage[] =>
  Array.from({ length: count }, (_, at) => {
    const seed = first + at;
    const own = noise(seed, across, down);
    const data = drawn(seed, SIDE).map((value, i) => value + level(seed) * own[i]!);
    return { sha256: String(seed), pieces: [{ side: SIDE, data }] };
  });

/** Correlation of a noise with itself, so many pixels away. */
function correlation(of: Float32Array | Float64Array, side: number, x: number, y: number): number {
  let [power, shared, count] = [0, 0, 0];
  for (let row = 0; row < side - y; row++)
    for (let column = 0; column < side - x; column++) {
      const value = of[row * side + column]!;
      power += value * value;
      shared += value * of[(row + y) * side + column + x]!;
      count++;
    }
  expect(count).toBeGreaterThan(0);
  return shared / power;
}

it('its level and its form are found, longer one way than the other', () => {
  const shape = { across: 1.4, down: 0.6 };
  const found = blurredNoise(noisy(16, shape))!;
  expect(Math.abs(Math.sqrt(varianceOf(found)) / SIGMA - 1)).toBeLessThan(0.08);
  const more = new Float32Array(SIDE * SIDE);
  addNoise(new GaussianDraws(1, 2, 3), found.kernel, 1, SIDE, more, 0);
  const real = noise(77, shape.across, shape.down);
  for (const [x, y] of [
    [1, 0],
    [2, 0],
    [0, 1],
    [1, 1],
  ] as const)
    expect(Math.abs(correlation(more, SIDE, x, y) - correlation(real, SIDE, x, y))).toBeLessThan(
      0.1,
    );
});

it('each image has the level of its own noise', () => {
  const level = (seed: number): number => (seed % 2 ? SIGMA : SIGMA / 2);
  const found = blurredNoise(noisy(10, { level }))!;
  const { levels } = found;
  const whole = Math.sqrt(varianceOf(found));
  for (const [sha256, share] of levels)
    expect(Math.abs((share * whole) / level(Number(sha256)) - 1)).toBeLessThan(0.15);
});

it('is not found where images are smaller than the places it is measured in, or cut off', () => {
  const small = noisy(20).map(({ sha256, pieces }) => ({
    ...{ sha256, pieces: [{ side: 48, data: pieces[0]!.data.slice(0, 48 * 48) }] },
  }));
  expect(blurredNoise(small)).toBeNull();
  const black = noisy(20).map(({ sha256 }) => ({
    ...{ sha256, pieces: [{ side: SIDE, data: new Float32Array(SIDE * SIDE) }] },
  }));
  expect(blurredNoise(black)).toBeNull();
});

it('which way is taken follows from the noise, and what can not be done is named', () => {
  const settings = settingsOf({ kind: 'noise2void' });
  const of = (learnt: LearntImage[], more: Partial<Parameters<typeof blindWay>[2]> = {}) => {
    const images = { learnt, heldBack: [], tones: 1, ...more } as const;
    return blindWay(settings, noiseOf(learnt, images.tones), images);
  };
  expect(of(noisy(8))).toMatchObject({ half: false, recorrupted: true });
  expect(of(noisy(8, { across: 0.1, down: 0.1 }))).toEqual({ half: false });
  const colours = noisy(8).map(({ sha256, pieces: [piece] }) => ({
    sha256,
    pieces: [{ side: SIDE, data: Float32Array.from([0, 1, 2].flatMap(() => [...piece!.data])) }],
  }));
  expect(of(colours, { tones: 3 })).toEqual({ half: true });
  expect(() =>
    blindWay(settingsOf({ kind: 'noise2void', blind: 'recorrupted' }), noiseOf(colours, 3), {
      ...{ learnt: colours, heldBack: [], tones: 3 },
    }),
  ).toThrow(/pixel or half, because the images have colours/);
});

it('the noises of the two images made of one are independent', () => {
  const images = noisy(10).map((image) => ({
    // Noise alone, so that it is known.
    ...{
      sha256: image.sha256,
      pieces: [
        {
          side: SIDE,
          data: Float32Array.from(noise(Number(image.sha256), 0.8, 0.8), (value) => SIGMA * value),
        },
      ],
    },
  }));
  const settings = settingsOf({ kind: 'noise2void' });
  const plan: Plan = {
    ...{ settings, tones: 1, half: false, recorrupted: true },
    noise: blurredNoise(images)!,
  };
  let [shared, one, other, apart] = [0, 0, 0, 0];
  for (let step = 1; step <= 8; step++) {
    const { x, clean, target } = batchOf(plan, images, step);
    for (let i = 0; i < x.length; i++) {
      shared += x[i]! * clean[i]!;
      one += x[i]! ** 2;
      other += clean[i]! ** 2;
      apart = Math.max(apart, Math.abs(x[i]! + target[i]! - clean[i]!));
    }
  }
  expect(apart).toBeLessThan(5e-5);
  expect(Math.abs(shared / Math.sqrt(one * other))).toBeLessThan(0.04);
  expect(Math.abs(one / (8 * 16 * 64 * 64 * SIGMA ** 2) - (1 + SHARE ** 2))).toBeLessThan(0.1);
});

it('who looks sees the images as they are, and no more noise', async () => {
  const images = noisy(8);
  const settings = settingsOf({ kind: 'noise2void', channels: 4, depth: 1, patch: 32, batch: 2 });
  const plan: Plan = {
    ...{ settings, tones: 1 },
    ...blindWay(settings, noiseOf(images, 1), { learnt: images, heldBack: [], tones: 1 }),
  };
  expect(plan.recorrupted).toBe(true);
  const gallery = new Gallery(plan, images.slice(0, 2), (clean, at) => shownOf(plan, clean, at));
  const { bytes, outputs } = lookOf(plan);
  const graph = await openGraph(bytes, { threads: 1 });
  const { pictures, side } = await gallery.look(graph, outputs, stepOf(plan).first.theta);
  await graph.close();
  const { data } = images[0]!.pieces[0]!;
  const from = Math.floor((SIDE - side) / 2);
  const seen = Buffer.from(pictures[0]!.clean, 'base64');
  expect(pictures[0]!.shown).toBe(pictures[0]!.clean);
  for (const [x, y] of [
    [0, 0],
    [5, 9],
    [side - 1, side - 1],
  ] as const)
    expect(Math.abs(seen[y * side + x]! - 255 * data[(from + y) * SIDE + from + x]!)).toBeLessThan(
      1,
    );
});

it('learnt from images whose noise is blurred alone: the truth is found', async () => {
  const images = { learnt: noisy(10), heldBack: noisy(2, { first: 101 }) };
  const settings = settingsOf({ kind: 'noise2void', channels: 8, depth: 1, patch: 32, batch: 8 });
  const found = noiseOf(images.learnt, 1);
  const plan: Plan = {
    ...{ settings, tones: 1 },
    ...blindWay(settings, found, { ...images, tones: 1 }),
  };
  expect(plan.recorrupted).toBe(true);
  const outcome = await train({
    ...{ plan, images, openGraph, threads: 1, minutes: undefined, steps: 250, from: null },
    ...{ stopEarly: false, signal: new AbortController().signal },
    ...{ stepped: () => {}, point: () => {}, save: () => Promise.resolve() },
  });
  const [quality] = qualityOf(plan, outcome, { components: null, noise: found });
  expect(quality!.unit).toBe('%');
  expect(quality!.network).toBeGreaterThan(60);
  expect(quality!.network).toBeLessThan(105);
  const file = await openGraph(fileOf(plan, outcome.weights), { threads: 1 });
  const shape = [1, 1, SIDE, SIDE];
  const data = images.heldBack[0]!.pieces[0]!.data.slice();
  const clean = drawn(101, SIDE);
  const error = (of: Float32Array): number =>
    of.reduce((sum, value, i) => sum + (value - clean[i]!) ** 2, 0) / clean.length;
  const before = error(data);
  const { into } = await file.run(
    { input: { data, shape } },
    { output: { data: new Float32Array(SIDE * SIDE), shape } },
  );
  await file.close();
  // 4 dB and more
  expect(before / error(into.output!.data)).toBeGreaterThan(10 ** 0.4);
}, 120_000);
