/**
 * A small file that appears whole under its name, or not at all: what was there stays until then. For what is remembered, and for texts that
 * a person asked for (reports, presets); pictures have `output-place.ts`, which refuses what is occupied.
 */
import { open, realpath, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  forgetTemporary,
  removeTemporary,
  sweepTemporaries,
  temporaryNameIn,
} from './temporaries.ts';

/**
 * Temporary name beside it, fsync, rename. A link goes on leading where it leads.
 * @param path absolute; its folder is there
 * @param mode that the file gets. Default: that of the file that is replaced, of a new one what the umask leaves
 * @throws Error of the file system: what was there is as it was
 */
export async function writeWhole(
  path: string,
  text: string | Uint8Array,
  mode?: number,
): Promise<void> {
  const place = await realpath(path).catch(() => path);
  const before = mode ?? (await stat(place).catch(() => null))?.mode;
  sweepTemporaries(dirname(place));
  const temporary = temporaryNameIn(dirname(place));
  try {
    const file = await open(temporary, 'wx', mode ?? 0o666);
    try {
      if (before !== undefined) await file.chmod(before & 0o777);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, place);
    forgetTemporary(temporary);
  } catch (error) {
    removeTemporary(temporary);
    throw error;
  }
}
