import { expect, it } from 'vitest';
import { LevelTables, shownRange } from './level-window.ts';

const scale = { black: 0, white: 4095, slope: 1, intercept: 0, unit: null, window: null };
/** 12 bits of a CT: stored 1024 is water. */
const ct = { ...scale, intercept: -1024, unit: 'HU' };
const codes = { origin: 0, step: 1 };

it('begins with the window of the file, or with all that is shown as black to white', () => {
  expect(shownRange(scale, null)).toEqual({ low: 0, high: 4095 });
  const asked = { ...ct, window: { center: 40, width: 400 } };
  expect(shownRange(asked, null)).toEqual({ low: 1024 - 160, high: 1024 + 240 });
});

it('a window is one of measured values', () => {
  expect(shownRange(ct, { center: 0, width: 100 })).toEqual({ low: 974, high: 1074 });
  const dose = { ...scale, slope: 0.5, intercept: 10 };
  expect(shownRange(dose, { center: 20, width: 4 })).toEqual({ low: 16, high: 24 });
  // A falling scale turns black and white round.
  expect(shownRange({ ...scale, slope: -1 }, { center: -50, width: 20 })).toEqual({
    low: 60,
    high: 40,
  });
});

it('the table says the level of every code, and stays the same one for the same window', () => {
  const tables = new LevelTables();
  const water = tables.of({ codes, scale: ct }, { center: 0, width: 255 })!;
  expect([0, 896, 897, 1024, 1151, 1152, 65_535].map((code) => water[code])).toEqual([
    0, 0, 1, 128, 255, 255, 255,
  ]);
  expect(tables.of({ codes, scale: ct }, { center: 0, width: 255 })).toBe(water);
  expect(tables.of({ codes, scale: ct }, null)).not.toBe(water);
  expect(tables.of({ scale }, null)).toBeNull();
});

it('a window of no width divides black from white', () => {
  const table = new LevelTables().of({ codes, scale }, { center: 500, width: 0 })!;
  expect([0, 499, 501, 65_535].map((code) => table[code])).toEqual([0, 0, 255, 255]);
});
