/**
 * What is remembered of the cameras and the noise of a folder's pictures, in a file of its own beside their looks (`looks-index.ts`), which are needed at every
 * question and these at one. Only this person can read it, and it appears whole or not at all.
 */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { makeFolders } from '../pixels/make-folders.ts';
import { writeWhole } from '../pixels/write-whole.ts';
import { indexOf } from './looks-index.ts';

const factSchema = z.object({
  path: z.string(),
  /** Sizes and times of change of its files: another one is another picture. */
  stamp: z.string(),
  camera: z.string().nullable(),
  /** Levels of 255; null: nobody asked. */
  noise: z.number().nullable(),
});
export type Fact = z.output<typeof factSchema>;

const fileSchema = z.object({
  format: z.literal('hourglass-facts'),
  version: z.literal(1),
  /** Version of who read the noise. */
  reader: z.string(),
  facts: z.array(factSchema),
});

/** @param folder absolute */
const factsFileOf = (folder: string): string => indexOf(folder).replace(/\.looks$/, '.facts');

/** By path; empty where there are none that can be used. @param reader as they were written with */
export async function rememberedFacts(
  folder: string,
  reader: string,
): Promise<ReadonlyMap<string, Fact>> {
  try {
    const file = fileSchema.parse(JSON.parse(await readFile(factsFileOf(folder), 'utf8')));
    return new Map(file.reader === reader ? file.facts.map((fact) => [fact.path, fact]) : []);
  } catch {
    // Not there, not readable, or of another version: they are read anew.
    return new Map();
  }
}

/** @throws of the file system */
export async function rememberFacts(
  folder: string,
  reader: string,
  facts: readonly Fact[],
): Promise<void> {
  const path = factsFileOf(folder);
  const file: z.output<typeof fileSchema> = {
    ...{ format: 'hourglass-facts', version: 1, reader },
    facts: [...facts],
  };
  makeFolders(dirname(path), 0o700);
  await writeWhole(path, Buffer.from(JSON.stringify(file)), 0o600);
}
