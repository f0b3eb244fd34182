/**
 * The manual's table of damages is fresh: what it says is what becomes of the first drawings. Those of the other drawings are held by
 * `npm run damage -- --check`, which takes a minute.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { damages, encodingNames } from '../../damage/damages.ts';
import { isAsSaid, talliesOf } from '../../damage/table.ts';
import { tableInManual } from '../../manual.ts';
import { scratchFolder } from './support.ts';

const folder = scratchFolder();
const [head, ...rows] = tableInManual('damaged-files.md', 'damage');

it('has every damage and every encoding', () => {
  expect(head!.slice(1)).toEqual(Object.keys(damages));
  expect(rows.map(([encoding]) => encoding)).toEqual(encodingNames);
});

describe.each(encodingNames)('%s', (encoding) => {
  it('becomes what the table says', async () => {
    const cells = rows.find(([name]) => name === encoding)!.slice(1);
    const tallies = [...(await talliesOf(encoding, 2, join(folder, 'file')))];
    const others = tallies.filter(([, tally], column) => !isAsSaid(cells[column]!, tally));
    expect(others).toEqual([]);
  });
});

it('a cell says what may come, and nothing else', () => {
  const came = (...outcomes: string[]) => new Map(outcomes.map((outcome) => [outcome, 1]));
  expect(isAsSaid('refused', came('damaged-image'))).toBe(true);
  expect(isAsSaid('refused', came('damaged-image', 'not told'))).toBe(false);
  expect(isAsSaid('19 refused, 1 not told ★', came('not told'))).toBe(true);
  expect(isAsSaid('19 refused, 1 not told ★', came('unchanged'))).toBe(false);
  expect(isAsSaid('refused (unsupported-image)', came('damaged-image'))).toBe(false);
});
