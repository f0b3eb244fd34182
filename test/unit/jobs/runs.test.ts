/** Runs over files: planned before anything is done, performed with the program. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HourglassError, type CommandId, type JobRecord } from '../../../app/contract/index.ts';
import { performRun } from '../../../app/jobs/runs/perform.ts';
import { fileOf, planRun, type RunRequest } from '../../../app/jobs/runs/plan.ts';
import { jpegBytes } from '../web/harness.ts';
import { fakeProgram, temporaryFolder } from './helpers.ts';

const signal = new AbortController().signal;

function filesIn(folder: string, names: readonly string[], named = true): RunRequest['files'] {
  return names.map((name) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, jpegBytes);
    const below = dirname(name) === '.' ? '' : dirname(name);
    return { path, files: [path], below, named };
  });
}

const plan = (files: RunRequest['files'], more: Partial<RunRequest> = {}) =>
  planRun({
    ...{ id: 'r', command: 'denoise', settings: {}, out: null, files, problems: [], signal },
    ...more,
  });
const outputs = (jobs: readonly JobRecord[]) => jobs.map(({ output }) => output?.path);

describe('planning a run', () => {
  it('numbers its files, with as many digits as the run needs', async () => {
    const folder = temporaryFolder();
    const names = Array.from({ length: 10 }, (_, index) => `${index}.jpg`);
    const { run, files } = await plan(filesIn(folder, names), { out: `${folder}/{n}.{ext}` });
    expect(outputs(run.jobs)[0]).toBe(join(folder, '01.jpg'));
    expect(outputs(run.jobs)[9]).toBe(join(folder, '10.jpg'));
    expect(run.jobs[0]).toMatchObject({
      ...{ id: 'file-1', run: 'r', command: 'denoise', state: 'queued' },
      input: { index: 1, inputs: 10 },
    });
    expect(files.get('file-1')).toMatchObject({ bytes: jpegBytes.length, index: 1, free: true });
  });

  it('keeps a tree, leaves results of an earlier run alone, and finds collisions', async () => {
    const folder = temporaryFolder();
    const files = filesIn(folder, ['a.jpg', 'sub/a.jpg', 'a-clean.jpg'], false);
    const beside = await plan(files);
    expect(outputs(beside.run.jobs)).toEqual([
      join(folder, 'a-clean.jpg'),
      join(folder, 'sub/a-clean.jpg'),
    ]);
    expect(beside.ownResults).toBe(1);
    const out = join(folder, 'out/');
    const tree = await plan(files.slice(0, 2), { out });
    expect(outputs(tree.run.jobs)).toEqual([join(out, 'a.jpg'), join(out, 'sub/a.jpg')]);
    expect(tree.collision).toBeNull();
    const flat = await plan(
      files.slice(0, 2).map((file) => ({ ...file, below: '' })),
      { out },
    );
    expect(flat.collision).toEqual({
      first: join(folder, 'a.jpg'),
      second: join(folder, 'sub/a.jpg'),
      output: join(out, 'a.jpg'),
    });
  });

  it('refuses by name what can not be done; what is wrong for all ends it', async () => {
    const folder = temporaryFolder();
    const files = filesIn(folder, ['a.jpg', 'b.jpg']);
    writeFileSync(join(folder, 'a.jpg'), 'no picture');
    const problems = [
      { input: 'gone.jpg', error: new HourglassError('file-not-found', 'gone.jpg is not there.') },
    ];
    const { run } = await plan(files, { problems });
    expect(run.jobs.map((job) => [job.id, job.state, fileOf(job), job.error?.code])).toEqual([
      ['refused-1', 'refused', 'gone.jpg', 'file-not-found'],
      ['refused-2', 'refused', join(folder, 'a.jpg'), 'not-an-image'],
      ['file-1', 'queued', join(folder, 'b.jpg'), undefined],
    ]);
    await expect(plan(files, { settings: { detail: 101 } })).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
  });
});

describe('performing a run', () => {
  const runOf = (names: readonly string[]) => ({
    run: {
      id: 'r',
      jobs: names.map((name): JobRecord => ({
        ...{ id: name, run: 'r', command: 'denoise' satisfies CommandId },
        input: { source: `/photos/${name}`, device: 'cpu' },
        output: { path: `/photos/${name}.out`, format: 'png', notices: [] },
        ...{ state: 'queued', progress: null, error: null },
      })),
    },
    files: new Map(names.map((name) => [name, { bytes: 10, free: true }])),
  });

  it('one failure does not end it, and every change is told', async () => {
    const { program } = fakeProgram();
    const story: string[] = [];
    const end = await performRun(program, runOf(['refused.jpg', 'ok.jpg']), {
      ...{ signal, atOnce: 1 },
      told: ({ id, state, progress }) => void (progress ?? story.push(`${state} ${id}`)),
    });
    expect(story).toEqual([...['running refused.jpg', 'failed refused.jpg', 'running ok.jpg']]);
    expect(end.counts).toMatchObject({ done: 1, failed: 1 });
  });

  it('is cancelled as a whole, before or in the middle', async () => {
    const { program } = fakeProgram();
    const cancel = new AbortController();
    const end = await performRun(program, runOf(['slow.jpg', 'b.jpg', 'c.jpg']), {
      ...{ signal: cancel.signal, atOnce: 1 },
      told: ({ progress }) => {
        if (progress && progress.done > 0) cancel.abort();
      },
    });
    expect(end.counts).toMatchObject({ cancelled: 3, done: 0 });
    const none = await performRun(program, runOf(['b.jpg']), {
      signal: cancel.signal,
      told: () => {},
    });
    expect(none.counts.cancelled).toBe(1);
  });
});
