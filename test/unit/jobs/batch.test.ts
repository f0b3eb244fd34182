/** Journals, and runs that go on from them: a program that writes files without an engine. */
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  HourglassError,
  type Commands,
  type JobRecord,
  type OutputOf,
} from '../../../app/contract/index.ts';
import {
  performBatch,
  planBatch,
  type BatchOptions,
  type BatchRequest,
} from '../../../app/jobs/runs/batch.ts';
import { hashOfSettings, settingsOf } from '../../../app/jobs/runs/fingerprint.ts';
import { Journal } from '../../../app/jobs/runs/journal.ts';
import { readJournal } from '../../../app/jobs/runs/journal-state.ts';
import { csvOf, reportOf } from '../../../app/jobs/runs/report.ts';
import type { Program } from '../../../app/jobs/types.ts';
import { ownerName } from '../../../app/pixels/owner.ts';
import { jpegBytes } from '../web/harness.ts';
import { temporaryFolder } from './helpers.ts';
import { writingProgram } from './writing-program.ts';

const signal = new AbortController().signal;

function shoot(names: readonly string[]): { folder: string; files: BatchRequest['files'] } {
  const folder = temporaryFolder();
  const files = names.map((name, index) => {
    const path = join(folder, 'in', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.concat([jpegBytes, Buffer.from(`${index}`)]));
    return { path, files: [path], below: '', named: false };
  });
  return { folder, files };
}

let print = 'a';
const requestFor = (
  folder: string,
  files: BatchRequest['files'],
  more: Partial<BatchRequest> = {},
): BatchRequest => ({
  ...{ command: 'denoise', settings: { sigma: 10 }, files, problems: [], signal },
  ...{ out: join(folder, 'out/'), journal: join(folder, 'out.hourglass.jsonl') },
  ...{ software: 'Hourglass 0', mode: 'new', retryFailed: false },
  modelPrint: () => Promise.resolve(print),
  ...more,
});

/** One file after another, so that what comes first is known; several at once are `flow.test.ts`. */
async function run(program: Program, request: BatchRequest, options: Partial<BatchOptions> = {}) {
  const batch = await planBatch(request);
  const end = await performBatch(program, batch, {
    ...{ signal, told: () => {}, atOnce: 1 },
    ...options,
  });
  return { ...end.counts, verified: batch.verified, failedBefore: batch.failedBefore, batch };
}

