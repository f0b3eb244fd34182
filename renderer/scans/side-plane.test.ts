/** A plane beside the picture: the last page that was asked for is shown in the end, nothing stays open, and what fails says why. */
import { expect, it } from 'vitest';
import { cancelledError, HourglassError } from '../../app/contract/errors.ts';
import '../state/test-runes.ts';
import { SidePlane } from './side-plane.svelte.ts';

interface Asked {
  readonly command: string;
  readonly input: { readonly document: string; readonly page?: number };
  readonly job: string | undefined;
  answer(): void;
  fail(error: Error): void;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
const pageOf = (page: number, source = '@a') => ({ source, allowed, page });
const allowed = {};

function setUp() {
  const asked: Asked[] = [];
  const run = (
    command: string,
    input: Asked['input'],
    { job, signal }: { job?: string; signal?: AbortSignal } = {},
  ) =>
    new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(cancelledError()));
      const info = { ...input, pages: { page: input.page ?? 1, count: 9 } };
      asked.push({ command, input, job, answer: () => resolve(info), fail: reject });
      if (command === 'close') resolve({});
    });
  const seen = { window: { center: 40, width: 400 }, inverted: true };
  const side = new SidePlane('coronal', { run } as never, () => seen);
  const of = (command: string) => asked.filter((one) => one.command === command);
  return { side, of };
}

it('opens what is asked for, the newest last, and closes what it showed', async () => {
  const { side, of } = setUp();
  side.show(pageOf(1));
  expect(of('open')[0]!.input).toMatchObject({ source: '@a', plane: 'coronal' });
  side.onJob({ job: of('open')[0]!.job, progress: { done: 3, total: 9 } } as never);
  expect(side.progress).toEqual({ done: 3, total: 9 });
  for (const page of [2, 3, 4]) side.show(pageOf(page));
  // One at a time: a fast hand does not end what is nearly there.
  expect(of('open')).toHaveLength(1);
  of('open')[0]!.answer();
  await settled();
  expect([side.info!.pages!.page, side.progress]).toEqual([1, null]);
  expect(of('open').map(({ input }) => input.page)).toEqual([undefined, 4]);
  of('open')[1]!.answer();
  await settled();
  expect(side.info!.pages!.page).toBe(4);
  // The viewer may still wait for a tile of what it showed.
  expect(of('close')).toHaveLength(0);
  const closed = () => of('close').map(({ input }) => input.document);
  await expect.poll(closed).toEqual([of('open')[0]!.input.document]);
  side.show(pageOf(4));
  side.show(null);
  expect(side.info).toBeNull();
  await expect.poll(closed).toHaveLength(2);
  // Its values are those of the picture beside it.
  expect([side.view.window, side.view.inverted]).toEqual([{ center: 40, width: 400 }, true]);
});

it('says why a page is not there, and tries again', async () => {
  const { side, of } = setUp();
  side.show(pageOf(1));
  of('open')[0]!.fail(new HourglassError('file-not-readable', 'It is gone.'));
  await settled();
  expect(side.error).toMatchObject({ message: 'It is gone.' });
  side.again();
  expect(side.error).toBeNull();
  of('open')[1]!.answer();
  await settled();
  expect(side.info).not.toBeNull();
});

it('stops reading the volume, and reads it no more until it is asked to', async () => {
  const { side, of } = setUp();
  side.show(pageOf(1));
  side.stop();
  await settled();
  expect([side.stopped, side.error, side.info]).toEqual([true, null, null]);
  // What was on its way is closed, should it be there all the same.
  expect(of('close').map(({ input }) => input.document)).toEqual([of('open')[0]!.input.document]);
  side.show(pageOf(2));
  expect(of('open')).toHaveLength(1);
  side.again();
  expect([side.stopped, of('open').at(-1)!.input.page]).toEqual([false, 2]);
});

it('shows nothing of another volume', async () => {
  const { side, of } = setUp();
  side.show(pageOf(1));
  side.show(pageOf(1, '@b'));
  await settled();
  expect(of('open').at(-1)!.input).toMatchObject({ source: '@b' });
  of('open').at(-1)!.answer();
  await settled();
  expect(side.info).toMatchObject({ source: '@b' });
  expect(side.error).toBeNull();
});
