/** `hourglass denoise --level-of series`, built, with the real network: one level for all slices, also in what a run that was cut off has left. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import type { NoiseReading } from '../../../app/contract/denoise.ts';
import type { SeriesLevel } from '../../../app/contract/series-level.ts';
import { planBatch } from '../../../app/jobs/runs/batch.ts';
import { uniform } from '../../random.ts';
import { madeDicom } from '../scans/made-dicom.ts';
import { madeNifti } from '../scans/nifti-made.ts';
import { denoiseLines, type Line } from './denoise-lines.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-level-'));
const side = 64;

/** A slice with noise of its own between two flat halves; `high` moves its range. */
function slice(z: number, noise: number, high: number): Buffer {
  const next = uniform(100 * z + noise);
  const words = Uint16Array.from({ length: side * side }, (_, at) =>
    Math.round((at % side < side / 2 ? 500 : high) + noise * (next() + next() + next() - 1.5) * 2),
  );
  return madeDicom(
    {
      ...{ '0008,0018': ['UI', `1.2.3.9.${z + 1}`], '0020,000e': ['UI', '1.2.3.9'] },
      ...{ '0020,0013': ['IS', z + 1], '0020,0032': ['DS', `0\\0\\${2 * z}`] },
      ...{ '0020,0037': ['DS', '1\\0\\0\\0\\1\\0'], '0028,0030': ['DS', '0.5\\0.5'] },
      ...{ '0028,0010': ['US', side], '0028,0011': ['US', side], '0028,1053': ['DS', '2'] },
    },
    words,
  );
}

const noises = [20, 60, 30, 50, 40];
beforeAll(async () => {
  await buildAppIfStale();
  mkdirSync(join(home, 'in'));
  noises.forEach((noise, z) =>
    writeFileSync(join(home, 'in', `${z}.dcm`), slice(z, noise, 1000 + 300 * z)),
  );
}, 300_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Cleaned {
  readonly sigma: number;
  readonly seriesLevel?: SeriesLevel;
  readonly noise: NoiseReading;
}
const at = (name: string): string => home + sep + name;
const run = (...args: readonly string[]): Promise<Line[]> =>
  denoiseLines(home, [...args, '--json']);
const cleanedIn = (lines: readonly Line[]): Cleaned[] =>
  lines.filter(({ type }) => type === 'result').map((line) => line.output as Cleaned);
const measured = ({ noise }: Cleaned): number => 2 * noise.storedSigma!;

it('cleans all slices at the median, the same in measured units, and each at its own without it', async () => {
  const series = cleanedIn(await run(at('in'), '--out', at('series/'), '--level-of', 'series'));
  expect(series).toHaveLength(5);
  const own = cleanedIn(await run(at('in'), '--out', at('own/')));
  const each = own.map(measured).sort((a, b) => a - b);
  expect(each[4]! / each[0]!).toBeGreaterThan(2);
  for (const one of series) {
    expect(one.seriesLevel).toMatchObject({ slices: 5 });
    expect(one.noise.slices).toBe(5);
    expect(measured(one)).toBeCloseTo(each[2]!, 6);
  }
  // Levels of 8 bits are of each slice's own range.
  expect(new Set(series.map(({ sigma }) => sigma)).size).toBe(5);
  expect(own.every(({ seriesLevel }) => seriesLevel === undefined)).toBe(true);
}, 300_000);

it('a run that goes on has the level of what was done, whatever became of the files that were measured', async () => {
  const journal = join(home, 'run.hourglass.jsonl');
  const args = [at('in'), '--out', at('out/'), '--level-of', 'series', '--journal', journal];
  await run(...args);
  const names = readdirSync(join(home, 'out')).sort();
  expect(names).toHaveLength(5);
  const bytes = readFileSync(join(home, 'out', names[3]!));
  rmSync(join(home, 'out', names[3]!));
  // The median would be another one now.
  writeFileSync(join(home, 'in', '0.dcm'), slice(0, 90, 1000));
  writeFileSync(join(home, 'in', '2.dcm'), slice(2, 80, 1600));
  await run(...args, '--resume');
  expect(readFileSync(join(home, 'out', names[3]!)).equals(bytes)).toBe(true);
}, 300_000);

it('a volume is one job, and its slices are measured in it', async () => {
  const next = uniform(5);
  const values = Float64Array.from(
    { length: side * side * 3 },
    (_, at) => 500 + [15, 45, 30][Math.floor(at / side / side)]! * (next() + next() - 1) * 4,
  );
  writeFileSync(
    at('brain.nii'),
    madeNifti({ dims: [side, side, 3], datatype: 4, values: (at) => Math.round(values[at]!) }),
  );
  const [one] = cleanedIn(
    await run(at('brain.nii'), '--out', at('brain-clean.nii'), '--level-of', 'series'),
  );
  const [own] = cleanedIn(await run(at('brain.nii'), '--out', at('brain-own.nii')));
  expect(one!.seriesLevel).toMatchObject({ slices: 3 });
  expect(one!.noise.storedSigma! / own!.noise.storedSigma!).toBeGreaterThan(1.4);
}, 300_000);

it('is refused where slices come one by one', async () => {
  const watched = { mode: 'watch', journal: null, settings: { levelOf: 'series' } } as never;
  await expect(planBatch(watched)).rejects.toMatchObject({
    code: 'invalid-parameter',
    message: expect.stringContaining('one by one'),
  });
});
