/**
 * Cleaning, for the screen and into files: its settings, its readings, its commands, and the actions of its
 * workspace. A line of the table in `capabilities.ts`.
 */
import * as z from 'zod';
import { defineActions } from './action.ts';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import {
  deviceChoiceSchema,
  deviceUsedSchema,
  modelUsedSchema,
  noticeSchema,
  outputSettingsSchema,
  precisionChoiceSchema,
  rectSchema,
} from './domain.ts';
import {
  allowances,
  damagedSource,
  counted,
  document,
  files,
  maxMegapixels,
  source,
  speed,
  written,
} from './fields.ts';
import { deidentifiedSchema, objectSettings } from './dicom-object.ts';
import { noiseSource } from './noise-source.ts';
import { seriesLevelSchema } from './series-level.ts';
import { sizeFound, sizeLimit } from './sizes.ts';
import { windowFields } from './value-window.ts';

export const noiseReadingSchema = z.object({
  sigma: z
    .number()
    .min(0)
    .describe(
      'Noise level over all channels, in levels of an 8-bit scale (0–255): the standard deviation of white noise; for correlated noise that of the white noise which is as strong over 4 × 4 pixels',
    ),
  perChannel: z.array(z.number().min(0)).describe('The same per channel (R, G, B or gray)'),
  words: z.string().describe('The reading as a plain sentence'),
  suggestedStrength: z
    .number()
    .min(0)
    .max(200)
    .describe('Suggested strength, percent of the measured noise; 0: nothing worth cleaning'),
  suggestedSigma: z
    .number()
    .min(0)
    .describe('The noise level that the suggestion hands to the network, 8-bit levels'),
  range: z
    .object({ low: z.number(), high: z.number() })
    .nullable()
    .describe(
      'Stored values between which the 255 levels lie, for scans of one tone; null: the full scale of the sample type',
    ),
  storedSigma: z
    .number()
    .nullable()
    .describe('`sigma` in stored values, where there is a range; else null'),
  uneven: z
    .boolean()
    .describe(
      'The noise differs over the picture, as that of CT does, and is cleaned by its local level: the strength says how much of it',
    ),
  source: noiseSource.nullable(),
  method: z.string().describe('Which estimator answered'),
  slices: z
    .number()
    .int()
    .optional()
    .describe(
      'The reading is the median of so many slices of the series, on the scale of this one; absent: it is of this one alone',
    ),
});
export type NoiseReading = z.infer<typeof noiseReadingSchema>;

export const structureReadingSchema = z.object({
  index: z
    .number()
    .min(0)
    .max(1)
    .describe('0: the residual looks like noise; 1: it looks like edges of the image'),
  words: z.string().describe('The reading as a plain sentence'),
});
/** From this index on fine detail of the picture went with the noise. */
export const detailGoesAt = 0.45;
export type StructureReading = z.infer<typeof structureReadingSchema>;

/** What decides the cleaned pixels. Equal settings on equal pixels give an equal result on one device. */
export const denoiseSettingsSchema = z.object({
  strength: z
    .union([z.literal('auto'), z.number().min(0).max(200)])
    .default('auto')
    .describe(
      'Percent of the measured noise, 0–200; auto: the suggestion. 0 returns the input bit for bit',
    ),
  share: z
    .number()
    .min(0)
    .max(200)
    .optional()
    .describe('Percent of the suggestion, 0–200, while the strength is auto; absent: 100'),
  sigma: z
    .number()
    .min(0)
    .max(255)
    .optional()
    .describe(
      'Absolute noise level in 8-bit levels, 0–255; overrides the measurement and the strength',
    ),
  levelOf: z
    .enum(['slice', 'series'])
    .default('slice')
    .describe(
      'Of a series, a volume or several frames: slice cleans each at the noise that is measured in it; series cleans all at one level, the median of nine of them at the most, evenly spaced',
    ),
  detail: z
    .number()
    .min(0)
    .max(100)
    .default(0)
    .describe('Detail recovery, percent: gives fine structure of the removed part back, 0–100'),
  chroma: z
    .number()
    .min(0)
    .max(200)
    .default(100)
    .describe(
      'Chroma strength, percent of the strength, 0–200; other than 0 and 100 takes twice as long',
    ),
  model: z
    .string()
    .default('auto')
    .describe('Id of the model; auto: the one made for such a picture (gray, colour) and device'),
  device: deviceChoiceSchema
    .default('auto')
    .describe('Device to run on; auto: the fastest that passed its check'),
  precision: precisionChoiceSchema
    .default('auto')
    .describe('Arithmetic of the network; auto: 8 bits where the check found it much faster'),
});
export type DenoiseSettings = z.infer<typeof denoiseSettingsSchema>;
export type DenoiseSettingsInput = z.input<typeof denoiseSettingsSchema>;

