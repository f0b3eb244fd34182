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

it('names what became of elements where one file was de-identified, and not for each of many', () => {
  const fate = (path: string, keyword: string | null, action: string) => ({
    ...{ path, keyword, action, count: 1 },
  });
  const result = {
    ...{ source: 'a.dcm', output: 'b.dcm', sigma: 1, noise: null, megapixelsPerSecond: 1 },
    ...{ device: { label: 'CPU', fallback: null }, notices: [{ text: 'It is de-identified.' }] },
    deidentified: [
      fate('(0009,0010)', null, 'removed'),
      fate('(0008,1030)', 'StudyDescription', 'removed'),
      fate('(0010,0010)', 'PatientName', 'emptied'),
      fate('(0008,1140)/(0008,1155)', 'ReferencedSOPInstanceUID', 'replaced'),
      fate('(0008,2112)/(0008,1155)', 'ReferencedSOPInstanceUID', 'replaced'),
      fate('(0018,0060)', 'KVP', 'kept'),
    ],
  };
  const said = (isAlone: boolean): string[] =>
    resultWords('denoise', result, (path) => path, isAlone)
      .split('\n')
      .slice(1);
  expect(said(true)).toEqual([
    '  It is de-identified.',
    '  removed: StudyDescription, 1 private or unknown one',
    '  emptied: PatientName',
    '  replaced: ReferencedSOPInstanceUID',
    '  kept: KVP',
  ]);
  expect(said(false)).toEqual(['  It is de-identified.']);
});
