/**
 * One file that is saved in place, the only way in which a file that was given to the program is ever written to. The new
 * bytes are made whole and durable beside the old ones, get their permissions, and take their place in one step (rename);
 * until then the old bytes are untouched, whoever is killed. Who asks, and with which settings, is `edit-session.ts`.
 */
import {
  access,
  chmod,
  chown,
  constants,
  mkdir,
  open,
  realpath,
  rename,
  stat,
  utimes,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HourglassError, isOutputFormat, labelOf, type NamedOutput } from '../../contract/index.ts';
import { fileError, identify } from '../../pixels/identify.ts';
import { syncFolder, writeError } from '../../pixels/output-place.ts';
import { removeTemporary, sweepTemporaries, temporaryNameIn } from '../../pixels/temporaries.ts';
import { say } from './sentences.ts';

export interface EditedFile {
  /** The file itself: links are followed. */
  readonly path: string;
  readonly name: string;
  /**
   * Lets `make` write the new file, and puts it in the place of the old one where `agrees` says so.
   * @throws HourglassError output-not-writable; whatever `make` throws. The file is then as it was
   */
  replace<T>(
    make: (output: NamedOutput) => Promise<T>,
    agrees: (made: T) => boolean,
  ): Promise<{ readonly made: T; readonly saved: boolean }>;
}

/** @throws HourglassError as `identify`; output-unsupported, output-not-writable: it could not be saved */
export async function openEdited(given: string): Promise<EditedFile> {
  const path = await realpath(given).catch((error: unknown) => {
    throw fileError(error, basename(given));
  });
  const name = basename(path);
  const folder = dirname(path);
  const { format } = await identify(path);
  if (!isOutputFormat(format))
    throw new HourglassError(
      'output-unsupported',
      say('notWrittenInPlace', { name, label: labelOf(format) }),
      {
        hint: say('editTiffCopyInstead', { name }),
      },
    );
  await refuseProtected(path);
  let known = await factsOf(path);

  const refuseChanged = async (): Promise<void> => {
    const now = await factsOf(path).catch(() => null);
    const isSame =
      now !== null &&
      (['dev', 'ino', 'size', 'mtimeNs'] as const).every((fact) => now[fact] === known[fact]);
    if (!isSame)
      throw new HourglassError('output-not-writable', say('changedMeanwhile', { name }), {
        hint: say('openItAnew'),
      });
  };

  return {
    path,
    name,
    async replace(make, agrees) {
      await refuseChanged();
      await refuseProtected(path);
      sweepTemporaries(folder);
      // A folder, so that sentences about the new file know it by its name.
      const own = temporaryNameIn(folder);
      try {
        await mkdir(own, { mode: 0o700 });
        const fresh = join(own, name);
        const made = await make({ path: fresh, format, notices: [] });
        if (!agrees(made)) return { made, saved: false };
        await takeOver(fresh, known, name);
        await refuseChanged();
        await rename(fresh, path);
        await syncFolder(folder);
        known = await factsOf(path);
        return { made, saved: true };
      } catch (error) {
        throw writeError(error, path);
      } finally {
        removeTemporary(own);
      }
    },
  };
}

type Facts = Awaited<ReturnType<typeof factsOf>>;
const factsOf = (path: string) => stat(path, { bigint: true });

/** @throws HourglassError output-not-writable */
async function refuseProtected(path: string): Promise<void> {
  const name = basename(path);
  const { mode } = await stat(path);
  // Whoever may write to everything is told too: the protection was somebody's wish.
  const isProtected = (mode & 0o222) === 0 || !(await may(path));
  if (isProtected)
    throw new HourglassError('output-not-writable', say('isWriteProtected', { name }), {
      hint: say('takeProtectionAway'),
    });
  if (!(await may(dirname(path))))
    throw new HourglassError('output-not-writable', say('folderTakesNoFile', { name }), {
      hint: say('saveNeedsFolder'),
    });
}

const may = (path: string): Promise<boolean> =>
  access(path, constants.W_OK).then(
    () => true,
    () => false,
  );

/**
 * Gives the new file the owner and permissions of the old one, and the time of now, by which other programs see that it was
 * changed; then makes it durable. @throws HourglassError output-not-writable
 */
async function takeOver(path: string, from: Facts, name: string): Promise<void> {
  const now = await factsOf(path);
  if (process.platform !== 'win32' && (now.uid !== from.uid || now.gid !== from.gid))
    await chown(path, Number(from.uid), Number(from.gid)).catch((cause: unknown) => {
      throw new HourglassError('output-not-writable', say('ownerNotKept', { name }), {
        hint: say('editCopy'),
        cause,
      });
    });
  // After the owner, whose change takes bits away.
  await chmod(path, Number(from.mode & 0o7777n));
  const date = new Date();
  await utimes(path, date, date);
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
