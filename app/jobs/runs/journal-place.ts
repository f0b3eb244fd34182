/**
 * Where the journal of a run is, where nobody names a place: beside the folder of the results, or where these go beside the pictures,
 * in the folder that holds them all. Command line and window look in the same place, so each goes on with what the other began.
 */
import { accessSync, constants } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { CommandId } from '../../contract/index.ts';
import { journalEnding } from './journal-lines.ts';

/**
 * @param out folder, file or template of the results, absolute or beginning with {dir}; null: the command's default
 * @param paths of the inputs, absolute
 */
export async function journalPlace(
  command: CommandId,
  out: string | null,
  paths: readonly string[],
): Promise<string> {
  const folder = await folderOfResults(out, paths);
  const inside = join(folder, `${command}${journalEnding}`);
  const holdsInputs = paths.some((path) =>
    path.startsWith(folder.endsWith(sep) ? folder : folder + sep),
  );
  if (out === null || out.startsWith('{dir}') || holdsInputs) return inside;
  const beside = join(dirname(folder), `${basename(folder)}${journalEnding}`);
  return mayWrite(dirname(folder)) ? beside : inside;
}

/** The folder that holds the results, or where it varies, all inputs. */
export async function folderOfResults(
  out: string | null,
  paths: readonly string[],
): Promise<string> {
  if (out === null || out.startsWith('{dir}')) return commonFolder(paths);
  const fixed = out.split('{')[0]!;
  if (fixed !== out) return fixed.endsWith(sep) ? resolve(fixed) : dirname(fixed);
  const isFolder =
    out.endsWith(sep) || ((await stat(out).catch(() => null))?.isDirectory() ?? false);
  return isFolder ? resolve(out) : dirname(out);
}

/** The deepest folder that holds all of them. @param paths absolute */
export function commonFolder(paths: readonly string[]): string {
  const [first = '', ...others] = paths.map(dirname);
  let common = first;
  for (const folder of others)
    while (common !== dirname(common) && !(folder + sep).startsWith(common + sep))
      common = dirname(common);
  return common === '' ? resolve('.') : common;
}

/** Of a folder that is not there it is decided when it is made. */
function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
