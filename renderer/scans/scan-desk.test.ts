/** What is drawn and measured on scans, and playing through their slices. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import '../state/test-runes.ts';
import { ScanDesk } from './scan-desk.svelte.ts';

const line = { from: { x: 5, y: 1 }, to: { x: 2, y: 3 }, done: true };

function deskWith(run: (command: string, input: Record<string, unknown>) => unknown) {
  const session = {
    active: { key: 'a', id: 'document-a', open: true, info: null } as never as Record<
      string,
      unknown
    >,
    page: 1,
    count: 3,
    get pages() {
      return { page: session.page, count: session.count };
    },
    canTurn: (by: number) => session.page + by >= 1 && session.page + by <= session.count,
    turnPage: (by: number) => void (session.page += by),
  };
  const asked: [string, Record<string, unknown>][] = [];
  const bridge = {
    run: async (command: string, input: Record<string, unknown>) => {
      asked.push([command, input]);
      return run(command, input);
    },
  };
  return { desk: new ScanDesk({ bridge, session, view: {} } as never), session, asked };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('measures the rectangle and the line in each layer; a line is one of its own file', async () => {
  const { desk, session, asked } = deskWith((command) =>
    command === 'region' ? { count: 1, mean: 2, deviation: 3 } : { values: [1, null] },
  );
  desk.draw(line);
  await desk.measure([
    { id: 'source', label: 'Original' },
    { id: 'clean-1', label: 'Cleaned' },
  ]);
  expect(asked[0]).toEqual([
    'region',
    { document: 'document-a', layer: 'source', rect: { x: 2, y: 1, width: 4, height: 3 } },
  ]);
  expect(desk.measured!.map(({ label }) => label)).toEqual(['Original', 'Cleaned']);
  session.active = { ...session.active, key: 'b' };
  expect(desk.drawn).toBeNull();
  session.active = { ...session.active, key: 'a' };
  expect(desk.drawn).toEqual(line);
  desk.forget();
  expect([desk.drawn, desk.measured]).toEqual([null, null]);
});

it('says why it could not measure; what was asked before is no answer any more', async () => {
  const { desk } = deskWith(() => {
    throw new Error('The document is not open.');
  });
  desk.draw(line);
  const early = desk.measure([{ id: 'source', label: 'Original' }]);
  desk.forget();
  await early;
  expect(desk.failure).toBe('');
  desk.draw(line);
  await desk.measure([{ id: 'source', label: 'Original' }]);
  expect(desk.failure).toBe('The document is not open.');
});

it('plays round and round, waits for a slice that is not there, and stops', () => {
  const { desk, session } = deskWith(() => ({}));
  desk.play();
  vi.advanceTimersByTime(70);
  expect(session.page).toBe(2);
  session.active = { ...session.active, open: false };
  vi.advanceTimersByTime(700);
  expect(session.page).toBe(2);
  session.active = { ...session.active, open: true };
  vi.advanceTimersByTime(140);
  expect(session.page).toBe(1);
  desk.play();
  vi.advanceTimersByTime(700);
  expect([session.page, desk.playing]).toEqual([1, false]);
});
