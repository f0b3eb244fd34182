// Imports the program's own TypeScript into a script: bundled in memory, nothing is written.
import { build } from 'esbuild';
import { dirname } from 'node:path';

// The builder uses this too: it is not imported here.
const root = dirname(import.meta.dirname);

/** @param {string} contents a module in TypeScript; its imports are relative to the repository's root */
export async function importTypeScript(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'warning',
  });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  return import(`data:text/javascript;base64,${code}`);
}
