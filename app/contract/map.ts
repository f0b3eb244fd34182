/** A map of a folder's pictures, with what is alike lying together: what a person types, and what the engine is asked. What it tells meanwhile: `map-event.ts`. */
import * as z from 'zod';
import { defineCommand } from './command.ts';
import { noticeSchema } from './domain.ts';
import { imageFiles, leftOut, rememberedFolder } from './explore-fields.ts';
import { maxMegapixels } from './fields.ts';
import { mapLayouts } from './map-event.ts';

/** Colours that can be told apart end long before. */
export const mostClusters = 64;

const wanted = {
  layout: z
    .enum(mapLayouts)
    .default('umap')
    .describe(
      'umap: neighbours lie together; pca: by the two directions in which the pictures differ most, which is there at once',
    ),
  clusters: z
    .number()
    .int()
    .min(1)
    .max(mostClusters)
    .optional()
    .describe(
      'Clusters to divide the pictures into; default: as many as divide them best, or where nothing does clearly, more with more pictures, 12 at the most',
    ),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1)
    .describe('Of what is drawn at random: the same seed on the same pictures gives the same map'),
  anew: z
    .boolean()
    .default(false)
    .describe('Read every picture again, whatever is remembered of the folder'),
  maxMegapixels,
};

export const mapCommand = defineCommand({
  id: 'map',
  title: 'Map',
  summary:
    'Lays the pictures of a folder out on a map on which those that look alike lie together, and divides them into clusters, each named after the picture in its middle. What was seen is remembered, as for similar.',
  runs: 'terminal',
  get input() {
    return z.object({
      folder: z.string().min(1).describe('Folder of pictures, with its subfolders'),
      csv: z.boolean().default(false).describe('Print a table of comma-separated values to stdout'),
      facts: z
        .boolean()
        .default(false)
        .describe(
          'Tell the camera and the noise of each picture too, in --csv and --json; every picture is read whole for it',
        ),
      ...wanted,
    });
  },
  get output() {
    return z.object({});
  },
  cli: {
    argument: 'folder',
    examples: [
      'hourglass map photos/',
      'hourglass map photos/ --clusters 8 --csv > map.csv',
      'hourglass map photos/ --layout pca --json',
    ],
  },
});

const place = z
  .number()
  .describe('0 to 1; the map is a square, and distances mean the same both ways');

export const pictureFactsCommand = defineCommand({
  id: 'pictureFacts',
  title: 'Tell cameras and noise',
  summary: 'Tells the camera and the noise of pictures.',
  runs: 'engine',
  slot: 'work',
  readsLists: true,
  get input() {
    return z.object({
      folder: rememberedFolder,
      anew: wanted.anew,
      images: z.array(imageFiles).describe('All of the folder'),
      noise: z.boolean().describe('Measure the noise too'),
      maxMegapixels,
    });
  },
  get output() {
    return z.object({
      facts: z.array(
        z.object({
          path: z.string(),
          camera: z.string().nullable().describe('null: the file does not say'),
          noise: z.number().nullable().describe('Levels of 255; null: nobody asked'),
        }),
      ),
      leftOut,
    });
  },
});

export const mapFolderCommand = defineCommand({
  id: 'mapFolder',
  title: 'Map pictures',
  summary: 'Lays pictures out by their looks.',
  runs: 'engine',
  slot: 'work',
  readsLists: true,
  get input() {
    return z.object({
      folder: rememberedFolder,
      images: z.array(imageFiles).describe('All of the folder'),
      ...wanted,
    });
  },
  get output() {
    return z.object({
      images: z.number().int().describe('Pictures on the map'),
      read: z.number().int().describe('Of these, read now; the others were remembered'),
      gone: z.number().int().describe('Remembered ones that are no longer there'),
      layout: z.enum(mapLayouts).describe('How x and y were found'),
      points: z
        .array(
          z.object({
            path: z.string(),
            cluster: z.number().int().describe('From 1'),
            fromCentre: z.number().describe('Distance of its vector to the centre of the cluster'),
            x: place,
            y: place,
          }),
        )
        .describe('In the order of the folder'),
      clusters: z
        .array(
          z.object({
            cluster: z.number().int().describe('From 1'),
            size: z.number().int().describe('Pictures in it'),
            centre: z.string().describe('The picture nearest to its centre'),
          }),
        )
        .describe('The largest first'),
      leftOut,
      notices: z.array(noticeSchema),
    });
  },
});
