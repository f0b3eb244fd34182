/** Pictures that a page means: of a folder that was chosen in the host's dialog, or of files that it has. */
import { basename } from 'node:path';
import { HourglassError } from '../../contract/index.ts';
import type { Admission } from './admission.ts';
import { say } from './sentences.ts';
import { walk, type FoundFile } from './walk.ts';

/** One of a page's own files is below nothing. */
export type MeantPicture = Pick<FoundFile, 'path' | 'files' | 'below'>;

export interface MeantPictures {
  readonly images: readonly MeantPicture[];
  /** For display. */
  readonly from: string;
  readonly name: string;
  /** Absolute; null: they are the page's own. */
  readonly folder: string | null;
}

/** @throws HourglassError file-not-found: there is none; file-not-readable, cancelled */
export async function picturesIn(folder: string, signal: AbortSignal): Promise<MeantPictures> {
  const { files, problems } = await walk([folder], { cwd: folder, signal, toLook: true });
  if (files.length === 0)
    throw (
      problems[0]?.error ??
      new HourglassError('file-not-found', say('noPicturesIn', { folder }), {
        hint: say('folderWithPictures'),
      })
    );
  return { images: files, from: folder, name: basename(folder) || folder, folder };
}

/** @throws HourglassError not-allowed: an id that was never given out */
export function picturesOfPage(
  sources: readonly string[],
  admission: Pick<Admission, 'filesOf'>,
): MeantPictures {
  const images = sources.map((source) => {
    const files = [...admission.filesOf(source)];
    return { path: files[0]!, files, below: '' };
  });
  const { length: count } = images;
  const from = say('photosOfStrip', { count });
  return { images, from, name: say('photosName', { count }), folder: null };
}
