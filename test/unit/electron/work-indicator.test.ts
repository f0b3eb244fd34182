/** The taskbar and the sleep blocker follow the files that are being written. */
import type { BrowserWindow } from 'electron';
import { afterEach, expect, it, vi } from 'vitest';
import type { HourglassEvent } from '../../../app/contract/index.ts';

const active = new Set<number>();
vi.mock('electron', () => ({
  powerSaveBlocker: {
    start: () => {
      active.add(active.size + 1);
      return active.size;
    },
    stop: (id: number) => active.delete(id),
  },
}));
const { createWorkIndicator } = await import('../../../app/hosts/electron/work-indicator.ts');
afterEach(() => active.clear());

type JobEvent = Extract<HourglassEvent, { type: 'job' }>;
const event = (job: string, state: JobEvent['state'], done = 0, command = 'denoise'): JobEvent => ({
  type: 'job',
  ...{ job, command, source: null, state, error: null },
  progress: state === 'running' ? { done, total: 10, unit: 'tiles', message: '' } : null,
});

it('shows the progress of all files together, and nothing when they are done', () => {
  const shown: number[] = [];
  const window = { setProgressBar: (fraction: number) => shown.push(fraction) };
  const work = createWorkIndicator(() => window as unknown as BrowserWindow);
  work.follow(event('a', 'queued'));
  work.follow(event('b', 'queued'));
  expect(work.busy).toBe(true);
  expect(active.size).toBe(1);
  work.follow(event('a', 'running', 5));
  work.follow(event('a', 'done'));
  work.follow(event('b', 'running', 5));
  work.follow(event('b', 'failed'));
  expect(shown).toEqual([0, 0, 0.25, 0.5, 0.75, -1]);
  expect(work.busy).toBe(false);
  expect(active.size).toBe(0);
});

it.each(['open', 'preview', 'info', 'verify'])('takes %s for no work to wait for', (command) => {
  const shown: number[] = [];
  const window = { setProgressBar: (fraction: number) => shown.push(fraction) };
  const work = createWorkIndicator(() => window as unknown as BrowserWindow);
  work.follow(event('p', 'running', 5, command));
  work.follow({ type: 'engine', state: 'ready', detail: '' });
  expect(shown).toEqual([]);
  expect(active.size).toBe(0);
});

it('lets the machine sleep again when the program stops in the middle', () => {
  const work = createWorkIndicator(() => null);
  work.follow(event('a', 'running', 1));
  expect(active.size).toBe(1);
  work.stop();
  expect(active.size).toBe(0);
});
