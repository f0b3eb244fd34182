import { expect, it } from 'vitest';
import { bandsOf } from '../../../app/pixels/turns.ts';

it('bands are all rows of a picture, once each and in order, however wide it is', () => {
  for (const size of [
    { width: 1024, height: 1000 },
    { width: 1, height: 7 },
    { width: 1_000_000, height: 3 },
    { width: 512, height: 512 },
  ]) {
    const rows = [...bandsOf(size)].flatMap(({ top, bottom }) =>
      Array.from({ length: bottom - top }, (_, index) => top + index),
    );
    expect(rows).toEqual(Array.from({ length: size.height }, (_, y) => y));
  }
  expect([...bandsOf({ width: 1024, height: 1000 })]).toHaveLength(4);
});
