/** `hourglass denoise` of NIfTI volumes, built, with the real network: a volume is one job and one file. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { uniform } from '../../random.ts';
import { commentExtension, madeNifti, zipped, type Made } from '../scans/nifti-made.ts';
import { denoiseLines, resultOf, type Line } from './denoise-lines.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-nifti-'));
const scans = join(home, 'scans');

/** Flat slices with noise of 20 around 200, 400 and 600. */
const next = uniform(5);
const noisy = Float64Array.from(
  { length: 64 * 48 * 3 },
  (_, at) => 200 * (1 + Math.floor(at / 3072)) + (next() + next() + next() - 1.5) * 40,
);
const made: Made = {
  ...{ dims: [64, 48, 3], datatype: 4, values: (at) => Math.round(noisy[at]!) },
  ...{ little: false, extension: commentExtension(false), slope: 0.5, intercept: -3 },
  sform: { code: 1, rows: [-1, 0, 0, 5, 0, -1, 0, 6, 0, 0, 2, 7] },
};
const original = madeNifti(made);

beforeAll(async () => {
  await buildAppIfStale();
  mkdirSync(scans);
  writeFileSync(join(scans, 'brain.nii.gz'), zipped(original));
}, 300_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const run = (...args: readonly string[]): Promise<Line[]> => denoiseLines(home, args);

/** Of the voxels of each slice. */
const spread = (file: Buffer): readonly (readonly [number, number])[] =>
  [0, 1, 2].map((slice) => {
    const values = Array.from({ length: 3072 }, (_, at) =>
      file.readInt16BE(original.length - 2 * (3 - slice) * 3072 + 2 * at),
    );
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
    const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length;
    return [mean, Math.sqrt(variance)];
  });

it('cleans a folder of volumes, each into one of the same shape, type and name', async () => {
  const out = join(home, 'cleaned');
  const lines = await run(scans, '--out', `${out}/`, '--json');
  expect(resultOf(lines)).toMatchObject({ pages: 3, width: 64, height: 48 });
  expect(readdirSync(out).filter((name) => name.includes('nii'))).toEqual(['brain.nii.gz']);
  const cleaned = gunzipSync(readFileSync(join(out, 'brain.nii.gz')));
  expect(cleaned.length).toBe(original.length);
  const head = original.length - 2 * 3 * 3072;
  expect(cleaned.subarray(0, head).equals(original.subarray(0, head))).toBe(true);
  const before = spread(original);
  spread(cleaned).forEach(([mean, deviation], slice) => {
    expect(Math.abs(mean - before[slice]![0])).toBeLessThan(2);
    expect(deviation).toBeLessThan(0.6 * before[slice]![1]);
  });
}, 120_000);

it('changes nothing at strength 0, writes one slice on request, and takes names as they are given', async () => {
  const source = join(scans, 'brain.nii.gz');
  const same = join(home, 'same.nii.gz');
  expect(resultOf(await run(source, '--strength', '0', '--out', same))).toMatchObject({ pages: 3 });
  expect(gunzipSync(readFileSync(same)).equals(original)).toBe(true);

  const plain = join(home, 'plain.nii');
  await run(source, '--strength', '0', '--depth', '8', '--out', plain);
  expect(readFileSync(plain).equals(original)).toBe(true);

  const named = join(home, 'named', '{name}-x');
  await run(source, '--strength', '0', '--page', '2', '--out', named);
  const one = gunzipSync(readFileSync(join(home, 'named', 'brain-page-2-x.nii.gz')));
  expect([one.readInt16BE(42), one.readInt16BE(44)]).toEqual([64, 48]);
  expect(one.length).toBe(original.length - 2 * 2 * 3072);
  expect(one.readFloatBE(280 + 4 * 11)).toBe(9);

  const stack = join(home, 'stack.tif');
  expect(resultOf(await run(source, '--strength', '0', '--out', stack))).toMatchObject({
    pages: 3,
  });
  expect(existsSync(stack)).toBe(true);
}, 120_000);

it('refuses what a volume can not be', async () => {
  const source = join(scans, 'brain.nii.gz');
  for (const args of [
    ['--max-side', '32'],
    ['--strip', 'all'],
    ['--page', '4'],
  ])
    expect(
      JSON.stringify(await run(source, '--strength', '0', ...args, '--out', join(home, 'no.nii'))),
    ).toMatch(/output-unsupported|invalid-parameter/);
  expect(existsSync(join(home, 'no.nii'))).toBe(false);
  // It keeps its header, and nobody has looked whether that says a place.
  const told = JSON.stringify(
    await run(source, '--strength', '0', '--strip', 'location', '--out', join(home, 'header.nii')),
  );
  expect(told).toContain('keeps its whole header');
  expect(told).not.toContain('Nothing in the metadata');
}, 120_000);
