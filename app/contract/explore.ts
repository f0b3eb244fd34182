/**
 * Finding what is alike: the command that a person types, and the one of the engine that it asks for. How pictures are compared:
 * `app/explore/descriptor.ts`.
 */
import * as z from 'zod';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import { noticeSchema } from './domain.ts';
import { errorCodes } from './errors.ts';
import { maxMegapixels } from './fields.ts';

const wanted = {
  count: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .describe('Similar pictures to name for each at the most, the most alike first'),
  cutoff: z
    .number()
    .min(0)
    .max(100)
    .default(99)
    .describe(
      'Name only what is more alike than this share of the pairs of the folder, percent; the same picture, edited, is always named',
    ),
  anew: z
    .boolean()
    .default(false)
    .describe('Read every picture again, whatever is remembered of the folder'),
  maxMegapixels,
};

export const similarCommand = defineCommand({
  id: 'similar',
  title: 'Similar',
  summary:
    'Finds the pictures of a folder that look like a given one, and the same picture in other sizes, crops and edits. For a folder alone it lists the groups of pictures that are one. What was seen is remembered, so that only new pictures are read the next time; nothing is ever deleted.',
  runs: 'terminal',
  get input() {
    return z.object({
      query: z
        .string()
        .min(1)
        .describe('A picture, or a folder of them; a folder alone is compared with itself'),
      folder: z
        .string()
        .min(1)
        .optional()
        .describe('Folder that is looked through, with its subfolders'),
      csv: z.boolean().default(false).describe('Print a table of comma-separated values to stdout'),
      ...wanted,
    });
  },
  get output() {
    return z.object({});
  },
  cli: {
    argument: 'query',
    second: 'folder',
    examples: [
      'hourglass similar holiday.jpg photos/',
      'hourglass similar holiday.jpg photos/ --cutoff 99.9 --csv > alike.csv',
      'hourglass similar photos/',
      'hourglass similar photos/ --json',
    ],
  },
});

const imageFiles = z.object({
  path: z.string().min(1),
  files: z.array(z.string().min(1)).min(1).describe('All files of it'),
});

const alike = z.object({
  path: z.string(),
  kind: z
    .enum(['same', 'similar'])
    .describe('same: the same picture, edited perhaps; similar: it looks like it'),
  percentile: z.number().describe('Share of the pairs of the folder that are less alike, percent'),
  cosine: z.number().describe('Of the two vectors: 1 is the most'),
  mirrored: z.boolean().describe('Its mirror image is meant'),
});
export type Alike = z.infer<typeof alike>;

export const findSimilarCommand = defineCommand({
  id: 'findSimilar',
  title: 'Find similar pictures',
  summary: 'Compares pictures by their looks.',
  runs: 'engine',
  slot: 'work',
  readsLists: true,
  get input() {
    return z.object({
      folder: z.string().min(1).describe('Absolute; what was seen is remembered under its name'),
      images: z.array(imageFiles).describe('All of the folder'),
      queries: z
        .array(imageFiles)
        .nullable()
        .describe('What is looked for; null: groups of pictures that are one'),
      ...wanted,
    });
  },
  get output() {
    return z.object({
      images: z.number().int().describe('Pictures that were compared'),
      read: z.number().int().describe('Of these, read now; the others were remembered'),
      gone: z.number().int().describe('Remembered ones that are no longer there'),
      pairs: z.number().int().describe('Pairs of the folder that percentiles are taken of'),
      queries: z.array(
        z.object({
          source: z.string(),
          above: z.number().int().describe('How many are above the cutoff, named or not'),
          found: z.array(alike),
        }),
      ),
      groups: z
        .array(z.object({ images: z.array(z.string()).min(2) }))
        .describe(
          'Pictures that are one, in other sizes, crops and edits; the largest group first',
        ),
      leftOut: z
        .array(z.object({ source: z.string(), code: z.enum(errorCodes), reason: z.string() }))
        .describe('Files that could not be read'),
      notices: z.array(noticeSchema),
    });
  },
});

export const exploreContract = defineContract({
  commands: { similar: similarCommand, findSimilar: findSimilarCommand },
});