const lines = (folder: string) =>
  readFileSync(join(folder, 'out.hourglass.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('the journal of a run', () => {
  it('says what was asked for, each input, and what became of it, with proof', async () => {
    const { folder, files } = shoot(['a.jpg', 'bad.jpg']);
    const { program } = writingProgram({
      bad: () => {
        throw new HourglassError('damaged-image', 'bad.jpg is damaged.');
      },
    });
    await run(program, requestFor(folder, files));
    const all = lines(folder);
    // The second file begins while the line of the first is on its way.
    const [of, begun] = [(type: string) => all.filter((one) => one.type === type), all.slice(0, 5)];
    expect(begun.map(({ type }) => type)).toEqual(['session', 'run', 'input', 'input', 'start']);
    expect(
      all
        .slice(5)
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['done', 'end', 'failed', 'start']);
    const settings = settingsOf('denoise', { sigma: 10 });
    expect(all[1]).toMatchObject({ version: 1, resumed: false, command: 'denoise', inputs: 2 });
    expect(all[2]).toMatchObject({ source: 'in/a.jpg', index: 1, output: 'out/a.jpg', free: true });
    expect(of('done')[0]).toMatchObject({
      ...{ source: 'in/a.jpg', output: 'out/a.jpg', attempts: 1, damaged: false },
      sha256: sha256(join(folder, 'out/a.jpg')),
      bytes: statSync(join(folder, 'out/a.jpg')).size,
      settingsHash: hashOfSettings('denoise', settings),
      model: { id: 'denoise-photo-fast', precision: 'fp32', sha256: 'a' },
      device: { id: 'cpu' },
    });
    expect(of('failed')[0]).toMatchObject({
      source: 'in/bad.jpg',
      error: { code: 'damaged-image' },
    });
    expect(all.at(-1)).toMatchObject({ done: 1, failed: 1, left: 0, interrupted: false });
  });

  it('a result that is gone when it is read back is no result', async () => {
    const { folder, files } = shoot(['a.jpg', 'b.jpg']);
    const { program } = writingProgram();
    const vanishing = {
      ...program,
      runUnknown: async (...args: Parameters<Program['runUnknown']>) => {
        const result = await program.runUnknown(...args);
        if (args[2]!.output!.path.endsWith('a.jpg'))
          rmSync(join(folder, 'out'), { recursive: true });
        return result;
      },
    } as Program;
    expect(await run(vanishing, requestFor(folder, files))).toMatchObject({ done: 1, failed: 1 });
    expect(lines(folder).filter(({ type }) => type === 'failed')).toMatchObject([
      { error: { code: 'output-not-writable', message: expect.stringContaining('out/a.jpg') } },
    ]);
  });

  it('a file that is gone or another one by then is named, and the rest goes on', async () => {
    const { folder, files } = shoot(['a.jpg', 'gone.jpg', 'other.jpg', 'z.jpg']);
    const { program, done } = writingProgram({
      a: () => {
        rmSync(files[1]!.path);
        writeFileSync(files[2]!.path, Buffer.concat([jpegBytes, Buffer.from('another')]));
      },
    });
    expect(await run(program, requestFor(folder, files))).toMatchObject({ done: 2, failed: 2 });
    expect(done).toEqual(['a.jpg', 'z.jpg']);
    expect(lines(folder).filter(({ type }) => type === 'failed')).toMatchObject([
      { source: 'in/gone.jpg', error: { code: 'file-not-found' } },
      { source: 'in/other.jpg', error: { code: 'file-not-readable' } },
    ]);
    writeFileSync(files[1]!.path, jpegBytes);
    const again = requestFor(folder, files, { mode: 'resume', retryFailed: true });
    expect(await run(program, again)).toMatchObject({ done: 4, failed: 0, verified: 2 });
  });

  it('a folder of results that is gone is not made again in silence', async () => {
    const { folder, files } = shoot(['a.jpg', 'b.jpg', 'c.jpg']);
    const out = join(folder, 'out');
    const { program, done } = writingProgram();
    const told = (job: JobRecord): void => {
      if (job.id === 'file-2' && job.state === 'running') rmSync(out, { recursive: true });
    };
    const end = await run(program, requestFor(folder, files), { told });
    expect(end).toMatchObject({ done: 1, failed: 2 });
    expect(existsSync(out)).toBe(false);
    const again = requestFor(folder, files, { mode: 'resume', retryFailed: true });
    expect(await run(program, again)).toMatchObject({ done: 3, verified: 0 });
    expect(done).toEqual(['a.jpg', 'a.jpg', 'b.jpg', 'c.jpg']);
  });

  it('has one writer: a living one is not disturbed, a dead one is not waited for', async () => {
    const { folder, files } = shoot(['a.jpg', 'b.jpg']);
    const { program } = writingProgram();
    const path = join(folder, 'out.hourglass.jsonl');
    const session = (owner: string, boot: string): void =>
      writeFileSync(path, `${JSON.stringify({ type: 'session', owner, boot, at: '' })}\n`);
    const { owner, boot } = await import('../../../app/pixels/owner.ts');
    const [machine, life] = owner.split('-') as [string, string];
    // Process 1 lives; its start is not told, so that any start is its.
    session(ownerName({ machine, life }, 1, '0'), boot);
    await expect(run(program, requestFor(folder, files))).rejects.toMatchObject({
      code: 'not-allowed',
    });
    const held = readFileSync(path, 'utf8');
    expect(held.split('\n').filter((line) => line.includes('"run"'))).toEqual([]);
    for (const [gone, then] of [
      [ownerName({ machine, life }, 2 ** 30, '5'), boot],
      [ownerName({ machine, life: '00000000' }, 1, '0'), '00000000'],
    ] as const) {
      session(gone, then);
      expect(await run(program, requestFor(folder, files))).toMatchObject({ done: 2 });
      rmSync(join(folder, 'out'), { recursive: true });
    }
    rmSync(path);
    const facts = { run: 'r', resumed: false, software: '', command: 'denoise' };
    const ours = await Journal.open(path, null, {
      ...{ ...facts, settings: {}, settingsHash: '', inputs: 1 },
    });
    await expect(run(program, requestFor(folder, files))).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await ours.close({ done: 0, failed: 0, left: 0, interrupted: false });
  });

  it('what is no journal is not written to; nor is one of a newer version', async () => {
    const { folder, files } = shoot(['a.jpg', 'b.jpg']);
    const { program } = writingProgram();
    const path = join(folder, 'out.hourglass.jsonl');
    for (const text of [
      'my diary\n',
      'no end',
      '{"type":"run","version":2,"new":true}\n',
      Buffer.alloc(3e6, 'x').toString(),
    ]) {
      writeFileSync(path, text);
      await expect(run(program, requestFor(folder, files))).rejects.toMatchObject({
        code: 'file-not-readable',
      });
      expect(readFileSync(path, 'utf8') === text).toBe(true);
    }
  });

  it('leaves no journal where it came to nothing', async () => {
    const { folder, files } = shoot(['a.jpg', 'b.jpg']);
    const journal = join(folder, 'in', 'a.jpg', 'x.jsonl');
    await expect(
      run(writingProgram().program, requestFor(folder, files, { journal })),
    ).rejects.toMatchObject({ code: 'output-not-writable' });
  });
});

