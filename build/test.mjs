// `npm test`: every check of the project in one command. Prints what it skipped and why, and ends
// with `N passed, N failed`. `--only check|unit|corpus|e2e` runs one part.
import { spawnSync } from 'node:child_process';
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

const run = (name, command, args, env = {}) => {
  console.log(`\n▸ ${name}`);
  const begin = Date.now();
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  console.log(`  ${name}: ${((Date.now() - begin) / 1000).toFixed(1)} s`);
  return status === 0;
};

/** A check without test cases of its own counts as one. */
const check = (name, args, command = 'npx') => {
  const ok = run(name, command, args);
  total[ok ? 'passed' : 'failed'] += 1;
  if (!ok) failures.push(name);
};

const readReport = (file) => {
  if (!existsSync(file)) return null;
  return JSON.parse(readFileSync(file, 'utf8'));
};

const vitest = (project, what) => {
  const file = join(reports, `${project}.json`);
  const ok = run(what, 'npx', [
    ...['vitest', 'run', '--project', project],
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

const playwright = (chromium) => {
  const file = join(reports, 'e2e.json');
  const ok = run('Browser tests', 'npx', ['playwright', 'test', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    HOURGLASS_CHROMIUM: chromium,
  });
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

if (wants('check')) {
  check('Format', ['prettier', '--check', '--log-level', 'warn', '.']);
  check('Lint', ['eslint', '.']);
  check('Types', ['tsc', '-p', '.']);
  check('Types of the browser tests', ['tsc', '-p', 'test/e2e']);
  check('Types of the interface', [
    'svelte-check',
    '--tsconfig',
    'renderer/tsconfig.json',
    '--fail-on-warnings',
  ]);
  check('Layers', ['depcruise', 'app', 'renderer', '--output-type', 'err']);
  check('Sentences are in catalogues', ['build/sentences.mjs', '--check'], process.execPath);
  check('Generated pages are current', ['build/docs.mjs', '--check'], process.execPath);
}
if (only !== 'check') {
  await buildApp();
  // Before the unit tests: the software GPU of the WebGPU tests comes with Debian's Chromium.
  const chromium = findChromium({ install: true });
  if (wants('unit')) vitest('unit', 'Unit and process tests');
  if (wants('corpus')) vitest('corpus', 'Data pack tests');
  if (wants('e2e')) {
    await buildRenderer();
    findFirefox({ install: true });
    if (chromium) playwright(chromium);
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
