/**
 * Which files of a folder that is watched are whole. Nothing says so of a file that somebody else writes: it counts as
 * whole when its size and its time of change have stayed as they are for a while, seen here by this machine's own clock
 * (that of a network folder may be another), and it can be opened. A copy that pauses for longer comes again when it goes
 * on, for then it is another file.
 */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { stampOf } from '../../pixels/stamp.ts';
import type { FileOfRun } from './plan.ts';
import { pooled } from '../../pixels/pooled.ts';

/** Names that browsers and copying programs give to what is not whole; they rename it in the end. */
const unfinished = /(\.(part|partial|crdownload|download|filepart|tmp|temp|!ut|opdownload)|~)$/i;

/** A name is often made first, and filled when the first bytes come. */
const emptyTimes = 15;

interface Watched {
  readonly stamp: string;
  /** Seen first as it is, milliseconds. */
  readonly since: number;
  /** Given out as it is. */
  taken: boolean;
}

export class Settling {
  readonly #milliseconds: number;
  #files = new Map<string, Watched>();

  /** @param seconds that a file must stay as it is */
  constructor(seconds: number) {
    this.#milliseconds = seconds * 1000;
  }

  /** How many are there that are not whole yet. */
  get waiting(): number {
    return [...this.#files.values()].filter(({ taken }) => !taken).length;
  }

  /** @param files all that are there now @param now milliseconds; never falls @returns those that are whole, each once as it is */
  async whole(files: readonly FileOfRun[], now: number): Promise<FileOfRun[]> {
    const before = this.#files;
    this.#files = new Map();
    const ready = await pooled(files, async (file) => {
      if (unfinished.test(basename(file.path))) return false;
      const stamp = await stampOf(file.files).catch(() => null);
      // Gone since the folder was read.
      if (stamp === null) return false;
      const known = before.get(file.path);
      const watched = known?.stamp === stamp ? known : { stamp, since: now, taken: false };
      this.#files.set(file.path, watched);
      const isEmpty = stamp.split('\n').some((one) => one.startsWith('0 '));
      const wait = this.#milliseconds * (isEmpty ? emptyTimes : 1);
      if (watched.taken || now - watched.since < wait || (await isHeld(file))) return false;
      watched.taken = true;
      return true;
    });
    return files.filter((_, index) => ready[index]);
  }
}

/** Windows lets nobody open what is being written; any other trouble is said when the file is worked on. */
async function isHeld({ files }: FileOfRun): Promise<boolean> {
  for (const path of files)
    try {
      await (await open(path, 'r')).close();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EBUSY' || (code === 'EPERM' && process.platform === 'win32')) return true;
    }
  return false;
}
