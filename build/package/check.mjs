// What a packed program must be, each point proven on the files themselves.
import { extractAll, getRawHeader, listPackage } from '@electron/asar';
import fuseTools from '@electron/fuses';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { NtExecutable, NtExecutableResource } from 'resedit';
import { shared, sharpPackages } from './targets.mjs';

/** @typedef {{ readonly what: string, readonly fault: string | null }} Point */

/**
 * @param {import('./targets.mjs').Target} target
 * @param {string} folder that was packed
 * @returns {Promise<Point[]>}
 */
export async function checkPackage(target, folder) {
  const app = target.platform === 'mac' ? join(folder, 'Hourglass.app/Contents') : folder;
  const resources = join(app, target.platform === 'mac' ? 'Resources' : 'resources');
  const archive = join(resources, 'app.asar');
  const unpacked = filesIn(join(resources, 'app.asar.unpacked'));
  const listed = listPackage(archive).map((path) => path.replaceAll('\\', '/').slice(1));
  const packed = [...new Set([...listed, ...unpacked])];
  /** @type {Point[]} */
  const points = [];
  const point = (/** @type {string} */ what, /** @type {string | null} */ fault) =>
    points.push({ what, fault });

  const size = sizeOf(archive) + sizeOf(join(resources, 'app.asar.unpacked'));
  const most = target.runtime + target.sharp + Object.values(shared).reduce((a, b) => a + b);
  point(
    `${megabytes(size)} MB without Electron, networks and words; at the most ${most}`,
    size > most * 1e6 ? 'too large: something came along' : null,
  );
  point('one runtime, of this system', oneRuntime(target, packed));
  point('one sharp, of this system', oneSharp(target, packed));
  point('no tests, sources, maps or data', among(packed, strangers));
  point(
    'native libraries outside the archive',
    missing(
      packed.filter((path) => /\.(node|dll|dylib)$|\.so(\.\d+)*$/.test(path)),
      new Set(unpacked),
    ),
  );
  point('fuses as in electron-builder.yml', await fuses(target, folder, app));
  point('the archive’s hash is in the program', integrity(target, folder, app, archive));
  if (target.platform === 'win')
    point('`bin\\hourglass.cmd`, for a console', consoleScripts(folder));
  point('licences, notices and bill of materials', papers(archive, resources));
  if (target.node === process.platform && target.arch === process.arch) {
    const inside = (/** @type {(folder: string) => string | null} */ work) =>
      extracted(archive, resources, work);
    point('cleans, compresses and decodes the sample from inside the archive', inside(works));
    point('all codecs load, and what else is loaded when it is asked for', inside(loadsCodecs));
  }
  return points;
}

/** Byte for byte those of the repository, beside the folder of the program that they start. @param {string} folder */
function consoleScripts(folder) {
  const sources = join(import.meta.dirname, '../resources/windows');
  const lost = readdirSync(sources).filter((name) => {
    const packed = join(folder, 'bin', name);
    return !existsSync(packed) || !readFileSync(packed).equals(readFileSync(join(sources, name)));
  });
  if (lost.length > 0) return `not as they are in the repository: ${lost.join(', ')}`;
  return existsSync(join(folder, 'Hourglass.exe'))
    ? null
    : 'Hourglass.exe is not where they look for it';
}

const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);

/** @param {string} folder @returns {string[]} relative, with slashes */
function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

/** @param {string} path @returns {number} */
function sizeOf(path) {
  if (!existsSync(path)) return 0;
  const entry = statSync(path);
  if (!entry.isDirectory()) return entry.size;
  return filesIn(path).reduce((sum, file) => sum + statSync(join(path, file)).size, 0);
}

/** @param {import('./targets.mjs').Target} target @param {readonly string[]} packed */
function oneRuntime({ node, arch }, packed) {
  const found = new Set(
    packed.flatMap((path) => {
      const [, place] = /onnxruntime-node\/bin\/napi-v\d+\/([^/]+\/[^/]+)\/[^/]+$/.exec(path) ?? [];
      return place ? [place] : [];
    }),
  );
  return String([...found]) === `${node}/${arch}`
    ? null
    : `there is ${[...found].join(', ') || 'none'}`;
}

/** @param {import('./targets.mjs').Target} target @param {readonly string[]} packed */
function oneSharp(target, packed) {
  const found = new Set(
    packed.flatMap((path) => {
      const [, name] = /node_modules\/@img\/(sharp-[^/]+)\//.exec(path) ?? [];
      return name ? [name] : [];
    }),
  );
  const wanted = sharpPackages(target);
  return [...found].sort().join() === [...wanted].sort().join()
    ? null
    : `there is ${[...found].join(', ') || 'none'}, not ${wanted.join(', ')}`;
}

/** What has no business in a package. */
const strangers = [
  /^(app|test|docs|findings|renderer|build|\.ci|release|models|node_modules\/\.[^/]+)\//,
  /^dist\/(?!app(\/|$)|renderer(\/|$))./,
  /\.(map|ts|cts|mts)$/,
  /(^|\/)(__tests__|test-results)\//,
  /(^|\/)\.(npmrc|env|git[^/]*)$/,
];

/** @param {readonly string[]} paths @param {readonly RegExp[]} patterns */
function among(paths, patterns) {
  const found = paths.filter((path) => patterns.some((pattern) => pattern.test(path)));
  return found.length === 0 ? null : `${found.length}: ${found.slice(0, 5).join(', ')}`;
}

