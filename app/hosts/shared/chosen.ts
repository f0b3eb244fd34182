/**
 * Which files of a tree are meant, by globs: `--include`, `--exclude`. Written with / on every system, without regard to
 * case, as cameras write .JPG. A glob without / is meant of the name alone, in any folder.
 */
import { sep } from 'node:path';
import picomatch from 'picomatch';

export interface Choice {
  /** Globs of files; none: all. */
  readonly include?: readonly string[] | undefined;
  /** Globs of files and of folders, which are then not entered. */
  readonly exclude?: readonly string[] | undefined;
}

export interface Chosen {
  /** @param path relative to the folder that was named */
  file(path: string): boolean;
  folder(path: string): boolean;
}

export function chosenBy({ include = [], exclude = [] }: Choice): Chosen {
  const wanted = matcherOf(include);
  const unwanted = matcherOf(exclude);
  return {
    file: (path) => (include.length === 0 || wanted(path)) && !unwanted(path),
    folder: (path) => !unwanted(path),
  };
}

function matcherOf(globs: readonly string[]): (path: string) => boolean {
  const matchers = globs.map((glob) => {
    // "rejected/" is meant of the folder, with all that is in it.
    const plain = glob.replace(/\/+$/, '').replace(/^\.\//, '');
    const matches = picomatch(plain, { nocase: true, dot: true });
    return plain.includes('/') ? matches : (path: string) => matches(path.split('/').at(-1)!);
  });
  return (path) => {
    const written = sep === '/' ? path : path.replaceAll(sep, '/');
    return matchers.some((matches) => matches(written));
  };
}
