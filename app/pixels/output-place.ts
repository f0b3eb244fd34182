/**
 * The place of an output: a file appears whole under its name, or not at all. Refuses what is
 * occupied, keeps private temporary files for the work, publishes the finished bytes (temporary
 * name in the same folder, fsync, rename), and leaves nothing behind when it fails. What is written
 * is decided by `write.ts` for images, by other writers for their own formats.
 */
import { link, open, rename, rmdir, stat, utimes, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { HourglassError, throwIfCancelled } from '../contract/index.ts';
import { makeFolders } from './make-folders.ts';
import { PrivateFiles } from './private-folder.ts';
import { sameFile } from './same-file.ts';
import { say } from './sentences.ts';
import {
  forgetTemporary,
  removeTemporary,
  sweepNowAndThen,
  temporaryFolder,
  temporaryNameIn,
  unlinkIfThere,
} from './temporaries.ts';
import { vipsMessage } from './vips-message.ts';

export interface OutputPlaceRequest {
  readonly path: string;
  /** The source's path, which is never overwritten; null: there is none. */
  readonly source: string | null;
  readonly overwrite: boolean;
  /** Dates that the output gets; null: those of now. */
  readonly dates: { readonly accessedMs: number; readonly modifiedMs: number } | null;
  /** What will lie in the temporary folder before it is published, where that is known. */
  readonly temporaryBytes?: number;
}

interface Rights {
  readonly mode: number;
  /** That `mode` speaks of; null: there is no source. */
  readonly group: number | null;
}

/** A claimed place. Ends with `publish` or `abort`. */
export class OutputPlace {
  readonly #request: OutputPlaceRequest;
  /** First folder that was created for the output; removed again on abort when it is empty. */
  #createdFolder: string | null = null;
  #files: PrivateFiles | null = null;
  #rights: Rights = { mode: 0o600, group: null };
  #ended = false;

  private constructor(request: OutputPlaceRequest) {
    this.#request = request;
  }

  /**
   * Begins an output. Refuses at once what could not be finished.
   * @throws HourglassError output-exists, output-is-source, output-not-writable
   */
  static async claim(request: OutputPlaceRequest): Promise<OutputPlace> {
    await refuseOccupied(request);
    const place = new OutputPlace(request);
    try {
      place.#rights = await rightsLike(request.source);
      const folder = dirname(request.path);
      place.#createdFolder = makeFolders(folder);
      sweepNowAndThen(folder);
      const { path, temporaryBytes: bytes } = request;
      place.#files = await PrivateFiles.take(
        bytes === undefined ? undefined : { bytes, what: basename(path) },
      );
      return place;
    } catch (error) {
      await place.abort();
      throw writeError(error, request.path);
    }
  }

  /** A path for what is needed on the way, which nobody else can read; the same for the same name. */
  temporary(name: string): string {
    return this.#files!.path(name);
  }

  /**
   * Lets `fill` write the finished bytes next to the output, makes them durable, and gives them their
   * name. The temporary files are gone afterwards. Aborts when something fails.
   * @throws HourglassError output-exists, output-is-source, output-not-writable, cancelled
   */
  async publish<T>(fill: (target: FileHandle) => Promise<T>, signal: AbortSignal): Promise<T> {
    const { path, source, overwrite, dates } = this.#request;
    try {
      const temporary = temporaryNameIn(dirname(path));
      let result: T;
      try {
        const target = await open(temporary, 'wx', this.#rights.mode);
        try {
          await refuseOtherGroup(target, this.#rights);
          result = await fill(target);
          if (dates) await target.utimes(dates.accessedMs / 1000, dates.modifiedMs / 1000);
          await target.sync();
        } finally {
          await target.close();
        }
        throwIfCancelled(signal);
        if (overwrite) {
          if (source !== null && (await sameFile(path, source))) throw outputIsSource(source);
          await rename(temporary, path);
        } else await renameWithoutReplacing(temporary, path);
        forgetTemporary(temporary);
      } catch (error) {
        removeTemporary(temporary);
        throw error;
      }
      if (dates) await utimes(path, dates.accessedMs / 1000, dates.modifiedMs / 1000);
      await syncFolder(dirname(path));
      this.#ended = true;
      await this.#files!.remove();
      return result;
    } catch (error) {
      await this.abort();
      throw writeError(error, path);
    }
  }

  /** Removes every temporary file, and folders that were made for nothing. Safe at any time. */
  async abort(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#files?.remove();
    if (this.#createdFolder)
      await removeEmptyFolders(dirname(this.#request.path), this.#createdFolder);
  }
}

/**
 * Permissions of a result: who could not read or change the source can not read or change what was
 * made of it. The process's umask takes away more, as for every new file; the owner keeps both rights.
 */
async function rightsLike(source: string | null): Promise<Rights> {
  if (source === null) return { mode: 0o666, group: null };
  const facts = await stat(source).catch(() => null);
  return { mode: ((facts?.mode ?? 0) & 0o666) | 0o600, group: facts?.gid ?? null };
}

/** Who belongs to another group than the source's may do with a result what everybody may. */
async function refuseOtherGroup(target: FileHandle, { group }: Rights): Promise<void> {
  const { gid, mode } = await target.stat();
  const ofGroup = mode & 0o070;
  const ofOthers = (mode & 0o007) << 3;
  if (group === null || gid === group || (ofGroup & ~ofOthers) === 0) return;
  await target.chmod((mode & 0o707) | (ofGroup & ofOthers));
}

const outputIsSource = (source: string): HourglassError =>
  new HourglassError('output-is-source', say('wouldOverwrite', { name: basename(source) }));

async function refuseOccupied(request: OutputPlaceRequest): Promise<void> {
  if (request.source !== null && (await sameFile(request.path, request.source)))
    throw outputIsSource(request.source);
  const facts = await stat(request.path).catch(() => null);
  if (facts?.isDirectory())
    throw new HourglassError('output-not-writable', say('outputIsFolder', { path: request.path }));
  if (facts && !request.overwrite) throw outputExists(request.path);
}

/** For commands, before any work; the writer refuses again at the moment of writing. @throws HourglassError output-exists */
export async function refuseExisting(path: string, overwrite: boolean): Promise<void> {
  if (!overwrite && (await stat(path).catch(() => null))) throw outputExists(path);
}

/** An output's name is taken. */
const outputExists = (path: string): HourglassError =>
  new HourglassError(
    'output-exists',
    say('existsAlready', { name: basename(path), folder: dirname(path) }),
  );

/** What a failed file system call while writing means. */
export function writeError(error: unknown, path: string): Error {
  if (error instanceof HourglassError) return error;
  const { code } = error as NodeJS.ErrnoException;
  const known = new Map([
    ['ENOSPC', say('diskFull', { folder: temporaryFolder() })],
    ['EDQUOT', say('quotaUsedUp')],
    ['EACCES', say('folderNotWritable')],
    ['EPERM', say('folderNotWritable')],
    ['EROFS', say('diskReadOnly')],
    ['ENAMETOOLONG', say('nameTooLong')],
    ['ENOTDIR', say('partOfPathIsFile')],
  ]);
  const reason = known.get(code ?? '') ?? vipsMessage(error);
  return new HourglassError(
    'output-not-writable',
    say('canNotBeWritten', { name: basename(path), reason }),
    { cause: error },
  );
}

/**
 * Gives a file its name without ever replacing another one: a hard link fails when the name is
 * taken, whatever other processes do meanwhile. Where there are no hard links (FAT, some shares)
 * the name is reserved by creating it exclusively, and only our own empty file is replaced.
 */
async function renameWithoutReplacing(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
    unlinkIfThere(temporary);
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw outputExists(path);
  }
  try {
    await (await open(path, 'wx')).close();
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? outputExists(path) : error;
  }
  try {
    await rename(temporary, path);
  } catch (error) {
    unlinkIfThere(path);
    throw error;
  }
}

/** A rename is durable once its folder is (not possible, and not needed, on Windows). */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Some network file systems can not sync a folder; the file itself is written and named.
  }
}

/** Removes folders from `deepest` up to `first`, as long as they are empty. */
async function removeEmptyFolders(deepest: string, first: string): Promise<void> {
  for (let folder = deepest; folder.length >= first.length; folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return; // Not empty (another output is there) or gone: both are fine.
    }
  }
}
