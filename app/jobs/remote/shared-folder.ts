/** The folder that the machines of a queue share: which path in it is which, and that nothing leads out of it. */
import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, parse, relative, sep } from 'node:path';
import { HourglassError } from '../../contract/index.ts';
import { say } from './sentences.ts';

/** @param given absolute @returns it with its links followed @throws HourglassError */
export async function sharedFolderAt(given: string): Promise<string> {
  const folder = await realpath(given).catch(() => {
    throw new HourglassError('file-not-found', say('noSuchFolder', { folder: given }));
  });
  if (parse(folder).root === folder) throw new HourglassError('not-allowed', say('wholeDisk'));
  return folder;
}

/** A path as the other machines understand it, with /. @throws HourglassError invalid-parameter */
export async function nameInFolder(path: string, folder: string): Promise<string> {
  const name = within(folder, await real(path));
  if (name === null)
    throw new HourglassError('invalid-parameter', say('notShared', { path, folder }), {
      hint: say('shareIt'),
    });
  return name.split(sep).join('/');
}

/** The path of a name that somebody else gave, links followed. @throws HourglassError not-allowed */
export async function pathInFolder(name: string, folder: string): Promise<string> {
  const path = await real(join(folder, ...name.split('/')));
  if (within(folder, path) === null)
    throw new HourglassError('not-allowed', say('outside', { path: name }));
  return path;
}

/** The way from a folder down to a path, both without links; null: there is none. */
function within(folder: string, path: string): string | null {
  const way = relative(folder, path);
  return way === '' || way.split(sep).includes('..') || isAbsolute(way) ? null : way;
}

/** With links followed as far as it exists. */
async function real(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(await real(above), parse(path).base);
  }
}
