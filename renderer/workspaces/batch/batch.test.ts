/** A run as the page keeps it, and which rows of its list are on the page. */
import '../../state/test-runes.ts';
import { describe, expect, it } from 'vitest';
import { HourglassError } from '../../../app/contract/errors.ts';
import type {
  FolderFileChange,
  FolderFileState,
  FolderRun,
  FolderRunDoor,
} from '../../../app/contract/index.ts';
import { Batch, countsOf, filtered } from './batch.svelte.ts';
import { globsOf, globsText } from './globs.ts';
import { rowsInSight } from '../../ui/rows.ts';
import { rowSaid } from './words.ts';

const row = (file: number, state: FolderFileState): FolderFileChange => ({
  ...{ file, state, progress: null, bytes: null, seconds: null, error: null, notices: [] },
});
const states: readonly FolderFileState[] = [
  ...(['waiting', 'running', 'done', 'failed', 'skipped', 'cancelled'] as const),
];
const rows = states.map((state, file) => row(file, state));

function run(list: number, changes = rows): FolderRun {
  const files = changes.map(({ file }) => ({
    ...{ source: `@${file}`, name: `${file}.jpg`, folder: '', bytes: 1 },
  }));
  const { state } = new Batch(null);
  return { state: { ...state, list, phase: 'ready' }, files, changes };
}
async function loaded(all: FolderRun): Promise<{ batch: Batch; door: { all: FolderRun } }> {
  const door = { all };
  const asked: FolderRunDoor = {
    all: () => Promise.resolve(door.all),
    result: () => Promise.reject(new Error('There is none.')),
    ask: () => Promise.reject(new HourglassError('not-allowed', 'Busy.')),
  };
  const batch = new Batch(asked);
  await batch.load();
  return { batch, door };
}

describe('a filter', () => {
  it('shows each file under one state, and all under all', () => {
    expect(countsOf(rows)).toEqual({ all: 6, waiting: 3, done: 1, failed: 1, skipped: 1 });
    expect(filtered(rows, 'waiting')).toEqual([0, 1, 5]);
    expect(filtered(rows, 'failed')).toEqual([3]);
    expect(filtered(rows, 'all')).toHaveLength(6);
  });

  it('follows what becomes of the files', async () => {
    const { batch } = await loaded(run(1));
    batch.show('failed');
    batch.onEvent({
      type: 'folder-run',
      state: batch.state,
      arrived: [],
      changes: [row(0, 'failed')],
    });
    expect([batch.shown, batch.counts.failed]).toEqual([[0, 3], 2]);
  });
});

describe('the list', () => {
  it('is asked for when an event speaks of another one', async () => {
    const { batch, door } = await loaded(run(1));
    batch.go(3);
    door.all = run(2, [row(0, 'waiting')]);
    batch.onEvent({
      type: 'folder-run',
      state: door.all.state,
      arrived: [],
      changes: [row(5, 'done')],
    });
    await Promise.resolve();
    await Promise.resolve();
    expect([batch.files.length, batch.rows.length, batch.current]).toEqual([1, 1, 0]);
  });

  it('grows by what comes into a folder that is watched, and is asked for when one was missed', async () => {
    const { batch, door } = await loaded(run(1));
    batch.show('waiting');
    batch.go(1);
    const { state } = batch;
    const file = { source: '@new', name: 'new.jpg', folder: '', bytes: 2 };
    const arrived = [
      { place: 6, file },
      { place: 0, file: { ...file, name: 'other.jpg' } },
    ];
    batch.onEvent({ type: 'folder-run', state, arrived, changes: [] });
    expect(batch.files.map(({ name }) => name)).toEqual([
      ...['other.jpg', '1.jpg', '2.jpg', '3.jpg', '4.jpg', '5.jpg', 'new.jpg'],
    ]);
    // The filter and what is pointed at stay.
    expect([batch.shown, batch.current, batch.rows[6]!.state]).toEqual([
      [0, 1, 5, 6],
      1,
      'waiting',
    ]);

    door.all = run(1, [...rows, ...[6, 7, 8].map((place) => row(place, 'done'))]);
    batch.onEvent({
      ...{ type: 'folder-run', state, changes: [row(8, 'done')] },
      arrived: [{ place: 8, file }],
    });
    expect(batch.files).toHaveLength(7);
    await Promise.resolve();
    await Promise.resolve();
    expect([batch.files.length, batch.counts.done, batch.filter]).toEqual([9, 4, 'waiting']);
  });

  it('is walked through as it is filtered, and stops at its ends', async () => {
    const { batch } = await loaded(run(1));
    batch.show('waiting');
    batch.step(1);
    expect(batch.current).toBe(1);
    batch.step(10);
    expect(batch.current).toBe(5);
    batch.step(-100);
    expect(batch.current).toBe(0);
  });

  it('is chosen from one by one, in ranges, and whole', async () => {
    const { batch } = await loaded(run(1));
    batch.go(1);
    batch.go(3, true);
    expect([...batch.chosen]).toEqual([1, 2, 3]);
    batch.toggle(2);
    expect([...batch.chosen]).toEqual([1, 3]);
    batch.step(1);
    expect(batch.chosen.size).toBe(0);
    batch.chooseAll();
    expect(batch.chosen.size).toBe(6);
  });

  it('says why something was refused', async () => {
    const { batch } = await loaded(run(1));
    await batch.ask({ ask: 'cancel' });
    expect(batch.refused).toMatchObject({ message: 'Busy.' });
  });
});

describe('rows on the page', () => {
  const tall = { height: 400, rowHeight: 40 };
  it('are those in sight and a few beside, however many there are', () => {
    for (const top of [0, 40, 799_999, 1_599_600]) {
      const { first, end } = rowsInSight({ ...tall, top, rows: 40_000 });
      expect(first * 40).toBeLessThanOrEqual(top);
      expect(end * 40).toBeGreaterThanOrEqual(Math.min(top + 400, 1_600_000));
      expect(end - first).toBeLessThan(30);
    }
  });

  it('are all of a short list, and none of an empty one', () => {
    expect(rowsInSight({ ...tall, top: 0, rows: 3 })).toEqual({ first: 0, end: 3 });
    expect(rowsInSight({ ...tall, top: 0, rows: 0 })).toEqual({ first: 0, end: 0 });
    // Scrolled far down when a filter made it short.
    expect(rowsInSight({ ...tall, top: 90_000, rows: 3 }).end).toBe(3);
  });
});

describe('the state of a file', () => {
  it('has its reason, and a warning is no plain success', () => {
    const error = { code: 'not-an-image', message: 'It is text.', hint: 'Remove it.' };
    expect(rowSaid({ ...row(0, 'failed'), error })).toMatchObject({
      ...{ sign: 'error', full: 'Failed: It is text. Remove it.' },
    });
    expect(rowSaid({ ...row(0, 'done'), notices: ['Cut off.'] }).sign).toBe('warning');
    expect(rowSaid(row(0, 'done')).sign).toBe('done');
    expect(rowSaid({ ...row(0, 'running'), progress: 0.5 }).share).toBe(0.5);
  });
});

describe('globs in one field', () => {
  it('are parted by semicolons alone, each said once', () => {
    const globs = globsOf(' *.{jpg,png};; my shoot/** ; *.{jpg,png} ');
    expect(globs).toEqual(['*.{jpg,png}', 'my shoot/**']);
    expect(globsOf(globsText(globs))).toEqual(globs);
    expect(globsOf('  ')).toEqual([]);
  });
});