const sigmaWords =
  'Noise level handed to the network, 8-bit levels; for one that takes none, what it stands for';

export const measureCommand = defineCommand({
  id: 'measure',
  title: 'Measure noise',
  summary: 'Measures how much noise an open document holds and suggests a strength.',
  runs: 'engine',
  get input() {
    return z.object({ document, levelOf: denoiseSettingsSchema.shape.levelOf });
  },
  get output() {
    return noiseReadingSchema;
  },
});

export const noiseMapCommand = defineCommand({
  id: 'noiseMap',
  title: 'Show where the noise is',
  summary:
    'Measures the noise of an open document in each small cell and draws it as a layer of colours, on a scale that is the same for every picture.',
  runs: 'engine',
  slot: 'view',
  get input() {
    return z.object({ document });
  },
  get output() {
    return z.object({
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
    });
  },
});

export const previewCommand = defineCommand({
  id: 'preview',
  title: 'Clean for the screen',
  summary:
    'Cleans an open document tile by tile, the visible region first. The pixels equal those of the export.',
  runs: 'engine',
  slot: 'view',
  supersedes: ['document'],
  get input() {
    return z.object({
      document,
      settings: denoiseSettingsSchema,
      view: rectSchema.optional().describe('Visible region, full-size coordinates; computed first'),
    });
  },
  get output() {
    return z.object({
      layer: z.string(),
      sigma: z.number().describe(sigmaWords),
      model: modelUsedSchema,
      device: deviceUsedSchema,
      structure: structureReadingSchema,
      seconds: z.number(),
      notices: z.array(noticeSchema),
    });
  },
});

export const denoiseCommand = defineCommand({
  id: 'denoise',
  title: 'Clean',
  summary:
    'Cleans an image with a denoising autoencoder and writes the result beside it. The original is never touched; colour profile, metadata, bit depth and dates are kept.',
  runs: 'engine',
  slot: 'work',
  reads: {
    ...{ field: 'source', files: 'files', series: 'series' },
    ...{ kinds: ['photo', 'scan', 'latent'], many: true },
  },
  writes: { field: 'out', format: 'chosen', place: 'output' },
  get input() {
    return z.object({
      source,
      files,
      series: z
        .object({
          files: z.array(z.string().min(1)).min(1),
          level: seriesLevelSchema.optional().describe('As it was measured before'),
        })
        .optional()
        .describe('Of a slice that is written by itself: files whose noise is that of its series'),
      ...denoiseSettingsSchema.shape,
      ...outputSettingsSchema.shape,
      size: sizeLimit,
      ...windowFields,
      ...objectSettings,
      ...counted,
      maxMegapixels,
      ...allowances,
      page: z
        .union([z.literal('all'), z.number().int().min(1).max(65_536)])
        .default('all')
        .describe(
          'Page of a TIFF of several (smaller versions do not count), slice of a volume or frame of DICOM, from 1; all: every one where the result holds several too (TIFF, NIfTI, DICOM), else the first',
        ),
    });
  },
  get output() {
    return z.object({
      ...written,
      pages: z
        .number()
        .int()
        .optional()
        .describe(
          'Pages or slices that were written, where they are several; sizes and readings are of the first',
        ),
      quality: z
        .number()
        .int()
        .optional()
        .describe('Quality that was found, where a size was asked for'),
      ...sizeFound,
      damagedSource,
      deidentified: deidentifiedSchema
        .optional()
        .describe(
          'What was removed, emptied, replaced and kept, where it was de-identified: tags, no values',
        ),
      sigma: z.number().describe(sigmaWords),
      noise: noiseReadingSchema
        .nullable()
        .describe('The measurement; null where an absolute sigma made it unnecessary'),
      seriesLevel: seriesLevelSchema
        .optional()
        .describe('The level of the series that it was cleaned at; absent: its own'),
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
    });
  },
  cli: {
    examples: [
      'hourglass denoise photo.jpg --out clean.jpg',
      'hourglass denoise photo.jpg --format webp --size 200KB',
      'hourglass denoise stack.tif --page 3 --out third.tif',
      'hourglass denoise series/ --out pictures/ --format png --preset lung',
      'hourglass denoise series/ --out cleaned/ --level-of series',
      'hourglass denoise shoot/ --out "cleaned/{name}.{ext}" --strength 80',
      'hourglass denoise "raw/*.tif" --out cleaned/ --format tiff --depth 16 --json',
    ],
  },
});

// The first one enters the workspace.
export const denoiseActions = defineActions([
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

export const denoiseContract = defineContract({
  commands: {
    measure: measureCommand,
    noiseMap: noiseMapCommand,
    preview: previewCommand,
    denoise: denoiseCommand,
  },
  actions: denoiseActions,
});
