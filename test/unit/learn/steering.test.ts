/** A training that is steered while it runs, and what it shows of held-back images meanwhile. */
import { describe, expect, it, vi } from 'vitest';
import type { Given } from '../../../app/learn/settings.ts';
import { settingsOf } from '../../../app/learn/settings.ts';
import type { Pictures } from '../../../app/learn/pictures.ts';
import { createSteerings } from '../../../app/learn/steering.ts';
import { train, type TrainRequest } from '../../../app/learn/trainer.ts';
import type { Inference } from '../../../app/runtime/index.ts';
import { openGraph as openSession } from '../../../app/runtime/sessions.ts';
import { learnt } from './drawn.ts';

const openGraph: Inference['openGraph'] = async (model, { threads }) => {
  const graph = await openSession(model, { device: 'cpu', threads });
  return {
    async run(inputs, into) {
      await graph.run(inputs, into);
      return { inputs, into };
    },
    close: () => graph.release(),
  };
};

const images = { learnt: learnt(4, 96), heldBack: learnt(2, 96, undefined, 101) };
const small = { channels: 4, depth: 1, patch: 32, batch: 2 } as const;

const trained = (given: Given, more: Partial<TrainRequest> = {}) =>
  train({
    plan: { settings: settingsOf(given), tones: 1, half: false },
    ...{ images, openGraph, threads: 1, minutes: undefined, steps: undefined, from: null },
    ...{ stopEarly: false, signal: new AbortController().signal },
    ...{ stepped: () => {}, point: () => {}, save: () => Promise.resolve() },
    ...more,
  });

describe('a training', () => {
  it('that is held saves its state and stands still, goes on, and ends with what it has', async () => {
    const steerings = createSteerings();
    const steps: number[] = [];
    let saves = 0;
    const outcome = steerings.during('/trainings/one', (steering) =>
      trained(
        { kind: 'denoising', ...small },
        {
          ...{ steering, steps: 100_000, saveEvery: Infinity },
          stepped: (step) => steps.push(step),
          save: () => Promise.resolve(void saves++),
        },
      ),
    );
    await vi.waitFor(() => expect(steps.length).toBeGreaterThan(3), { timeout: 20_000 });
    expect(steerings.steer('/trainings/other', 'hold')).toBe(false);
    expect(steerings.steer('/trainings/one', 'hold')).toBe(true);
    await vi.waitFor(() => expect(saves).toBe(1));
    const held = steps.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(steps.length).toBe(held);
    steerings.steer('/trainings/one', 'goOn');
    await vi.waitFor(() => expect(steps.length).toBeGreaterThan(held), { timeout: 20_000 });
    steerings.steer('/trainings/one', 'finish');
    const { ended, head } = await outcome;
    expect(ended).toBe('stopped');
    expect(head.best.heldBack).not.toBeNull();
    expect(steerings.steer('/trainings/one', 'goOn')).toBe(false);
  }, 60_000);

  it('that is held can be cancelled', async () => {
    const steerings = createSteerings();
    const cancel = new AbortController();
    const outcome = steerings.during('/trainings/one', (steering) =>
      trained({ kind: 'denoising', ...small }, { steering, signal: cancel.signal }),
    );
    steerings.steer('/trainings/one', 'hold');
    setTimeout(() => cancel.abort(), 50);
    await expect(outcome).rejects.toMatchObject({ code: 'cancelled' });
  }, 60_000);
});

describe('what is shown of held-back images', () => {
  const shown = async (given: Given): Promise<Pictures> => {
    const seen: Pictures[] = [];
    await trained(given, { steps: 25, pictures: (_, pictures) => seen.push(pictures) });
    return seen[0]!;
  };
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64');

  it('is one square of each, noisy where noise is added', async () => {
    const { side, tones, pictures } = await shown({ kind: 'denoising', ...small });
    expect([side, tones, pictures.length]).toEqual([32, 1, 2]);
    const [first] = pictures;
    const sizes = [first!.shown, first!.given, first!.clean].map((text) => bytes(text).length);
    expect(sizes).toEqual([1024, 1024, 1024]);
    const [noisy, clean] = [bytes(first!.shown), bytes(first!.clean)];
    const power = noisy.reduce((sum, level, at) => sum + (level - clean[at]!) ** 2, 0) / 1024;
    // 25 levels, less what black and white cut off.
    expect(Math.sqrt(power)).toBeGreaterThan(18);
    expect(Math.sqrt(power)).toBeLessThan(27);
  }, 60_000);

  it('is put together of many squares where a code describes little ones', async () => {
    const { side, pictures } = await shown({ kind: 'linear', width: 8 });
    expect(side).toBe(64);
    const [first] = pictures;
    expect(first!.shown).toBe(first!.clean);
    // As it lies in the image: the middle of its first piece.
    const { data } = images.heldBack[0]!.pieces[0]!;
    const clean = bytes(first!.clean);
    for (const [x, y] of [
      [0, 0],
      [13, 5],
      [63, 40],
    ] as const)
      expect(clean[y * 64 + x]).toBe(
        Math.max(0, Math.min(255, Math.round(255 * data[(16 + y) * 96 + 16 + x]!))),
      );
  }, 60_000);

  it('of hidden pixels hides none', async () => {
    const { pictures } = await shown({ kind: 'noise2void', ...small });
    expect(pictures[0]!.shown).toBe(pictures[0]!.clean);
  }, 60_000);
});
