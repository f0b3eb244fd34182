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
  const name = relative(folder, await real(path));
  if (name === '' || name.split(sep).includes('..') || isAbsolute(name))
    throw new HourglassError('invalid-parameter', say('notShared', { path, folder }), {
      hint: say('shareIt'),
    });
  return name.split(sep).join('/');
}

/** The path of a name that somebody else gave, links followed. @throws HourglassError not-allowed */
export async function pathInFolder(name: string, folder: string): Promise<string> {
  const path = await real(join(folder, ...name.split('/')));
  const back = relative(folder, path);
  if (back === '' || back.split(sep).includes('..') || isAbsolute(back))
    throw new HourglassError('not-allowed', say('outside', { path: name }));
  return path;
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
