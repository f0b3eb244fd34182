/** How noise that was removed is said. */
import { expect, it } from 'vitest';
import { removedIn } from './words.ts';

it('says what was removed in the unit of the scan, as what was measured; else in levels', () => {
  const range = { low: 0, high: 2550 };
  expect(removedIn(4, range, { slope: 0.5, unit: 'HU' })).toEqual({ sigma: '20', unit: 'HU' });
  expect(removedIn(4, range, { slope: 1, unit: null })).toEqual({ sigma: '4', unit: 'levels' });
  expect(removedIn(4, null, { slope: 1, unit: 'HU' })).toEqual({ sigma: '4', unit: 'levels' });
});
