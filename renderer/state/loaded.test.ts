/** A part of the page that is loaded when it is wanted: it is tried again, and who waits for it is told once. */
import './test-runes.ts';
import { expect, it } from 'vitest';
import { Loaded } from './loaded.svelte.ts';

it('is tried again after a failure, and not loaded twice', async () => {
  let tries = 0;
  const part = new Loaded(() => {
    tries += 1;
    return tries === 1 ? Promise.reject(new Error('The host is gone.')) : Promise.resolve('view');
  });
  await part.load();
  expect([part.value, part.failure?.message]).toEqual([null, 'The host is gone.']);
  await Promise.all([part.load(), part.load()]);
  await part.load();
  expect([tries, part.value, part.failure, await part.there]).toEqual([2, 'view', null, 'view']);
});
