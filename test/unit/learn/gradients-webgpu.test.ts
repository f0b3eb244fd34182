/**
 * The gradient of every layer and every loss on a GPU, the software one of Debian's chromium where there is one: against PyTorch's, as on the
 * CPU. Its driver must be named before ONNX Runtime starts, so this file has a process of its own.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../data.ts';
import { hasSwiftShader, noSwiftShader, swiftShader } from '../runtime/support.ts';
import type { Case } from './training.ts';

if (!hasSwiftShader)
  process.stderr.write(`Gradients on WebGPU are not tested: ${noSwiftShader}.\n`);

const { cases, temperature } = JSON.parse(
  readFileSync(join(repositoryRoot, 'test/fixtures/learn/gradients.json'), 'utf8'),
) as { readonly temperature: number; readonly cases: readonly Case[] };

describe.skipIf(!hasSwiftShader)('gradients on WebGPU', () => {
  beforeAll(() => {
    process.env.VK_DRIVER_FILES = swiftShader;
  });

  it.each(cases)('of $name are those of PyTorch within 1e-4', async (one) => {
    const { inputsOf, open, relativeError, stateFrom, stepOf, stepped } =
      await import('./training.ts');
    const graph = await open(stepOf(one, temperature), 1, 'webgpu');
    const { loss, gradient } = await stepped(graph, stateFrom(one.theta), inputsOf(one));
    await graph.release();
    expect(Math.abs(loss / one.loss - 1)).toBeLessThan(1e-4);
    expect(relativeError(gradient, one.gradient)).toBeLessThan(1e-4);
  });

  it('the first step of a training agrees with the CPU’s', async () => {
    const [{ differenceOn }, { settingsOf }, { openGraph }, { learnt }] = await Promise.all([
      import('../../../app/learn/trainer.ts'),
      import('../../../app/learn/settings.ts'),
      import('./open-graph.ts'),
      import('./drawn.ts'),
    ]);
    // From 6 channels to 8, which ONNX Runtime has wrong there (`forConv`).
    const given = { kind: 'convolutional', width: 6, channels: 4, depth: 1, patch: 16, batch: 2 };
    const plan = { settings: settingsOf(given as never), tones: 1, half: false } as const;
    const images = { learnt: learnt(3, 32), heldBack: learnt(1, 32, undefined, 101) };
    const difference = await differenceOn('webgpu', { plan, images, openGraph, threads: 1 });
    expect(difference).toBeLessThan(1e-4);
    expect(difference).toBeGreaterThan(0);
  });
});
