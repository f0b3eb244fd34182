/** A training step: Adam and clipping as PyTorch does them, and the same bits on any number of threads and after a break. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  closeStep,
  GaussianDraws,
  initialState,
  mse,
  pass,
  Tape,
  vectors,
  type Layer,
  type TrainingState,
} from '../../../app/learn/engine/index.ts';
import type { GraphTensor } from '../../../app/runtime/sessions.ts';
import { repositoryRoot } from '../../data.ts';
import { open, stateFrom, stepped, tensor } from './training.ts';

interface Adam {
  readonly start: readonly number[];
  readonly target: readonly number[];
  readonly rate: number;
  readonly clip: number;
  readonly after: readonly (readonly number[])[];
}

const { adam } = JSON.parse(
  readFileSync(join(repositoryRoot, 'test/fixtures/learn/gradients.json'), 'utf8'),
) as { adam: Adam };

it('is Adam with a clipped gradient, as PyTorch has it, and a moving mean', async () => {
  const tape = new Tape();
  const shape = [1, adam.start.length];
  const theta = tape.parameter(shape, 0);
  mse(tape, theta, tape.input('target', shape));
  const graph = await open(closeStep(tape, { clip: adam.clip, withGradient: true }));
  let state = stateFrom(adam.start);
  let mean = [...adam.start];
  for (const [at, expected] of adam.after.entries()) {
    ({ state } = await stepped(graph, state, { target: tensor(adam.target, shape) }, adam.rate));
    for (const [i, value] of expected.entries()) expect(state.theta[i]).toBeCloseTo(value, 5);
    const keep = (at + 1) / (at + 11);
    mean = mean.map((value, i) => value * keep + expected[i]! * (1 - keep));
    for (const [i, value] of mean.entries()) expect(state.mean[i]).toBeCloseTo(value, 5);
  }
  await graph.release();
});

/** Every layer that a thread may share out. */
const layers: readonly Layer[] = [
  { kind: 'fold' },
  { kind: 'conv', channels: 16, side: 3, stride: 1 },
  { kind: 'relu' },
  { kind: 'conv', channels: 24, side: 3, stride: 2 },
  { kind: 'relu' },
  { kind: 'flatten' },
  { kind: 'dense', units: 32 },
  { kind: 'dense', units: 24 * 64 },
  { kind: 'picture', channels: 24, height: 8, width: 8 },
  { kind: 'double' },
  { kind: 'conv', channels: 12, side: 3, stride: 1 },
  { kind: 'unfold' },
];
const picture = [8, 3, 32, 32];

function network(): { readonly tape: Tape; readonly state: TrainingState } {
  const tape = new Tape();
  const x = tape.input('x', picture);
  mse(tape, pass(tape, x, layers).output, x);
  return { tape, state: initialState(tape, 7) };
}

function batch(step: number): { readonly x: GraphTensor } {
  const draws = new GaussianDraws(7, step, 1);
  return {
    x: tensor(
      Array.from({ length: 8 * 3 * 32 * 32 }, () => draws.next()),
      picture,
    ),
  };
}

async function trained(
  from: TrainingState,
  steps: number,
  threads: number,
): Promise<TrainingState> {
  const graph = await open(closeStep(network().tape, { withGradient: true }), threads);
  let state = from;
  for (let at = 0; at < steps; at++)
    ({ state } = await stepped(graph, state, batch(state.step + 1)));
  await graph.release();
  return state;
}

/** How many values of two states are not the same bits. */
const differing = (one: TrainingState, other: TrainingState): number =>
  vectors
    .map((name) => one[name].filter((value, at) => !Object.is(value, other[name][at])).length)
    .reduce((sum, count) => sum + count);

it('goes on bit for bit in a new session, and on another number of threads', async () => {
  const { state } = network();
  const through = await trained(state, 12, 1);
  const broken = await trained(await trained(state, 5, 1), 7, 1);
  const threaded = await trained(state, 12, 2);
  const more = await trained(state, 12, 3);
  expect(through.theta.every(Number.isFinite)).toBe(true);
  expect(differing(through, state)).toBeGreaterThan(0);
  expect(differing(broken, through)).toBe(0);
  expect(differing(threaded, through)).toBe(0);
  expect(differing(more, through)).toBe(0);
});

it('draws what a key says, evenly and normally', () => {
  const of = (...keys: number[]): number[] => {
    const draws = new GaussianDraws(...keys);
    return Array.from({ length: 20_000 }, () => draws.next());
  };
  const values = of(1, 2, 3);
  expect(of(1, 2, 3)).toEqual(values);
  const others = [of(1, 2, 4), of(1, 3, 2), of(2, 1, 3)];
  const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
  expect(Math.abs(mean(values))).toBeLessThan(0.03);
  expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(0.05);
  expect(Math.abs(mean(values.map((value) => value ** 4)) - 3)).toBeLessThan(0.3);
  // Neighbours in a stream, and neighbouring streams, have nothing to do with each other.
  expect(Math.abs(mean(values.slice(1).map((value, at) => value * values[at]!)))).toBeLessThan(
    0.03,
  );
  for (const other of others)
    expect(Math.abs(mean(values.map((value, at) => value * other[at]!)))).toBeLessThan(0.03);
});
