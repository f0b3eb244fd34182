/**
 * Where the files of this installation are: what the build made (processes, threads, WASM), and what
 * ships beside it. One search for all of them: upwards from this module, which may be a bundle, a
 * bundle's chunk at any depth, or the TypeScript source under a test runner.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The first of `places` that exists in the folder of `from` or one above it; null when none does. */
export function findAbove(
  places: readonly string[],
  from = fileURLToPath(import.meta.url),
): string | null {
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    for (const place of places) {
      const path = join(folder, place);
      if (existsSync(path)) return path;
    }
    if (folder === dirname(folder)) return null;
  }
}

/**
 * Finds a built file: beside or above this one in `dist/app`, or in `dist/app` of the checkout when
 * this runs from the sources.
 * @param file path below `dist/app`
 * @throws Error when the program was not built
 */
export function locateBuilt(file: string, from?: string): string {
  const path = findAbove([file, join('dist/app', file)], from);
  if (path === null) throw new Error(`${file} is not built; run \`npm run build\`.`);
  return path;
}
