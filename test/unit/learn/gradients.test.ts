/**
 * The gradient of every layer and every loss: against PyTorch's in double precision, as models/recipes/learn_gradients.py
 * recorded them, and against finite differences of the loss.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layerSchema } from '../../../app/learn/engine/index.ts';
import { repositoryRoot } from '../../data.ts';
import {
  inputsOf,
  open,
  relativeError,
  stateFrom,
  stepOf,
  stepped,
  type Case,
} from './training.ts';

interface Recorded {
  readonly temperature: number;
  readonly cases: readonly Case[];
}

const recorded = JSON.parse(
  readFileSync(join(repositoryRoot, 'test/fixtures/learn/gradients.json'), 'utf8'),
) as Recorded;
const { cases, temperature } = recorded;

describe('gradients', () => {
  it('are recorded for every layer and every loss', () => {
    const kinds = new Set(cases.flatMap(({ layers }) => layers.map(({ kind }) => kind)));
    expect([...kinds].sort()).toEqual(
      layerSchema.options.map(({ shape }) => shape.kind.value).sort(),
    );
    const losses = new Set(cases.flatMap((one) => Object.keys(one.losses)));
    expect([...losses].sort()).toEqual(
      ['bce', 'kl', 'l1', 'masked', 'mse', 'ntXent', 'sparsity'].sort(),
    );
  });

  it.each(cases)('of $name are those of PyTorch within 1e-5', async (one) => {
    const graph = await open(stepOf(one, temperature));
    const { loss, gradient } = await stepped(graph, stateFrom(one.theta), inputsOf(one));
    await graph.release();
    expect(Math.abs(loss / one.loss - 1)).toBeLessThan(1e-5);
    expect(gradient).toHaveLength(one.gradient.length);
    expect(relativeError(gradient, one.gradient)).toBeLessThan(1e-5);
  });

  it.each(cases.filter(({ name }) => name.startsWith('convolution')))(
    'of $name are the same by the textbook’s weight gradient',
    async (one) => {
      const graph = await open(stepOf(one, temperature, 'textbook'));
      const { gradient } = await stepped(graph, stateFrom(one.theta), inputsOf(one));
      await graph.release();
      expect(relativeError(gradient, one.gradient)).toBeLessThan(1e-5);
    },
  );

  // Along one random direction; a difference in single precision is good to three digits where the loss is smooth.
  it.each(cases)('of $name are the slope of the loss', async (one) => {
    const graph = await open(stepOf(one, temperature));
    const lossAt = async (theta: ArrayLike<number>): Promise<number> =>
      (await stepped(graph, stateFrom(theta), inputsOf(one))).loss;
    const { gradient } = await stepped(graph, stateFrom(one.theta), inputsOf(one));
    let norm = 0;
    for (const value of gradient) norm += value * value;
    norm = Math.sqrt(norm);
    // Along the gradient itself, where the slope is its length.
    const away = 2e-3;
    const moved = (by: number): number[] =>
      one.theta.map((value, at) => value + (by * gradient[at]!) / norm);
    const slope = ((await lossAt(moved(away))) - (await lossAt(moved(-away)))) / (2 * away);
    await graph.release();
    expect(Math.abs(slope / norm - 1)).toBeLessThan(2e-3);
  });
});
