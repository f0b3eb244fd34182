/** Where the built files of the program are that start as threads of their own, or are read by them. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Finds a built file: beside or above this one in `dist/app` (bundles are split into chunks, so the
 * depth varies), or in `dist/app` of the checkout when this runs from the sources.
 * @param file path below `dist/app`
 * @throws Error when the program was not built
 */
export function locateBuilt(file: string, from = fileURLToPath(import.meta.url)): string {
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    for (const path of [file, join('dist/app', file)])
      if (existsSync(join(folder, path))) return join(folder, path);
    if (folder === dirname(folder)) throw new Error(`${file} is not built; run \`npm run build\`.`);
  }
}
