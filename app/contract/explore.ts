/**
 * Finding what is alike and what is unusual: the commands that a person types, and those of the engine that they ask for. How pictures are compared:
 * `app/explore/descriptor.ts`; how they are judged by good ones: `app/explore/unusual`.
 */
import * as z from 'zod';
import { defineActions } from './action.ts';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import { noticeSchema } from './domain.ts';
import { imageFiles, leftOut, partSchema, rememberedFolder } from './explore-fields.ts';
import { maxMegapixels } from './fields.ts';
import { heatMapSchema } from './heat.ts';
import { mapCommand, mapFolderCommand, pictureFactsCommand } from './map.ts';

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
      by: z
        .string()
        .min(1)
        .optional()
        .describe(
          'Compare by the code of a network that was trained here: the folder of its training, or its name in the window; default: by looks',
        ),
      part: partSchema
        .optional()
        .describe('Look for a part of the query alone, shares of its width and height'),
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
      'hourglass similar cells/0417.png cells/ --by models/mine',
      'hourglass similar holiday.jpg photos/ --part 0.1,0.2,0.4,0.4',
      'hourglass similar holiday.jpg photos/',
      'hourglass similar holiday.jpg photos/ --cutoff 99.9 --csv > alike.csv',
      'hourglass similar photos/',
      'hourglass similar photos/ --json',
    ],
  },
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
      folder: rememberedFolder,
      images: z.array(imageFiles).describe('All of the folder'),
      queries: z
        .array(imageFiles)
        .nullable()
        .describe('What is looked for; null: groups of pictures that are one'),
      by: z
        .string()
        .min(1)
        .nullable()
        .default(null)
        .describe(
          'Absolute; folder of a training, by whose network they are compared; null: by looks',
        ),
      part: partSchema
        .nullable()
        .default(null)
        .describe('Of each that is looked for; null: all of it'),
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
      leftOut,
      notices: z.array(noticeSchema),
    });
  },
});

const judging = {
  mode: z
    .enum(['auto', 'features', 'template'])
    .default('auto')
    .describe(
      'features: by what small parts look like (surfaces, textures); template: beside a good picture that is a near copy (printed circuits, labels); auto: template where pictures are near copies',
    ),
  falseAlarms: z
    .number()
    .min(0.1)
    .max(50)
    .default(5)
    .describe('How many of 100 fresh good pictures may be called unusual'),
  score: z
    .enum(['both', 'mean', 'top'])
    .default('both')
    .describe(
      'Of features: top for something in a picture, mean for a little everywhere, both for either; of a network (by) both is top',
    ),
  anew: z.boolean().default(false).describe('Learn again, whatever is remembered of the folder'),
  maxMegapixels,
};

export const unusualCommand = defineCommand({
  id: 'unusual',
  title: 'Unusual',
  summary:
    'Learns from a folder of good pictures alone, and lists those of another folder by how unlike them they are, with the places. How many good ones are flagged by mistake is what is set. A folder alone is listed by how unlike the rest each picture is. Nothing is ever deleted.',
  runs: 'terminal',
  get input() {
    return z.object({
      good: z.string().min(1).describe('Folder of good pictures, with its subfolders'),
      folder: z
        .string()
        .min(1)
        .optional()
        .describe(
          'Folder, or picture, that is judged; without it the good ones are, each by the others',
        ),
      overlays: z
        .string()
        .min(1)
        .optional()
        .describe(
          'New or empty folder for a PNG of each picture with what is unusual drawn over it, and the legend',
        ),
      fine: z
        .array(z.string().min(1))
        .default([])
        .describe(
          'A picture that is fine after all (may be given several times): learnt from beside the good ones, now and later',
        ),
      forgetFine: z
        .boolean()
        .default(false)
        .describe('Forget what was called fine for this folder before'),
      by: z
        .string()
        .min(1)
        .optional()
        .describe(
          'Judge by what a network that was trained here can not give back: the folder of its training, or its name in the window',
        ),
      csv: z.boolean().default(false).describe('Print a table of comma-separated values to stdout'),
      ...judging,
    });
  },
  get output() {
    return z.object({});
  },
  cli: {
    argument: 'good',
    second: 'folder',
    examples: [
      'hourglass unusual good/ today/',
      'hourglass unusual good/ today/ --false-alarms 10 --overlays marked/',
      'hourglass unusual good/ today/ --fine today/0417.jpg',
      'hourglass unusual good/ today/ --csv > list.csv',
      'hourglass unusual boards/good/ boards/new/ --mode template --json',
      'hourglass unusual good/ today/ --by models/mine',
    ],
  },
});

const share = z.number().describe('Of the width or height, from the top left');

