/**
 * What this session has written of each file, by its `@id`: the results of its last export, with what they were when they were written, so
 * that nothing else can be passed off as one.
 */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { HourglassError } from '../../contract/index.ts';
import { say } from './sentences.ts';

export interface WrittenResult {
  /** `@id` of the file that it was made of. */
  readonly source: string;
  /** What was asked for at once; null: this file alone. */
  readonly run: string | null;
  readonly path: string;
}

export interface SessionResults {
  wrote(result: WrittenResult): Promise<void>;
  /** Paths of the results of these files, in the order in which they were written; of a file that nothing was written of there are none. */
  of(sources: readonly string[]): readonly string[];
  /** @throws HourglassError file-not-found: it is gone; not-allowed: it is another file now, or none that this session has written */
  refuseChanged(path: string): Promise<void>;
}

/** Another file, or other bytes in it. */
const stampOf = async (path: string): Promise<string> => {
  const { ino, size, mtimeNs } = await stat(path, { bigint: true });
  return `${ino} ${size} ${mtimeNs}`;
};

export function createSessionResults(): SessionResults {
  const exported = new Map<string, { readonly run: string | null; readonly paths: Set<string> }>();
  const stamps = new Map<string, string>();
  return {
    async wrote({ source, run, path }) {
      stamps.set(path, await stampOf(path));
      const known = exported.get(source);
      // Another export of the same file has the place of the one before.
      if (known && run !== null && known.run === run) known.paths.add(path);
      else exported.set(source, { run, paths: new Set([path]) });
    },
    of: (sources) => [
      ...new Set(sources.flatMap((source) => [...(exported.get(source)?.paths ?? [])])),
    ],
    async refuseChanged(path) {
      const name = basename(path);
      const now = await stampOf(path).catch((cause: unknown) => {
        throw new HourglassError('file-not-found', say('exportNotThereAnyMore', { name }), {
          hint: say('exportPhotoAgain'),
          cause,
        });
      });
      if (stamps.get(path) !== now)
        throw new HourglassError('not-allowed', say('resultChanged', { name }), {
          hint: say('exportPhotoAgain'),
        });
    },
  };
}
