/** A file whose elements are looked at, whole in memory, and so not of any size. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { HourglassError } from '../../contract/index.ts';
import { say } from '../sentences.ts';

/** @param limit bytes @throws HourglassError image-too-large; what the file system says */
export async function readWhole(path: string, limit: number): Promise<Buffer> {
  const { size } = await stat(path);
  if (size > limit)
    throw new HourglassError(
      'image-too-large',
      say('tooLargeForTags', { name: basename(path), limit }),
    );
  return readFile(path);
}