/** @param {readonly string[]} wanted @param {ReadonlySet<string>} there */
function missing(wanted, there) {
  if (wanted.length === 0) return 'there are none at all';
  const lost = wanted.filter((path) => !there.has(path));
  return lost.length === 0 ? null : `inside: ${lost.slice(0, 5).join(', ')}`;
}

const { FuseV1Options, getCurrentFuseWire } = fuseTools;
/** As they stand in the program: the figures 0 and 1. */
const fuseState = { false: 48, true: 49 };

/** As electron-builder.yml has them, by their names there. */
const wantedFuses = /** @type {const} */ ([
  [FuseV1Options.RunAsNode, false],
  [FuseV1Options.EnableCookieEncryption, true],
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable, false],
  [FuseV1Options.EnableNodeCliInspectArguments, false],
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, true],
  [FuseV1Options.OnlyLoadAppFromAsar, true],
  [FuseV1Options.GrantFileProtocolExtraPrivileges, false],
]);

/** @param {import('./targets.mjs').Target} target @param {string} folder @param {string} app */
async function fuses(target, folder, app) {
  const program =
    target.platform === 'mac'
      ? join(app, '..')
      : join(folder, target.platform === 'win' ? 'Hourglass.exe' : 'hourglass');
  const wire = await getCurrentFuseWire(program);
  const wrong = wantedFuses.filter(([fuse, on]) => wire[fuse] !== fuseState[on]);
  return wrong.length === 0
    ? null
    : `wrong: ${wrong.map(([fuse]) => FuseV1Options[fuse]).join(', ')}`;
}

/**
 * Electron compares it at each start (fuse EnableEmbeddedAsarIntegrityValidation); on Linux it has no place for it.
 * @param {import('./targets.mjs').Target} target @param {string} folder @param {string} app @param {string} archive
 */
function integrity({ platform }, folder, app, archive) {
  if (platform === 'linux') return null;
  const hash = createHash('sha256').update(getRawHeader(archive).headerString).digest('hex');
  if (platform === 'mac')
    return readFileSync(join(app, 'Info.plist'), 'utf8').includes(hash)
      ? null
      : 'not in Info.plist';
  const program = NtExecutable.from(readFileSync(join(folder, 'Hourglass.exe')), {
    ignoreCert: true,
  });
  const found = NtExecutableResource.from(program).entries.some(
    ({ type, bin }) => type === 'INTEGRITY' && Buffer.from(bin).toString('utf8').includes(hash),
  );
  return found ? null : 'not among the resources of Hourglass.exe';
}

/** @param {string} archive @param {string} resources */
function papers(archive, resources) {
  const scratch = mkdtempSync(join(tmpdir(), 'hourglass-check-'));
  try {
    extractAll(archive, scratch);
    const notices = readFileSync(join(scratch, 'licences/NOTICES.txt'), 'utf8');
    const bill = JSON.parse(readFileSync(join(scratch, 'licences/sbom.cdx.json'), 'utf8'));
    const named = [
      'LibRaw',
      'Little CMS',
      'libvips',
      'Microsoft Corporation',
      'OpenJPEG',
      'CharLS',
    ];
    const lost = named.filter((name) => !notices.includes(name));
    const unnamed = bill.components.filter(
      (/** @type {{ name: string, group?: string }} */ { name, group }) =>
        !notices.includes(group ? `${group}/${name} ` : `${name} `),
    );
    const cards = readdirSync(join(resources, 'models')).filter(
      (model) => !existsSync(join(resources, 'models', model, 'CARD.md')),
    );
    if (lost.length > 0) return `no notice of ${lost.join(', ')}`;
    if (unnamed.length > 0) return `no notice of ${unnamed.map((one) => one.name).join(', ')}`;
    return cards.length > 0 ? `no card of ${cards.join(', ')}` : null;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {string} archive
 * @param {string} resources
 * @param {(folder: string) => string | null} work is given a folder with the program in `app` and what lies beside it
 */
function extracted(archive, resources, work) {
  const scratch = mkdtempSync(join(tmpdir(), 'hourglass-check-'));
  try {
    extractAll(archive, join(scratch, 'app'));
    for (const name of ['models', 'translations', 'build'])
      cpSync(join(resources, name), join(scratch, name), { recursive: true });
    return work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @param {string} scratch as of `extracted` */
function works(scratch) {
  const cli = join(scratch, 'app/dist/app/hosts/cli/main.js');
  const home = Object.fromEntries(
    ['HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_DATA_HOME'].map((name) => [name, scratch]),
  );
  const sample = join(scratch, 'build/sample/sample.jpg');
  for (const [command, source, out] of [
    ['denoise', sample, 'cleaned.png'],
    ['encode', sample, 'sample.hgl'],
    ['decode', join(scratch, 'sample.hgl'), 'decoded.png'],
  ]) {
    const fault = runNode([cli, command, source, '--out', join(scratch, out)], home);
    if (fault !== null) return `${command}: ${fault}`;
    if (!existsSync(join(scratch, out))) return `${command} wrote nothing`;
  }
  return null;
}

/** @param {string} scratch as of `extracted` */
function loadsCodecs(scratch) {
  const script = join(scratch, 'app/load-codecs.mjs');
  cpSync(join(import.meta.dirname, 'load-codecs.mjs'), script);
  return runNode([script], {});
}

/** @param {readonly string[]} args @param {Readonly<Record<string, string>>} env */
function runNode(args, env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 240_000,
  });
  return status === 0 ? null : `ended with ${status}: ${stdout}${stderr}`;
}
