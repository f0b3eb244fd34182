// `npm test`: every check of the project in one command. Prints what it skipped and why, and ends
// with `N passed, N failed`. `--only check|unit|corpus|e2e` runs one part.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp, buildRenderer, root } from './build.mjs';
import { findChromium } from './chromium.mjs';
import { findFirefox } from './firefox.mjs';

const only = process.argv.includes('--only')
  ? process.argv[process.argv.indexOf('--only') + 1]
  : null;
const reports = mkdtempSync(join(tmpdir(), 'hourglass-test-'));
const started = Date.now();
const total = { passed: 0, failed: 0 };
/** Lines for the end: what did not run, or did not pass. */
const skipped = [];
const failures = [];

/** @param beside others run at the same time: what it prints is printed at its end, in one piece */
const run = (name, command, args, { env = {}, beside = false } = {}) =>
  new Promise((resolve) => {
    if (!beside) console.log(`\n▸ ${name}`);
    const begin = Date.now();
    const child = spawn(command, args, {
      cwd: root,
      stdio: beside ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      env: { ...process.env, ...env },
    });
    const printed = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (part) => printed.push(part));
    const end = (status) => {
      if (beside) process.stdout.write(`\n▸ ${name}\n${Buffer.concat(printed)}`);
      console.log(`  ${name}: ${((Date.now() - begin) / 1000).toFixed(1)} s`);
      resolve(status === 0);
    };
    child.on('error', (error) => {
      printed.push(Buffer.from(`${error.message}\n`));
      end(null);
    });
    child.on('close', end);
  });

/** Each is one thread for most of its time: two go beside each other. One without test cases of its own counts as one. */
const check = async (checks) => {
  const waiting = [...checks];
  const next = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const { name, args, command = 'npx' } = one;
      const ok = await run(name, command, args, { beside: true });
      total[ok ? 'passed' : 'failed'] += 1;
      if (!ok) failures.push(name);
    }
  };
  await Promise.all([next(), next()]);
};

const readReport = (file) => {
  if (!existsSync(file)) return null;
  return JSON.parse(readFileSync(file, 'utf8'));
};

/** Of several projects at once: no core waits for the last file of one before the next begins. */
const vitest = async (projects, what) => {
  const file = join(reports, 'vitest.json');
  const ok = await run(what, 'npx', [
    ...['vitest', 'run', ...projects.flatMap((project) => ['--project', project])],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
  ]);
  const report = readReport(file);
  total.passed += report?.numPassedTests ?? 0;
  total.failed += report?.numFailedTests ?? 0;
  for (const suite of report?.testResults ?? [])
    for (const test of suite.assertionResults) {
      if (test.status === 'failed') failures.push(test.fullName);
      else if (test.status !== 'passed')
        skipped.push(`${test.fullName} (its reason is printed above)`);
    }
  // A suite that could not be loaded has no failed test of its own.
  if (!ok && !report?.numFailedTests) {
    total.failed += 1;
    failures.push(`${what}: a suite could not run`);
  }
};

const playwright = async (chromium) => {
  const file = join(reports, 'e2e.json');
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: file, HOURGLASS_CHROMIUM: chromium };
  const args = ['playwright', 'test', '--reporter=list,json'];
  const ok = await run('Browser tests', 'npx', args, { env });
  const stats = readReport(file);
  total.passed += (stats?.stats.expected ?? 0) + (stats?.stats.flaky ?? 0);
  total.failed += stats?.stats.unexpected ?? 0;
  const visit = (suite) => {
    for (const child of suite.suites ?? []) visit(child);
    for (const spec of suite.specs ?? [])
      for (const test of spec.tests) {
        if (test.status === 'unexpected') failures.push(spec.title);
        if (test.status === 'flaky') skipped.push(`${spec.title}: passed only when tried again`);
        if (test.status === 'skipped')
          skipped.push(
            `${spec.title}: ${test.annotations.find((a) => a.type === 'skip')?.description ?? 'no reason given'}`,
          );
      }
  };
  for (const suite of stats?.suites ?? []) visit(suite);
  if (!ok && !stats?.stats.unexpected) {
    total.failed += 1;
    failures.push('Browser tests could not run');
  }
};

const wants = (part) => only === null || only === part;

if (wants('check'))
  // The long ones first.
  await check([
    { name: 'Lint', args: ['eslint', '.'] },
    {
      name: 'Types of the interface',
      args: ['svelte-check', '--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings'],
    },
    { name: 'Types', args: ['tsc', '-p', '.'] },
    { name: 'Format', args: ['prettier', '--check', '--log-level', 'warn', '.'] },
    { name: 'Types of the browser tests', args: ['tsc', '-p', 'test/e2e'] },
    { name: 'Layers', args: ['depcruise', 'app', 'renderer', '--output-type', 'err'] },
    {
      name: 'Sentences are in catalogues',
      args: ['build/sentences.mjs', '--check'],
      command: process.execPath,
    },
    {
      name: 'Generated pages are current',
      args: ['build/docs.mjs', '--check'],
      command: process.execPath,
    },
  ]);
if (only !== 'check') {
  await buildApp();
  // Before the unit tests: the software GPU of the WebGPU tests comes with Debian's Chromium.
  const chromium = findChromium({ install: true });
  const parts = [
    { part: 'unit', name: 'Unit and process tests', projects: ['unit', 'unit-shared'] },
    { part: 'corpus', name: 'Data pack tests', projects: ['corpus'] },
  ].filter(({ part }) => wants(part));
  if (parts.length > 0)
    await vitest(
      parts.flatMap(({ projects }) => projects),
      parts.map(({ name }) => name).join(', '),
    );
  if (wants('e2e')) {
    await buildRenderer();
    findFirefox({ install: true });
    if (chromium) await playwright(chromium);
    else {
      total.failed += 1;
      failures.push('Browser tests: no Chromium was found and none could be installed');
    }
  }
}
rmSync(reports, { recursive: true, force: true });

console.log(`\n${((Date.now() - started) / 1000).toFixed(0)} s in all`);
if (skipped.length > 0) console.log(`Skipped:\n${skipped.map((line) => `  - ${line}`).join('\n')}`);
else console.log('Nothing was skipped.');
if (failures.length > 0)
  console.log(`Failed:\n${failures.map((line) => `  - ${line}`).join('\n')}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
