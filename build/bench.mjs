// `npm run bench -- <name>`: runs test/bench/<name>.ts on the built program; with `--against DIR`,
// test/bench/against.ts on this checkout's and another one's.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildIfStale, root } from './build.mjs';
import { bundleScript } from './run-script.mjs';

const name = process.argv[2];
// Another built checkout to compare with: the comparisons have names of their own, in against/cases.ts.
const compares = process.argv.some((word) => /^--against(=|$)/.test(word));
const file = compares ? 'against' : name;
const entry = file && join(root, 'test/bench', `${file}.ts`);
if (!entry || !existsSync(entry) || name === 'against') {
  const names = readdirSync(join(root, 'test/bench'))
    .filter((found) => found.endsWith('.ts') && !found.startsWith('_') && found !== 'against.ts')
    .map((found) => found.slice(0, -3));
  console.error(`Usage: npm run bench -- <${names.join('|')}> [options]
       npm run bench -- <name> --against DIR [options]   see docs/benchmarks.md`);
  process.exit(2);
}
await buildIfStale();
const outfile = await bundleScript(`test/bench/${file}.ts`, 'bench');
process.argv.splice(1, compares ? 1 : 2, outfile);
await import(pathToFileURL(outfile).href);
