/**
 * Files for the work on outputs, in one private folder of this process that is made with the first output and removed with the last: a folder
 * for each was a tenth of what a small picture takes.
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  createTemporaryFolder,
  refuseWithoutRoom,
  removeTemporary,
  unlinkIfThere,
} from './temporaries.ts';

interface Shared {
  readonly folder: Promise<string>;
  outputs: number;
}

let shared: Shared | null = null;
let count = 0;

/** What one output has in it. Ends with `remove`. */
export class PrivateFiles {
  readonly #shared: Shared;
  readonly #folder: string;
  readonly #number = count++;
  readonly #paths = new Set<string>();

  private constructor(shared: Shared, folder: string) {
    this.#shared = shared;
    this.#folder = folder;
  }

  /**
   * @param needs as of `createTemporaryFolder`
   * @throws HourglassError output-not-writable where there is no room
   */
  static async take(needs?: {
    readonly bytes: number;
    readonly what: string;
  }): Promise<PrivateFiles> {
    const own = (shared ??= { folder: createTemporaryFolder(), outputs: 0 });
    own.outputs++;
    try {
      const folder = await own.folder;
      if (existsSync(folder)) {
        if (needs) await refuseWithoutRoom(folder, needs.bytes, needs.what);
        return new PrivateFiles(own, folder);
      }
    } catch (error) {
      await leave(own);
      throw error;
    }
    // Somebody has removed it: another one is made.
    if (shared === own) shared = null;
    await leave(own);
    return PrivateFiles.take(needs);
  }

  /** The path of this name, the same each time. Nothing is created yet. */
  path(name: string): string {
    const path = join(this.#folder, `${this.#number}-${basename(name)}`);
    this.#paths.add(path);
    return path;
  }

  async remove(): Promise<void> {
    for (const path of this.#paths) unlinkIfThere(path);
    this.#paths.clear();
    await leave(this.#shared);
  }
}

async function leave(own: Shared): Promise<void> {
  own.outputs--;
  if (own.outputs > 0) return;
  if (shared === own) shared = null;
  const folder = await own.folder.catch(() => null);
  if (folder) removeTemporary(folder);
}
