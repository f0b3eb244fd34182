/** A training on another device than the CPU: its first step is compared, and what differs, or is not there, is not trained on. */
import { describe, expect, it } from 'vitest';
import type { DeviceId } from '../../../app/contract/index.ts';
import { settingsOf } from '../../../app/learn/settings.ts';
import { differenceOn, train } from '../../../app/learn/trainer.ts';
import type { Plan } from '../../../app/learn/network.ts';
import type { Checkpoint } from '../../../app/learn/checkpoint.ts';
import type { Inference } from '../../../app/runtime/index.ts';
import { learnt } from './drawn.ts';
import { openGraph } from './open-graph.ts';

const images = { learnt: learnt(4, 32), heldBack: learnt(1, 32, undefined, 101) };
const plans = (
  [
    { kind: 'denoising', channels: 4, depth: 1, patch: 16, batch: 2 },
    { kind: 'variational', width: 3, batch: 4 },
    { kind: 'siamese', channels: 4, depth: 1, patch: 16, batch: 2 },
  ] as const
).map((given): Plan => ({ settings: settingsOf(given), tones: 1, half: false }));

/** A device that is the CPU, with all that it gives changed. */
const wrongBy = (by: number): Inference['openGraph'] => {
  return async (model, options) => {
    const graph = await openGraph(model, { threads: options.threads });
    if (options.device === 'cpu') return graph;
    return {
      ...graph,
      run: async (inputs, into) => {
        const answer = await graph.run(inputs, into);
        for (const { data } of Object.values(answer.into))
          for (let at = 0; at < data.length; at += 1) data[at]! *= 1 + by;
        return answer;
      },
    };
  };
};

describe('a device', () => {
  it.each(plans)(
    'that computes $settings.kind as the CPU does differs by nothing; another is seen',
    async (plan) => {
      const asked = { plan, images, threads: 1 };
      expect(await differenceOn('webgpu', { ...asked, openGraph: wrongBy(0) })).toBe(0);
      expect(await differenceOn('webgpu', { ...asked, openGraph: wrongBy(1e-3) })).toBeCloseTo(
        1e-3,
        5,
      );
      expect(await differenceOn('webgpu', { ...asked, openGraph: wrongBy(NaN) })).toBeNaN();
    },
  );

  it('is where steps and looks run, and is written into the state', async () => {
    const used: (DeviceId | undefined)[] = [];
    const saved: Checkpoint[] = [];
    await train({
      ...{ plan: plans[0]!, images, threads: 1, steps: 2, minutes: undefined, from: null },
      ...{ stopEarly: false, signal: new AbortController().signal, device: 'webgpu' },
      openGraph: (model, options) => {
        used.push(options.device);
        return openGraph(model, { threads: options.threads });
      },
      stepped: () => undefined,
      point: () => undefined,
      save: (checkpoint) => Promise.resolve(void saved.push(checkpoint)),
    });
    expect(used).toEqual(['webgpu', 'webgpu']);
    expect(saved.at(-1)!.head.device).toBe('webgpu');
  });
});