describe('a run that goes on', () => {
  /** As if the host had been killed: the journal up to here, without an end. */
  const cutAfter = (folder: string, type: string, source: string): void => {
    const all = lines(folder);
    const at = all.findIndex((line) => line.type === type && line.source === source);
    const kept = all.slice(0, at + 1).map((line) => `${JSON.stringify(line)}\n`);
    writeFileSync(join(folder, 'out.hourglass.jsonl'), kept.join(''));
  };
  const names = ['a.jpg', 'b.jpg', 'c.jpg'];

  it('does what is not proven, and nothing twice', async () => {
    const { folder, files } = shoot(names);
    await run(writingProgram().program, requestFor(folder, files));
    // b.jpg was written, and not told any more.
    cutAfter(folder, 'start', 'in/b.jpg');
    rmSync(join(folder, 'out/c.jpg'));
    const { program, done } = writingProgram();
    const end = await run(program, requestFor(folder, files, { mode: 'resume' }));
    expect(done).toEqual(['b.jpg', 'c.jpg']);
    expect(end).toMatchObject({ done: 3, failed: 0, verified: 1 });
    const again = writingProgram();
    expect(await run(again.program, requestFor(folder, files, { mode: 'resume' }))).toMatchObject({
      done: 3,
      verified: 3,
    });
    expect(again.done).toEqual([]);
  });

  it('a line that was cut off counts for nothing, and is said', async () => {
    const { folder, files } = shoot(names);
    await run(writingProgram().program, requestFor(folder, files));
    cutAfter(folder, 'done', 'in/b.jpg');
    rmSync(join(folder, 'out/c.jpg'));
    const path = join(folder, 'out.hourglass.jsonl');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, -40));
    const { program, done } = writingProgram();
    const end = await run(program, requestFor(folder, files, { mode: 'resume' }));
    expect(end.batch.notices).toEqual([expect.stringContaining('its last line was cut off')]);
    expect(done).toEqual(['b.jpg', 'c.jpg']);
    const state = await readJournal(path);
    expect(state).toMatchObject({ torn: false, unreadable: [text.split('\n').length - 1] });
    expect([...state!.files.values()].map(({ ended }) => ended?.type)).toEqual([
      ...['done', 'done', 'done'],
    ]);
  });

  it('what somebody has worked on is left alone, unless it may be overwritten', async () => {
    const { folder, files } = shoot(names);
    await run(writingProgram().program, requestFor(folder, files));
    appendFileSync(join(folder, 'out/a.jpg'), 'retouched');
    writeFileSync(join(folder, 'out/b.jpg'), '');
    const { program, done } = writingProgram();
    const end = await run(program, requestFor(folder, files, { mode: 'resume' }));
    expect(end).toMatchObject({ done: 2, refused: 1, verified: 1 });
    expect(done).toEqual(['b.jpg']);
    expect(readFileSync(join(folder, 'out/a.jpg'), 'utf8')).toContain('retouched');
    const settings = { sigma: 10, overwrite: true };
    await run(program, requestFor(folder, files, { mode: 'resume', settings }));
    expect(done).toEqual(['b.jpg', 'a.jpg']);
  });

  it.each([
    ['the input', (folder: string) => writeFileSync(join(folder, 'in/a.jpg'), jpegBytes)],
    ['its time', (folder: string) => utimesSync(join(folder, 'in/a.jpg'), 1, 1)],
    ['the network', () => void (print = 'b')],
  ])('a result counts no longer when %s has changed', async (what, change) => {
    const { folder, files } = shoot(['a.jpg', 'b.jpg']);
    print = 'a';
    await run(writingProgram().program, requestFor(folder, files));
    change(folder);
    const { program, done } = writingProgram();
    await run(program, requestFor(folder, files, { mode: 'resume' }));
    expect(done).toEqual(what === 'the network' ? ['a.jpg', 'b.jpg'] : ['a.jpg']);
    print = 'a';
  });

  it('what failed has failed, until it is asked for again', async () => {
    const { folder, files } = shoot(['a.jpg', 'bad.jpg']);
    const failing = writingProgram({
      bad: () => {
        throw new HourglassError('damaged-image', 'bad.jpg is damaged.');
      },
    });
    await run(failing.program, requestFor(folder, files));
    const { program, done } = writingProgram();
    expect(await run(program, requestFor(folder, files, { mode: 'resume' }))).toMatchObject({
      ...{ done: 1, failed: 1, failedBefore: 1 },
    });
    expect(done).toEqual([]);
    const again = requestFor(folder, files, { mode: 'resume', retryFailed: true });
    expect(await run(program, again)).toMatchObject({ done: 2, failed: 0 });
    expect(done).toEqual(['bad.jpg']);
  });

  it('what an engine wrote that ended before it said so is the run’s own, untouched', async () => {
    const { folder, files } = shoot(['a.jpg', 'lost.jpg', 'touched.jpg']);
    const written = (output: string): never => {
      mkdirSync(dirname(output), { recursive: true });
      writeFileSync(output, 'whole');
      throw new HourglassError('engine-died', 'The engine ended.');
    };
    const failing = writingProgram({ lost: written, touched: written });
    expect(await run(failing.program, requestFor(folder, files))).toMatchObject({ failed: 2 });
    writeFileSync(join(folder, 'out/touched.jpg'), 'by somebody');
    const { program, done } = writingProgram();
    const again = requestFor(folder, files, { mode: 'resume', retryFailed: true });
    expect(await run(program, again)).toMatchObject({ done: 2, refused: 1 });
    expect(done).toEqual(['lost.jpg']);
    expect(readFileSync(join(folder, 'out/touched.jpg'), 'utf8')).toBe('by somebody');
  });

  it('keeps the numbers of its files; new ones come last', async () => {
    const { folder, files } = shoot(['a.jpg', 'c.jpg']);
    const out = join(folder, 'out/{n}.{ext}');
    await run(writingProgram().program, requestFor(folder, files, { out }));
    const path = join(folder, 'in/b.jpg');
    writeFileSync(path, jpegBytes);
    const more = [files[0]!, { path, files: [path], below: '', named: false }, files[1]!];
    const { program, done } = writingProgram();
    const end = await run(program, requestFor(folder, more, { out, mode: 'resume' }));
    expect(done).toEqual(['b.jpg']);
    expect(end.batch.plan.run.jobs.map(({ output }) => output!.path.split('/').at(-1))).toEqual([
      ...['1.jpg', '3.jpg', '2.jpg'],
    ]);
  });

  it('refuses other settings, another command, and where there is nothing', async () => {
    const { folder, files } = shoot(['a.jpg', 'b.jpg']);
    const { program } = writingProgram();
    const resume = (more: Partial<BatchRequest>) =>
      run(program, requestFor(folder, files, { mode: 'resume', ...more }));
    await expect(resume({})).rejects.toMatchObject({ code: 'file-not-found' });
    await run(program, requestFor(folder, files));
    await expect(resume({ settings: { sigma: 11 } })).rejects.toMatchObject({
      ...{ code: 'invalid-parameter', message: expect.stringContaining('sigma was 10 and is 11') },
    });
    await expect(resume({ command: 'encode', settings: {} })).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
  });

  it('says which files of the run were not found', async () => {
    const { folder, files } = shoot(names);
    await run(writingProgram().program, requestFor(folder, files));
    cutAfter(folder, 'done', 'in/a.jpg');
    const { batch } = await run(
      writingProgram().program,
      requestFor(folder, files.slice(0, 2), { mode: 'resume' }),
    );
    expect(batch.notices).toEqual([expect.stringContaining('in/c.jpg')]);
  });
});

