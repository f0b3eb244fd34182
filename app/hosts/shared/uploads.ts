/**
 * Uploads of the browser host: a request's body goes straight to a file of the private folder, never
 * into memory. What was cut short or is too large leaves nothing behind; one file, all files together and
 * the disk each have a limit.
 */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HourglassError, invalidParameter } from '../../contract/index.ts';
import { freeBytes } from '../../pixels/free-space.ts';
import { safeFileName, type PrivateFolder } from './private-folder.ts';
import { say } from './sentences.ts';

export interface UploadLimits {
  /** One file: larger than any photo, small enough not to fill a disk by accident. */
  readonly fileBytes: number;
  /** All that are kept at a time. */
  readonly sessionBytes: number;
  /** Stays free on the disk for everything else. */
  readonly reserveBytes: number;
}

export const defaultUploadLimits: UploadLimits = {
  fileBytes: 4 * 1024 ** 3,
  sessionBytes: 32 * 1024 ** 3,
  reserveBytes: 1024 ** 3,
};

export interface Upload {
  /** As the browser called the file; any path in it is dropped. */
  readonly name: string;
  readonly body: Readable;
  /** Content-Length, where the browser sent one. */
  readonly declaredBytes: number | null;
}

export interface Uploads {
  /**
   * Streams an upload into the private folder and returns its path.
   * @throws HourglassError invalid-parameter (too large), cancelled (cut short), output-not-writable (no
   * room, or the folder can not be written)
   */
  receive(upload: Upload): Promise<string>;
  /** Removes an upload; any other path is left alone. True: it was one. */
  remove(path: string): Promise<boolean>;
}

export function createUploads(
  folder: PrivateFolder,
  limits: UploadLimits = defaultUploadLimits,
): Uploads {
  /** Bytes by path, of what is kept and of what is on its way. */
  const kept = new Map<string, number>();
  const total = (): number => [...kept.values()].reduce((sum, bytes) => sum + bytes, 0);

  const tooLarge = (bytes: number): HourglassError =>
    invalidParameter('upload', say('fileAtMostBytes', { fileBytes: limits.fileBytes }), bytes);
  const noRoom = (name: string, why: string): HourglassError =>
    new HourglassError('output-not-writable', say('canNotTaken', { name, why }), {
      hint: say('removeFilesFromStripDone'),
    });
  const refuseFull = (name: string): void => {
    if (total() > limits.sessionBytes)
      throw noRoom(
        name,
        say('filesSessionWouldMoreThan', { sessionBytes: gigabytes(limits.sessionBytes) }),
      );
  };
  const refuseFullDisk = async (name: string, bytes: number): Promise<void> => {
    const free = await freeBytes(folder.path);
    if (free !== null && free - limits.reserveBytes < bytes)
      throw noRoom(name, say('onlyFreeOnDisk', { free: gigabytes(free), path: folder.path }));
  };

  return {
    async receive({ name, body, declaredBytes }) {
      if (declaredBytes !== null && declaredBytes > limits.fileBytes) throw tooLarge(declaredBytes);
      const place = await folder.makeFolder('upload');
      const path = join(place, safeFileName(name));
      try {
        // Counted before a byte has come, so that several at once can not pass the limit together.
        kept.set(path, declaredBytes ?? 0);
        refuseFull(name);
        await refuseFullDisk(name, declaredBytes ?? 0);
        let received = 0;
        const count = new Transform({
          transform(chunk: Buffer, _encoding, done) {
            received += chunk.length;
            if (received > limits.fileBytes) return done(tooLarge(received));
            kept.set(path, Math.max(declaredBytes ?? 0, received));
            try {
              refuseFull(name);
            } catch (error) {
              return done(error as Error);
            }
            done(null, chunk);
          },
        });
        await pipeline(
          bodyChunks(body),
          count,
          createWriteStream(path, { flags: 'wx', mode: 0o600 }),
        );
        kept.set(path, received);
        return path;
      } catch (error) {
        kept.delete(path);
        await rm(place, { recursive: true, force: true });
        throw uploadError(error, name);
      }
    },
    async remove(path) {
      if (!kept.delete(path)) return false;
      await rm(dirname(path), { recursive: true, force: true });
      return true;
    },
  };
}

const gigabytes = (bytes: number): string => say('gb', { bytes: (bytes / 1e9).toFixed(1) });

/**
 * The chunks of a request's body. Leaving the loop early keeps the connection, so that the refusal
 * can still be answered; the server drains or closes it afterwards.
 */
export const bodyChunks = (body: Readable): AsyncIterable<Buffer> =>
  body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;

function uploadError(error: unknown, name: string): HourglassError {
  if (error instanceof HourglassError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET')
    return new HourglassError('cancelled', say('uploadCutShort', { name }), {
      cause: error,
    });
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new HourglassError('output-not-writable', say('canNotTakenDiskFull', { name }), {
      cause: error,
    });
  return new HourglassError('output-not-writable', say('canNotStoredForSession', { name }), {
    cause: error,
  });
}
