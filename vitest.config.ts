import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Whatever this machine speaks: tests compare English words. */
const env = { HOURGLASS_LANGUAGE: 'en' };

/**
 * Of two cores: a test that waits for a program that it has started, or for its clock, leaves its core to the third. The projects have
 * as many, for they run together.
 */
const maxWorkers = 3;

/** Files that start built programs, or make some, or clean real photographs take longest, and go first: what is left for the end is short. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId, project }: TestSpecification): boolean =>
      project.name === 'corpus' ||
      /build(App)?IfStale|buildRuntime|toyCheckout/.test(readFileSync(moduleId, 'utf8'));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          name: 'unit',
          env,
          include: ['test/unit/**/*.test.ts', 'renderer/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'corpus',
          env,
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