describe('the report', () => {
  it('says of every file what the journal knows, as JSON and as a table', async () => {
    const { folder, files } = shoot(['=a,"b".jpg', 'bad.jpg', 'c.jpg']);
    const { program } = writingProgram({
      bad: () => {
        throw new HourglassError('damaged-image', 'bad.jpg is damaged.');
      },
    });
    const gone = new HourglassError('file-not-found', 'gone.jpg does not exist.');
    const problems = [{ input: join(folder, 'in/gone.jpg'), error: gone }];
    await run(program, requestFor(folder, files, { problems }));
    const journal = join(folder, 'out.hourglass.jsonl');
    const report = reportOf((await readJournal(journal))!)!;
    expect(report).toMatchObject({ command: 'denoise', done: 2, failed: 2, left: 0 });
    expect(report.files.map(({ state, source }) => [state, source.split('/').at(-1)])).toEqual([
      ...[['done', '=a,"b".jpg'] as const, ['failed', 'bad.jpg'] as const],
      ...[['done', 'c.jpg'] as const, ['failed', 'gone.jpg'] as const],
    ]);
    expect(report.files[0]).toMatchObject({
      sha256: sha256(join(folder, 'out/=a,"b".jpg')),
      model: 'denoise-photo-fast 1',
      attempts: 1,
    });
    const table = csvOf(report).split('\r\n');
    expect(table[0]).toMatch(/^source,state,output/);
    expect(table[1]).toContain('/in/=a,""b"".jpg",done');
    expect(table[2]).toContain('bad.jpg is damaged.');
    // Changed afterwards, it is no longer what it was.
    appendFileSync(join(folder, 'out/c.jpg'), 'retouched');
    await run(program, requestFor(folder, files, { mode: 'resume' }));
    expect(reportOf((await readJournal(journal))!)).toMatchObject({ done: 1, failed: 2 });
  });
});

