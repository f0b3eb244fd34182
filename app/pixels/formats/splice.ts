/**
 * Copies a file with pieces replaced, in bounded memory: how metadata gets into an encoded file
 * without the file being in memory.
 */
import type { FileHandle } from 'node:fs/promises';
import { throwIfCancelled } from '../../contract/index.ts';

/** At byte `at` of the original, `remove` bytes are replaced by `insert`. */
export interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

/** Size that a copy of `length` bytes has with these edits. */
export const splicedSize = (length: number, edits: readonly Edit[]): number =>
  edits.reduce((sum, { remove, insert }) => sum + insert.length - remove, length);

const chunkBytes = 4 * 1024 * 1024;

/** Writes all bytes at a position; `write` may stop short. */
export async function writeAll(
  file: FileHandle,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(
      bytes,
      written,
      bytes.length - written,
      position + written,
    );
    written += bytesWritten;
  }
}

/**
 * @param edits do not overlap; any order
 * @returns the size of the copy
 */
export async function spliceCopy(
  from: FileHandle,
  to: FileHandle,
  length: number,
  edits: readonly Edit[],
  signal: AbortSignal,
): Promise<number> {
  const buffer = new Uint8Array(Math.min(chunkBytes, Math.max(1, length)));
  let source = 0;
  let target = 0;
  const copyUntil = async (end: number): Promise<void> => {
    while (source < end) {
      throwIfCancelled(signal);
      const { bytesRead } = await from.read(
        buffer,
        0,
        Math.min(buffer.length, end - source),
        source,
      );
      if (bytesRead === 0) throw new Error('the encoded file is shorter than it should be');
      await writeAll(to, buffer.subarray(0, bytesRead), target);
      source += bytesRead;
      target += bytesRead;
    }
  };
  for (const edit of [...edits].sort((a, b) => a.at - b.at)) {
    await copyUntil(edit.at);
    await writeAll(to, edit.insert, target);
    target += edit.insert.length;
    source += edit.remove;
  }
  await copyUntil(length);
  return target;
}
