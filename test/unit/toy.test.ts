/** A toy capability (test/toy) comes in by its folders and a line per table, and is a verb of the command line. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../data.ts';
import { inCheckout, toyCheckout } from '../toy/checkout.ts';

let folder = '';
let picture = '';

beforeAll(async () => {
  folder = toyCheckout();
  picture = join(folder, 'picture.png');
  const data = Buffer.alloc(8 * 6 * 3, 51);
  await sharp(data, { raw: { width: 8, height: 6, channels: 3 } })
    .png()
    .toFile(picture);
  inCheckout(folder, 'build/build.mjs', '--app');
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cli = (...args: string[]): string =>
  inCheckout(folder, 'dist/app/hosts/cli/main.js', ...args);

describe('a capability of a folder and a line per table', () => {
  it('passes the checks of types and layers', () => {
    writeTypes(folder);
    const bin = (name: string): string => join(repositoryRoot, 'node_modules', name);
    inCheckout(folder, bin('typescript/bin/tsc'), '-p', 'tsconfig.toy.json');
    inCheckout(
      folder,
      bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      'app',
      // The packages are a link, and the rules know them by the link's name.
      '--preserve-symlinks',
      '--output-type',
      'err',
    );
  }, 300_000);

  it('is a verb of the command line, with help and flags of its own', () => {
    expect(cli('invert', '--help')).toContain('Only the left half');
    const whole = JSON.parse(cli('invert', picture, '--json')) as Record<string, unknown>;
    expect(whole).toEqual({ layer: null, before: 0.2, after: 0.8 });
    const half = JSON.parse(cli('invert', picture, '--half', '--json')) as Record<string, number>;
    expect(half.after).toBeCloseTo(0.5);
  }, 120_000);

  it('is not in the program', () => {
    for (const table of ['app/contract/capabilities.ts', 'app/jobs/engine/capabilities.ts'])
      expect(readFileSync(join(repositoryRoot, table), 'utf8')).not.toContain('invert');
  });
});

function writeTypes(into: string): void {
  // The toy's own files and what they reach; test/ is not in the copy.
  const config = {
    extends: './tsconfig.json',
    // In the whole checkout these come with the types of its tools.
    compilerOptions: { lib: ['ES2023', 'ESNext.Disposable', 'DOM'] },
    include: ['app'],
    exclude: ['app/latent/entropy/assembly'],
  };
  writeFileSync(join(into, 'tsconfig.toy.json'), JSON.stringify(config));
}
