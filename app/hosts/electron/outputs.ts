/**
 * Where the window may have results written: beside the original, or in a folder that the person
 * chose in the system's dialog (remembered by the host, not by the page, so that a page gone wrong
 * can not name a folder by itself). Also knows what this session has written: only that can be shown
 * in its folder or dragged out.
 */
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import * as z from 'zod';
import { HourglassError } from '../../contract/index.ts';
import { recall, remember } from '../../pixels/remembered.ts';
import type { OutputPolicy } from '../shared/page-door.ts';
import { say } from './sentences.ts';

export interface WindowOutputs extends OutputPolicy {
  /** The person chose this folder in a dialog. */
  allowFolder(folder: string): Promise<void>;
  /** @throws HourglassError not-allowed: this session has not written it */
  produced(output: string): string;
}

export interface WindowOutputsOptions {
  /** JSON file with the chosen folders. */
  readonly rememberIn: string;
  /** Where a result goes whose original lies in a folder of ours (the sample, a pasted picture). */
  readonly picturesFolder: string;
  readonly ownFolders: readonly string[];
}

const mostFolders = 50;
const foldersSchema = z.array(z.string()).max(mostFolders);
const besideOriginal = '{dir}';

export async function createWindowOutputs(options: WindowOutputsOptions): Promise<WindowOutputs> {
  const folders = new Set(await recall(options.rememberIn, (value) => foldersSchema.parse(value)));
  const written = new Set<string>();

  /** @throws HourglassError not-allowed */
  const placeFor = (out: string, sourcePath: string): { out: string; folder: string } => {
    const { folder, name } = split(out);
    if (name === '' || name === '.' || name === '..')
      throw new HourglassError('not-allowed', say('namesNoFileForResult', { out }));
    if (folder === besideOriginal) {
      const isOurs = options.ownFolders.some((own) => isInside(sourcePath, own));
      return isOurs
        ? { out: join(options.picturesFolder, name), folder: options.picturesFolder }
        : { out: `${besideOriginal}/${name}`, folder: dirname(sourcePath) };
    }
    if (isAbsolute(folder) && folders.has(resolve(folder)))
      return { out: join(resolve(folder), name), folder: resolve(folder) };
    throw new HourglassError('not-allowed', say('folderNotChosenForExports', { folder }), {
      hint: say('chooseFolderAgainInExport'),
    });
  };

  return {
    async place(out, sourcePath) {
      return {
        ...placeFor(out, sourcePath),
        written(path) {
          written.add(path);
          return path;
        },
        failed: async () => undefined,
      };
    },
    async allowFolder(folder) {
      folders.add(resolve(folder));
      const latest = [...folders].slice(-mostFolders);
      await remember(options.rememberIn, latest);
    },
    produced(output) {
      if (written.has(output)) return output;
      throw new HourglassError('not-allowed', say('fileNotWrittenInSession'));
    },
  };
}

/** Folder and name of a template; either slash divides, as the page always writes `/`. */
function split(out: string): { folder: string; name: string } {
  const at = Math.max(out.lastIndexOf('/'), out.lastIndexOf('\\'));
  return { folder: at > 0 ? out.slice(0, at) : out.slice(0, at + 1), name: out.slice(at + 1) };
}

const isInside = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
};
