// Builds what runs: app/ with esbuild (one bundle per process), renderer/ with Vite. Output: dist/.
// `npm run build` builds both; `--app` or `--renderer` one of them; `--if-stale` skips what is newer
// than its sources.
import { build as esbuild } from 'esbuild';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Every process of the program is one entry here; dist keeps the folder layout of app/. */
const entries = {
  'hosts/cli/main': 'app/hosts/cli/main.ts',
  'hosts/web/main': 'app/hosts/web/main.ts',
  'hosts/serve/main': 'app/hosts/serve/main.ts',
  'hosts/electron/main': 'app/hosts/electron/main.ts',
  'jobs/engine/main': 'app/jobs/engine/main.ts',
  'runtime/probe/main': 'app/runtime/probe/main.ts',
  'runtime/inference-thread': 'app/runtime/inference-thread.ts',
  'latent/entropy/thread': 'app/latent/entropy/thread.ts',
  'raw/thread': 'app/raw/thread.ts',
  'codecs/thread': 'app/codecs/thread.ts',
  'scans/thread': 'app/scans/thread.ts',
  'explore/map/thread': 'app/explore/map/thread.ts',
};
/** Small ones are taken into the bundle, where they load in a third of the time: those that every start needs, and what one thread alone uses. */
const taken = ['intl-messageformat', 'zod', 'umap-js'];
/** Packages that stay files of their own: native code must, and large ones load lazily. */
const packages = [
  'electron',
  ...Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies)
    .filter((name) => !taken.includes(name))
    .flatMap((name) => [name, `${name}/*`]),
];
/** A sandboxed preload must be CommonJS and self-contained. */
const preloadEntries = { 'hosts/electron/preload': 'app/hosts/electron/preload.ts' };

const present = (map) =>
  Object.fromEntries(Object.entries(map).filter(([, path]) => existsSync(join(root, path))));

/** AssemblyScript to WASM: the integer coder of latent files, the covariance of the noise formula, how far a window repeats itself. */
const wasm = [
  { from: 'app/latent/entropy/assembly', to: 'dist/app/latent/entropy/coder.wasm' },
  { from: 'app/denoise/noise/assembly', to: 'dist/app/denoise/noise/covariance.wasm' },
  { from: 'app/denoise/assembly', to: 'dist/app/denoise/repeats.wasm' },
];

/** What each part is made from; a change of any of it makes the part stale. */
const sources = {
  wasm: [...wasm.map(({ from }) => from), 'build/build.mjs', 'package-lock.json'],
  app: ['app', 'build/build.mjs', 'package.json', 'package-lock.json'],
  renderer: ['renderer', 'app/contract', 'build/build.mjs', 'package-lock.json'],
};

/** Takes seconds, and its sources seldom change. */
async function compileWasm() {
  const { default: asc } = await import('assemblyscript/asc');
  for (const { from, to } of wasm) {
    const { error, stderr } = await asc.main([
      join(from, 'index.ts'),
      ...['--baseDir', root, '--outFile', to, '-O3', '--noAssert', '--runtime', 'stub'],
      ...['--enable', 'simd', '--use', 'abort='],
    ]);
    if (error) throw new Error(`${from} does not compile.\n${stderr.toString()}`);
  }
}

/** The list of commands follows from their schemas. The program has what came of it: `hourglass --help` loads none. */
const listAsData = {
  name: 'list-as-data',
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]hosts[\\/]cli[\\/]listed\.ts$/ }, async () => {
      const { importTypeScript } = await import('./import-typescript.mjs');
      const { listedCommands } = await importTypeScript(
        "export { listedCommands } from './app/hosts/cli/listed.ts';",
      );
      return { contents: `export const listedCommands = ${JSON.stringify(listedCommands)};` };
    });
  },
};

async function bundleApp() {
  if (isStale('wasm')) await build('wasm', compileWasm);
  const common = {
    absWorkingDir: root,
    outdir: 'dist/app',
    bundle: true,
    platform: 'node',
    target: 'node20',
    // Node parses all that a start loads: without white space it is a third less. Names stay, for stack traces.
    minifyWhitespace: true,
    lineLimit: 160,
    sourcemap: 'linked',
    logLevel: 'warning',
  };
  await esbuild({
    ...common,
    entryPoints: present(entries),
    format: 'esm',
    external: packages,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    metafile: false,
    plugins: [listAsData],
  });
  const preload = present(preloadEntries);
  if (Object.keys(preload).length > 0)
    await esbuild({
      ...common,
      entryPoints: preload,
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      external: ['electron'],
    });
}

async function bundleRenderer() {
  const { build } = await import('vite');
  // Vite believes what it finds there: built by a test it would be Svelte's development build.
  const found = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await build({
      root: join(root, 'renderer'),
      configFile: join(root, 'renderer/vite.config.ts'),
      logLevel: 'warn',
    });
  } finally {
    if (found === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = found;
  }
}

/** Every source file's path, size and time: changed, added and removed files all show. */
function fingerprint(paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    const entry = statSync(join(root, path), { throwIfNoEntry: false });
    if (!entry) hash.update(`${path} missing\n`);
    else if (entry.isDirectory())
      for (const name of readdirSync(join(root, path)).sort()) visit(`${path}/${name}`);
    else hash.update(`${path} ${entry.size} ${entry.mtimeMs}\n`);
  };
  paths.forEach(visit);
  return hash.digest('hex');
}

const stampOf = (half) => join(root, `dist/.${half}-stamp`);

/** True when a part was never built whole, or its sources have changed since. */
export const isStale = (part) =>
  !existsSync(stampOf(part)) || readFileSync(stampOf(part), 'utf8') !== fingerprint(sources[part]);

/** One build at a time in one checkout: two would write the same files. */
async function alone(work) {
  const lock = join(root, 'dist/.lock');
  mkdirSync(dirname(lock), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (isHeld(lock)) await sleep(100);
      else rmSync(lock, { force: true });
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The process that holds the lock; null when it was given back just now. */
const readOwner = (lock) => {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return null;
  }
};

function isHeld(lock) {
  const owner = readOwner(lock);
  if (owner === null) return true;
  // Made but not yet written; a build that died in just that moment must not block for ever.
  if (owner === 0)
    return Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0) < 5000;
  try {
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs `bundle` and leaves a stamp when it succeeded; sources that change meanwhile stay stale. */
async function build(half, bundle) {
  const before = fingerprint(sources[half]);
  rmSync(stampOf(half), { force: true });
  await bundle();
  writeFileSync(stampOf(half), before);
}

export const buildApp = () => alone(() => build('app', bundleApp));
export const buildRenderer = () => alone(() => build('renderer', bundleRenderer));

/** Builds one half unless it is up to date, looking again when another build was waited for. */
const ifStale = async (half, bundle) => {
  if (!isStale(half)) return;
  await alone(async () => {
    if (isStale(half)) await build(half, bundle);
  });
};

export const buildAppIfStale = () => ifStale('app', bundleApp);

export async function buildIfStale() {
  await buildAppIfStale();
  await ifStale('renderer', bundleRenderer);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const only = process.argv.slice(2);
  if (only.includes('--if-stale')) await buildIfStale();
  else {
    // An explicit build leaves nothing of earlier ones behind.
    if (only.length === 0) rmSync(join(root, 'dist'), { recursive: true, force: true });
    if (!only.includes('--renderer')) await buildApp();
    if (!only.includes('--app')) await buildRenderer();
  }
}
