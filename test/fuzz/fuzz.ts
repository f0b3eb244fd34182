/**
 * `npm run fuzz -- PARSER|all [--minutes 1 | --inputs N] [--seed N]`
 *
 * Feeds a parser with inputs that nobody made, the same for the same seed, and saves what fails, as small as it can be
 * made, in fuzz-results/PARSER. Ends with 1 where something failed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleChild } from '../child.ts';
import { repositoryRoot } from '../data.ts';
import { Fuzzer, type FuzzReport } from './runner.ts';
import { targets } from './targets.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', short: 'h', default: false },
    minutes: { type: 'string', default: '1' },
    inputs: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Date.now() / 1000)) },
  },
});
const [parser = ''] = positionals;
const minutes = Number(values.minutes);
const names = parser === 'all' ? Object.keys(targets) : [parser];
if (
  values.help ||
  !names.every((name) => Object.hasOwn(targets, name)) ||
  !(minutes > 0) ||
  Number(values.inputs ?? 1) < 1
) {
  console.error(
    `Usage: npm run fuzz -- <${Object.keys(targets).join('|')}|all> [--minutes 1 | --inputs N] [--seed N]`,
  );
  process.exit(values.help ? 0 : 2);
}

const fuzzer = new Fuzzer(await bundleChild('test/fuzz/child.ts'));
let failed = false;
try {
  for (const target of names) {
    const until =
      values.inputs === undefined
        ? { ms: (60_000 * minutes) / names.length }
        : { inputs: Number(values.inputs) };
    const report = await fuzzer.run({ target, seed: Number(values.seed), ...until, long: true });
    failed ||= report.failures.length > 0;
    tell(report);
  }
} finally {
  fuzzer.close();
}
process.exitCode = failed ? 1 : 0;

function tell({ target, inputs, tally, failures }: FuzzReport): void {
  const counts = Object.entries(tally)
    .sort(([, a], [, b]) => b - a)
    .map(([result, count]) => `${result} ${count}`);
  console.log(`${target}, seed ${values.seed}: ${inputs} inputs (${counts.join(', ')})`);
  if (failures.length === 0) return;
  const folder = join(repositoryRoot, 'fuzz-results', target);
  mkdirSync(folder, { recursive: true });
  for (const { kind, words, input, hash, index } of failures) {
    const path = join(folder, `${kind}-${hash}`);
    writeFileSync(path, input);
    console.log(`  input ${index} ${kind}: ${words.split('\n').slice(0, 4).join('\n    ')}`);
    console.log(`    ${input.length} bytes, in ${path}`);
  }
}
