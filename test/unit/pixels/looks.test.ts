/** Files of one picture are looked at once a second however many ask, and a look that is older than a file never speaks against it. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SourceFiles } from '../../../app/pixels/documents/source-files.ts';
import { lookAnew, lookAt } from '../../../app/pixels/looks.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hourglass-looks-'));
  path = join(folder, 'a');
  writeFileSync(path, 'one');
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

it('tells what was so within the last second, and what is so now', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  expect(lookAt(path)!.bytes).toBe(3);
  writeFileSync(path, 'three');
  expect(lookAt(path)!.bytes).toBe(3);
  vi.advanceTimersByTime(1001);
  expect(lookAt(path)!.bytes).toBe(5);
  writeFileSync(path, 'fourth');
  expect(lookAnew(path)!.bytes).toBe(6);
  rmSync(path);
  expect(lookAt(path)!.bytes).toBe(6);
  expect([lookAnew(path), lookAt(path)]).toEqual([null, null]);
});

it('what was opened after a look is not called changed, and what changes then is, a second later at the most', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const [before, after] = [new Date(2020, 1), new Date(2021, 1)];
  utimesSync(path, before, before);
  lookAt(path);
  utimesSync(path, after, after);
  const { bytes, modifiedMs } = { bytes: 3, modifiedMs: after.getTime() };
  // The last look says 2020, the file does not.
  const changes: Error[] = [];
  const onchanged = (error: Error): void => void changes.push(error);
  const files = new SourceFiles({ files: [{ path, bytes, modifiedMs }], name: 'a', onchanged });
  files.check();
  writeFileSync(path, 'longer than that');
  files.check();
  expect(changes).toEqual([]);
  vi.advanceTimersByTime(1001);
  expect(() => files.check()).toThrow('changed on the disk');
  expect(changes).toHaveLength(1);
});
