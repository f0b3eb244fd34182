/**
 * The table of commands: one definition each, from which the command line's flags and help, the IPC
 * and HTTP validation, the renderer's types and `docs/commands.md` are derived.
 * Those of latent files are in `latent-commands.ts`.
 *
 * `source` is always a path, or `@<id>` of a file that the host has admitted (dropped, uploaded,
 * chosen in a dialog). The window and the browser only ever speak of `@<id>`.
 */
import { z } from 'zod';
import { defineCommand } from './command.ts';
import {
  denoiseSettingsSchema,
  deviceReportSchema,
  deviceUsedSchema,
  documentInfoSchema,
  modelIdSchema,
  modelInfoSchema,
  modelUsedSchema,
  noiseReadingSchema,
  noticeSchema,
  outputSettingsSchema,
  rectSchema,
  structureReadingSchema,
} from './domain.ts';
import { counted, document, maxMegapixels, source, speed, written } from './fields.ts';
import { latentCommands } from './latent-commands.ts';

const sigmaWords =
  'Noise level handed to the network, 8-bit levels; for one that takes none, what it stands for';

export const openCommand = defineCommand({
  id: 'open',
  title: 'Open',
  summary: 'Decodes an image into the engine and reports what it is.',
  lane: 'light',
  input: z.object({
    source,
    maxMegapixels,
    document: document.optional().describe('Id to give the document; default: a new one'),
  }),
  output: documentInfoSchema,
});

export const closeCommand = defineCommand({
  id: 'close',
  title: 'Close',
  summary: 'Forgets an open document and its layers.',
  lane: 'light',
  input: z.object({ document }),
  output: z.object({}),
});

export const measureCommand = defineCommand({
  id: 'measure',
  title: 'Measure noise',
  summary: 'Measures how much noise an open document holds and suggests a strength.',
  lane: 'light',
  input: z.object({ document }),
  output: noiseReadingSchema,
});

export const noiseMapCommand = defineCommand({
  id: 'noiseMap',
  title: 'Show where the noise is',
  summary:
    'Measures the noise of an open document in each small cell and draws it as a layer of colours, on a scale that is the same for every picture.',
  lane: 'interactive',
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

export const pixelCommand = defineCommand({
  id: 'pixel',
  title: 'Read a pixel',
  summary: 'Stored values of one pixel, in the file’s own depth.',
  lane: 'light',
  input: z.object({
    document,
    layer: z.string().default('source').describe('source, or the id of a cleaned layer'),
    x: z.number().int().min(0),
    y: z.number().int().min(0),
  }),
  output: z.object({ values: z.array(z.number()).describe('One per stored channel') }),
});

export const previewCommand = defineCommand({
  id: 'preview',
  title: 'Clean for the screen',
  summary:
    'Cleans an open document tile by tile, the visible region first. The pixels equal those of the export.',
  lane: 'interactive',
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
  lane: 'light',
  input: z.object({ document, view: rectSchema }),
  output: z.object({}),
});

export const denoiseCommand = defineCommand({
  id: 'denoise',
  title: 'Clean',
  summary:
    'Cleans an image with a denoising autoencoder and writes the result beside it. The original is never touched; colour profile, metadata, bit depth and dates are kept.',
  lane: 'batch',
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
    files: 'source',
    counted: { index: 'index', inputs: 'inputs' },
    examples: [
      'hourglass denoise photo.jpg --out clean.jpg',
      'hourglass denoise shoot/ --out "cleaned/{name}.{ext}" --strength 80',
      'hourglass denoise "raw/*.tif" --out cleaned/ --format tiff --depth 16 --json',
    ],
  },
});

export const devicesCommand = defineCommand({
  id: 'devices',
  title: 'Devices',
  summary: 'Checks each device by using it in a throw-away process and comparing it with the CPU.',
  lane: 'host',
  input: z.object({
    refresh: z
      .boolean()
      .default(false)
      .describe('Check again instead of using the remembered findings'),
  }),
  output: z.object({ devices: z.array(deviceReportSchema) }),
  cli: { examples: ['hourglass devices', 'hourglass devices --refresh --json'] },
});

export const modelsCommand = defineCommand({
  id: 'models',
  title: 'Models',
  summary: 'Lists the installed models with their licences and limits.',
  lane: 'light',
  input: z.object({}),
  output: z.object({
    models: z.array(modelInfoSchema),
    problems: z.array(z.string()).describe('Models that are there but can not be used, and why'),
  }),
  cli: { examples: ['hourglass models', 'hourglass models --json'] },
});

export const addModelCommand = defineCommand({
  id: 'addModel',
  title: 'Add a model',
  summary:
    'Adds a denoising network of your own from an ONNX file, after running it on pictures whose noise is known. What is no denoiser is refused, with the reason.',
  lane: 'host',
  input: z.object({
    source: z
      .string()
      .min(1)
      .describe('The ONNX file: a path, or @id of a file that the host has admitted'),
    id: modelIdSchema
      .regex(/^denoise-/)
      .optional()
      .describe('Id to choose it by, denoise-<name>; default: made from the file’s name'),
    title: z.string().trim().min(1).max(80).optional().describe('What people call it'),
    licence: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .default('not stated')
      .describe('Its licence, for whoever reads the list of models'),
  }),
  output: z.object({
    model: modelInfoSchema,
    checks: z.array(z.string()).describe('What was tried and found, plain sentences'),
    notices: z.array(noticeSchema),
  }),
  cli: {
    argument: 'source',
    examples: [
      'hourglass add-model my-network.onnx',
      'hourglass add-model my-network.onnx --id denoise-mine --licence MIT',
    ],
  },
});

export const removeModelCommand = defineCommand({
  id: 'removeModel',
  title: 'Remove a model',
  summary: 'Removes a model that you added. Models that came with Hourglass stay.',
  lane: 'host',
  input: z.object({ id: modelIdSchema }),
  output: z.object({}),
  cli: { argument: 'id', examples: ['hourglass remove-model denoise-mine'] },
});

export const commands = {
  open: openCommand,
  close: closeCommand,
  measure: measureCommand,
  noiseMap: noiseMapCommand,
  pixel: pixelCommand,
  preview: previewCommand,
  focus: focusCommand,
  denoise: denoiseCommand,
  ...latentCommands,
  devices: devicesCommand,
  models: modelsCommand,
  addModel: addModelCommand,
  removeModel: removeModelCommand,
} as const;

export type CommandId = keyof typeof commands;
export type Commands = typeof commands;

export const isCommandId = (id: string): id is CommandId => Object.hasOwn(commands, id);
