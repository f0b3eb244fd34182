/**
 * Where parts of a file wait until all are there: in a temporary file, or in memory. Parts come in
 * any order and are read again in the file's.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { HourglassError } from '../../contract/index.ts';
import { writeAll } from '../../pixels/formats/splice.ts';
import { writeError } from '../../pixels/output-place.ts';
import { say } from './sentences.ts';

/** A part that was put aside. */
export interface Piece {
  readonly at: number;
  readonly length: number;
}

export interface Spool {
  /** Puts bytes aside; several calls may run at once. */
  add(bytes: Uint8Array): Promise<Piece>;
  read(piece: Piece): Promise<Uint8Array>;
  close(): Promise<void>;
}

class FileSpool implements Spool {
  readonly #file: FileHandle;
  #length = 0;
  #isOpen = true;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async add(bytes: Uint8Array): Promise<Piece> {
    const piece = { at: this.#length, length: bytes.length };
    this.#length += bytes.length;
    try {
      await writeAll(this.#file, bytes, piece.at);
    } catch (error) {
      throw writeError(error, say('temporaryData'));
    }
    return piece;
  }

  async read({ at, length }: Piece): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      const { bytesRead } = await this.#file.read(bytes, filled, length - filled, at + filled);
      if (bytesRead === 0) throw new HourglassError('internal', say('temporaryFileBecameShorter'));
      filled += bytesRead;
    }
    return bytes;
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#file.close();
  }
}

/** @param path of a file that is made here and removed by its owner */
export const createFileSpool = async (path: string): Promise<Spool> =>
  new FileSpool(await open(path, 'wx+', 0o600));

export function createMemorySpool(): Spool {
  const parts: Uint8Array[] = [];
  return {
    add: (bytes) => {
      parts.push(new Uint8Array(bytes));
      return Promise.resolve({ at: parts.length - 1, length: bytes.length });
    },
    read: ({ at }) => Promise.resolve(parts[at]!),
    close: () => Promise.resolve(),
  };
}