export const findUnusualCommand = defineCommand({
  id: 'findUnusual',
  title: 'Find unusual pictures',
  summary: 'Judges pictures by good ones.',
  runs: 'engine',
  slot: 'work',
  readsLists: true,
  writesFolder: true,
  get input() {
    return z.object({
      folder: z
        .string()
        .min(1)
        .nullable()
        .describe(
          'Of the good ones, absolute; what was learnt is remembered under its name; null: nothing is remembered',
        ),
      good: z.array(imageFiles).describe('All of that folder'),
      images: z
        .array(
          imageFiles.extend({
            name: z.string().min(1).describe('Of its overlay, with subfolders'),
          }),
        )
        .describe(
          'Those that are judged; one that is among the good ones is judged without itself',
        ),
      overlays: z.string().min(1).nullable().describe('Absolute'),
      by: z
        .string()
        .min(1)
        .nullable()
        .default(null)
        .describe('Absolute; folder of a training whose network judges; null: as `mode` says'),
      maps: z
        .number()
        .int()
        .min(0)
        .max(1000)
        .default(0)
        .describe('Of how many of the most unusual the map is told'),
      ...judging,
    });
  },
  get output() {
    return z.object({
      mode: z
        .enum(['features', 'template', 'reconstruction'])
        .describe('How they were judged; reconstruction: by a network (by)'),
      good: z.number().int().describe('Good pictures that were learnt from'),
      fine: z.number().int().describe('Pictures beside these that were called fine'),
      learnt: z.enum(['now', 'remembered']),
      promise: z
        .object({
          falseAlarms: z.number().describe('What was asked for, percent'),
          checked: z
            .number()
            .int()
            .describe('Good pictures that were judged without themselves, to check it'),
          flagged: z.number().int().describe('Of these, how many are above the threshold'),
          threshold: z
            .number()
            .nullable()
            .describe('Score above which a picture is unusual; null: too few good ones to say'),
          needed: z.number().int().describe('Good pictures that such a promise takes'),
          low: z
            .number()
            .nullable()
            .describe(
              'In nine of ten such folders no less than this percentage of fresh good ones is flagged',
            ),
          high: z.number().nullable().describe('And no more than this'),
        })
        .describe('What the number of false alarms is worth'),
      edge: z.number().describe('Level of the map from which on a place is named'),
      images: z
        .array(
          z.object({
            path: z.string(),
            verdict: z
              .enum(['unusual', 'usual', 'ranked', 'unmatched'])
              .describe(
                'ranked: there is no threshold; unmatched: of template, no good one is a near copy',
              ),
            score: z
              .number()
              .nullable()
              .describe(
                'features, reconstruction: deviations above the mean of good ones; template: largest difference, 1 is a tenth of the range',
              ),
            mean: z
              .number()
              .nullable()
              .describe(
                'Features: distance of all cells, by energies; reconstruction: mean error, 1 is what one in a hundred places of good ones reaches',
              ),
            top: z
              .number()
              .nullable()
              .describe(
                'Features: of the farthest hundredth, by activations; reconstruction: the largest error',
              ),
            reached: z
              .number()
              .nullable()
              .describe('Percent of good pictures that are as unusual; null: none was judged'),
            spots: z
              .array(
                z.object({ x: share, y: share, width: share, height: share, peak: z.number() }),
              )
              .describe('Places that are named, the highest first'),
            overlay: z.string().nullable().describe('Path of the file'),
            heat: heatMapSchema
              .optional()
              .describe('The map; absent: it was not asked for, or there is none'),
          }),
        )
        .describe('The most unusual first'),
      leftOut,
      notices: z.array(noticeSchema),
    });
  },
});

export const markFineCommand = defineCommand({
  id: 'markFine',
  title: 'Call pictures fine',
  summary: 'Remembers pictures that unusual ones are judged by beside a folder of good ones.',
  runs: 'engine',
  readsLists: true,
  get input() {
    return z.object({
      folder: z.string().min(1).describe('Of the good ones, absolute; remembered under its name'),
      fine: z.array(imageFiles).default([]),
      forget: z.array(z.string().min(1)).default([]).describe('Paths that are no longer meant'),
      forgetAll: z
        .boolean()
        .default(false)
        .describe('Nothing that was called fine before is meant'),
    });
  },
  get output() {
    return z.object({ fine: z.array(z.string()).describe('Paths of all that are meant now') });
  },
});

export const exploreActions = defineActions([
  {
    id: 'workspace-explore',
    label: 'Explore',
    keys: ['E'],
    menu: 'view',
    section: 'workspace',
    binding: 'page',
  },
  {
    id: 'heat-map',
    label: 'Heat map of an unusual picture',
    keys: ['G'],
    menu: 'view',
    section: 'explore',
    binding: 'page',
  },
]);

export const exploreContract = defineContract({
  commands: {
    similar: similarCommand,
    findSimilar: findSimilarCommand,
    unusual: unusualCommand,
    findUnusual: findUnusualCommand,
    markFine: markFineCommand,
    map: mapCommand,
    mapFolder: mapFolderCommand,
    pictureFacts: pictureFactsCommand,
  },
  actions: exploreActions,
});