describe('what became of the elements of de-identified files', () => {
  type Fates = NonNullable<OutputOf<Commands['denoise']>['deidentified']>;
  const patient: Fates[number] = {
    ...{ path: '(0010,0010)', keyword: 'PatientName', action: 'emptied', count: 1 },
  };
  const technique = Array.from({ length: 200 }, (_, at): Fates[number] => ({
    path: `(0018,${(0x1000 + at).toString(16)})`,
    ...{ keyword: `Technique${at}`, action: 'kept', count: 1 },
  }));
  const nested: Fates[number] = {
    ...{ path: '(0009,0010)/(0009,1001)', keyword: null, action: 'removed', count: 3 },
  };
  const saying = (happens = {}) =>
    writingProgram(happens, (name) =>
      name.startsWith('photo')
        ? {}
        : { deidentified: [...(name.startsWith('s1') ? [nested] : []), patient, ...technique] },
    );

  it('is one list in the report, with how many files each is of; the journal says it once', async () => {
    const names = ['photo.jpg', ...Array.from({ length: 12 }, (_, at) => `s${at}.dcm`)];
    const { folder, files } = shoot(names);
    const interrupt = new AbortController();
    const { program } = saying({ s5: () => interrupt.abort() });
    await run(program, requestFor(folder, files), { signal: interrupt.signal });
    const state = async () => (await readJournal(join(folder, 'out.hourglass.jsonl')))!;
    const before = reportOf(await state())!;
    expect(before.left).toBeGreaterThan(3);
    // Another process numbers anew.
    await run(saying().program, requestFor(folder, files, { mode: 'resume' }));
    const report = reportOf(await state())!;
    expect(report).toMatchObject({ done: 13, deidentified: { files: 12 } });
    const { elements } = report.deidentified!;
    expect(elements).toHaveLength(202);
    expect(elements[0]).toEqual({
      ...{ path: '(0009,0010)/(0009,1001)', keyword: null, action: 'removed', files: 3 },
    });
    expect(elements[1]).toEqual({
      ...{ path: '(0010,0010)', keyword: 'PatientName', action: 'emptied', files: 12 },
    });
    const table = csvOf(report).split('\r\n');
    expect(table[names.length + 1]).toBe('');
    expect(table[names.length + 2]).toBe('tag,keyword,action,files');
    expect(table).toContain('"(0010,0010)",PatientName,emptied,12');
    const done = lines(folder).filter(({ type }) => type === 'done');
    for (const { elements: numbers } of done) expect(String(numbers ?? '').length).toBeLessThan(20);
    expect(lines(folder).filter(({ type }) => type === 'elements').length).toBeLessThan(5);
  });

  it('is not made up where lines of the journal are missing, and of other runs there is none', async () => {
    const { folder, files } = shoot(['s0.dcm', 's1.dcm']);
    await run(saying().program, requestFor(folder, files));
    const path = join(folder, 'out.hourglass.jsonl');
    const kept = lines(folder).filter(({ type }) => type !== 'elements');
    writeFileSync(path, kept.map((one) => `${JSON.stringify(one)}\n`).join(''));
    expect(reportOf((await readJournal(path))!)).toMatchObject({ done: 2, deidentified: null });
    const photos = shoot(['photo.jpg']);
    await run(saying().program, requestFor(photos.folder, photos.files));
    const other = reportOf((await readJournal(join(photos.folder, 'out.hourglass.jsonl')))!)!;
    expect(other.deidentified).toBeNull();
    expect(csvOf(other)).not.toContain('keyword');
  });
});

