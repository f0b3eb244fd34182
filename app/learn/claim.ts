/**
 * One training at a time writes a folder: which process it is stands in a file of that folder until it is over. Two that wrote there by turns would leave
 * the weights of one beside the state of the other.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { HourglassError } from '../contract/index.ts';
import { boot, isGone, keepAlive, owner, stopKeepingAlive } from '../pixels/owner.ts';
import { say } from './sentences.ts';

const FILE = '.in-use';
const claimSchema = z.object({ owner: z.string(), boot: z.string() });

/**
 * @param folder that is there @returns what gives it free
 * @throws HourglassError output-exists: another training has it. Error of the file system: it can not be written to
 */
export function claim(folder: string): () => void {
  const path = join(folder, FILE);
  try {
    writeClaim(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!isLeft(path))
      throw new HourglassError('output-exists', say('folderInUse', { out: folder }), {
        hint: say('waitOrOther'),
      });
    // Of one that was cut off.
    rmSync(path, { force: true });
    writeClaim(path);
  }
  keepAlive(path);
  return () => {
    stopKeepingAlive(path);
    rmSync(path, { force: true });
  };
}

const writeClaim = (path: string): void =>
  writeFileSync(path, JSON.stringify({ owner, boot }), { flag: 'wx' });

function isLeft(path: string): boolean {
  try {
    return isGone(claimSchema.parse(JSON.parse(readFileSync(path, 'utf8'))), path);
  } catch {
    // Cut off while it was written, or gone by now.
    return true;
  }
}
