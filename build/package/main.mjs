// Packs the program for one system, or for each of the three as folders, and checks what came out.
import { spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfStale, root } from '../build.mjs';
import { checkPackage } from './check.mjs';
import { makeIcons } from './icons.mjs';
import { ownElectron, stage } from './stage.mjs';
import { makeStandIn } from './standin.mjs';
import { signAnnouncements } from './sign.mjs';
import { targetOf } from './targets.mjs';

const usage = `Usage: npm run package -- [options]

  --target linux|win|mac   default: this system
  --arch x64|arm64         default: of this machine
  --dir                    a folder alone, no installers
  --check                  prove what is in the packages; without --target: of all three systems, as folders
  --electron DIR           Electron's distribution for the target, unpacked. Without one, folders are packed with a
                           stand-in, which proves packing and does not start; installers are refused
  --out DIR                where to (release)
  --updates-from URL       where newer versions will be announced (https), for those who look for one; with
  --update-key FILE        the publisher's public key (Ed25519, PEM). Without both the program asks nobody
  --sign-updates FILE      signs what --out announces (latest*.yml) with the private key, and packs nothing
  --icons                  draws the icons anew, and packs nothing`;

const here = { linux: 'linux', win32: 'win', darwin: 'mac' };

/** @param {readonly string[]} args @returns {Promise<number>} exit code */
export async function packageProgram(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      target: { type: 'string' },
      arch: { type: 'string' },
      dir: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      electron: { type: 'string' },
      out: { type: 'string', default: 'release' },
      'updates-from': { type: 'string' },
      'update-key': { type: 'string' },
      'sign-updates': { type: 'string' },
      icons: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (values.icons) {
    await makeIcons(root);
    return 0;
  }
  if (values['sign-updates']) {
    for (const path of signAnnouncements(resolve(root, values.out), values['sign-updates']))
      console.log(path);
    return 0;
  }
  const updates = updatesOf(values);
  const all = values.check && !values.target;
  const wanted = all
    ? [targetOf('linux', 'x64'), targetOf('win', 'x64'), targetOf('mac', 'arm64')]
    : [targetOf(values.target ?? here[process.platform], values.arch ?? process.arch)];
  await buildIfStale();
  let faults = 0;
  for (const target of wanted) {
    const title = `${target.platform}-${target.arch}`;
    console.log(`\n▸ ${title}`);
    const folder = pack(target, { ...values, updates, dir: values.dir || all });
    console.log(`  ${folder}`);
    if (!values.check) continue;
    for (const { what, fault } of await checkPackage(target, folder)) {
      console.log(`  ${fault === null ? '✓' : '✘'} ${what}${fault === null ? '' : `: ${fault}`}`);
      if (fault !== null) faults += 1;
    }
  }
  if (values.check)
    console.log(`\n${faults === 0 ? 'All is as it must be.' : `${faults} faults.`}`);
  return faults === 0 ? 0 : 1;
}

/**
 * @param {{ 'updates-from'?: string, 'update-key'?: string }} values
 * @returns {{ address: string, key: string } | null}
 */
function updatesOf({ 'updates-from': address, 'update-key': file }) {
  if (!address && !file) return null;
  if (!address || !file || new URL(address).protocol !== 'https:')
    throw new Error('--updates-from (an https address) and --update-key belong together.');
  const key = createPublicKey(readFileSync(file));
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`Expected a public key of Ed25519 in ${file}.`);
  return { address, key: key.export({ type: 'spki', format: 'pem' }).toString() };
}

/**
 * @param {import('./targets.mjs').Target} target
 * @param {{ dir: boolean, electron?: string, out: string, updates: { address: string, key: string } | null }} options
 * @returns {string} the folder of the packed program
 */
function pack(target, { dir, electron, out, updates }) {
  const { platform, arch, node } = target;
  const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies
    .electron;
  const isOwn = node === process.platform && arch === process.arch;
  const distribution = electron ? resolve(electron) : isOwn ? ownElectron(root) : null;
  if (!distribution && !dir)
    throw new Error(
      `An installer needs Electron ${version} for ${platform}-${arch}: name its unpacked folder with --electron, or pack a folder with --dir.`,
    );
  const scratch = mkdtempSync(join(tmpdir(), 'hourglass-package-'));
  try {
    const staged = join(scratch, 'program');
    mkdirSync(staged);
    stage(root, target, staged);
    mkdirSync(join(staged, 'build/updates'), { recursive: true });
    if (updates) writeFileSync(join(staged, 'build/updates/updates.json'), JSON.stringify(updates));
    const standIn = join(scratch, 'electron');
    if (!distribution) makeStandIn(target, standIn, version);
    const output = resolve(root, out, `${platform}-${arch}`);
    rmSync(output, { recursive: true, force: true });
    run(staged, node, [
      ...['--projectDir', staged, `--${platform}`, ...(dir ? ['dir'] : []), `--${arch}`],
      ...['--publish', 'never'],
      `--config.electronDist=${distribution ?? standIn}`,
      `--config.electronVersion=${version}`,
      `--config.directories.output=${output}`,
      // So that installers are announced beside them (latest*.yml), with their checksums.
      ...(updates
        ? ['--config.publish.provider=generic', `--config.publish.url=${updates.address}`]
        : []),
      // Nobody has a certificate here; signing is for the machine that makes a release.
      ...(platform === 'mac' && process.platform !== 'darwin'
        ? ['--config.mac.identity=null']
        : []),
    ]);
    const name =
      platform === 'mac'
        ? `mac${arch === 'x64' ? '' : `-${arch}`}`
        : `${platform}${arch === 'x64' ? '' : `-${arch}`}-unpacked`;
    return join(output, name);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @param {string} folder @param {string} platform @param {readonly string[]} args */
function run(folder, platform, args) {
  const entry = createRequire(import.meta.url).resolve('electron-builder/package.json');
  const cli = join(dirname(entry), 'cli.js');
  if (!existsSync(cli)) throw new Error(`${cli} is missing: run \`npm ci\` in build/package.`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    env: { ...process.env, CSC_IDENTITY_AUTO_DISCOVERY: 'false', PACKED_PLATFORM: platform },
  });
  if (status !== 0) throw new Error(`electron-builder ended with ${status}:\n${stdout}${stderr}`);
}
