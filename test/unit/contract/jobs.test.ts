/** Jobs as data, and the one list under every door. */
import { describe, expect, it } from 'vitest';
import {
  cancelledError,
  HourglassError,
  JobList,
  jobRecordSchema,
  JobTally,
  newJob,
  Pace,
  type JobOutcome,
  type JobRecord,
} from '../../../app/contract/index.ts';

const job = (id: string, state: JobRecord['state'] = 'queued'): JobRecord => ({
  ...newJob({ id, run: 'r', command: 'denoise', input: { source: `/${id}` } }),
  state,
});
const jobs = (...ids: string[]) => ({ jobs: ids.map((id) => job(id)) });
const tiles = { unit: 'tiles', message: '' } as const;
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A list whose jobs end when the test says so. */
function held(more: { told?: (job: JobRecord) => void | Promise<void>; now?: () => number } = {}) {
  const story: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const list = new JobList({
    perform: ({ id }, signal) =>
      new Promise((resolve, reject) => {
        ends.set(id, (error) => (error ? reject(error) : resolve(`${id} made`)));
        signal.addEventListener('abort', () => reject(cancelledError()));
      }),
    told: (told: JobRecord, outcome: JobOutcome | null) => {
      story.push(
        `${told.id} ${told.state}${outcome?.kind === 'result' ? `: ${String(outcome.result)}` : ''}`,
      );
      return more.told?.(told);
    },
    ...(more.now ? { now: more.now } : {}),
  });
  const end = async (id: string, error?: Error): Promise<void> => {
    ends.get(id)!(error);
    await settled();
  };
  return { list, story, end };
}

describe('a list of jobs', () => {
  it('goes one after another, and on after a failure; jobs may join while it goes', async () => {
    const { list, story, end } = held();
    list.add(jobs('a', 'b'));
    expect(list.busy).toBe(true);
    await end('a', new HourglassError('damaged-image', 'a is damaged.'));
    list.add(jobs('c'));
    await end('b');
    await end('c');
    await list.idle();
    expect(story).toEqual([
      ...['a running', 'a failed', 'b running', 'b done: b made', 'c running', 'c done: c made'],
    ]);
    expect(list.busy).toBe(false);
    expect(list.progress).toMatchObject({ total: 3, fraction: 1, counts: { done: 2, failed: 1 } });
    const failed = list.jobs[0]!;
    expect(failed.error).toMatchObject({ code: 'damaged-image', message: 'a is damaged.' });
    expect(jobRecordSchema.parse(JSON.parse(JSON.stringify(failed)))).toEqual(failed);
    expect(() => list.add(jobs('a'))).toThrow('in the list already');
    list.clear();
    expect(list.progress.total).toBe(0);
  });

  it('one cancel ends one job, or all of them', async () => {
    const { list, story, end } = held();
    list.add(jobs('a', 'b', 'c', 'd'));
    list.cancel('b');
    list.cancel('a');
    await settled();
    expect(story).toEqual(['a running', 'b cancelled', 'a cancelled', 'c running']);
    list.cancel();
    await list.idle();
    expect(list.progress.counts).toMatchObject({ cancelled: 4, queued: 0, running: 0 });
    // A list that was cancelled takes new work.
    list.add(jobs('e'));
    await end('e');
    expect(story.at(-1)).toBe('e done: e made');
  });

  it('a job that is taken out is not counted, one that has ended is not performed', async () => {
    const { list, story, end } = held();
    list.add({ jobs: [job('x', 'refused'), job('y', 'done'), job('a'), job('b')] });
    list.remove('b');
    await end('a');
    await list.idle();
    expect(story).toEqual(['a running', 'a done: a made']);
    expect(list.progress).toMatchObject({ total: 3, counts: { refused: 1, done: 2 } });
  });

  it('is idle at once where nothing is to be done', async () => {
    const { list } = held();
    list.add({ jobs: [job('x', 'refused')] });
    expect(list.busy).toBe(false);
    await list.idle();
  });

  it('waits for who is told before it goes on, and ends when that fails', async () => {
    let write = (_error?: Error): void => {};
    const { list, story, end } = held({
      told: ({ state }) =>
        state === 'done'
          ? new Promise<void>((resolve, reject) => {
              write = (error) => (error ? reject(error) : resolve());
            })
          : undefined,
    });
    list.add(jobs('a', 'b', 'c'));
    await end('a');
    expect(story).toEqual(['a running', 'a done: a made']);
    write();
    await settled();
    expect(story.at(-1)).toBe('b running');
    await end('b');
    const ended = list.idle();
    write(new Error('The disk is full.'));
    await expect(ended).rejects.toThrow('The disk is full.');
    expect(story).not.toContain('c running');
    expect(list.progress.counts).toMatchObject({ done: 2, cancelled: 1 });
  });

  it('knows how far it is by the size of the work, and how long the rest takes', async () => {
    let time = 0;
    const sizes: Record<string, number | null> = { before: 100, a: 10, b: 30, c: null };
    const ends = new Map<string, (value: unknown) => void>();
    const list = new JobList({
      perform: ({ id }) => new Promise((resolve) => ends.set(id, resolve)),
      told: () => {},
      weightOf: ({ id }) => sizes[id]!,
      now: () => time,
    });
    list.add({ jobs: [job('before', 'done'), job('a'), job('b')] });
    time = 10_000;
    list.follow({
      type: 'job',
      ...{ job: 'a', command: 'denoise', source: null, state: 'running', error: null },
      progress: { done: 1, total: 2, unit: 'tiles', message: '' },
    });
    // Half of a: 5 of 40 in 10 seconds. What was done before says nothing of the speed.
    expect(list.progress).toMatchObject({ fraction: 105 / 140, through: 5, secondsLeft: 70 });
    ends.get('a')!(null);
    await settled();
    expect(list.progress).toMatchObject({ through: 10, secondsLeft: 30 });
    list.cancel('b');
    ends.get('b')!(null);
    await list.idle();
    expect(list.progress.secondsLeft).toBe(0);
  });
});

