import { defineConfig } from '@playwright/test';
import { chromiumArguments, findChromium } from './build/chromium.mjs';

// Whatever this machine speaks: tests compare English words. What they start inherits it.
process.env.HOURGLASS_LANGUAGE = 'en';

/** Files of minutes whose tests follow each other. */
const long = '**/walk.spec.ts';

const use = {
  browserName: 'chromium',
  launchOptions: {
    executablePath: findChromium() ?? undefined,
    args: chromiumArguments,
  },
} as const;

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  timeout: 180_000,
  // A condition is waited for, however busy the machine is: two workers, their browsers and engines share its cores.
  expect: { timeout: 20_000 },
  // Of two cores: while one worker waits for a page, an animation or a written file, the other one computes.
  workers: 2,
  reporter: 'list',
  projects: [
    // The files are taken in this order: the longest one, which no other worker can share, is not what the last worker is left with.
    { name: 'long', testMatch: long, use },
    { name: 'chromium', testIgnore: long, use },
  ],
});
