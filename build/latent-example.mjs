// Writes the walked-through example into docs/latent-format.md, from a real latent file:
//
//   node build/latent-example.mjs test/fixtures/latent/tiny.hgl
import { build } from 'esbuild';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mkdtempSync, rmSync } from 'node:fs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const input = process.argv[2];
if (!input) {
  console.error('usage: node build/latent-example.mjs <small latent file>');
  process.exit(2);
}

// Packages stay outside of the bundle, so it lies where they resolve.
const folder = mkdtempSync(join(root, 'node_modules/.latent-example-'));
try {
  const outfile = join(folder, 'dump.mjs');
  await build({
    entryPoints: [join(root, 'build/latent-dump.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  const { dumpLatentFile, exampleMarks } = await import(pathToFileURL(outfile).href);
  const dump = await dumpLatentFile(Uint8Array.from(readFileSync(input)));
  const page = join(root, 'docs/latent-format.md');
  const text = readFileSync(page, 'utf8');
  const [begin, end] = exampleMarks.map((mark) => text.indexOf(mark));
  if (begin < 0 || end < begin) throw new Error(`${page} has no place for the example`);
  const before = text.slice(0, begin + exampleMarks[0].length);
  writeFileSync(page, `${before}\n\n\`\`\`text\n${dump}\n\`\`\`\n\n${text.slice(end)}`);
  console.log(`${page}: ${input}, ${dump.split('\n').length} lines`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
