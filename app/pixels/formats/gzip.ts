/** A file in gzip, in bounded memory: volumes are kept so. */
import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { cancelledError, throwIfCancelled } from '../../contract/index.ts';
import { writeAll } from './splice.ts';

const chunkBytes = 1 << 20;

/**
 * @returns the size of what was written
 * @throws HourglassError cancelled; of the file system
 */
export async function gzipCopy(
  from: FileHandle,
  to: FileHandle,
  signal: AbortSignal,
): Promise<number> {
  throwIfCancelled(signal);
  let written = 0;
  try {
    await pipeline(
      from.createReadStream({ start: 0, autoClose: false, highWaterMark: chunkBytes }),
      createGzip({ chunkSize: chunkBytes }),
      async (zipped: AsyncIterable<Uint8Array>) => {
        for await (const chunk of zipped) {
          await writeAll(to, chunk, written);
          written += chunk.length;
        }
      },
      { signal },
    );
  } catch (error) {
    throw signal.aborted ? cancelledError() : error;
  }
  return written;
}
