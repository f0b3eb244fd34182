// `npm run walk -- [options]`: the long random walks of test/walk against the built program.
import { build } from 'esbuild';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildIfStale, root } from './build.mjs';
import { findChromium } from './chromium.mjs';

await buildIfStale();
findChromium({ install: true });
const outfile = join(root, 'dist/walk/main.mjs');
await build({
  entryPoints: [join(root, 'test/walk/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});
await import(pathToFileURL(outfile).href);
