/** The window's Electron is none that was left behind for a later one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../../data.ts';

/** Raised with each release that is taken: an older one would bring its faults back. */
const OLDEST = [45, 5, 0] as const;

const read = (file: string): unknown =>
  JSON.parse(readFileSync(join(repositoryRoot, file), 'utf8'));

it('is the one that was asked for, and none that is too old', () => {
  const { devDependencies } = read('package.json') as { devDependencies: { electron: string } };
  const { packages } = read('package-lock.json') as {
    packages: Record<string, { version: string }>;
  };
  const { electron } = devDependencies;
  expect(packages['node_modules/electron']!.version).toBe(electron);
  const [major, minor, patch] = electron.split('.').map(Number) as [number, number, number];
  const byParts = major - OLDEST[0] || minor - OLDEST[1] || patch - OLDEST[2];
  expect(byParts, electron).toBeGreaterThanOrEqual(0);
});
