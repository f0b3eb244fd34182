/** A toy capability (test/toy) comes in by its folders and a line per table, and is a verb of the command line. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../data.ts';
import { inCheckout, tables, toyCheckout } from '../toy/checkout.ts';

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
  it('passes the check of layers', () => {
    const bin = (name: string): string => join(repositoryRoot, 'node_modules', name);
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

  it('passes the checks of types and of the page', () => {
    writeTypes(folder);
    const check = join(repositoryRoot, 'node_modules/svelte-check/bin/svelte-check');
    inCheckout(folder, check, '--tsconfig', 'renderer/tsconfig.toy.json', '--fail-on-warnings');
  }, 300_000);

  it('says everything for people from its catalogue', () => {
    let said: string;
    try {
      said = inCheckout(folder, 'build/sentences.mjs', '--check');
    } catch (problems) {
      said = String(problems);
    }
    expect(said.split('\n').filter((line) => line.includes('invert'))).toEqual([]);
  }, 60_000);

  it('is a verb of the command line, with help and flags of its own', async () => {
    expect(cli('invert', '--help')).toContain('Only the left half');
    const results = (...flags: string[]): unknown[] =>
      cli('invert', picture, ...flags, '--json')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; output?: unknown })
        .flatMap(({ type, output }) => (type === 'result' ? [output] : []));
    const written = join(folder, 'picture-negative.png');
    expect(results()).toMatchObject([{ output: written, after: 0.8 }]);
    expect([...new Set(await sharp(written).raw().toBuffer())]).toEqual([204]);
    const [half] = results('--half', '--out', 'half.png') as { after: number }[];
    expect(half!.after).toBeCloseTo(0.5);
  }, 120_000);

  it('is not in the program', () => {
    for (const table of tables)
      expect(readFileSync(join(repositoryRoot, table), 'utf8')).not.toContain('invert');
  });
});

function writeTypes(into: string): void {
  // Both sides at once: the contract, which takes longest, is checked one time. test/ is not in the copy.
  const config = {
    extends: './tsconfig.json',
    compilerOptions: {
      lib: ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.Iterable'],
      types: ['node', 'svelte', 'vite/client'],
    },
    include: ['**/*.ts', '**/*.svelte', '../app'],
    exclude: ['../app/**/assembly'],
  };
  writeFileSync(join(into, 'renderer/tsconfig.toy.json'), JSON.stringify(config));
}
