/**
 * A private temporary folder for one run of a host: uploads, pasted pictures, exports that wait for
 * their download. Only the user may look into it; it goes away with the run, and what a killed run
 * left behind goes away at the next start. It lies in the user's cache folder and not in the
 * system's temporary one, which is memory on many machines.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface PrivateFolder {
  readonly path: string;
  /** A new empty folder inside, with a name that nobody can guess. */
  makeFolder(kind: string): Promise<string>;
  /** Removes everything; also safe in an exit handler, which may not wait. */
  remove(): void;
}

const namePattern = /^run-(\d+)-[0-9a-f]+$/;

/** Creates the folder (mode 0700) under `parent`, and removes those of runs that are dead. */
export async function createPrivateFolder(parent: string): Promise<PrivateFolder> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  await removeStale(parent);
  const path = join(parent, `run-${process.pid}-${randomBytes(8).toString('hex')}`);
  await mkdir(path, { mode: 0o700 });
  return {
    path,
    async makeFolder(kind) {
      const folder = join(path, `${kind}-${randomBytes(12).toString('hex')}`);
      await mkdir(folder, { mode: 0o700 });
      return folder;
    },
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}

async function removeStale(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = namePattern.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is alive and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

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
