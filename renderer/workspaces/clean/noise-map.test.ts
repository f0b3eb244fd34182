import '../../state/test-runes.ts';
import { describe, expect, it } from 'vitest';
import { HourglassError } from '../../../app/contract/errors.ts';
import { noiseMapKind } from './layers.ts';
import { NoiseMap, type NoiseMapOutput } from './noise-map.svelte.ts';
import { noiseMapState } from './words.ts';

const output: NoiseMapOutput = {
  layer: 'noise-1',
  cell: 16,
  minimum: 1.24,
  median: 4,
  maximum: 31.6,
  scale: [
    { level: 0, colour: '#000000' },
    { level: 50, colour: '#ffffff' },
  ],
  model: { id: 'noise-photo', version: '1.0.0', precision: 'fp32' },
};

/** A map whose engine is played by the test. */
function played() {
  const calls: {
    readonly job: string;
    readonly signal: AbortSignal;
    readonly resolve: (output: NoiseMapOutput) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  const map = new NoiseMap(
    (_document, { job, signal }) =>
      new Promise((resolve, reject) => calls.push({ job, signal, resolve, reject })),
  );
  const job = (state: 'queued' | 'running', done?: number): void =>
    map.onJob({
      type: 'job',
      job: calls.at(-1)!.job,
      command: 'noiseMap',
      source: null,
      state,
      progress: done === undefined ? null : { done, total: 4, unit: 'tiles', message: '' },
      error: null,
    });
  return { map, calls, job };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('NoiseMap', () => {
  it('is made once, shown, left, and shown again without more work', async () => {
    const { map, calls, job } = played();
    expect(map.layer).toBeNull();
    map.show('d');
    map.show('d');
    job('queued');
    expect(noiseMapState(map).sign).toBe('waiting');
    job('running', 1);
    expect(noiseMapState(map)).toMatchObject({ sign: 'working', share: 0.25 });
    calls[0]!.resolve(output);
    await settled();
    expect(map.layer).toMatchObject({
      ...{ id: 'noise-1', version: 1, complete: true, kind: noiseMapKind },
    });
    expect(noiseMapState(map).text).toBe(
      'Noise map: 1.2 to 32 levels, half of the picture below 4.',
    );
    map.hide();
    expect(map.layer).toBeNull();
    map.show('d');
    expect(map.layer?.id).toBe('noise-1');
    expect(calls).toHaveLength(1);
  });

  it('ends its work when it is left, and ignores the late answer', async () => {
    const { map, calls } = played();
    map.show('d');
    map.hide();
    expect(calls[0]!.signal.aborted).toBe(true);
    calls[0]!.resolve(output);
    await settled();
    expect([map.status, map.layer]).toEqual(['none', null]);
  });

  it('keeps an error until it is tried again or left', async () => {
    const { map, calls } = played();
    map.show('d');
    calls[0]!.reject(new HourglassError('model-damaged', 'The model is damaged.'));
    await settled();
    expect(map.error).toMatchObject({ message: 'The model is damaged.' });
    expect(map.busy).toBe(false);
    map.show('d');
    expect([calls.length, map.error, map.status]).toEqual([2, null, 'running']);
    calls[1]!.reject(new HourglassError('device-failed', 'The device failed.'));
    await settled();
    map.hide();
    expect([map.status, map.wanted, map.error]).toEqual(['none', false, null]);
  });

  it('is wanted again when its document comes back, but not when it ended the engine', async () => {
    const { map, calls } = played();
    map.show('d');
    calls[0]!.resolve(output);
    await settled();
    map.engineDied();
    expect([map.status, map.wanted, map.layer]).toEqual(['none', true, null]);
    map.show('d');
    map.engineDied();
    expect(map.busy).toBe(true);
    calls[1]!.reject(new HourglassError('engine-died', 'The engine ended over a.jpg.'));
    await settled();
    expect(map.status).toBe('failed');
  });
});
