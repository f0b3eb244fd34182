/** `hourglass similar` of the built program: a question, groups, tables for programs, what can not be read. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { plane, scene } from '../explore/pictures.ts';
import { processesIn } from './started.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-similar-cli-'));
const { run, endAll } = processesIn(home);

async function save(path: string, { width, height, data }: ReturnType<typeof plane>) {
  const levels = Buffer.from(data.map((value) => Math.round(255 * value)));
  await sharp(levels, { raw: { width, height, channels: 1 } })
    .png()
    .toFile(join(home, path));
}

beforeAll(async () => {
  await buildAppIfStale();
  mkdirSync(join(home, 'photos/below'), { recursive: true });
  for (let at = 0; at < 20; at++) await save(`photos/${at}.png`, plane(scene(at)));
  const crop = plane(scene(4), {}, (x, y) => [0.1 + 0.8 * x, 0.1 + 0.8 * y]);
  await save('photos/below/=crop.png', crop);
  await save('query.png', crop);
}, 300_000);
afterAll(() => {
  endAll();
  rmSync(home, { recursive: true, force: true });
});

const patience = 120_000;

it(
  'says what is one with a picture and what looks like it, as JSON and as a table',
  async () => {
    const { code, out, words } = await run('similar', 'query.png', 'photos', '--json');
    expect(code).toBe(0);
    const line = JSON.parse(out) as {
      type: string;
      output: { read: number; queries: { found: { path: string; kind: string }[] }[] };
    };
    expect(line).toMatchObject({ type: 'result', command: 'similar', output: { read: 21 } });
    const found = line.output.queries[0]!.found;
    expect(found.filter(({ kind }) => kind === 'same').map(({ path }) => path)).toEqual(
      expect.arrayContaining([join(home, 'photos/4.png'), join(home, 'photos/below/=crop.png')]),
    );
    expect(words).toContain('21 pictures compared, 21 of them read now.');

    const table = await run('similar', 'query.png', 'photos', '--csv', '--cutoff', '100');
    expect(table.code).toBe(0);
    const [head, ...rows] = table.out.trim().split('\n');
    expect(head).toBe('query,path,kind,percentile,cosine,mirrored');
    expect(rows.length).toBeGreaterThanOrEqual(2);
    expect(table.words).toContain('0 of them read now');
  },
  patience,
);

it(
  'lists groups, names what can not be read, and ends with 1 for it',
  async () => {
    writeFileSync(join(home, 'photos/broken.png'), Buffer.from('89504e470d0a1a0a00', 'hex'));
    const { code, out, words } = await run('similar', 'photos', '--csv');
    expect(code).toBe(1);
    expect(
      out
        .trim()
        .split('\n')
        .map((row) => row.replace(home, '~')),
    ).toEqual([
      'group,path',
      ...['photos/4.png', 'photos/below/=crop.png'].map((path) => `1,~/${path}`),
    ]);
    expect(words).toMatch(/Left out: photos\/broken\.png: /);
    rmSync(join(home, 'photos/broken.png'));
  },
  patience,
);

it(
  'refuses what it can not mean, in words',
  async () => {
    for (const [args, sentence] of [
      [['query.png'], 'Expected a folder to look through'],
      [['photos', '--csv', '--json'], 'choose one'],
      [['query.png', 'photos', '--cutoff', '101'], 'for --cutoff but'],
    ] as const) {
      const { code, words } = await run('similar', ...args);
      expect(words).toContain(sentence);
      expect(code).toBe(2);
    }
    const missing = await run('similar', 'query.png', 'nowhere');
    expect(missing.code).toBe(1);
    expect(missing.words).toContain('nowhere');
    mkdirSync(join(home, 'empty'));
    const empty = await run('similar', 'query.png', 'empty');
    expect(empty.code).toBe(1);
    expect(empty.words).toContain('There is no picture in empty.');
  },
  patience,
);
