/** The word that a disk gets full while a run goes on. */
import { expect, it } from 'vitest';
import { newJob, type JobRecord } from '../../../app/contract/index.ts';
import { RoomWatch } from '../../../app/jobs/runs/room.ts';
import type { PlannedFile } from '../../../app/jobs/runs/plan.ts';
import { temporaryFolder } from './helpers.ts';

/** Ends files one by one. @returns what was said after each */
async function said(sourceBytes: number, resultBytes: number): Promise<number[]> {
  const folder = temporaryFolder();
  const jobs = Array.from({ length: 6 }, (_, at): JobRecord => {
    const output = { path: `${folder}/${at}.png`, format: 'png' as const, notices: [] };
    const input = { source: `${folder}/in/${at}.png` };
    return newJob({ id: `f-${at}`, run: 'r', command: 'denoise', input, output });
  });
  const files = new Map(jobs.map(({ id }) => [id, { bytes: sourceBytes } as PlannedFile]));
  const told: string[] = [];
  let now = 0;
  const watch = new RoomWatch({
    ...{ plan: { run: { id: 'r', jobs }, files }, out: `${folder}/` },
    ...{ notice: (text) => told.push(text), now: () => (now += 10_000) },
  });
  const counts: number[] = [];
  for (const job of jobs) {
    const result = { bytes: resultBytes };
    await watch.told({ ...job, state: 'done' }, { kind: 'result', result });
    counts.push(told.length);
  }
  return counts;
}

it('is said once, as soon as what is left does not fit', async () => {
  expect(await said(1e17, 1e17)).toEqual([1, 1, 1, 1, 1, 1]);
  expect(await said(1, 1)).toEqual([0, 0, 0, 0, 0, 0]);
  // Results are larger than their sources, which three of them show.
  expect(await said(1, 1e17)).toEqual([0, 0, 1, 1, 1, 1]);
});
