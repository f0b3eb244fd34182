/** Whether two paths mean the same file: through links, other spellings, other upper and lower case. */
import { realpath, stat } from 'node:fs/promises';

/**
 * Compares device and inode (hard links, symbolic links, case-insensitive disks), and resolved
 * paths where a file system has no inodes. A path that does not exist is no file.
 */
export async function sameFile(one: string, other: string): Promise<boolean> {
  try {
    const [a, b] = await Promise.all([stat(one, { bigint: true }), stat(other, { bigint: true })]);
    if (a.ino !== 0n && a.ino === b.ino && a.dev === b.dev) return true;
    return (await realpath(one)) === (await realpath(other));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A name that is too long for the disk is no file's either.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return false;
    throw error;
  }
}
