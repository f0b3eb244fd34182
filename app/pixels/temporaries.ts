/**
 * Everything temporary that writing needs, and how it goes away: at the end, on an error, on
 * Ctrl-C (a signal handler calls `removeTemporaries`), and, after a process was killed, the next
 * time that one of ours works in the same place.
 *
 * Rows and encoded files wait in a private folder beside the caches (or in HOURGLASS_TEMP): the
 * output's own disk may be a slow card or a share. Only the finished bytes are copied next to the
 * output, under a name `.hourglass-<owner>-<random>.tmp`, to be renamed there. The owner in the name
 * tells whether it still lives (`owner.ts`).
 */
import { randomBytes } from 'node:crypto';
import { accessSync, constants, readdirSync, rmSync, statfsSync, unlinkSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { HourglassError } from '../contract/errors.ts';
import { decimal } from '../contract/sentences/index.ts';
import { cacheFolder } from './cache-folder.ts';
import { freeBytes } from './free-space.ts';
import { makeFolders } from './make-folders.ts';
import { keepAlive, owner, removeAbandoned, stopKeepingAlive } from './owner.ts';
import { say } from './sentences.ts';

const prefix = '.hourglass-';

/** Everything of this process that would have to go if it ended now. */
const alive = new Set<string>();

/** File systems that are memory: tmpfs, ramfs (statfs(2) of Linux). */
const memoryFileSystems = new Set([0x01021994, 0x858458f6]);

let chosen: string | null = null;

/**
 * Where large temporary data goes: HOURGLASS_TEMP, else the first of these that is there or can be made
 * and is a disk: beside the caches, /var/tmp, the system's temporary folder. The last is memory on many
 * systems, and the rows of a large picture would take the place of what works on them.
 */
export function temporaryFolder(): string {
  if (process.env.HOURGLASS_TEMP) return process.env.HOURGLASS_TEMP;
  const candidates = [join(cacheFolder(), 'temporary'), '/var/tmp', tmpdir()];
  chosen ??= candidates.find(isOnDisk) ?? tmpdir();
  return chosen;
}

function isOnDisk(folder: string): boolean {
  try {
    if (!isAbsolute(folder) || process.platform === 'win32') return folder !== '/var/tmp';
    makeFolders(folder, 0o700);
    accessSync(folder, constants.W_OK);
    return !memoryFileSystems.has(statfsSync(folder).type);
  } catch {
    return false;
  }
}

/** Left free for whatever else works on that disk, bytes. */
const reserve = 64e6;

/**
 * Refuses what a folder has no room for, before it is begun.
 * @param bytes that will be written @param what begins the sentence, "photo.jpg" for example
 * @throws HourglassError output-not-writable
 */
export async function refuseWithoutRoom(
  folder: string,
  bytes: number,
  what: string,
): Promise<void> {
  const free = await freeBytes(folder);
  if (free === null || free - reserve >= bytes) return;
  const megabytes = (value: number): string => decimal(Math.ceil(value / 1e6));
  throw new HourglassError(
    'output-not-writable',
    say('noTemporarySpace', { what, needed: megabytes(bytes), folder, free: megabytes(free) }),
    { hint: say('freeTemporarySpace') },
  );
}

/**
 * A new private folder (mode 0700) for rows and encoded files.
 * @param needs what will be written there, where that can be large
 * @throws HourglassError output-not-writable where there is no room for it
 */
export async function createTemporaryFolder(needs?: {
  readonly bytes: number;
  readonly what: string;
}): Promise<string> {
  const parent = temporaryFolder();
  makeFolders(parent, 0o700);
  sweepNowAndThen(parent);
  if (needs) await refuseWithoutRoom(parent, needs.bytes, needs.what);
  const folder = await mkdtemp(join(parent, `${prefix}${owner}-`));
  own(folder);
  return folder;
}

/** A new name next to an output. Nothing is created yet. */
export function temporaryNameIn(folder: string): string {
  const path = join(folder, `${prefix}${owner}-${randomBytes(6).toString('hex')}.tmp`);
  own(path);
  return path;
}

/** Removes one temporary file or folder; it may be gone already. */
export function removeTemporary(path: string): void {
  rmSync(path, { recursive: true, force: true });
  forgetTemporary(path);
}

/** The temporary file has become the output, or is gone. */
export const forgetTemporary = (path: string): void => {
  alive.delete(path);
  stopKeepingAlive(path);
};

const own = (path: string): void => {
  alive.add(path);
  keepAlive(path);
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

/** Between two looks at a folder by writers, milliseconds. */
const LOOKS_APART = 600_000;

/** When writers have looked last, by folder. */
const looked = new Map<string, number>();

/** For writers: a folder of 20,000 results would be listed as many times. What a killed process left is from before this one's first look. */
export function sweepNowAndThen(folder: string): void {
  const now = performance.now();
  if (now - (looked.get(folder) ?? -Infinity) < LOOKS_APART) return;
  looked.set(folder, now);
  sweepTemporaries(folder);
}

/**
 * Removes what owners that are gone left in a folder (`owner.ts`): one listing. Hosts call it for the output folder after the
 * engine has died.
 */
export function sweepTemporaries(folder: string): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return; // A folder that can not be listed has nothing that we could remove.
  }
  removeAbandoned(folder, names, prefix);
}

/** Removes a file that may be gone already, synchronously. */
export function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
