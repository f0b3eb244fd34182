/** When steps of a training may begin beside tiles of an export. */
import { expect, it } from 'vitest';
import { Leisure, QUIET } from '../../../app/runtime/leisure.ts';

/** Tiles and steps of so many milliseconds, a tile always being there. @returns share of the time that went to steps */
function beside(tile: number, step: number, seconds: number): number {
  const leisure = new Leisure();
  let [now, spent] = [tile, 0];
  leisure.tile(tile, now);
  while (now < 1000 * seconds) {
    if (leisure.wait(now) === 0) {
      now += step;
      spent += step;
      leisure.step(step);
    } else {
      now += tile;
      leisure.tile(tile, now);
    }
  }
  return spent / (now - spent);
}

it('gives steps a fifth of the time of tiles, whichever takes longer', () => {
  for (const [tile, step] of [
    [100, 100],
    [400, 50],
    [50, 900],
  ] as const)
    expect(beside(tile, step, 120)).toBeCloseTo(0.2, 1);
});

it('gives them all of it where no tile came for a while, and asks nothing back for that', () => {
  const leisure = new Leisure();
  expect(leisure.wait(0)).toBe(0);
  leisure.step(60_000);
  expect(leisure.wait(60_000)).toBe(0);
  leisure.tile(100, 60_100);
  // After the first tile of an export there is a little for a step.
  expect(leisure.wait(60_100)).toBe(0);
  leisure.step(300);
  // The next tile waited for it.
  expect(leisure.wait(60_400)).toBe(QUIET);
  expect(leisure.wait(60_400 + QUIET)).toBe(0);
});
