/**
 * Finds the checkout, and the data pack (real photographs, scans, hostile files) that is not part of
 * it: the folder named by HOURGLASS_DATA, or `../shared/data` beside the checkout.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Nearest folder above that holds package.json: this file also runs bundled, from dist/bench. */
function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}

export const repositoryRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

export const dataPack: string | null =
  [process.env.HOURGLASS_DATA, resolve(repositoryRoot, '../shared/data')].find(
    (folder): folder is string => !!folder && existsSync(join(folder, 'README.md')),
  ) ?? null;

/** Reason to print when a test needs the data pack and it is not there. */
export const noDataPack =
  'the data pack is not here (set HOURGLASS_DATA to its folder, or put it at ../shared/data)';
