/** The exact size before saving: asked for once, then it follows what would be written. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import './test-runes.ts';
import { HourglassError, type HostBridge } from '../../app/contract/index.ts';
import type { FileEntry } from './entry.svelte.ts';
import { ExactSize } from './exact-size.svelte.ts';
import type { ExportPlan } from './export-plan.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const entry = (id: string): FileEntry =>
  ({ id, source: `@${id}`, admitted: Promise.resolve(`@${id}`) }) as unknown as FileEntry;
const plan = (quality: number, out = 'a'): ExportPlan => ({
  place: { exported: { kind: 'none' } },
  ...{ settings: 's', name: () => 'a.jpg', command: 'denoise', input: { quality, out } },
});

function measuring(answer: (input: { quality: number }) => unknown) {
  const run = vi.fn((_command: string, input: unknown) =>
    Promise.resolve(answer(input as { quality: number })),
  );
  return { size: new ExactSize({ run } as unknown as HostBridge), run };
}

describe('the exact size', () => {
  it('is measured by a trial of the export once somebody asks, and then follows', async () => {
    const { size, run } = measuring(({ quality }) => ({ bytes: quality * 10 }));
    const photo = entry('1');
    size.follow(photo, plan(80));
    await vi.advanceTimersByTimeAsync(2000);
    expect(run).not.toHaveBeenCalled();

    size.wanted = true;
    size.follow(photo, plan(80));
    size.follow(photo, plan(81));
    await vi.advanceTimersByTimeAsync(2000);
    expect(run).toHaveBeenCalledExactlyOnceWith(
      'denoise',
      { quality: 81, out: 'a', source: '@1' },
      expect.objectContaining({ trial: true }),
    );
    expect(size.answer.facts).toEqual({ bytes: 810 });
    expect(size.isOf(photo, plan(81, 'another name'))).toBe(true);
    expect(size.isOf(photo, plan(80))).toBe(false);
    expect(size.isOf(entry('2'), plan(81))).toBe(false);
    size.follow(photo, plan(81, 'another name'));
    await vi.advanceTimersByTimeAsync(2000);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('that can not be is said once, not tried again and again', async () => {
    const { size, run } = measuring(() => {
      throw new HourglassError('size-not-met', 'The smallest has 9 bytes.');
    });
    size.wanted = true;
    for (let turn = 0; turn < 3; turn++) {
      size.follow(entry('1'), plan(80));
      await vi.advanceTimersByTimeAsync(2000);
    }
    expect(run).toHaveBeenCalledTimes(1);
    expect(size.answer.error?.message).toBe('The smallest has 9 bytes.');
  });

  it('that nobody waits for any more is cancelled', async () => {
    let signal: AbortSignal | undefined;
    const bridge = {
      run: (_command: string, _input: unknown, options: { signal: AbortSignal }) => {
        signal = options.signal;
        return new Promise(() => undefined);
      },
    };
    const size = new ExactSize(bridge as unknown as HostBridge);
    size.wanted = true;
    size.follow(entry('1'), plan(80));
    await vi.advanceTimersByTimeAsync(2000);
    expect(size.answer.busy).toBe(true);
    size.cancel();
    expect(signal?.aborted).toBe(true);
    expect(size.answer.busy).toBe(false);
    expect(size.wanted).toBe(false);
  });
});
