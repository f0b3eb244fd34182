/** Several files of a run under way at once: which may, and what becomes of the others when one ends the engine. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { HourglassError, type CommandId, type JobRecord } from '../../../app/contract/index.ts';
import { performRun, type RunOptions } from '../../../app/jobs/runs/perform.ts';
import type { Program } from '../../../app/jobs/types.ts';

const signal = new AbortController().signal;

const runOf = (files: Readonly<Record<string, number>>) => ({
  run: {
    id: 'r',
    jobs: Object.keys(files).map((name): JobRecord => ({
      ...{ id: name, run: 'r', command: 'denoise' satisfies CommandId },
      input: { source: `/photos/${name}` },
      output: { path: `/photos/${name}.out`, format: 'png', notices: [] },
      ...{ state: 'queued', progress: null, error: null },
    })),
  },
  files: new Map(Object.entries(files).map(([name, bytes]) => [name, { bytes, free: true }])),
});

/** Runs files in a program that says which were under way with which, and ends its engine over some. */
async function flow(
  files: Readonly<Record<string, number>>,
  { poison = '', ...options }: Partial<RunOptions> & { readonly poison?: string } = {},
) {
  const underWay = new Map<string, (error: Error) => void>();
  const together: string[] = [];
  const work = async (name: string): Promise<object> => {
    await new Promise<void>((resolve, reject) => {
      underWay.set(name, reject);
      together.push([...underWay.keys()].join('+'));
      void sleep(10).then(() => {
        if (name !== poison) return resolve();
        const died = new HourglassError('engine-died', 'The engine ended.');
        for (const end of underWay.values()) end(died);
      });
    }).finally(() => underWay.delete(name));
    return {};
  };
  const program = {
    listen: () => () => {},
    runUnknown: (_command: string, _input: unknown, { job }: { job: string }) => work(job),
  };
  const end = await performRun(program as unknown as Program, runOf(files), {
    signal,
    told: () => {},
    ...options,
  });
  return { together, counts: end.counts };
}

it('four small files at a time, and a large one alone', async () => {
  const { together, counts } = await flow({ a: 1, b: 1, c: 1, d: 1, e: 1, large: 64e6, f: 1 });
  expect(Math.max(...together.map((names) => names.split('+').length))).toBe(4);
  expect(together.slice(0, 4)).toEqual(['a', 'a+b', 'a+b+c', 'a+b+c+d']);
  expect(together.filter((names) => names.includes('large'))).toEqual(['large']);
  expect(counts).toMatchObject({ done: 7 });
});

it('one after another where a file has a limit, and where it is asked for', async () => {
  const files = { a: 1, b: 1, c: 1 };
  const limited = await flow(files, { limits: { seconds: 60 } });
  const asked = await flow(files, { atOnce: 1 });
  expect([limited.together, asked.together]).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ]);
});

it('a file that ends every engine takes no other one with it', async () => {
  const { together, counts } = await flow(
    { a: 1, poison: 1, b: 1, c: 1, d: 1 },
    { poison: 'poison' },
  );
  expect(counts).toMatchObject({ done: 4, failed: 1 });
  // Each that was lost with it has its second try alone.
  expect(together.filter((names) => names === 'poison')).toHaveLength(1);
});