describe('leaving out what is there', () => {
  it('is proven: by the journal, of this file, with these settings', async () => {
    const { folder, files } = shoot(['a.jpg', 'b.jpg', 'c.jpg']);
    await run(writingProgram().program, requestFor(folder, files.slice(0, 2)));
    writeFileSync(join(folder, 'out/c.jpg'), 'whose?');
    const { program, done } = writingProgram();
    const skip = requestFor(folder, files, { mode: 'skip' });
    expect(await run(program, skip)).toMatchObject({ done: 2, refused: 1, verified: 2 });
    expect(await run(program, { ...skip, settings: { sigma: 20 } })).toMatchObject({
      ...{ done: 0, refused: 3, verified: 0 },
    });
    expect(done).toEqual([]);
    expect(readFileSync(join(folder, 'out/c.jpg'), 'utf8')).toBe('whose?');
  });
});

describe('what a run takes for its inputs', () => {
  const sources = (jobs: readonly JobRecord[]) =>
    jobs.map(({ input }) => String(input.source).split('/').at(-1));
  const marked = (action: string): Buffer =>
    Buffer.concat([
      jpegBytes,
      Buffer.from(
        `xmlns:hourglass="https://hourglass.invalid/ns/1.0/"><rdf:li>Hourglass 0.1.0: ${action}</rdf:li>`,
      ),
    ]);
  const planOf = async (folder: string, files: BatchRequest['files'], more = {}) =>
    (await planBatch(requestFor(folder, files, { journal: null, ...more }))).plan;

  it('no result that carries our mark, whatever its name; what is named is taken', async () => {
    const { folder, files } = shoot(['a.jpg', 'z.jpg', 'y.jpg']);
    writeFileSync(files[1]!.path, marked('noise level 10'));
    const plan = await planOf(folder, files);
    expect(sources(plan.run.jobs)).toEqual(['a.jpg', 'y.jpg']);
    expect(plan.ownResults).toBe(1);
    const named = files.map((file) => ({ ...file, named: true }));
    expect(sources((await planOf(folder, named)).run.jobs)).toHaveLength(3);
  });

  it('results of another command where their source is here too, and only there', async () => {
    const { folder, files } = shoot(['a.jpg', 'a-clean.jpg', 'other/b.jpg']);
    writeFileSync(files[1]!.path, marked('noise level 10'));
    writeFileSync(files[2]!.path, marked('noise level 10'));
    const { run: planned } = await planOf(folder, files, { command: 'encode', settings: {} });
    expect(sources(planned.jobs)).toEqual(['a.jpg', 'b.jpg']);
  });

  it('no result that a journal knows, without any mark', async () => {
    const { folder, files } = shoot(['a.jpg', 'b.jpg']);
    const out = '{dir}/{name}-x.{ext}';
    const journal = join(folder, 'in/denoise.hourglass.jsonl');
    await run(writingProgram().program, requestFor(folder, files, { out, journal }));
    const made = ['a-x.jpg', 'b-x.jpg'].map((name) => {
      const path = join(folder, 'in', name);
      return { path, files: [path], below: '', named: false };
    });
    const all = [...files, ...made];
    const more = { journals: [journal] };
    expect(sources((await planOf(folder, all, more)).run.jobs)).toEqual(['a.jpg', 'b.jpg']);
    const encoded = await planOf(folder, all, { ...more, command: 'encode', settings: {} });
    expect(sources(encoded.run.jobs)).toEqual(['a.jpg', 'b.jpg']);
  });

  it('never writes over an input by another name', async () => {
    const { folder, files } = shoot(['a.jpg', 'b.jpg']);
    mkdirSync(join(folder, 'out'));
    linkSync(files[1]!.path, join(folder, 'out/a.jpg'));
    const { run: planned } = await planOf(folder, files, {
      settings: { sigma: 1, overwrite: true },
    });
    expect(planned.jobs.map(({ state, error }) => [state, error?.code])).toEqual([
      ['refused', 'output-is-source'],
      ['queued', undefined],
    ]);
  });
});
