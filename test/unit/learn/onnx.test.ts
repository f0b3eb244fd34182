/** The bytes of a model: those that the package `onnx` writes of the same graph, which its checker has passed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { encodeModel, type OnnxModel } from '../../../app/learn/engine/index.ts';
import { openGraph } from '../../../app/runtime/sessions.ts';
import { repositoryRoot } from '../../data.ts';
import { tensor } from './training.ts';

const node = (
  type: string,
  inputs: readonly string[],
  output: string,
  attributes: OnnxModel['nodes'][number]['attributes'] = {},
) => ({ type, inputs, outputs: [output], attributes });

/** As `graph()` in models/recipes/learn_gradients.py. */
const model: OnnxModel = {
  nodes: [
    node('SpaceToDepth', ['x'], 'a', { blocksize: 2 }),
    node('DepthToSpace', ['a'], 'b', { blocksize: 2, mode: 'DCR' }),
    node('Transpose', ['b'], 'c', { perm: [0, 1, 3, 2] }),
    node('LeakyRelu', ['c'], 'd', { alpha: { float: 0.1 } }),
    node('Reshape', ['d', 'shape'], 'e'),
    node('Mul', ['e', 'half'], 'y'),
  ],
  constants: [
    { name: 'shape', shape: [2], data: [-1, 24] },
    { name: 'half', shape: [], data: Float32Array.of(0.5) },
  ],
  inputs: [{ name: 'x', shape: ['batch', 1, 4, 6] }],
  outputs: [{ name: 'y', shape: ['batch', 24] }],
};

it('writes what the official package writes', () => {
  const official = readFileSync(join(repositoryRoot, 'test/fixtures/learn/graph.onnx'));
  expect(Buffer.from(encodeModel(model)).toString('hex')).toBe(official.toString('hex'));
});

it('is run by ONNX Runtime, with a batch that the graph leaves open', async () => {
  const graph = await openGraph(encodeModel(model), { device: 'cpu', threads: 1 });
  const values = Array.from({ length: 24 }, (_, at) => at - 12);
  const out = tensor(new Float32Array(24), [1, 24]);
  await graph.run({ x: tensor(values, [1, 1, 4, 6]) }, { y: out });
  await graph.release();
  // Rows become columns; below zero a tenth, then half of it.
  const at = (row: number, column: number): number => values[row * 6 + column]!;
  const expected = Array.from({ length: 24 }, (_, i) => at(i % 4, Math.floor(i / 4)));
  for (const [i, value] of expected.entries())
    expect(out.data[i]).toBeCloseTo((value < 0 ? 0.1 : 1) * value * 0.5, 6);
});
