// `npm run walk -- [options]`: the long random walks of test/walk against the built program.
import { buildIfStale } from './build.mjs';
import { findChromium } from './chromium.mjs';
import { runScript } from './run-script.mjs';

await buildIfStale();
findChromium({ install: true });
await runScript('test/walk/main.ts', 'walk');
