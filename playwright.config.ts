import { defineConfig } from '@playwright/test';
import { chromiumArguments, findChromium } from './build/chromium.mjs';

// Whatever this machine speaks: tests compare English words. What they start inherits it.
process.env.HOURGLASS_LANGUAGE = 'en';

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  timeout: 60_000,
  // Two cores: the software renderer and the engine already use both.
  workers: 1,
  reporter: 'list',
  projects: [
    {
      name: 'chromium',
      use: {
        browserName: 'chromium',
        launchOptions: {
          executablePath: findChromium() ?? undefined,
          args: chromiumArguments,
        },
      },
    },
  ],
});
