/** A program over the fake engine (`fake-engine.mjs`): a real process, no images. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import type { DeviceId, DeviceReport, HourglassEvent } from '../../../app/contract/index.ts';
import type { ConnectionLimits } from '../../../app/jobs/connection.ts';
import { createNodeLauncher } from '../../../app/jobs/launch.ts';
import { assembleProgram } from '../../../app/jobs/program.ts';
import type { NameOutput, Program, ProgramOptions } from '../../../app/jobs/types.ts';

const cleanUps: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-test-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const report = (id: DeviceId, usable = true): DeviceReport => ({
  id,
  label: id === 'cpu' ? 'CPU' : `A ${id} device`,
  usable,
  reason: 'It passed.',
  maxDifference: 0,
  megapixelsPerSecond: 1,
  precision: 'fp32',
  int8: null,
  graphOptimization: 'all',
  checkedAt: '2026-01-01T00:00:00.000Z',
});

export interface FakeProgram {
  readonly program: Program;
  readonly events: HourglassEvent[];
  /** "running slow.jpg", "engine died", … in the order told; progress repeats left out. */
  readonly story: () => string[];
  /** Devices probed, in order. */
  readonly probed: DeviceId[];
}

export function fakeProgram(
  options: {
    env?: NodeJS.ProcessEnv;
    limits?: Partial<ConnectionLimits>;
    recycleAbove?: number;
    cacheFolder?: string;
    launch?: ProgramOptions['launch'];
    /** Default: sources need not exist. */
    nameOutput?: NameOutput;
  } = {},
): FakeProgram {
  const probed: DeviceId[] = [];
  const events: HourglassEvent[] = [];
  const program = assembleProgram(
    {
      launch:
        options.launch ??
        createNodeLauncher({
          entries: { engine: fileURLToPath(new URL('fake-engine.mjs', import.meta.url)) },
          env: { ...process.env, ...options.env },
        }),
      cacheFolder: options.cacheFolder ?? temporaryFolder(),
      modelsFolder: '/none',
      userModelsFolder: '/none',
      software: 'Test 1',
      ...(options.recycleAbove === undefined ? {} : { recycleAbove: options.recycleAbove }),
    },
    {
      devices: {
        key: 'test',
        candidates: ['cpu', 'webgpu'],
        probe: async (id) => {
          probed.push(id);
          return report(id);
        },
      },
      nameOutput:
        options.nameOutput ??
        ((_command, { source }) =>
          Promise.resolve({ path: `${String(source)}.out`, format: 'png', notices: [] })),
      limits: { silentSeconds: 30, startSeconds: 90, cancelGraceMs: 5000, ...options.limits },
    },
  );
  program.listen((event) => events.push(event));
  cleanUps.push(() => program.stop());
  return {
    program,
    events,
    probed,
    story: () => {
      const lines = events.flatMap((event) => {
        if (event.type === 'engine') return [`engine ${event.state}`];
        if (event.type !== 'job') return [];
        return [`${event.state} ${event.source?.split('/').at(-1) ?? ''}`];
      });
      return lines.filter((line, index) => line !== lines[index - 1]);
    },
  };
}

/** Resolves at the first event that fits. */
export function eventOf(
  program: Program,
  fits: (event: HourglassEvent) => boolean,
): Promise<HourglassEvent> {
  return new Promise((resolve) => {
    const stop = program.listen((event) => {
      if (!fits(event)) return;
      stop();
      resolve(event);
    });
  });
}

/** Resolves when a job's work has told progress: it is really in the engine now. */
export const inTheMiddle = (program: Program, job: string): Promise<HourglassEvent> =>
  eventOf(
    program,
    (event) => event.type === 'job' && event.job === job && (event.progress?.done ?? 0) > 0,
  );
