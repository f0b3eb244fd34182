/**
 * `npm run bench -- NAME --against DIR [--rounds 8] [--megapixels 12,24] [--many 200] [--only TEXT]
 *  [--device cpu] [--precision fp32] [--json FILE]`
 *
 * This checkout against another one that is built too, in pairs of runs that take turns in going first: CPU time of
 * all processes, time by the clock, peak memory; of each the ratio, this to the other, as the median of the pairs
 * with an interval. CPU time is what to judge by: others' work on the machine hardly touches it.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../data.ts';
import { hourglass } from './_program.ts';
import { benches } from './against/cases.ts';
import { comparePairs, type Comparison } from './against/compare.ts';
import { makeSide } from './against/side.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    against: { type: 'string' },
    rounds: { type: 'string', default: '8' },
    megapixels: { type: 'string', default: '12,24' },
    many: { type: 'string', default: '200' },
    only: { type: 'string', default: '' },
    device: { type: 'string', default: 'cpu' },
    precision: { type: 'string', default: 'fp32' },
    json: { type: 'string' },
  },
});
const [name = ''] = positionals;
const cases = benches[name];
if (!cases || !values.against) {
  console.error(`Usage: npm run bench -- <${Object.keys(benches).join('|')}> --against DIR`);
  process.exit(2);
}
// npm runs scripts in the package's folder; paths are meant from where the person stands.
const checkout = resolve(process.env.INIT_CWD ?? '.', values.against);
if (!existsSync(join(checkout, 'dist/app/hosts/cli/main.js')))
  throw new Error(`${values.against} is no built checkout; run \`npm run build\` there first.`);
const rounds = wholeNumber('--rounds', values.rounds);

const load = loadavg()[0]!;
if (load > 0.5)
  console.log(
    `Others are at work here (load ${load.toFixed(1)} on ${availableParallelism()} cores): judge by CPU time, and let it be more rounds.`,
  );
const scratch = mkdtempSync(join(tmpdir(), 'hourglass-against-'));
try {
  const pictures = join(scratch, 'pictures');
  mkdirSync(pictures);
  const baseline = makeSide('baseline', checkout, scratch);
  const candidate = makeSide('this', repositoryRoot, scratch);
  const device = ['--device', values.device];
  const found = await cases({
    folder: pictures,
    megapixels: values.megapixels
      .split(',')
      .filter((text) => text !== '')
      .map(Number),
    many: wholeNumber('--many', values.many),
    device,
    precision: ['--precision', values.precision],
    prepare: async (args) =>
      void (await hourglass([...args, ...device], { env: candidate.env, stderr: 'pipe' })),
  });
  const results: Comparison[] = [];
  for (const one of found.filter(({ title }) => title.includes(values.only))) {
    console.log(`\n${name}: ${one.title}`);
    const result = await comparePairs(one, baseline, candidate, rounds, (line) =>
      console.log(`  ${line}`),
    );
    for (const line of result.lines) console.log(`  ${line}`);
    results.push(result);
  }
  const json = values.json ?? join(repositoryRoot, `bench-results/against-${name}.json`);
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(
    json,
    `${JSON.stringify(
      {
        bench: name,
        options: { ...values, against: undefined, json: undefined },
        machine: { cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version },
        load,
        cases: results.map(({ lines: _lines, ...result }) => result),
      },
      null,
      2,
    )}\n`,
  );
  console.log(`\nWritten to ${json}`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function wholeNumber(flag: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text))
    throw new Error(`Expected a whole number for ${flag} but received "${text}".`);
  return Number(text);
}
