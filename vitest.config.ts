import { defineConfig } from 'vitest/config';

/** Whatever this machine speaks: tests compare English words. */
const env = { HOURGLASS_LANGUAGE: 'en' };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          env,
          include: ['test/unit/**/*.test.ts', 'renderer/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Two cores: native code is threaded already.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'corpus',
          env,
          include: ['test/corpus/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
        },
      },
    ],
    reporters: ['default'],
  },
});
