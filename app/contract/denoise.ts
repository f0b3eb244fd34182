/** The commands of cleaning, for the screen and into files. Part of the table in `commands.ts`. */
import { z } from 'zod';
import { defineActions } from './action.ts';
import { defineCommand } from './command.ts';
import {
  denoiseSettingsSchema,
  deviceUsedSchema,
  modelUsedSchema,
  noiseReadingSchema,
  noticeSchema,
  outputSettingsSchema,
  rectSchema,
  structureReadingSchema,
} from './domain.ts';
import { counted, document, maxMegapixels, source, speed, written } from './fields.ts';

const sigmaWords =
  'Noise level handed to the network, 8-bit levels; for one that takes none, what it stands for';

export const measureCommand = defineCommand({
  id: 'measure',
  title: 'Measure noise',
  summary: 'Measures how much noise an open document holds and suggests a strength.',
  runs: 'engine',
  input: z.object({ document }),
  output: noiseReadingSchema,
});

export const noiseMapCommand = defineCommand({
  id: 'noiseMap',
  title: 'Show where the noise is',
  summary:
    'Measures the noise of an open document in each small cell and draws it as a layer of colours, on a scale that is the same for every picture.',
  runs: 'engine',
  slot: 'view',
  input: z.object({ document }),
  output: z.object({
    layer: z.string().describe('Id of the layer'),
    cell: z.number().int().describe('Side of a cell, pixels'),
    minimum: z.number().describe('8-bit levels, of the cells whose pixels are not cut off'),
    median: z.number().describe('8-bit levels, of the same cells'),
    maximum: z.number().describe('8-bit levels, of the same cells'),
    scale: z
      .array(
        z.object({
          level: z.number().describe('8-bit levels'),
          colour: z.string().describe('sRGB, #rrggbb'),
        }),
      )
      .describe('The legend, from 0 up; colours between two entries are mixtures of theirs'),
    model: modelUsedSchema,
  }),
});

export const previewCommand = defineCommand({
  id: 'preview',
  title: 'Clean for the screen',
  summary:
    'Cleans an open document tile by tile, the visible region first. The pixels equal those of the export.',
  runs: 'engine',
  slot: 'view',
  supersedes: ['document'],
  input: z.object({
    document,
    settings: denoiseSettingsSchema,
    view: rectSchema.optional().describe('Visible region, full-size coordinates; computed first'),
  }),
  output: z.object({
    layer: z.string(),
    sigma: z.number().describe(sigmaWords),
    model: modelUsedSchema,
    device: deviceUsedSchema,
    structure: structureReadingSchema,
    seconds: z.number(),
    notices: z.array(noticeSchema),
  }),
});

export const focusCommand = defineCommand({
  id: 'focus',
  title: 'Look here first',
  summary: 'Tells a running preview which region is visible now.',
  runs: 'engine',
  input: z.object({ document, view: rectSchema }),
  output: z.object({}),
});

export const denoiseCommand = defineCommand({
  id: 'denoise',
  title: 'Clean',
  summary:
    'Cleans an image with a denoising autoencoder and writes the result beside it. The original is never touched; colour profile, metadata, bit depth and dates are kept.',
  runs: 'engine',
  slot: 'work',
  reads: { field: 'source', kinds: ['photo', 'latent'], many: true },
  writes: { field: 'out', format: 'chosen' },
  input: z.object({
    source,
    ...denoiseSettingsSchema.shape,
    ...outputSettingsSchema.shape,
    ...counted,
    maxMegapixels,
  }),
  output: z.object({
    ...written,
    sigma: z.number().describe(sigmaWords),
    noise: noiseReadingSchema
      .nullable()
      .describe('The measurement; null where an absolute sigma made it unnecessary'),
    structure: structureReadingSchema,
    model: modelUsedSchema,
    device: deviceUsedSchema,
    tiling: z
      .object({
        side: z.number().int().describe('Side of the network’s square input, pixels'),
        tiles: z.number().int(),
      })
      .nullable()
      .describe('How the picture was cut; null where no network ran'),
    ...speed,
    notices: z.array(noticeSchema),
  }),
  cli: {
    examples: [
      'hourglass denoise photo.jpg --out clean.jpg',
      'hourglass denoise shoot/ --out "cleaned/{name}.{ext}" --strength 80',
      'hourglass denoise "raw/*.tif" --out cleaned/ --format tiff --depth 16 --json',
    ],
  },
});

export const denoiseCommands = {
  measure: measureCommand,
  noiseMap: noiseMapCommand,
  preview: previewCommand,
  focus: focusCommand,
  denoise: denoiseCommand,
} as const;

/** Of the workspace that shows it: the first one enters it. */
export const cleanActions = defineActions([
  {
    id: 'workspace-clean',
    label: 'Clean',
    keys: ['D'],
    menu: 'view',
    section: 'workspace',
    binding: 'page',
  },
  {
    id: 'noise-map',
    label: 'Noise map',
    keys: ['N'],
    menu: 'view',
    section: 'compare',
    binding: 'page',
  },
]);
