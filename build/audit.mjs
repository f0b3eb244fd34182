// `npm run audit`: known weaknesses in what is shipped, and the bill of materials (CycloneDX) of the lock file.
// Asks the registry that npm is set to; the only command beside `npm ci` that does. Exit codes: 0 nothing known of level high and above,
// 1 something is, or nobody could be asked, which is said.
//   --sbom FILE   writes the bill of materials there, without asking anybody
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { root } from './build.mjs';

const { values } = parseArgs({ options: { sbom: { type: 'string' } } });

/** @param {readonly string[]} args */
const npm = (args) =>
  spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    shell: process.platform === 'win32',
  });

if (values.sbom) {
  const { status, stdout, stderr } = npm([
    'sbom',
    '--package-lock-only',
    '--omit=dev',
    '--sbom-format=cyclonedx',
  ]);
  if (status !== 0) throw new Error(stderr);
  writeFileSync(values.sbom, stdout);
  console.log(`${values.sbom}: ${JSON.parse(stdout).components.length} components`);
} else {
  const { stdout, stderr } = npm(['audit', '--omit=dev', '--json']);
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    report = { message: stderr };
  }
  if (!report.vulnerabilities) {
    console.error(
      `The registry does not answer: ${report.message ?? report.error?.summary ?? 'no reason given'}`,
    );
    process.exit(1);
  }
  const grave = ['high', 'critical'];
  const found = Object.values(report.vulnerabilities);
  for (const { name, severity, range, fixAvailable } of found)
    console.log(
      `${severity}  ${name} ${range}  ${fixAvailable ? 'a newer version mends it' : 'no version mends it yet'}`,
    );
  console.log(
    `${found.length} known, of them ${found.filter(({ severity }) => grave.includes(severity)).length} high or critical.`,
  );
  process.exitCode = found.some(({ severity }) => grave.includes(severity)) ? 1 : 0;
}
