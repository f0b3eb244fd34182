/**
 * Everything temporary that writing needs, and how it goes away: at the end, on an error, on
 * Ctrl-C (a signal handler calls `removeTemporaries`), and, after a process was killed, the next
 * time that one of ours works in the same place.
 *
 * Rows and encoded files wait in a private folder of the system's temporary folder (or of
 * HOURGLASS_TEMP): the output's own disk may be a slow card or a share. Only the finished bytes are
 * copied next to the output, under a name `.hourglass-<machine>-<process>-<random>.tmp`, to be
 * renamed there. Machine and process in the name tell whether its owner still lives.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, rmSync, unlinkSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = '.hourglass-';
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Everything of this process that would have to go if it ended now. */
const alive = new Set<string>();

export const temporaryFolder = (): string => process.env.HOURGLASS_TEMP || tmpdir();

/** A new private folder (mode 0700) for rows and encoded files. */
export async function createTemporaryFolder(): Promise<string> {
  const parent = temporaryFolder();
  sweepTemporaries(parent);
  const folder = await mkdtemp(join(parent, `${prefix}${machine}-${process.pid}-`));
  alive.add(folder);
  return folder;
}

/** A new name next to an output. Nothing is created yet. */
export function temporaryNameIn(folder: string): string {
  const path = join(
    folder,
    `${prefix}${machine}-${process.pid}-${randomBytes(6).toString('hex')}.tmp`,
  );
  alive.add(path);
  return path;
}

/** Removes one temporary file or folder; it may be gone already. */
export function removeTemporary(path: string): void {
  rmSync(path, { recursive: true, force: true });
  alive.delete(path);
}

/** The temporary file has become the output, or is gone. */
export const forgetTemporary = (path: string): void => {
  alive.delete(path);
};

/** Removes everything temporary of this process, synchronously: for signal and exit handlers. */
export function removeTemporaries(): void {
  for (const path of [...alive])
    try {
      removeTemporary(path);
    } catch {
      // The process is ending and the next path matters more; the next run sweeps what stays.
    }
}

/**
 * Removes what killed processes of this machine left in a folder. Cheap: one listing. Hosts call it
 * for the output folder after the engine has died; every writer calls it for its own folders.
 */
export function sweepTemporaries(folder: string): void {
  const pattern = new RegExp(`^\\${prefix}${machine}-(\\d+)-`);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return; // A folder that can not be listed has nothing that we could remove.
  }
  for (const name of names) {
    const owner = pattern.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // Not ours to remove after all (another user's); it does no harm.
    }
  }
}

function isAlive(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes a file that may be gone already, synchronously. */
export function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
