/** Two trainings do not write one folder. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claim } from '../../../app/learn/claim.ts';
import { boot, owner } from '../../../app/pixels/owner.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hourglass-claim-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a folder is written by one training, and free when that is over', () => {
  const giveFree = claim(folder);
  expect(() => claim(folder)).toThrow(`Another training is being written to ${folder}`);
  giveFree();
  expect(readdirSync(folder)).toEqual([]);
  claim(folder)();
});

it.each([
  // No process has this number.
  JSON.stringify({ owner: owner.replace(/-\d+-\d+$/, '-4194999-1'), boot }),
  '',
  '{"owner":',
])('what one that was cut off left is nobody’s: %j', (left) => {
  writeFileSync(join(folder, '.in-use'), left);
  claim(folder)();
  expect(readdirSync(folder)).toEqual([]);
});
