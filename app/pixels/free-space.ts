/** How much room a disk has, as far as its file system says. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Bytes free where a folder is, or will be made; null: the file system does not tell, which is found out by writing. */
export async function freeBytes(folder: string): Promise<number | null> {
  const facts = await statfs(folder).catch((error: NodeJS.ErrnoException) => error.code ?? '');
  if (typeof facts !== 'string') return facts.blocks === 0 ? null : facts.bavail * facts.bsize;
  return facts === 'ENOENT' && dirname(folder) !== folder ? freeBytes(dirname(folder)) : null;
}
