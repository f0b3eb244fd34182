/** What is wrong with series is said before a run over their slices, with headers read once, and photos not opened for it. */
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { batchOptionsSchema, commands } from '../../../app/contract/index.ts';
import { mayBeOfSeries } from '../../../app/contract/formats.ts';
import { runFiles } from '../../../app/hosts/cli/files.ts';
import type { CliOptions } from '../../../app/hosts/cli/options.ts';
import { planFiles } from '../../../app/hosts/cli/plan.ts';
import { withSeries, type Groupings } from '../../../app/hosts/shared/grouping.ts';
import { performBatch } from '../../../app/jobs/runs/batch.ts';
import { readJournal } from '../../../app/jobs/runs/journal-state.ts';
import { reportOf, reportText } from '../../../app/jobs/runs/report.ts';
import { describeFolder } from '../../../app/scans/info.ts';
import { writingProgram } from '../jobs/writing-program.ts';
import { madeDicom, type Elements } from '../scans/made-dicom.ts';

const signal = new AbortController().signal;
let folder = '';
const at = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hourglass-said-'));
  mkdirSync(at('in'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function slice(name: string, z: number, elements: Elements = {}): void {
  const place: Elements = {
    ...{ '0008,0018': ['UI', `1.2.3.${name.length}.${10 * z}`], '0020,000e': ['UI', '1.2.9'] },
    ...{ '0010,0020': ['LO', 'canary'], '0020,0032': ['DS', `0\\0\\${z}`] },
    ...{ '0020,0037': ['DS', '1\\0\\0\\0\\1\\0'], '0028,0030': ['DS', '0.5\\0.5'] },
  };
  writeFileSync(at(`in/${name}`), madeDicom({ ...place, ...elements }));
}

const invocationFor = (input: object, more: object = {}): Parameters<typeof planFiles>[0] =>
  ({
    ...{ command: 'denoise', definition: commands.denoise, files: ['in'] },
    ...{ input: { out: 'out/', ...input }, json: true, dryRun: true },
    ...{ run: batchOptionsSchema.parse({}), ...more },
  }) as Parameters<typeof planFiles>[0];
const planned = (input: object = {}, groupings?: Groupings) =>
  planFiles(invocationFor(input), { cwd: folder, signal, ...(groupings ? { groupings } : {}) });

/** z = 0 2 4 8 10, one twice, one cut short; and a slice of another series. */
function broken(): void {
  for (const z of [0, 2, 4, 8]) slice(`a${z}.dcm`, z);
  slice('a4-again.dcm', 4);
  slice('a6.840.1', 10);
  slice('b.dcm', 3, { '0020,000e': ['UI', '1.2.10'] });
  truncateSync(at('in/a2.dcm'), statSync(at('in/a2.dcm')).size - 5);
}
const wanted = [
  /^The DICOM files are 2 series.*: a0\.dcm \(6\), b\.dcm \(1\)\.$/,
  /^One slice of the series of a0\.dcm lies/,
  /usual step is 2 mm, and one is another \(4 mm behind slice 4\)/,
  /^Slice 2 of the series of a0\.dcm is cut short/,
].map((one) => expect.stringMatching(one) as string);

it('gaps, what lies twice, is cut short, or is of others: as info says it, and nothing of who the patients are', async () => {
  broken();
  const { notices } = await planned();
  expect(notices).toEqual(wanted);
  expect(notices.join()).not.toMatch(/canary/);
  const info = await describeFolder(
    { source: at('in') } as never,
    { signal } as never,
    {} as never,
  );
  expect(info.notices.map(({ text }) => text)).toEqual(expect.arrayContaining(notices.slice(1)));
});

it('a series of several patients is refused in words, also where slices have no place; others go on', async () => {
  const other: Elements = { '0010,0020': ['LO', 'nightingale'] };
  for (const z of [0, 2, 4]) slice(`a${z}.dcm`, z, z === 4 ? other : {});
  for (const z of [0, 2]) slice(`own${z}.dcm`, z, { ...other, '0020,000e': ['UI', '1.2.11'] });
  for (const z of [0, 2])
    slice(`flat${z}.dcm`, z, {
      ...(z ? other : {}),
      ...{ '0020,000e': ['UI', '1.2.12'], '0020,0032': ['DS', ''] },
    });
  const { plan } = await planned();
  const states = plan.run.jobs.map(({ input, state }) => [basename(String(input.source)), state]);
  expect(Object.fromEntries(states)).toEqual({
    ...{ 'a0.dcm': 'refused', 'a2.dcm': 'refused', 'a4.dcm': 'refused' },
    ...{ 'flat0.dcm': 'refused', 'flat2.dcm': 'refused' },
    ...{ 'own0.dcm': 'queued', 'own2.dcm': 'queued' },
  });
  const { error } = plan.run.jobs[0]!;
  expect(error).toMatchObject({ code: 'unsupported-image' });
  expect(error!.message).toMatch(/several patients/);
  expect(JSON.stringify(plan.run.jobs)).not.toMatch(/canary|nightingale/);
  // Those of one patient, named alone.
  const mine = ['a0', 'a2'].map((name) => ({ path: at(`in/${name}.dcm`) }));
  const asked = { reads: commands.denoise.reads, settings: {} };
  const { files } = await withSeries(mine, asked, signal);
  expect(files.map(({ refused }) => refused)).toEqual([undefined, undefined]);
});

it('none of a mixed series is handed to a queue: it is planned like every run', async () => {
  for (const z of [0, 2]) slice(`a${z}.dcm`, z, z === 2 ? { '0010,0020': ['LO', 'other'] } : {});
  const run = batchOptionsSchema.parse({ queue: 'redis://127.0.0.1:1', shared: '.' });
  const { plan } = await planFiles(invocationFor({}, { run }), { cwd: folder, signal });
  expect(plan.run.jobs.map(({ state }) => state)).toEqual(['refused', 'refused']);
});

it('files that call themselves one object are named, both of them', async () => {
  slice('one.dcm', 0);
  slice('two.dcm', 2, { '0008,0018': ['UI', '1.2.3.7.0'] });
  const { notices } = await planned();
  expect(notices).toEqual([
    expect.stringMatching(/^one\.dcm and two\.dcm have the same SOP Instance UID/),
  ]);
});

it('stands in the lines of JSON, in the journal, and in each report', async () => {
  broken();
  const out: string[] = [];
  const terminal = {
    stdout: { isTerminal: false, write: (text: string) => void out.push(text) },
    stderr: { isTerminal: false, write: () => {} },
  };
  const options = { terminal, cwd: folder, interrupt: signal } as unknown as CliOptions;
  expect(await runFiles(invocationFor({}), options)).toBe(0);
  const lines = out.map((one) => JSON.parse(one) as { type: string; text?: string });
  expect(lines.slice(0, 4)).toEqual(wanted.map((text) => ({ type: 'notice', text })));
  expect(lines[4]).toMatchObject({ type: 'plan' });

  const batch = await planned();
  await performBatch(writingProgram().program, batch, { signal, told: () => {} });
  const report = reportOf((await readJournal(batch.request.journal!))!)!;
  expect(report.notices).toEqual(wanted);
  expect(reportText(report, 'json')).toContain('usual step is 2 mm');
  expect(reportText(report, 'html')).toContain('<p>The DICOM files are 2 series');
});

it('says nothing of a whole series, of images by themselves, or of files that are not done', async () => {
  for (const z of [0, 2, 4]) slice(`a${z}.dcm`, z);
  expect((await planned()).notices).toEqual([]);
  for (const z of [0, 2, 4])
    slice(`a${z}.dcm`, z, { '0020,0032': ['DS', ''], '0020,000e': ['UI', `1.2.${z}`] });
  expect((await planned()).notices).toEqual([]);

  broken();
  const files = ['a0', 'a2', 'a4', 'a8', 'b'].map((name) => ({ path: at(`in/${name}.dcm`) }));
  const asked = { reads: commands.denoise.reads, settings: {} };
  const { noticesOf } = await withSeries(files, asked, signal);
  expect(noticesOf(new Set([files[4]!.path]))).toEqual([]);
  expect(noticesOf(new Set([files[1]!.path])).join()).toMatch(/4 mm behind slice 3.*Slice 2 of/);
  const none = await withSeries(files, { reads: commands.encode.reads, settings: {} }, signal);
  expect(none.noticesOf(new Set(files.map(({ path }) => path)))).toEqual([]);
});

it('reads headers once, with one level for the series too, and none of photos', async () => {
  const asked: number[] = [];
  const dicom: NonNullable<Groupings['dicom']> = {
    ...{ called: mayBeOfSeries, writesEach: true },
    divide: (paths) => {
      asked.push(paths.length);
      return Promise.resolve({ groups: [paths], said: ({ size }) => [`${size}`] });
    },
  };
  // In what calls itself a picture nobody looks for a slice.
  for (const z of [0, 2]) slice(`photo${z}.png`, z);
  expect((await planned({}, { dicom })).notices).toEqual([]);
  expect(asked).toEqual([]);
  for (const z of [0, 2, 4]) slice(`a${z}.dcm`, z);
  slice('1.2.840.7', 6);
  expect((await planned({}, { dicom })).notices).toEqual(['6']);
  expect(asked).toEqual([4]);
  const { notices, plan } = await planned({ levelOf: 'series' }, { dicom });
  expect([notices, asked]).toEqual([['6'], [4, 6]]);
  expect(plan.run.jobs[0]!.input.series).toMatchObject({ files: expect.any(Array) as unknown });
});

it('of many series names the first notices, and counts the others', async () => {
  const files = ['a', 'b'].map((name) => ({ path: at(`in/${name}.dcm`) }));
  const said = (): string[] => Array.from({ length: 23 }, (_, i) => `${i}`);
  const dicom = {
    ...{ called: mayBeOfSeries, writesEach: true },
    divide: (paths: readonly string[]) => Promise.resolve({ groups: [paths], said }),
  };
  const asked = { reads: commands.denoise.reads, settings: {} };
  const { noticesOf } = await withSeries(files, asked, signal, { table: { dicom } });
  const notices = noticesOf(new Set());
  expect(notices).toHaveLength(21);
  expect(notices[20]).toMatch(/^3 more notices of series/);
});