describe('how far a list is', () => {
  it('what is not known counts like the others; what failed is through, what was cancelled is no work', () => {
    const tally = new JobTally();
    tally.add(job('a', 'failed'), 10);
    tally.add(job('b'), 30);
    tally.add(job('c'), null);
    tally.add(job('d', 'cancelled'), 1000);
    tally.add(job('e', 'refused'), null);
    expect(tally.work).toEqual({ through: 10, left: 50 });
    tally.remove(job('b'), 30);
    tally.add(job('b', 'done'), 30);
    expect(tally.work).toEqual({ through: 40, left: 20 });
    expect(tally.total).toBe(5);
  });
});

describe('the time that is left', () => {
  /** Jobs of a kind with weights, and how long each takes alone, as a list tells them. */
  class Told {
    readonly pace = new Pace();
    expect(kind: string, weight: number | null, count = 1): this {
      for (let at = 0; at < count; at++) this.pace.add({ job: job('x'), kind, weight });
      return this;
    }
    ends(kind: string, weight: number, seconds: number, count = 1): this {
      for (let at = 0; at < count; at++) {
        this.pace.remove({ job: job('x'), kind, weight });
        this.pace.add({ job: job('x', 'done'), kind, weight });
        this.pace.took(kind, seconds);
      }
      return this;
    }
    fails(kind: string, weight: number): this {
      this.pace.remove({ job: job('x'), kind, weight });
      this.pace.add({ job: job('x', 'failed'), kind, weight });
      return this;
    }
    left(elapsed: number): number | null {
      return this.pace.secondsLeft(elapsed, []);
    }
  }
  /** JPEGs of 5 MB that take 2 s, done. */
  const jpegsDone = (count: number): Told =>
    new Told().expect('.jpg', 5e6, count).ends('.jpg', 5e6, 2, count);

  it('is not told before something was seen', () => {
    const told = new Told().expect('.jpg', 5e6, 400);
    expect(told.left(100)).toBeNull();
    told.ends('.jpg', 5e6, 0.5, 2);
    expect(told.left(3)).toBeNull();
    told.ends('.jpg', 5e6, 0.5);
    expect(told.left(1.9)).toBeNull();
    expect(told.left(3)).toBeCloseTo(397, 5);
    // A large part of little is enough.
    expect(new Told().expect('', 1, 4).ends('', 1, 10).left(10)).toBeCloseTo(30, 5);
  });

  it('is measured over files like those that are left', () => {
    const told = jpegsDone(10).expect('.cr2', 30e6, 13).ends('.cr2', 30e6, 20, 3);
    // 80 s are gone; ten of 20 s are left, whatever the JPEGs took.
    expect(told.left(80)).toBeCloseTo(200, 5);
  });

  it('takes a kind that was not seen yet for what was', () => {
    expect(jpegsDone(10).expect('.png', 10e6).left(20)).toBeCloseTo(4, 5);
  });

  it('goes by size within a kind', () => {
    expect(jpegsDone(4).expect('.jpg', 50e6).left(8)).toBeCloseTo(20, 5);
  });

  it('counts the clock on the wall where files run side by side', () => {
    expect(jpegsDone(10).expect('.jpg', 5e6, 10).left(10)).toBeCloseTo(10, 5);
  });

  it('leaves out what failed: it says nothing of the others', () => {
    const told = jpegsDone(10).expect('.jpg', 5e6, 20);
    for (let at = 0; at < 10; at++) told.fails('.jpg', 5e6);
    expect(told.left(20)).toBeCloseTo(20, 5);
  });

  it('takes what is through of a job under way', () => {
    const told = jpegsDone(2);
    const half = { ...job('y', 'running'), progress: { ...{ done: 1, total: 2 }, ...tiles } };
    const under = { job: half, kind: '.tif', weight: 100e6, seconds: 40 };
    told.pace.add(under);
    expect(told.pace.secondsLeft(44, [under])).toBeCloseTo(40, 5);
  });

  it('is that of the list, by kind, on its clock', async () => {
    let time = 0;
    const ends = new Map<string, (value: unknown) => void>();
    const list = new JobList({
      perform: ({ id }) => new Promise((resolve) => ends.set(id, resolve)),
      told: () => {},
      kindOf: ({ id }) => id[0]!,
      now: () => time,
    });
    list.add(jobs('a1', 'a2', 'b1', 'b2', 'b3'));
    for (const [id, seconds] of [
      ['a1', 2],
      ['a2', 2],
      ['b1', 20],
    ] as const) {
      time += seconds * 1000;
      ends.get(id)!(null);
      await settled();
    }
    expect(list.progress.secondsLeft).toBeCloseTo(40, 5);
  });

  it('stays that of the list where it rests in between, and where what was done is forgotten', async () => {
    let time = 0;
    const ends = new Map<string, (value: unknown) => void>();
    const list = new JobList({
      perform: ({ id }) => new Promise((resolve) => ends.set(id, resolve)),
      told: () => {},
      now: () => time,
    });
    const end = async (id: string, seconds: number): Promise<void> => {
      time += seconds * 1000;
      ends.get(id)!(null);
      await settled();
    };
    list.add(jobs('a', 'b'));
    await end('a', 100);
    await end('b', 100);
    await list.idle();
    time += 3_600_000;
    list.add(jobs('c', 'd', 'e'));
    time += 3000;
    expect(list.progress.secondsLeft).toBeCloseTo(300, -1);
    await end('c', 97);
    expect(list.progress.secondsLeft).toBeCloseTo(200, 5);
    list.clear();
    expect(list.progress.secondsLeft).toBeCloseTo(200, 5);
  });
});
