/**
 * A private temporary folder for one run of a host: uploads, pasted pictures, exports that wait for
 * their download. Only the user may look into it; it goes away with the run, and what a killed run
 * left behind goes away at the next start. It lies in the user's cache folder and not in the
 * system's temporary one, which is memory on many machines.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HourglassError } from '../../contract/index.ts';
import { makeFolders } from '../../pixels/make-folders.ts';
import { keepAlive, owner, removeAbandoned, stopKeepingAlive } from '../../pixels/owner.ts';
import { say } from './sentences.ts';

export interface PrivateFolder {
  readonly path: string;
  /** A new empty folder inside, with a name that nobody can guess. */
  makeFolder(kind: string): Promise<string>;
  /** Removes everything; also safe in an exit handler, which may not wait. */
  remove(): void;
}

const prefix = 'run-';

/** Creates the folder (mode 0700) under `parent`, and removes those of runs that are gone. */
export async function createPrivateFolder(parent: string): Promise<PrivateFolder> {
  makeFolders(parent, 0o700);
  removeAbandoned(parent, await readdir(parent), prefix);
  const path = join(parent, `${prefix}${owner}-${randomBytes(8).toString('hex')}`);
  await mkdir(path, { mode: 0o700 });
  keepAlive(path);
  return {
    path,
    async makeFolder(kind) {
      const folder = join(path, `${kind}-${randomBytes(12).toString('hex')}`);
      // With its parents: somebody may have emptied the caches under a running program.
      try {
        makeFolders(folder, 0o700);
      } catch (cause) {
        throw new HourglassError(
          'output-not-writable',
          say('folderSessionCanNotWritten', { path }),
          { cause },
        );
      }
      return folder;
    },
    remove() {
      stopKeepingAlive(path);
      rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Uploads and exports lie in folders with random names, which say nothing to a person. */
export const withoutPrivatePaths = (text: string, folder: string): string =>
  text.replaceAll(folder, '').replaceAll(/[/\\](?:upload|export)-[0-9a-f]+[/\\]/g, '');

/** Names that Windows gives to devices, whatever the extension. */
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A file name made safe for every file system: no folders, no control characters, no leading dot,
 * at most 200 bytes of UTF-8 with the extension kept. Never empty.
 */
export function safeFileName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const clean = [...last.normalize('NFC')]
    .map((character) => (isUnsafe(character) ? '_' : character))
    .join('')
    .replace(/^[\s.]+/, '')
    .replace(/[\s.]+$/, '');
  const usable = clean === '' || deviceName.test(clean) ? `_${clean}` : clean;
  const extension = /\.[^.]{1,12}$/.exec(usable)?.[0] ?? '';
  let stem = usable.slice(0, usable.length - extension.length);
  while (Buffer.byteLength(stem + extension) > 200) stem = [...stem].slice(0, -1).join('');
  return stem + extension;
}

const isUnsafe = (character: string): boolean => {
  const code = character.codePointAt(0)!;
  const bidirectional = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return (
    code < 0x20 || (code >= 0x7f && code < 0xa0) || bidirectional || '<>:"|?*'.includes(character)
  );
};
