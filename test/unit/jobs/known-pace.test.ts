/** What a dry run knows of the time and the space that a batch takes: what was measured on this machine, and nothing else. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newJob, type JobRecord } from '../../../app/contract/index.ts';
import { estimate, KnownPace, SeenOfRun, wayOf } from '../../../app/jobs/runs/known-pace.ts';
import type { PlannedFile, PlannedRun } from '../../../app/jobs/runs/plan.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hourglass-pace-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const output = { path: '/out', format: 'jpeg', notices: [] } as const;
function planOf(sizes: Readonly<Record<string, number>>): Pick<PlannedRun, 'run' | 'files'> {
  const jobs = Object.keys(sizes).map((path): JobRecord => ({
    ...newJob({ id: path, run: 'r', command: 'denoise', input: { source: path } }),
    output: { ...output, notices: [] },
  }));
  const files = Object.entries(sizes).map(
    ([path, bytes]) => [path, { bytes } as PlannedFile] as const,
  );
  return { run: { id: 'r', jobs }, files: new Map(files) };
}

/**
 * A run over these files, each with a result of half its size in two seconds of its own, two at a time.
 * @param waited seconds for something else
 */
function seenOf(sizes: Readonly<Record<string, number>>, waited = 0) {
  const plan = planOf(sizes);
  const seen = new SeenOfRun(plan);
  for (const job of plan.run.jobs) {
    const result = { bytes: sizes[job.id]! / 2, seconds: 2, width: 1000, height: 1000 };
    seen.told({ ...job, state: 'done' }, { kind: 'result', result });
  }
  return seen.at({ seconds: plan.run.jobs.length + waited });
}

const way = wayOf('denoise', { model: 'auto', device: 'auto', overwrite: true }, '1');

describe('what a batch will take', () => {
  it('is not known before anything like it was done', async () => {
    const guess = estimate(planOf({ '/a.jpg': 4e6 }), await new KnownPace(folder).of(way));
    expect(guess).toEqual({
      ...{ files: 1, sourceBytes: 4e6, seconds: null, bytes: null, megapixelsPerSecond: null },
      unmeasured: { files: 1, kinds: ['.jpg'] },
    });
  });

  it('is told by kind from what earlier runs came to, on the clock on the wall', async () => {
    const known = new KnownPace(folder);
    await known.learn(way, seenOf({ '/a.jpg': 4e6, '/b.JPG': 4e6 }));
    await known.learn(way, seenOf({ '/c.jpg': 4e6, '/d.png': 20e6 }));
    const guess = estimate(
      planOf({ '/e.jpg': 40e6, '/f.png': 20e6, '/g.cr2': 25e6 }),
      await new KnownPace(folder).of(way),
    );
    // A JPEG of 4 MB took a second of the clock, a PNG of 20 MB one too.
    expect(guess).toMatchObject({ files: 3, seconds: 11, bytes: 30e6, megapixelsPerSecond: 1 });
    expect(guess.unmeasured).toEqual({ files: 1, kinds: ['.cr2'] });
  });

  it('is another matter with another network or format, and the same whatever else is set', () => {
    expect(wayOf('denoise', { model: 'auto', device: 'auto', out: 'x' }, '1')).toBe(way);
    expect(wayOf('denoise', { model: 'other', device: 'auto' }, '1')).not.toBe(way);
    expect(wayOf('denoise', { model: 'auto', device: 'auto', format: 'png' }, '1')).not.toBe(way);
    expect(wayOf('denoise', { model: 'auto', device: 'auto' }, '2')).not.toBe(way);
  });

  it('forgets what can not be read, and counts old runs less', async () => {
    writeFileSync(join(folder, 'pace.json'), '{"x":{".jpg":{"files":"many"}}}');
    const known = new KnownPace(folder);
    expect((await known.of('x')).size).toBe(0);
    const one = { files: 3000, read: 3000, written: 300, seconds: 3000, megapixels: 0 };
    await known.learn('x', new Map([['.jpg', one]]));
    await known.learn('x', new Map([['.jpg', { ...one, seconds: 300 }]]));
    expect((await known.of('x')).get('.jpg')).toMatchObject({ files: 4500, seconds: 1800 });
    expect(readFileSync(join(folder, 'pace.json'), 'utf8')).not.toContain('many');
  });

  it('goes by endings of pictures alone: parts of UIDs and of names are no kinds', async () => {
    const known = new KnownPace(folder);
    const scans = { '/1.2.840.4711': 1e6, '/MR.Miller': 1e6, '/scan': 2e6 };
    await known.learn(way, seenOf(scans));
    const text = readFileSync(join(folder, 'pace.json'), 'utf8').toLowerCase();
    expect(text).not.toMatch(/4711|miller/);
    const guess = estimate(planOf({ '/1.2.840.4712': 4e6 }), await known.of(way));
    expect(guess).toMatchObject({ seconds: 3, bytes: 2e6, unmeasured: { files: 0 } });
  });

  it('remembers the last hundred ways of working', async () => {
    const known = new KnownPace(folder);
    const seen = seenOf({ '/a.jpg': 4e6 });
    for (let at = 0; at < 101; at++) await known.learn(`way ${at}`, seen);
    expect((await known.of('way 0')).size).toBe(0);
    expect((await known.of('way 1')).size).toBe(1);
    expect((await known.of('way 100')).size).toBe(1);
  });

  it('is not what the first run waited for the devices', () => {
    expect(seenOf({ '/a.jpg': 4e6 }, 30).get('.jpg')).toMatchObject({ files: 1, seconds: 2 });
  });

  it('leaves out what is not done: refused, done before', () => {
    const plan = planOf({ '/a.jpg': 1, '/b.jpg': 2 });
    const jobs = plan.run.jobs.map((job, at): JobRecord => {
      return at === 0 ? { ...job, state: 'done' } : job;
    });
    expect(estimate({ ...plan, run: { id: 'r', jobs } }, new Map())).toMatchObject({
      ...{ files: 1, sourceBytes: 2 },
    });
  });
});
