/** `hourglass map` of the built program: clusters in words, tables for programs, what can not be read or meant. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { plane, scene } from '../explore/pictures.ts';
import { processesIn } from './started.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-map-cli-'));
const { run, endAll } = processesIn(home);
/** Two scenes, each from seven places that are near. */
const names = [1, 2].flatMap((of) => Array.from({ length: 7 }, (_, at) => `${of}-${at}.png`));

beforeAll(async () => {
  await buildAppIfStale();
  mkdirSync(join(home, 'photos'));
  for (const name of names) {
    const [of, at] = name.split(/[-.]/).map(Number) as [number, number];
    const { width, height, data } = plane(scene(of), {}, (x, y) => [
      0.96 * x + 0.01 * at,
      0.97 * y,
    ]);
    await sharp(Buffer.from(data.map((value) => Math.round(255 * value))), {
      raw: { width, height, channels: 1 },
    })
      .png()
      .toFile(join(home, 'photos', name));
  }
}, 300_000);
afterAll(() => {
  endAll();
  rmSync(home, { recursive: true, force: true });
});

const patience = 120_000;

it(
  'puts what looks alike together, as JSON and as a table that are one',
  async () => {
    const { code, out, words } = await run('map', 'photos', '--json');
    expect(code).toBe(0);
    expect(words).toContain('14 pictures on the map, 14 of them read now.');
    const { type, command, output } = JSON.parse(out) as {
      type: string;
      command: string;
      output: {
        layout: string;
        points: { path: string; cluster: number; x: number; y: number }[];
        clusters: { size: number }[];
      };
    };
    expect([type, command, output.layout]).toEqual(['result', 'map', 'umap']);
    expect(output.clusters.map(({ size }) => size)).toEqual([7, 7]);
    const first = output.points.filter(({ cluster }) => cluster === output.points[0]!.cluster);
    expect(first.map(({ path }) => path)).toEqual(
      names.slice(0, 7).map((name) => join(home, 'photos', name)),
    );

    const table = await run('map', 'photos', '--csv');
    expect(table.words).toContain('0 of them read now');
    const [head, ...rows] = table.out.trim().split('\n');
    expect(head).toBe('path,cluster,x,y,from_centre');
    expect(rows.map((row) => row.split(',').slice(0, 4))).toEqual(
      output.points.map(({ path, cluster, x, y }) => [
        ...[path, String(cluster)],
        ...[x, y].map((value) => String(Number(value.toFixed(4)))),
      ]),
    );
  },
  patience,
);

it(
  'as many clusters as are asked for; what can not be read is named, and it ends with 1',
  async () => {
    writeFileSync(join(home, 'photos/broken.png'), Buffer.from('89504e470d0a1a0a00', 'hex'));
    const made = await run('map', 'photos', '--clusters', '3', '--csv', '--layout', 'pca');
    expect(made.code).toBe(1);
    const rows = made.out.trim().split('\n').slice(1);
    expect(new Set(rows.map((row) => row.split(',')[1]))).toEqual(new Set(['1', '2', '3']));
    expect(made.words).toMatch(/Left out: photos\/broken\.png: /);
    expect(made.words).toContain('1 left out');
    rmSync(join(home, 'photos/broken.png'));
  },
  patience,
);

it(
  'refuses what it can not mean, in words',
  async () => {
    for (const [args, sentence] of [
      [['photos', '--csv', '--json'], 'choose one'],
      [['photos', '--clusters', '0'], 'for --clusters but'],
      [['photos', '--layout', 'tsne'], '--layout'],
    ] as const) {
      const { code, words } = await run('map', ...args);
      expect(words).toContain(sentence);
      expect(code).toBe(2);
    }
    const missing = await run('map', 'nowhere');
    expect([missing.code, missing.words]).toEqual([1, expect.stringContaining('nowhere')]);
    mkdirSync(join(home, 'empty'));
    const empty = await run('map', 'empty');
    expect([empty.code, empty.words]).toEqual([
      1,
      expect.stringContaining('There is no picture in empty.'),
    ]);
  },
  patience,
);
