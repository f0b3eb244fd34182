/**
 * `npm run walk -- [--seeds 1,2,3] [--steps 200] [--door browser,window] [--list steps.json] [--memory MB]`
 *
 * The long walks. Ends with exit code 1 when anything was found, or when too few steps became final.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../data.ts';
import type { Step } from './actions.ts';
import type { DoorKind } from './doors.ts';
import { walk } from './walk.ts';

/** Share of the steps that must have become final in time. */
const ENOUGH = 0.7;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    steps: { type: 'string', default: '200' },
    door: { type: 'string', default: 'browser,window' },
    list: { type: 'string' },
    memory: { type: 'string', default: '16' },
    quiet: { type: 'boolean', default: false },
  },
});

const list = values.list ? (JSON.parse(await readFile(values.list, 'utf8')) as Step[]) : undefined;
let failed = false;
for (const door of values.door.split(',') as DoorKind[])
  for (const seed of values.seeds.split(',').map(Number)) {
    const folder = await mkdtemp(join(tmpdir(), 'hourglass-walk-'));
    const started = Date.now();
    try {
      const result = await walk({
        ...{ door, seed, steps: Number(values.steps), folder, memory: Number(values.memory) },
        ...(list ? { list } : {}),
        shots: join(repositoryRoot, 'test-results/walk'),
        ...(values.quiet ? {} : { say: (line) => console.log(line) }),
      });
      const share = result.final / Math.max(1, result.done);
      const bad = result.findings.length > 0 || share < ENOUGH;
      failed ||= bad;
      console.log(
        `${door}, seed ${seed}: ${result.done} of ${result.steps} steps done, ${result.final} final (${(share * 100).toFixed(0)} %), ` +
          `${result.comparedPixels} pixels compared, ${result.differingPixels} differ, ${result.notFound} answers of 404, ` +
          `${result.findings.length} findings, ${((Date.now() - started) / 1000).toFixed(0)} s; zooms ${JSON.stringify(result.zooms)}`,
      );
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }
process.exit(failed ? 1 : 0);
