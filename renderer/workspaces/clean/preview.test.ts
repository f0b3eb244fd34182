import '../../state/test-runes.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HourglassError } from '../../../app/contract/errors.ts';
import type { Rect } from '../../../app/contract/index.ts';
import type { Amount } from '../../viewer/amount.ts';
import type { OnScreen, ViewerLayer } from '../../viewer/types.ts';
import { coveredArea } from '../../state/layer-work.svelte.ts';
import { Preview, type PreviewInput, type PreviewOutput } from './preview.svelte.ts';
import { defaultSettings, type CleanSettings } from './settings.ts';

const view: Rect = { x: 0, y: 0, width: 100, height: 100 };
const structure = { index: 0, words: 'The residual shows no edges.' };

interface Call {
  readonly input: PreviewInput;
  readonly job: string;
  readonly signal: AbortSignal;
  readonly resolve: (output: PreviewOutput) => void;
  readonly reject: (error: unknown) => void;
}

/** A preview whose engine is played by the test. */
function played(visible: Rect | null = view, onScreen?: () => OnScreen | null) {
  const calls: Call[] = [];
  const preview = new Preview(
    (input, { job, signal }) =>
      new Promise((resolve, reject) => calls.push({ input, job, signal, resolve, reject })),
    { visible: () => visible, ...(onScreen ? { onScreen } : {}) },
  );
  const ask = (settings: CleanSettings, delay = 0, amount?: Amount): void =>
    preview.request(
      {
        ...{ document: 'd', settings, input: () => ({ document: 'd', settings: {} }) },
        ...(amount ? { amount } : {}),
      },
      delay,
    );
  const running = (job: string): void =>
    preview.onJob({
      type: 'job',
      job,
      command: 'preview',
      source: null,
      state: 'running',
      progress: null,
      error: null,
    });
  const tile = (layer: string, rect: Rect, done: number, job = calls.at(-1)!.job): void =>
    preview.onLayer({
      type: 'layer',
      job,
      document: 'd',
      layer,
      rect,
      finishedTiles: done,
      totalTiles: 4,
    });
  return { preview, calls, ask, running, tile };
}

const output = (layer: string): PreviewOutput => ({
  layer,
  sigma: 12,
  model: { id: 'denoise-photo-fast', version: '1.0.0', precision: 'fp32' },
  device: { id: 'cpu', label: 'CPU', fallback: null },
  structure,
  seconds: 1,
  notices: [],
});

const strong: CleanSettings = { ...defaultSettings, strength: 150 };
const left: Rect = { x: 0, y: 0, width: 50, height: 100 };
const right: Rect = { x: 50, y: 0, width: 50, height: 100 };

describe('coveredArea', () => {
  it('counts only what lies in the view', () => {
    expect(coveredArea(view, [left])).toBe(5000);
    expect(coveredArea(view, [{ x: 90, y: 90, width: 50, height: 50 }])).toBe(100);
    expect(coveredArea(view, [{ x: 200, y: 0, width: 10, height: 10 }])).toBe(0);
  });
});

