/**
 * Uploads of the browser host: a request's body goes straight to a file of the private folder, never
 * into memory. What was cut short or is too large leaves nothing behind.
 */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HourglassError, invalidParameter } from '../../contract/index.ts';
import { safeFileName, type PrivateFolder } from '../shared/private-folder.ts';

/** Larger than any photo; small enough not to fill a disk by accident. */
export const defaultUploadLimit = 4 * 1024 ** 3;

export interface Upload {
  /** As the browser called the file; any path in it is dropped. */
  readonly name: string;
  readonly body: Readable;
  /** Content-Length, where the browser sent one. */
  readonly declaredBytes: number | null;
}

/**
 * Streams an upload into the private folder and returns its path.
 * @throws HourglassError invalid-parameter (too large), cancelled (cut short), output-not-writable
 */
export async function receiveUpload(
  upload: Upload,
  folder: PrivateFolder,
  limitBytes: number,
): Promise<string> {
  const tooLarge = (bytes: number): HourglassError =>
    invalidParameter('upload', `a file of at most ${limitBytes} bytes`, bytes);
  if (upload.declaredBytes !== null && upload.declaredBytes > limitBytes)
    throw tooLarge(upload.declaredBytes);

  const place = await folder.makeFolder('upload');
  const path = join(place, safeFileName(upload.name));
  let received = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      done(received > limitBytes ? tooLarge(received) : null, chunk);
    },
  });
  try {
    await pipeline(
      bodyChunks(upload.body),
      count,
      createWriteStream(path, { flags: 'wx', mode: 0o600 }),
    );
    return path;
  } catch (error) {
    await rm(place, { recursive: true, force: true });
    throw uploadError(error, upload.name);
  }
}

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
    return new HourglassError('cancelled', `The upload of "${name}" was cut short.`, {
      cause: error,
    });
  return new HourglassError(
    'output-not-writable',
    `"${name}" can not be stored for this session.`,
    {
      cause: error,
    },
  );
}
