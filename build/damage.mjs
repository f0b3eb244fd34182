// `npm run damage`: test/damage/damage.ts, bundled.
import { build } from 'esbuild';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './build.mjs';

const outfile = join(root, 'dist/damage/damage.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['test/damage/damage.ts'],
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
