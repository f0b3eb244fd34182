/**
 * `npm run bench -- scans [--slices 500] [--only series|headers|frames]`
 *
 * Series of CT and PET made from the real slices of the data pack, and its compressed files: the first picture of a series, slices per
 * second and peak memory; headers per slice against dcmjs and against reading whole files with every element; decoded frames against the bare codec. A process for each; what is compared runs in turns. Needs the data pack.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleChild } from '../child.ts';
import { dataPack, noDataPack, repositoryRoot } from '../data.ts';
import { makeLongSeries } from '../long-series.ts';
import { runProgram } from './_program.ts';
import type { FrameUses, SeriesUse, Use } from './_scans-child.ts';

const { values } = parseArgs({
  options: {
    slices: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    json: { type: 'string', default: join(repositoryRoot, 'bench-results/scans.json') },
  },
});
if (!dataPack) throw new Error(noDataPack);
const pack = dataPack;
const slices = Number(values.slices);
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));

/** One of each family, all of the pack. */
const compressed = [
  ...['JLSL__CT2_JLSL.dcm', 'J2KR__CT2_J2KR.dcm', 'JPLL__CT2_JPLL.dcm'],
  ...['HTJ2K_08_RGB.dcm', 'leadtools-8BitsJpegLossyGrayScale.dcm'],
];

const child = await bundleChild('test/bench/_scans-child.ts');
async function told<T>(...args: readonly string[]): Promise<{ answer: T; peakBytes: number }> {
  const { text, peakBytes } = await runProgram(process.execPath, [child, ...args], {
    stderr: 'pipe',
  });
  return { answer: JSON.parse(text) as T, peakBytes: peakBytes ?? NaN };
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
const ms = (seconds: number, digits = 2): string => (1000 * seconds).toFixed(digits);
const row = (...cells: readonly (string | number)[]): void =>
  console.log(`| ${cells.join(' | ')} |`);
function head(...cells: readonly string[]): void {
  console.log('');
  row(...cells);
  console.log(`|${'---|'.repeat(cells.length)}`);
}

async function measureHeaders(series: string) {
  const ways = ['ours', 'dcmjs', 'naive'] as const;
  const first = { ours: [] as Use[], dcmjs: [] as Use[], naive: [] as Use[] };
  const next = { ours: [] as Use[], dcmjs: [] as Use[], naive: [] as Use[] };
  for (let round = 0; round < rounds; round++)
    for (const way of ways) {
      const [cold, ...warm] = (await told<Use[]>('headers', way, series)).answer;
      first[way].push(cold!);
      next[way].push(...warm);
    }
  const each = (uses: readonly Use[], of: keyof Use): number =>
    median(uses.map((use) => use[of])) / slices;
  head('headers, ms per slice', 'CPU: first time', 'next', 'wall: first time', 'next', 'CPU, of ours: first', 'next'); // prettier-ignore
  for (const way of ways) {
    const cpu = [first, next].map((uses) => each(uses[way], 'cpu'));
    const wall = [first, next].map((uses) => each(uses[way], 'wall'));
    const ratio = [first, next].map((uses, i) => cpu[i]! / each(uses.ours, 'cpu'));
    row(way, ...[...cpu, ...wall].map((value) => ms(value, 3)), ...ratio.map((one) => one.toFixed(1))); // prettier-ignore
  }
  return { first, next };
}

async function measureFrames() {
  head('frames', 'size', 'CPU ms: ours', 'one by one', 'codec alone', 'ratios', '', 'wall ms: ours', 'one by one', 'codec alone', 'ratios', ''); // prettier-ignore
  const all: Record<string, FrameUses> = {};
  for (const name of compressed) {
    const { answer } = await told<FrameUses>('frames', join(pack, 'dicom-tests', name));
    all[name] = answer;
    const { ours, alone, bare, often } = answer;
    const cells = (['cpu', 'wall'] as const).flatMap((of) => [
      ...[ours, alone, bare].map((uses) => ms(median(uses.map((use) => use[of] / often)))),
      // Of each pair, so that a machine that drifts treats both alike.
      ...[ours, alone].map((uses) =>
        median(uses.map((use, i) => use[of] / bare[i]![of])).toFixed(2),
      ),
    ]);
    row(answer.kind, answer.size.join(' × '), ...cells);
  }
  return all;
}

async function measureSeries(series: string, kind: string) {
  head(`${slices} slices of ${kind}`, 'wanted', 'median', 'least and most');
  const runs: (SeriesUse & { readonly peakBytes: number })[] = [];
  for (let round = 0; round < rounds; round++) {
    const { answer, peakBytes } = await told<SeriesUse>(
      'series',
      series,
      join(folder, `${kind}-${round}`),
    );
    runs.push({ ...answer, peakBytes });
  }
  const line = (what: string, wanted: string, of: (run: (typeof runs)[number]) => number): void => {
    const found = runs.map(of);
    const ends = [Math.min(...found), Math.max(...found)].map((one) => one.toFixed(2)).join(' to ');
    row(what, wanted, median(found).toFixed(2), ends);
  };
  line('first picture, s', '≤ 1', ({ first }) => first.all / 1000);
  line('slices per second', '≥ 30', ({ next }) => (1000 * next.length) / next.reduce((a, b) => a + b, 0)); // prettier-ignore
  line('peak memory, GB', '≤ 1.5', ({ peakBytes }) => peakBytes / 1e9);
  line('of the first picture grouping, s', '', ({ first }) => first.grouping / 1000);
  line('and opening, s', '', ({ first }) => first.opening / 1000);
  line('a slice at 95 %, ms', '', ({ next }) => [...next].sort((a, b) => a - b)[Math.floor(0.95 * next.length)]!); // prettier-ignore
  line('CPU of the first picture, s', '', ({ cpu }) => cpu?.first ?? NaN);
  line('CPU of each next slice, ms', '', ({ cpu, next }) => (1000 * (cpu?.next ?? NaN)) / next.length); // prettier-ignore
  return runs;
}

const wanted = (part: string): boolean => values.only === undefined || values.only === part;
try {
  const [ct, pet] = (['ct', 'pet'] as const).map((kind) => {
    const series = join(folder, kind);
    makeLongSeries(pack, kind, slices, series);
    return series;
  });
  const results = {
    slices,
    ...(wanted('series')
      ? { series: await measureSeries(ct!, 'CT'), pet: await measureSeries(pet!, 'PET') }
      : {}),
    ...(wanted('headers') ? { headers: await measureHeaders(ct!) } : {}),
    ...(wanted('frames') ? { frames: await measureFrames() } : {}),
  };
  mkdirSync(dirname(values.json), { recursive: true });
  writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(dirname(child), { recursive: true, force: true });
}
