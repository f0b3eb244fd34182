// Runs a script of test/ that is written in TypeScript: bundled to dist/, with what it imports from the program.
import { build } from 'esbuild';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './build.mjs';

// Whatever this machine speaks: what they compare is English.
process.env.HOURGLASS_LANGUAGE = 'en';

/**
 * @param {string} entry relative to the repository's root
 * @param {string} folder of the bundle, in dist/
 * @returns {Promise<string>} path of the bundle
 */
export async function bundleScript(entry, folder) {
  const outfile = join(root, 'dist', folder, entry.replace(/^.*\/(.*)\.ts$/, '$1.mjs'));
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    // They find files beside themselves.
    external: ['./build/*.mjs'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}

/** @param {string} entry @param {string} folder as of `bundleScript` */
export const runScript = async (entry, folder) =>
  import(pathToFileURL(await bundleScript(entry, folder)).href);
