/** `hourglass watch`, built, with the real network: what it takes, what it says, how it ends. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { parseArguments } from '../../../app/hosts/cli/usage.ts';
import { parseDicom } from '../../../app/scans/dicom/file.ts';
import { uniform } from '../../random.ts';
import { madeDicom } from '../scans/made-dicom.ts';
import { commandLine, processesIn } from './started.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-watch-'));
const processes = processesIn(home);
let picture = Buffer.alloc(0);

beforeAll(async () => {
  await buildAppIfStale();
  const next = uniform(3);
  const data = Uint8Array.from({ length: 64 * 64 * 3 }, () => 90 + next() * 60);
  picture = await sharp(data, { raw: { width: 64, height: 64, channels: 3 } })
    .png()
    .toBuffer();
}, 300_000);
afterAll(() => {
  processes.endAll();
  rmSync(home, { recursive: true, force: true });
});

function watch(folder: string, ...args: readonly string[]) {
  const started = processes.start(process.execPath, [commandLine, 'watch', ...args], folder);
  const { said } = started;
  const ofType = (type: string) =>
    said.out
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line.type === type);
  return { ...started, ofType };
}
const soon = (check: () => void) => vi.waitFor(check, { timeout: 120_000, interval: 100 });

it('takes what is there and what comes when it is whole, and goes on where it was ended', async () => {
  const folder = mkdtempSync(join(home, 'run-'));
  mkdirSync(join(folder, 'in/sub'), { recursive: true });
  writeFileSync(join(folder, 'in/a.png'), picture);
  // A copy that is under way when the watch begins, under a name that says so.
  writeFileSync(join(folder, 'in/sub/b.png.part'), picture.subarray(0, 3000));
  const args = ['in', '--out', 'out/', '--sigma', '10', '--device', 'cpu', '--settle', '0.2'];
  const first = watch(folder, ...args);
  await soon(() => expect(first.ofType('result')).toHaveLength(1));
  expect(first.said.words).toContain('Watching in. Ctrl-C ends it.');
  appendFileSync(join(folder, 'in/sub/b.png.part'), picture.subarray(3000));
  writeFileSync(join(folder, 'in/sub/b.png'), readFileSync(join(folder, 'in/sub/b.png.part')));
  await soon(() => expect(existsSync(join(folder, 'out/sub/b.png'))).toBe(true));
  await soon(() => expect(first.ofType('result')).toHaveLength(2));
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(130);
  expect(first.ofType('summary')).toMatchObject([{ done: 2, failed: 0, interrupted: true }]);
  expect(readdirSync(folder).sort()).toEqual(['in', 'out', 'out.hourglass.jsonl']);

  // Killed between files, as by a power cut; then again, and nothing is done twice.
  const second = watch(folder, ...args);
  await soon(() => expect(second.ofType('before')).toMatchObject([{ done: 2, failed: 0 }]));
  second.child.kill('SIGKILL');
  await second.ended;
  const third = watch(folder, 'denoise', ...args, '--report', 'report.csv');
  await soon(() => expect(third.ofType('before')).toMatchObject([{ done: 2, failed: 0 }]));
  writeFileSync(join(folder, 'in/text.png'), 'no picture');
  await soon(() => expect(third.ofType('problem')).toHaveLength(1));
  third.child.kill('SIGTERM');
  expect(await third.ended).toBe(130);
  expect(third.ofType('result')).toEqual([]);
  expect(readFileSync(join(folder, 'report.csv'), 'utf8')).toContain('in/text.png');
}, 300_000);

it('slices that an archive writes come one by one and become one series, also after a new start', async () => {
  const folder = mkdtempSync(join(home, 'run-'));
  mkdirSync(join(folder, 'in/1.2.9'), { recursive: true });
  const slice = (place: number): Buffer =>
    madeDicom(
      {
        '0008,0018': ['UI', `1.2.3.${place}`],
        '0020,000e': ['UI', '1.2.9'],
        '0020,0032': ['DS', `0\\0\\${2 * place}`],
        '0028,0010': ['US', 32],
        '0028,0011': ['US', 32],
      },
      Uint16Array.from({ length: 32 * 32 }, (_, i) => 1000 + ((i * 37) % 90) + place),
    );
  const written = (name: string): string => {
    const { dataSet } = parseDicom(readFileSync(join(folder, 'out', name)), name);
    return dataSet.string('x0020000e')!;
  };
  const args = ['in', '--out', 'out/', '--sigma', '10', '--device', 'cpu', '--settle', '0.3'];
  const first = watch(folder, ...args);
  await soon(() => expect(first.ofType('watching')).toHaveLength(1));
  // Archives name files by their UIDs, or not at all; what is written slowly is waited for, or done again once it is whole.
  writeFileSync(join(folder, 'in/1.2.9/1.2.3.0'), slice(0));
  writeFileSync(join(folder, 'in/IM1'), slice(1));
  writeFileSync(join(folder, 'in/c.dcm'), slice(2).subarray(0, 1200));
  await soon(() => expect(first.ofType('result')).toHaveLength(2));
  appendFileSync(join(folder, 'in/c.dcm'), slice(2).subarray(1200));
  await soon(() => expect(existsSync(join(folder, 'out/c.dcm'))).toBe(true));
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(130);
  const again = watch(folder, ...args);
  await soon(() => expect(again.ofType('before')).toHaveLength(1));
  writeFileSync(join(folder, 'in/d.dcm'), slice(3));
  await soon(() => expect(again.ofType('result')).toHaveLength(1));
  again.child.kill('SIGINT');
  await again.ended;
  const series = ['1.2.9/1.2.3.0.dcm', 'IM1.dcm', 'c.dcm', 'd.dcm'].map(written);
  expect(series[0]).toMatch(/^2\.25\.\d+$/);
  expect(new Set(series).size).toBe(1);
}, 300_000);

it('wrong usage and folders that do not exist are said before anything begins', async () => {
  const folder = mkdtempSync(join(home, 'run-'));
  writeFileSync(join(folder, 'a.png'), picture);
  const code = async (...args: readonly string[]) => {
    const run = watch(folder, ...args);
    return [await run.ended, run.said.words];
  };
  expect(await code('none', '--out', 'out/')).toEqual([
    1,
    expect.stringContaining('There is no folder none.'),
  ]);
  expect(await code('a.png')).toEqual([2, expect.stringContaining('a.png is not a folder')]);
  expect(await code('.', '--journal', 'none')).toEqual([2, expect.stringContaining('--journal')]);
  expect(readdirSync(folder)).toEqual(['a.png']);
}, 120_000);

it('takes the flags of its command, denoise where none is named', () => {
  const parse = (...args: readonly string[]) => {
    const parsed = parseArguments(['watch', ...args], '1');
    return parsed.kind === 'run' ? parsed.invocation : parsed.text;
  };
  expect(parse('in', 'more', '--sigma', '8', '--settle', '5')).toMatchObject({
    ...{ command: 'denoise', files: ['in', 'more'], input: { sigma: 8 }, watch: { settle: 5 } },
  });
  expect(parse('encode', 'in', '--size', '200KB')).toMatchObject({
    ...{ command: 'encode', files: ['in'], watch: { settle: 2, retryFailed: false } },
  });
  expect(() => parse('in', '--settle', '0')).toThrow(/--settle/);
  expect(() => parse('in', '--resume')).toThrow(/--resume/);
  expect(() => parse()).toThrow(/folders/);
  expect(parse('--help')).toContain('encode');
  expect(parse('encode', '--help')).toMatch(/--settle[\s\S]*--json/);
});
