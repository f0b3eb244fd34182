/**
 * The files that a page may speak of, several as one where they belong together. A host admits a file (dropped, uploaded, chosen in a dialog)
 * and gets an `@id` for it; the page never sees or sends a path. Used by the window and the browser.
 */
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { HourglassError, withoutCommandLine, type AdmittedFile } from '../../contract/index.ts';
import { groupFiles, withoutIndices, type Groupings } from './grouping.ts';
import type { PhotoMemory } from './photo-memory.ts';
import { say } from './sentences.ts';

export interface Admission {
  /**
   * Admits a file; the same path keeps its id, and comes from the files of the last time.
   * @param files all of it, where it comes from several: `path` first
   * @throws HourglassError file-not-found, file-not-readable
   */
  admit(path: string, files?: readonly string[]): Promise<AdmittedFile>;
  /**
   * Puts admitted files together that belong together: what came in one by one but was handed over at once.
   * @param places of each, as a person had it: a name, or folders before it; absent: their names
   * @returns the entries that they make (`grouping.ts`)
   * @throws HourglassError not-allowed, as `pathOf`; as `admit`; file-not-found: all are an index of files that are not there
   */
  together(
    sources: readonly string[],
    signal: AbortSignal,
    places?: readonly string[],
  ): Promise<AdmittedFile[]>;
  /** Path of an admitted file. @throws HourglassError not-allowed: a path, or an id never given out */
  pathOf(source: string): string;
  /** All files of it, that of `pathOf` first. @throws HourglassError as `pathOf` */
  filesOf(source: string): readonly string[];
  /** The `@id` of a path, when it was admitted. */
  sourceOf(path: string): string | undefined;
  /** The file is gone for good: its id means nothing any more. */
  forget(path: string): void;
}

/** Files that were opened, and what was not of what came with them. */
export const withProblem = (
  files: readonly AdmittedFile[],
  problem: HourglassError | null,
): AdmittedFile[] =>
  files.map((file, at) =>
    problem && at === 0
      ? { ...file, problem: { message: problem.message, hint: withoutCommandLine(problem.hint) } }
      : file,
  );

export interface AdmissionOptions {
  /** Default: that of `grouping.ts`. */
  readonly table?: Groupings;
  /** Which settings are remembered of a photo, by its files. */
  readonly recall?: PhotoMemory['recall'];
}

export function createAdmission({ table, recall }: AdmissionOptions = {}): Admission {
  const paths = new Map<string, string>();
  /** By id, of those that come from several. */
  const members = new Map<string, readonly string[]>();
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

  const pathOf = (source: string): string => {
    const path = paths.get(source);
    if (path === undefined)
      throw new HourglassError('not-allowed', say('requestNamesFileNotOpened'), {
        hint: say('dropFileOnWindowOr'),
      });
    return path;
  };

  const sizeOf = async (path: string): Promise<number> => {
    const facts = await stat(path).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'ENOENT'
        ? new HourglassError('file-not-found', say('doesNotExist', { path: basename(path) }), {
            cause,
          })
        : new HourglassError('file-not-readable', say('canNotRead', { path: basename(path) }), {
            cause,
          });
    });
    if (!facts.isFile())
      throw new HourglassError('file-not-readable', say('notFile', { path: basename(path) }));
    return facts.size;
  };

  const admit: Admission['admit'] = async (given, parts = [given]) => {
    const files = parts.map((part) => resolve(part));
    const path = files[0]!;
    const sizes = await Promise.all(files.map(sizeOf));
    const source = idOf(path);
    if (files.length > 1) members.set(source, files);
    else members.delete(source);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const several = files.length > 1 ? { files: files.length } : {};
    const settings = await recall?.(files);
    return { source, name: basename(path), bytes, ...several, ...(settings ? { settings } : {}) };
  };

  return {
    admit,
    async together(sources, signal, places = []) {
      const handed = new Map(
        sources.map((source, at) => {
          const path = pathOf(source);
          return [path, { path, place: places[at] ?? basename(path) }];
        }),
      );
      const { paths, problem } = await withoutIndices([...handed.values()], signal, table);
      if (problem && paths.length === 0) throw problem;
      const groups = await groupFiles(paths, signal, { table });
      const admitted = await Promise.all(groups.map((group) => admit(group[0]!, group)));
      return withProblem(admitted, problem);
    },
    pathOf,
    filesOf: (source) => {
      const path = pathOf(source);
      return members.get(source) ?? [path];
    },
    sourceOf: (path) => sources.get(resolve(path)),
    forget(given) {
      const path = resolve(given);
      const source = sources.get(path);
      sources.delete(path);
      if (source === undefined) return;
      paths.delete(source);
      members.delete(source);
    },
  };
}
