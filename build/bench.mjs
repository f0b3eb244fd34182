// `npm run bench -- <name>`: runs test/bench/<name>.ts against the built program.
import { build } from 'esbuild';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildIfStale, root } from './build.mjs';

const name = process.argv[2];
const entry = name && join(root, 'test/bench', `${name}.ts`);
if (!entry || !existsSync(entry)) {
  const names = readdirSync(join(root, 'test/bench'))
    .filter((file) => file.endsWith('.ts') && !file.startsWith('_'))
    .map((file) => file.slice(0, -3));
  console.error(`Usage: npm run bench -- <${names.join('|')}> [options]`);
  process.exit(2);
}
await buildIfStale();
const outfile = join(root, 'dist/bench', `${name}.mjs`);
rmSync(outfile, { force: true });
await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});
process.argv.splice(1, 2, outfile);
await import(pathToFileURL(outfile).href);
