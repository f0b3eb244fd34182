/** A network's halves as a codec's: there and back, and what each latent is. */
import { expect, it } from 'vitest';
import { cancelledError, HourglassError } from '../../../app/contract/index.ts';
import {
  analysisOf,
  hasHalves,
  keptOf,
  latentsOf,
  MEANS,
  synthesisOf,
} from '../../../app/learn/latents/halves.ts';
import { codecOrReason } from '../../../app/learn/latents/make.ts';
import { turnOf } from '../../../app/learn/latents/turn.ts';
import { stepOf, type Plan } from '../../../app/learn/network.ts';
import { settingsOf } from '../../../app/learn/settings.ts';
import { uniform } from '../../random.ts';
import { openGraph } from './open-graph.ts';

const signal = new AbortController().signal;
const SIDE = 64;

const planOf = (tones: 1 | 3, given: object): Plan => ({
  ...{ tones, half: false },
  settings: settingsOf({
    kind: 'convolutional',
    channels: 4,
    width: 2,
    patch: 16,
    ...given,
  } as never),
});

/** Waves of a size of their own each, planar. */
function squares(tones: number, count: number): Float32Array {
  const random = uniform(5);
  const data = new Float32Array(count * tones * SIDE * SIDE);
  for (let square = 0, at = 0; square < count; square++) {
    const [a, b, c] = [4 + 20 * random(), 4 + 20 * random(), 6 * random()];
    for (let tone = 0; tone < tones; tone++)
      for (let y = 0; y < SIDE; y++)
        for (let x = 0; x < SIDE; x++, at++)
          data[at] =
            0.5 + 0.2 * Math.sin(x / a + c + tone) + 0.15 * Math.cos(y / b) + 0.05 * random();
  }
  return data;
}

it.each([
  ['gray', 1, {}],
  ['colour', 3, {}],
  ['colour, as probabilities, of one halving', 3, { depth: 1, loss: 'bce' }],
  ['gray, of three halvings', 1, { depth: 3 }],
] as const)('gives a picture back from fine latents: %s', async (_, tones, given) => {
  const plan = planOf(tones, given);
  const { theta } = stepOf(plan).first;
  const data = squares(tones, 12);
  const open = (bytes: Uint8Array) => openGraph(bytes, { threads: 1 });
  const turn = await turnOf(plan, theta, { data, count: 12, side: SIDE }, open, signal);
  const [analysis, synthesis] = [
    await open(analysisOf(plan, theta, turn)),
    await open(synthesisOf(plan, theta, turn)),
  ];
  const plane = SIDE * SIDE;
  const x = new Float32Array(3 * plane);
  for (let colour = 0; colour < 3; colour++)
    x.set(data.subarray(Math.min(colour, tones - 1) * plane).subarray(0, plane), colour * plane);
  const channels = latentsOf(plan, turn);
  const cells = SIDE / 8;
  const y = new Float32Array(channels * cells * cells);
  await analysis.run(
    { input: { data: x.slice(), shape: [1, 3, SIDE, SIDE] } },
    { output: { data: y, shape: [1, channels, cells, cells] } },
  );
  // The first latent: brightness of 8 × 8 in an orthonormal basis, mid-gray being 0.
  let sum = 0;
  for (let colour = 0; colour < 3; colour++)
    for (let at = 0; at < 64; at++)
      sum += x[colour * plane + Math.floor(at / 8) * SIDE + (at % 8)]! * 255 - 127.5;
  expect(y[0]).toBeCloseTo(sum / 8 / Math.sqrt(3), 1);
  const input = new Float32Array((channels + 1) * cells * cells);
  input.set(y);
  const back = new Float32Array(3 * plane);
  await synthesis.run(
    { input: { data: input.slice(), shape: [1, channels + 1, cells, cells] } },
    { output: { data: back, shape: [1, 3, SIDE, SIDE] } },
  );
  const worst = back.reduce((most, value, at) => Math.max(most, Math.abs(value - x[at]!)), 0);
  expect(worst * 255).toBeLessThan(0.05);
  // Without what the network can not give back it is another picture, with the same means.
  input.fill(0, (MEANS + keptOf(turn)) * cells * cells, channels * cells * cells);
  await synthesis.run(
    { input: { data: input, shape: [1, channels + 1, cells, cells] } },
    { output: { data: back, shape: [1, 3, SIDE, SIDE] } },
  );
  const rough = back.reduce((most, value, at) => Math.max(most, Math.abs(value - x[at]!)), 0);
  expect(rough * 255).toBeGreaterThan(1);
  await analysis.close();
  await synthesis.close();
});

it('has none where a number of the code stands for more than a latent', () => {
  expect(hasHalves(planOf(1, { depth: 3, patch: 16 }))).toBe(true);
  expect(hasHalves(planOf(1, { depth: 4, patch: 32 }))).toBe(false);
});

it('loses no training with a codec that can not be made, but for one who cancels', async () => {
  const fails = (error: Error) => codecOrReason(() => Promise.reject(error));
  const made = await fails(new HourglassError('out-of-memory', 'There is not enough memory.'));
  expect(made).toMatchObject({ folder: null, quality: [] });
  expect(made.notices[0]!.text).toMatch(/No codec .* There is not enough memory\./);
  await expect(fails(cancelledError())).rejects.toMatchObject({ code: 'cancelled' });
});
