/**
 * `npm run bench -- latent [--sets rd,clean,speed] [--every 1] [--megapixels 24,100] [--write]`
 *
 * How small and how near latent files are beside JPEG, WebP and AVIF (whole files with their headers, sharp's
 * encoders), what cleaning while compressing saves, and how fast it is. Everything goes through the built
 * command line. --every n takes every n-th photograph; --write puts the tables into docs/latent-quality.md.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../data.ts';
import { cleanSet } from './latent/clean.ts';
import { rateSet } from './latent/rate.ts';
import { speedSet } from './latent/speed.ts';
import { writeBlocks } from './quality/document.ts';

export interface SetResult {
  /** Markdown, by the name of its place in docs/latent-quality.md. */
  readonly blocks: ReadonlyMap<string, string>;
  readonly data: unknown;
  /** Files beside the page, by name. */
  readonly files?: ReadonlyMap<string, string>;
}

export interface SetRun {
  /** An empty folder. */
  readonly folder: string;
  readonly every: number;
  readonly megapixels: readonly number[];
}

const sets: Readonly<Record<string, (run: SetRun) => Promise<SetResult>>> = {
  rd: rateSet,
  clean: cleanSet,
  speed: speedSet,
};

const page = join(repositoryRoot, 'docs/latent-quality.md');
const beside = join(repositoryRoot, 'docs/latent-quality');

const { values } = parseArgs({
  options: {
    sets: { type: 'string', default: Object.keys(sets).join(',') },
    every: { type: 'string', default: '1' },
    megapixels: { type: 'string', default: '24,100' },
    write: { type: 'boolean', default: false },
    json: { type: 'string', default: join(repositoryRoot, 'bench-results/latent.json') },
  },
});
mkdirSync(join(values.json, '..'), { recursive: true });
for (const name of values.sets.split(',')) {
  const set = sets[name];
  if (!set)
    throw new Error(`Expected sets of ${Object.keys(sets).join(', ')} but received ${name}.`);
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
  try {
    const result = await set({
      folder,
      every: Number(values.every),
      megapixels: values.megapixels.split(',').map(Number),
    });
    for (const text of result.blocks.values()) console.log(`\n${text}`);
    keep(values.json, name, result.data);
    if (values.write) {
      mkdirSync(beside, { recursive: true });
      keep(join(beside, 'latent.json'), name, result.data);
      for (const [file, text] of result.files ?? []) writeFileSync(join(beside, file), text);
      await writeBlocks(page, result.blocks);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Other sets of an earlier run stay. */
function keep(path: string, name: string, data: unknown): void {
  let all: Record<string, unknown> = {};
  try {
    all = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch {
    // The first run.
  }
  writeFileSync(path, `${JSON.stringify({ ...all, [name]: data }, null, 1)}\n`);
}
