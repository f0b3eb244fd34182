import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeptWhile } from '../../../app/pixels/kept-while.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Says which of the values that were made is given to a use. */
function counting() {
  const kept = new KeptWhile<number>(1000);
  let made = 0;
  return <R>(key: string, work: (value: number) => Promise<R>) => kept.use(key, () => ++made, work);
}
const itself = (value: number): Promise<number> => Promise.resolve(value);

test('is made once for a key, anew for another one and for the one before', async () => {
  const use = counting();
  expect([await use('a', itself), await use('a', itself)]).toEqual([1, 1]);
  expect([await use('b', itself), await use('a', itself)]).toEqual([2, 3]);
});

test('goes when nobody has used it for a while', async () => {
  const use = counting();
  await use('a', itself);
  vi.advanceTimersByTime(999);
  expect(await use('a', itself)).toBe(1);
  vi.advanceTimersByTime(1000);
  expect(await use('a', itself)).toBe(2);
});

test('stays while it is in use, however long that takes, also where another use ends meanwhile', async () => {
  const use = counting();
  let end: () => void = () => undefined;
  const long = use('a', () => new Promise<void>((resolve) => (end = resolve)));
  vi.advanceTimersByTime(5000);
  expect(await use('a', itself)).toBe(1);
  vi.advanceTimersByTime(5000);
  expect(await use('a', itself)).toBe(1);
  end();
  await long;
  vi.advanceTimersByTime(1000);
  expect(await use('a', itself)).toBe(2);
});

test('a use that fails is over', async () => {
  const use = counting();
  await expect(use('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  vi.advanceTimersByTime(1000);
  expect(await use('a', itself)).toBe(2);
});
