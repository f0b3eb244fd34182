import { describe, expect, it } from 'vitest';
import { kindsWords, resultWords } from '../../../app/hosts/cli/words.ts';

describe('what is said of a checked file', () => {
  it('names the first dozen of damaged tiles, and says how many more there are', () => {
    const problems = Array.from(
      { length: 96 },
      (_, row) => `The tile in column 0, row ${row} is damaged.`,
    );
    const result = { source: 'cut.hgl', ok: false, tiles: 96, damaged: [], hash: 'ab', problems };
    const said = resultWords('verify', result, (path) => path).split('\n');
    expect(said).toHaveLength(14);
    expect(said[12]).toContain('row 11 is damaged');
    expect(said[13]!.trim()).toBe('… and 84 more; --json names them all.');
    const few = resultWords('verify', { ...result, problems: problems.slice(0, 12) }, (p) => p);
    expect(few).not.toContain('more');
  });
});

it('names the kinds that were left alone, the most first', () => {
  const kinds = { '.txt': 1, '.dcm': 54, '': 2 };
  expect(kindsWords(kinds)).toBe(' (54 .dcm, 2 without an extension, 1 .txt)');
  expect(kindsWords({})).toBe('');
});
