// `npm run fuzz -- PARSER --minutes N`: test/fuzz/fuzz.ts, bundled; the parsers run in a process of their own.
import { build } from 'esbuild';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildAppIfStale, root } from './build.mjs';

await buildAppIfStale(); // The latents' coder is WASM.
const outfile = join(root, 'dist/fuzz/fuzz.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['test/fuzz/fuzz.ts'],
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
