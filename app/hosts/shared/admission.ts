/**
 * The files that a page may speak of. A host admits a file (dropped, uploaded, chosen in a dialog)
 * and gets an `@id` for it; the page never sees or sends a path. Used by the window and the browser.
 */
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { HourglassError, type AdmittedFile } from '../../contract/index.ts';

export interface Admission {
  /**
   * Admits a file; the same path keeps its id.
   * @throws HourglassError file-not-found, file-not-readable
   */
  admit(path: string): Promise<AdmittedFile>;
  /** Path of an admitted file. @throws HourglassError not-allowed: a path, or an id never given out */
  pathOf(source: string): string;
  /** The `@id` of a path, when it was admitted. */
  sourceOf(path: string): string | undefined;
  /** The file is gone for good: its id means nothing any more. */
  forget(path: string): void;
}

export function createAdmission(): Admission {
  const paths = new Map<string, string>();
  const sources = new Map<string, string>();

  const idOf = (path: string): string => {
    const known = sources.get(path);
    if (known !== undefined) return known;
    // 96 random bits: an id can not be guessed from another one.
    const source = `@${randomBytes(12).toString('base64url')}`;
    paths.set(source, path);
    sources.set(path, source);
    return source;
  };

  return {
    async admit(given) {
      const path = resolve(given);
      const facts = await stat(path).catch((cause: NodeJS.ErrnoException) => {
        throw cause.code === 'ENOENT'
          ? new HourglassError('file-not-found', `${basename(path)} does not exist.`, { cause })
          : new HourglassError('file-not-readable', `${basename(path)} can not be read.`, {
              cause,
            });
      });
      if (!facts.isFile())
        throw new HourglassError('file-not-readable', `${basename(path)} is not a file.`);
      return { source: idOf(path), name: basename(path), bytes: facts.size };
    },
    pathOf(source) {
      const path = paths.get(source);
      if (path === undefined)
        throw new HourglassError(
          'not-allowed',
          'The request names a file that was not opened in this window.',
          { hint: 'Drop the file on the window, or choose it in the open dialog.' },
        );
      return path;
    },
    sourceOf: (path) => sources.get(resolve(path)),
    forget(given) {
      const path = resolve(given);
      const source = sources.get(path);
      sources.delete(path);
      if (source !== undefined) paths.delete(source);
    },
  };
}
