import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Whatever this machine speaks: tests compare English words. */
const env = { HOURGLASS_LANGUAGE: 'en' };

/**
 * Of two cores: a test that waits for a program that it has started, or for its clock, leaves its core to the third. The projects have
 * as many, for they run together.
 */
const maxWorkers = 3;

/** It starts built programs, or makes some. */
const builds = /build(App)?IfStale|buildRuntime|toyCheckout/;

/**
 * What a process has one of, and a test changes: its environment, its folder, what listens to its end, its globals and clock, and modules
 * that are replaced or watched; or measures: its memory.
 */
const ofProcess = [
  /process\.env(\.\w+|\[[^\]]+\]) *=[^=]|delete process\.env|Object\.assign\(process\.env/,
  /process\.(chdir|umask|on|once)\(|process\.(exitCode|argv|title) *=[^=]/,
  /process\.memoryUsage\b/,
  /globalThis\.\w+ *=[^=]|Object\.(assign|defineProperty)\(globalThis/,
  /\bvi\.(mock|doMock|resetModules|spyOn|stub\w+|useFakeTimers|setSystemTime)\b/,
];

const setupFiles = ['test/equality.ts'];

const unitTests = ['test/unit/**/*.test.ts', 'renderer/**/*.test.ts'];

/**
 * They share one process in each worker, where what they test is loaded once, but for those that need their own, told by their text.
 * One that must have it for another reason says so: `// Alone: REASON`.
 */
const shared = globSync(unitTests, { cwd: import.meta.dirname }).filter((file) => {
  const text = readFileSync(join(import.meta.dirname, file), 'utf8');
  return ![builds, ...ofProcess, /^\/\/ Alone: /m].some((sign) => sign.test(text));
});

/**
 * Files that start programs, and those that clean real photographs, take longest and go first: what is left for the end is short. Those that
 * share a process come last and together, for a worker keeps its process only while the next file in the queue may share it.
 */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      if (project.name === 'unit-shared') return 2;
      return project.name === 'corpus' || builds.test(readFileSync(moduleId, 'utf8')) ? 0 : 1;
    };
    const sorted = (await super.sort(files)).map((file) => ({ file, rank: rank(file) }));
    return sorted.sort((one, other) => one.rank - other.rank).map(({ file }) => file);
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    projects: [
      ...[
        { name: 'unit', include: unitTests, exclude: shared, isolate: true },
        { name: 'unit-shared', include: shared, isolate: false },
      ].map((which) => ({
        test: { ...which, env, setupFiles, testTimeout: 60_000, hookTimeout: 60_000, maxWorkers },
      })),
      {
        test: {
          name: 'corpus',
          env,
          setupFiles,
          include: ['test/corpus/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          maxWorkers,
        },
      },
    ],
    reporters: ['default'],
  },
});