describe('Preview', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('shows the first result tile by tile and calls it final when it is whole', async () => {
    const { preview, calls, ask, running, tile } = played();
    const changed = vi.fn();
    preview.onchange = changed;
    ask(defaultSettings);
    expect(preview.status).toBe('waiting');
    await vi.advanceTimersByTimeAsync(0);
    running(calls[0]!.job);
    tile('a', left, 1);
    expect(preview.shown).toMatchObject({ layer: { id: 'a', complete: false }, done: 1, total: 4 });
    tile('a', right, 2);
    expect(changed).toHaveBeenCalledWith(right, 2);
    calls[0]!.resolve(output('a'));
    await vi.advanceTimersByTimeAsync(0);
    expect(preview.status).toBe('final');
    expect(preview.shown).toMatchObject({ layer: { complete: true }, facts: { sigma: 12 } });
  });

  it('an answer that overtakes the last tile is a new version, also after a cancel', async () => {
    const { preview, calls, ask, running, tile } = played();
    ask(defaultSettings);
    await vi.advanceTimersByTimeAsync(0);
    running(calls[0]!.job);
    for (const done of [1, 2, 3]) tile('a', left, done);
    preview.cancel();
    preview.resume();
    await vi.advanceTimersByTimeAsync(0);
    running(calls[1]!.job);
    for (const done of [1, 2, 3]) tile('a', left, done);
    const { version } = preview.shown!.layer;
    calls[1]!.resolve(output('a'));
    await vi.advanceTimersByTimeAsync(0);
    expect(preview.shown!.layer.version).toBe(version + 1);
    tile('a', right, 4);
    expect(preview.shown!.layer.version).toBe(version + 1);
  });

  it('what was heard of tile by tile is not fetched again when the answer comes', async () => {
    const { preview, calls, ask, running, tile } = played();
    ask(defaultSettings);
    await vi.advanceTimersByTimeAsync(0);
    running(calls[0]!.job);
    for (const done of [1, 2, 3, 4]) tile('a', left, done);
    const { version } = preview.shown!.layer;
    calls[0]!.resolve(output('a'));
    await vi.advanceTimersByTimeAsync(0);
    expect(preview.shown!.layer.version).toBe(version);
  });

  it('joins changes that follow each other into one run', async () => {
    const { calls, ask } = played();
    ask(defaultSettings, 100);
    await vi.advanceTimersByTimeAsync(50);
    ask(strong, 100);
    await vi.advanceTimersByTimeAsync(100);
    expect(calls).toHaveLength(1);
  });

  it('keeps the earlier result until the visible region of the new one is finished', async () => {
    const { preview, calls, ask, running, tile } = played();
    ask(defaultSettings);
    await vi.advanceTimersByTimeAsync(0);
    running(calls[0]!.job);
    calls[0]!.resolve(output('a'));
    await vi.advanceTimersByTimeAsync(0);

    ask(strong);
    await vi.advanceTimersByTimeAsync(0);
    expect(preview.current).toBe(false);
    running(calls[1]!.job);
    tile('b', left, 1);
    expect(preview.shown?.layer.id).toBe('a');
    tile('b', right, 2);
    expect(preview.shown?.layer.id).toBe('b');
    expect(preview.current).toBe(true);
  });

  it('what was removed stands for another amount at once, and the true result comes tile by tile', async () => {
    let onScreen: OnScreen | null = null;
    const { preview, calls, ask, tile } = played(view, () => onScreen);
    const full: Amount = { scale: 'same', value: 1 };
    ask(defaultSettings, 0, full);
    await vi.advanceTimersByTimeAsync(0);
    calls[0]!.resolve(output('clean-a'));
    await vi.advanceTimersByTimeAsync(0);
    expect(preview.shown!.layer.amount).toEqual(full);
    const half: Amount = { scale: 'same', value: 0.5 };
    ask({ ...defaultSettings, share: 50 }, 160, half);
    expect([preview.amount, preview.shown!.layer.id]).toEqual([half, 'clean-a']);
    onScreen = {
      document: 'd',
      layer: preview.shown!.layer,
      base: null,
      whole: false,
      approximate: true,
    };
    expect(preview.approximate).toBe(true);
    await vi.advanceTimersByTimeAsync(160);
    tile('clean-b', left, 1);
    expect(preview.shown!.layer).toMatchObject({ id: 'clean-b', complete: false, amount: half });
    calls[1]!.resolve(output('clean-b'));
    await vi.advanceTimersByTimeAsync(0);
    expect([preview.status, preview.state]).toEqual(['final', 'arriving']);
    // Cancelled: nothing is promised any more, so what stands there is the result that it is.
    ask(strong, 0, { scale: 'same', value: 1.05 });
    preview.cancel();
    expect([preview.amount, preview.shown!.layer.id]).toEqual([null, 'clean-b']);
  });

  it('is there again after strength 0, unless it is gone or something else is taken away', async () => {
    const { preview, calls, ask } = played();
    const full: Amount = { scale: 'same', value: 1 };
    const made = async (): Promise<void> => {
      ask(defaultSettings, 0, full);
      await vi.advanceTimersByTimeAsync(0);
      calls.at(-1)!.resolve(output('clean-a'));
      await vi.advanceTimersByTimeAsync(0);
      preview.rest(strong);
      expect([preview.shown, preview.status]).toEqual([null, 'nothing']);
    };
    await made();
    ask(strong, 160, { scale: 'same', value: 0.5 });
    expect(preview.shown!.layer.id).toBe('clean-a');
    await made();
    ask(strong, 160, { scale: 'other', value: 0.5 });
    expect(preview.shown).toBeNull();
    await made();
    preview.onGone('clean-a');
    ask(strong, 160, { scale: 'same', value: 0.5 });
    expect(preview.shown).toBeNull();
  });

  it('cancels what runs when something else is asked for, and ignores its late events', async () => {
    const { preview, calls, ask, running, tile } = played();
    ask(defaultSettings);
    await vi.advanceTimersByTimeAsync(0);
    running(calls[0]!.job);
    ask(strong);
    expect(calls[0]!.signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(0);
    tile('a', view, 4, calls[0]!.job);
    expect(preview.shown).toBeNull();
    running(calls[1]!.job);
    tile('b', view, 4);
    expect(preview.shown).toMatchObject({ layer: { id: 'b' }, settings: strong });
  });

  it('does nothing when the result asked for is on the screen', async () => {
    const { preview, calls, ask } = played();
    ask(defaultSettings);
    await vi.advanceTimersByTimeAsync(0);
    calls[0]!.resolve(output('a'));
    await vi.advanceTimersByTimeAsync(0);
    ask({ ...defaultSettings });
    await vi.advanceTimersByTimeAsync(1000);
    expect(calls).toHaveLength(1);
    expect(preview.status).toBe('final');
  });

  it('keeps finished tiles on cancel and goes on from a resume', async () => {
    const { preview, calls, ask, running, tile } = played();
    ask(defaultSettings);
    await vi.advanceTimersByTimeAsync(0);
    running(calls[0]!.job);
    tile('a', left, 1);
    preview.cancel();
    expect(preview.status).toBe('cancelled');
    expect(preview.shown?.layer.complete).toBe(false);
    preview.resume();
    await vi.advanceTimersByTimeAsync(0);
    calls[1]!.resolve(output('a'));
    await vi.advanceTimersByTimeAsync(0);
    expect(preview.status).toBe('final');
  });

  it('says the error of a failure and keeps what was shown', async () => {
    const { preview, calls, ask } = played();
    ask(defaultSettings);
    await vi.advanceTimersByTimeAsync(0);
    calls[0]!.reject(new HourglassError('device-failed', 'The device failed.'));
    await vi.advanceTimersByTimeAsync(0);
    expect(preview.status).toBe('failed');
    expect(preview.error).toMatchObject({ code: 'device-failed', message: 'The device failed.' });
  });

  it('waits for the host to say which job the engine died over', async () => {
    const { preview, calls, ask, running, tile } = played();
    ask(defaultSettings);
    await vi.advanceTimersByTimeAsync(0);
    running(calls[0]!.job);
    tile('a', left, 1);
    expect(preview.suspect).toBe(true);
    preview.engineDied();
    expect(preview.shown).toBeNull();
    expect(calls[0]!.signal.aborted).toBe(false);
    calls[0]!.reject(new HourglassError('engine-died', 'The engine ended over a.jpg.'));
    await vi.advanceTimersByTimeAsync(0);
    expect(preview.status).toBe('failed');
    expect(preview.suspect).toBe(true);
  });

  it('a result that is gone is not final any more, and the next one of its id is another layer', async () => {
    const { preview, calls, ask, running, tile } = played();
    ask(defaultSettings);
    await vi.advanceTimersByTimeAsync(0);
    calls[0]!.resolve(output('a'));
    await vi.advanceTimersByTimeAsync(0);
    const before = preview.shown!.layer;
    expect(preview.onGone('another')).toBe(false);
    expect(preview.status).toBe('final');
    expect(preview.onGone('a')).toBe(true);
    expect([preview.status, preview.shown]).toEqual(['idle', null]);
    ask(defaultSettings);
    await vi.advanceTimersByTimeAsync(0);
    running(calls[1]!.job);
    tile('a', left, 1);
    expect(preview.shown?.layer).toMatchObject({ id: 'a', complete: false, finished: [left] });
    expect(preview.shown!.layer.epoch).not.toBe(before.epoch);
  });

  it('while a new result is made, losing the one on the screen changes nothing of the work', async () => {
    const { preview, calls, ask, running, tile } = played();
    ask(defaultSettings);
    await vi.advanceTimersByTimeAsync(0);
    calls[0]!.resolve(output('a'));
    await vi.advanceTimersByTimeAsync(0);
    ask(strong);
    await vi.advanceTimersByTimeAsync(0);
    running(calls[1]!.job);
    expect(preview.onGone('a')).toBe(false);
    expect([preview.status, preview.shown]).toEqual(['running', null]);
    tile('b', left, 1);
    expect(preview.shown?.layer.id).toBe('b');
  });

  it('is final when the screen shows just this layer, all of it', async () => {
    let onScreen: OnScreen | null = null;
    const { preview, calls, ask } = played(view, () => onScreen);
    ask(defaultSettings);
    await vi.advanceTimersByTimeAsync(0);
    calls[0]!.resolve(output('a'));
    await vi.advanceTimersByTimeAsync(0);
    const layer = preview.shown!.layer;
    const shows = (shown: ViewerLayer | null, whole = true): string => {
      onScreen = { document: 'd', layer: shown, base: null, whole };
      return preview.state;
    };
    expect(preview.state).toBe('arriving');
    expect(shows(layer, false)).toBe('arriving');
    expect(shows({ ...layer, complete: false })).toBe('arriving');
    expect(shows({ ...layer, version: layer.version - 1 })).toBe('arriving');
    expect(shows({ ...layer, epoch: 7 })).toBe('arriving');
    expect(shows(null)).toBe('arriving');
    expect(shows(layer)).toBe('final');
    expect(preview.status).toBe('final');
  });
});
