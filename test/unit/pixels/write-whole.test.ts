/** A small file is there whole, as it was or as it is now. */
import {
  closeSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reportOf, writeReport } from '../../../app/jobs/runs/report.ts';
import { writeWhole } from '../../../app/pixels/write-whole.ts';
import { scratchFolder } from './support.ts';

const folder = scratchFolder();
const posix = process.platform !== 'win32';

it('who reads the file while it is replaced reads the old one to its end', async () => {
  const path = join(folder, 'presets.json');
  writeFileSync(path, 'old');
  const reader = openSync(path, 'r');
  await writeWhole(path, 'new');
  expect(readFileSync(reader, 'utf8')).toBe('old');
  closeSync(reader);
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(readdirSync(folder)).toEqual(['presets.json']);
});

it.runIf(posix)('a replaced file keeps its permissions, a link goes on leading there', async () => {
  const [path, link] = [join(folder, 'shared.json'), join(folder, 'link.json')];
  writeFileSync(path, 'old');
  chmodSync(path, 0o664);
  symlinkSync(path, link);
  await writeWhole(link, 'new');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o664);
  await writeWhole(path, 'own', 0o600);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('what can not take its place leaves nothing behind', async () => {
  const inside = join(folder, 'occupied');
  mkdirSync(join(inside, 'report.json/deep'), { recursive: true });
  await expect(writeWhole(join(inside, 'report.json'), 'new')).rejects.toThrow();
  expect(readdirSync(inside)).toEqual(['report.json']);
});

it('a report is written so', async () => {
  const path = join(folder, 'report.csv');
  writeFileSync(path, 'of yesterday');
  const reader = openSync(path, 'r');
  await writeReport(path, { files: [] } as unknown as NonNullable<ReturnType<typeof reportOf>>);
  expect(readFileSync(reader, 'utf8')).toBe('of yesterday');
  closeSync(reader);
  expect(readFileSync(path, 'utf8')).not.toContain('of yesterday');
});
