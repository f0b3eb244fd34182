/**
 * Pictures that a person has called fine after all: learnt from beside a folder of good ones, until that is forgotten. Kept beside what was learnt
 * (`good-file.ts`), in a file that only this person can read. One that has changed since is another picture, and not meant.
 */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { makeFolders } from '../../pixels/make-folders.ts';
import { stampOf } from '../../pixels/stamp.ts';
import { writeWhole } from '../../pixels/write-whole.ts';
import type { Handler } from '../../runtime/index.ts';
import type { ImageFiles } from '../indexing.ts';
import { goodFileOf } from './good-file.ts';

const fileSchema = z.object({
  format: z.literal('hourglass-fine'),
  version: z.literal(1),
  fine: z.array(
    z.object({ path: z.string(), files: z.array(z.string()).min(1), stamp: z.string() }),
  ),
});
type Mark = z.output<typeof fileSchema>['fine'][number];

/** @param folder of the good pictures, absolute */
const fineFileOf = (folder: string): string => goodFileOf(folder).replace(/\.good$/, '.fine');

/** Those that are still as they were, in the order in which they were called fine. @param folder of the good pictures, absolute */
export async function fineOf(folder: string): Promise<readonly ImageFiles[]> {
  return (await marksOf(folder)).map(({ path, files }) => ({ path, files }));
}

async function marksOf(folder: string): Promise<Mark[]> {
  let marks: readonly Mark[];
  try {
    marks = fileSchema.parse(JSON.parse(await readFile(fineFileOf(folder), 'utf8'))).fine;
  } catch {
    // Nothing was called fine, or of what was nothing can be read.
    return [];
  }
  const asTheyWere: Mark[] = [];
  for (const mark of marks)
    if ((await stampOf(mark.files).catch(() => null)) === mark.stamp) asTheyWere.push(mark);
  return asTheyWere;
}

/** @throws of the file system */
export const markFine: Handler<'markFine'> = async ({ folder, fine, forget, forgetAll }) => {
  const gone = new Set([...forget, ...fine.map(({ path }) => path)]);
  const kept = forgetAll ? [] : (await marksOf(folder)).filter(({ path }) => !gone.has(path));
  for (const { path, files } of fine) kept.push({ path, files, stamp: await stampOf(files) });
  const path = fineFileOf(folder);
  makeFolders(dirname(path), 0o700);
  const file: z.output<typeof fileSchema> = { format: 'hourglass-fine', version: 1, fine: kept };
  await writeWhole(path, Buffer.from(JSON.stringify(file)), 0o600);
  return { fine: kept.map((mark) => mark.path) };
};
