/**
 * Where a result would really come to lie: the last check of every output policy. It looks at the path
 * that a template came to, with links followed, so that nothing in a template, a name or a folder can lead
 * out of the folder that the policy has decided on.
 */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { HourglassError } from '../../contract/index.ts';
import { say } from './sentences.ts';

/** A path with its links followed; the part that does not exist yet stays as it is. */
async function realPlace(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(await realPlace(parent), basename(absolute));
  }
}

/**
 * @param path that the output has come to @param folder in which it must lie, not below and not beside
 * @throws HourglassError not-allowed
 */
export async function refuseOutside(path: string, folder: string): Promise<void> {
  const [real, allowed] = await Promise.all([realPlace(dirname(resolve(path))), realPlace(folder)]);
  if (real === allowed) return;
  throw new HourglassError('not-allowed', say('resultWouldWrittenToWhich', { real }), {
    hint: say('chooseFolderAgainInExport'),
  });
}
