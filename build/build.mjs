// Builds what runs: app/ with esbuild (one bundle per process), renderer/ with Vite. Output: dist/.
// `npm run build` builds both; `--app` or `--renderer` one of them; `--if-stale` skips what is newer
// than its sources.
import { build as esbuild } from 'esbuild';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Every process of the program is one entry here; dist keeps the folder layout of app/. */
const entries = {
  'hosts/cli/main': 'app/hosts/cli/main.ts',
  'hosts/web/main': 'app/hosts/web/main.ts',
  'hosts/electron/main': 'app/hosts/electron/main.ts',
  'jobs/engine/main': 'app/jobs/engine/main.ts',
  'runtime/probe/main': 'app/runtime/probe/main.ts',
  'runtime/inference-thread': 'app/runtime/inference-thread.ts',
};
/** A sandboxed preload must be CommonJS and self-contained. */
const preloadEntries = { 'hosts/electron/preload': 'app/hosts/electron/preload.ts' };

const present = (map) =>
  Object.fromEntries(Object.entries(map).filter(([, path]) => existsSync(join(root, path))));

export async function buildApp() {
  const common = {
    absWorkingDir: root,
    outdir: 'dist/app',
    bundle: true,
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    logLevel: 'warning',
  };
  await esbuild({
    ...common,
    entryPoints: present(entries),
    format: 'esm',
    packages: 'external',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    metafile: false,
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

export async function buildRenderer() {
  const { build } = await import('vite');
  await build({ root: join(root, 'renderer'), configFile: join(root, 'renderer/vite.config.ts'), logLevel: 'warn' });
}

const newest = (path) => {
  if (!existsSync(path)) return 0;
  const entry = statSync(path);
  if (!entry.isDirectory()) return entry.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
};

/** True when `output` is missing or older than anything it is made from. */
export const isStale = (output, sources) =>
  newest(join(root, output)) < Math.max(...sources.map((source) => newest(join(root, source))));

export async function buildIfStale() {
  if (isStale('dist/app/hosts/cli/main.js', ['app', 'build/build.mjs', 'package-lock.json'])) await buildApp();
  if (isStale('dist/renderer/index.html', ['renderer', 'app/contract', 'package-lock.json']))
    await buildRenderer();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const only = process.argv.slice(2);
  if (only.includes('--if-stale')) await buildIfStale();
  else {
    if (!only.includes('--renderer')) await buildApp();
    if (!only.includes('--app')) await buildRenderer();
  }
}
