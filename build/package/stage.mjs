// A fresh folder for one target: the built program with the packages of that system, from the lock file as it is.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noticesOf } from './notices.mjs';

const parts = [
  'dist/app',
  'dist/renderer',
  'translations',
  'licences',
  'build/sample',
  'build/resources',
];
const files = ['package.json', 'package-lock.json', '.npmrc', 'LICENSE', 'electron-builder.yml'];

/**
 * @param {string} root of the repository
 * @param {import('./targets.mjs').Target} target
 * @param {string} folder empty
 * @throws Error npm could not install; a package without a licence
 */
export function stage(root, { node, arch }, folder) {
  for (const part of parts) cpSync(join(root, part), join(folder, part), { recursive: true });
  for (const file of files) cpSync(join(root, file), join(folder, file));
  cpSync(join(root, 'models'), join(folder, 'models'), {
    recursive: true,
    filter: (path) => !/models\/(recipes|runs|results|queue)|__pycache__/.test(path),
  });
  const libc = node === 'linux' ? ['--libc=glibc'] : [];
  npm(folder, [
    'ci',
    '--omit=dev',
    '--no-audit',
    '--no-fund',
    `--os=${node}`,
    `--cpu=${arch}`,
    ...libc,
  ]);
  // Filters are patterns on paths; what a package says of itself is read before they apply.
  mkdirSync(join(folder, 'licences'), { recursive: true });
  writeFileSync(join(folder, 'licences/NOTICES.txt'), noticesOf(folder));
  // Packing looks for what it packs, not for what makes it.
  const facts = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  delete facts.devDependencies;
  delete facts.scripts;
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(facts, null, 2)}\n`);
  const bill = npm(folder, ['sbom', '--sbom-format=cyclonedx', '--omit=dev']);
  writeFileSync(join(folder, 'licences/sbom.cdx.json'), bill);
}

/** @param {string} folder @param {readonly string[]} args @returns {string} what it printed */
function npm(folder, args) {
  const { status, stdout, stderr } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    throw new Error(`npm ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** @param {string} root @returns {string | null} Electron's distribution of this very system, where it was fetched */
export function ownElectron(root) {
  const folder = join(root, 'node_modules/electron/dist');
  return existsSync(join(folder, 'version')) ? folder : null;
}
