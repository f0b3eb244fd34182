/** What is remembered is there whole, or not at all. */
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recall, remember } from '../../../app/pixels/remembered.ts';
import { scratchFolder } from './support.ts';

const folder = scratchFolder();
const text = (value: unknown): string => {
  if (typeof value !== 'string') throw new TypeError('no text');
  return value;
};

it('the last value that was asked for wins, and nothing else is left in the folder', async () => {
  const path = join(folder, 'new/config/it.json');
  expect(await recall(path, text)).toBeNull();
  await Promise.all(Array.from({ length: 20 }, (_, index) => remember(path, `value ${index}`)));
  expect(await recall(path, text)).toBe('value 19');
  expect(readdirSync(join(folder, 'new/config'))).toEqual(['it.json']);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
});

it.each(['', '{', '7', '['.repeat(200_000)])(
  'what is damaged or foreign is nothing: %#',
  async (is) => {
    const path = join(folder, 'damaged.json');
    writeFileSync(path, is);
    expect(await recall(path, text)).toBeNull();
  },
);

it('what can not be written leaves the old value, and the next one is written', async () => {
  const path = join(folder, 'kept.json');
  await remember(path, 'old');
  const circle: unknown[] = [];
  circle.push(circle);
  expect(() => remember(path, circle)).toThrow();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toBe('old');
  rmSync(path);
  mkdirSync(path);
  await expect(remember(path, 'new')).rejects.toThrow();
  rmSync(path, { recursive: true });
  await remember(path, 'newest');
  expect(await recall(path, text)).toBe('newest');
});
