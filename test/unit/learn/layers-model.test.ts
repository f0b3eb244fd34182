/** Learnt networks as layers models: loaded by TensorFlow.js they give what the ONNX file gives, and come back through the translation. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialState, pass, Tape } from '../../../app/learn/engine/index.ts';
import { kinds } from '../../../app/learn/kinds.ts';
import { layersModelOf } from '../../../app/learn/layers-model.ts';
import { fileOf, shownShape, type Plan } from '../../../app/learn/network.ts';
import { settingsOf, type Given } from '../../../app/learn/settings.ts';
import { compare } from '../../../app/runtime/tfjs/compare.ts';
import { translate } from '../../../app/runtime/tfjs/translate.ts';
import { normal } from '../../random.ts';

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'hourglass-layers-'));
});
afterAll(() => rmSync(place, { recursive: true }));

/** All of them other than zero, biases too. */
function weightsOf(plan: Plan): Float32Array {
  const tape = new Tape();
  pass(
    tape,
    tape.input('x', shownShape(plan)),
    kinds[plan.settings.kind].layers(plan.settings, plan.tones),
  );
  const next = normal(5);
  return initialState(tape, 1).theta.map((value) => 0.5 * value + 0.01 * next());
}

const small = { channels: 6, depth: 2, patch: 16, batch: 2 };
const plans: Readonly<Record<string, Given & Partial<Omit<Plan, 'settings'>>>> = {
  'denoising, in colour with a noise map': { kind: 'denoising', tones: 3, ...small },
  'denoising, gray and deeper': { kind: 'denoising', ...small, depth: 3 },
  'without clean images': { kind: 'noise2void', ...small },
  'without clean images, on the four halves': { kind: 'noise2void', half: true, ...small },
  'without clean images, on the halves in colour': {
    kind: 'noise2void',
    half: true,
    tones: 3,
    ...small,
  },
  convolutional: { kind: 'convolutional', tones: 3, ...small, width: 4 },
  linear: { kind: 'linear', patch: 12, width: 5 },
  basic: { kind: 'basic', tones: 3, patch: 12, width: 5, depth: 2 },
  'sparse, as probabilities': { kind: 'sparse', patch: 12, width: 9, depth: 1, loss: 'bce' },
  variational: { kind: 'variational', patch: 12, width: 4, depth: 1 },
};

it('a siamese network, for which TensorFlow.js has no layer, is refused in words', () => {
  const plan: Plan = { settings: settingsOf({ kind: 'siamese' }), tones: 1, half: false };
  expect(() => layersModelOf(plan, weightsOf(plan))).toThrow(
    expect.objectContaining({
      code: 'invalid-parameter',
      hint: expect.stringContaining('model.onnx') as string,
    }) as Error,
  );
});

describe('a learnt network as a layers model gives what its ONNX file gives', () => {
  it.each(Object.keys(plans))('%s', { timeout: 60_000 }, async (name) => {
    const { tones = 1, half = false, ...given } = plans[name]!;
    const plan: Plan = { settings: settingsOf(given as Given), tones, half };
    const weights = weightsOf(plan);
    const { model, weights: bytes } = layersModelOf(plan, weights);
    // What TensorFlow.js makes of it, beside the network and beside its own way back.
    const translated = await translate(JSON.stringify(model), () => Promise.resolve(bytes));
    for (const [file, onnx] of [
      ['learnt', fileOf(plan, weights)],
      ['back', translated.bytes],
    ] as const) {
      const path = join(place, `${file}.onnx`);
      writeFileSync(path, onnx);
      const words = await compare(path, translated);
      expect(Number(/most ([\d.e+-]+)\.$/.exec(words)?.[1])).toBeLessThanOrEqual(1e-4);
    }
  });
});
