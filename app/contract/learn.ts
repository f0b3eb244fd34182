/**
 * Training an autoencoder on a folder of images: the command that a person types, the one of the engine that it asks for, and what
 * is told while it runs. What each kind is: `app/learn/kinds.ts`.
 */
import * as z from 'zod';
import { defineActions } from './action.ts';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import { noticeSchema } from './domain.ts';
import { maxMegapixels } from './fields.ts';
import { kindIds } from './learn-kinds.ts';

const count = (least: number, most: number) => z.number().int().min(least).max(most);

/** What a person turns. Absent: as its kind has it, and as the training was begun when it is resumed. */
const settings = {
  kind: z
    .enum(kindIds)
    .optional()
    .describe(
      'What is learnt: denoising and noise2void clean (from clean images, and from noisy ones alone), the others describe images by a short code; default: denoising',
    ),
  width: count(1, 1024)
    .optional()
    .describe(
      'Numbers in the code (channels of it, of a convolutional one): more keep more of the image and say less about it',
    ),
  channels: count(4, 128)
    .optional()
    .describe(
      'Channels of the first convolutions: twice as many learn more, in four times the time',
    ),
  depth: count(1, 4)
    .optional()
    .describe('Halvings of the image, or hidden layers before the code: more look farther'),
  patch: count(8, 256)
    .optional()
    .describe(
      'Side of the squares that are learnt from, pixels; a code of the dense kinds describes one',
    ),
  batch: count(1, 256).optional().describe('Squares in one step'),
  loss: z
    .enum(['mse', 'l1', 'bce'])
    .optional()
    .describe(
      'What counts as an error: mse punishes large ones, l1 keeps edges, bce takes values for probabilities',
    ),
  rate: z.number().min(1e-6).max(1).optional().describe('Learning rate at the start'),
  sigma: z
    .number()
    .min(0.5)
    .max(128)
    .optional()
    .describe(
      'Of denoising: the noise in the middle of what is trained for, 8-bit levels; it learns from 0 to twice that',
    ),
  blind: z
    .enum(['auto', 'pixel', 'half'])
    .optional()
    .describe(
      'Of noise2void: hide single pixels (noise of neighbours is independent), or look at the four images of half the size (noise that is blurred); auto measures which',
    ),
  sparsity: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe('Of sparse: weight of the mean of the code: more leaves fewer units on at a time'),
  beta: z
    .number()
    .min(0)
    .max(1000)
    .optional()
    .describe(
      'Of variational: weight of the code’s rate: more gives a plainer code and a coarser image',
    ),
  start: z
    .enum(['random', 'pca'])
    .optional()
    .describe('Of linear: begin with random weights, or with the principal components'),
  seed: count(0, 2 ** 31 - 1)
    .optional()
    .describe(
      'Of everything that is drawn: the same seed on the same images gives the same network',
    ),
};

const limits = {
  steps: count(1, 10_000_000)
    .optional()
    .describe('End after so many steps; default: as many as the kind usually takes'),
  minutes: z
    .number()
    .min(0.01)
    .max(100_000)
    .optional()
    .describe('End after so many minutes of training; the steps follow from the speed'),
  stopEarly: z
    .boolean()
    .default(true)
    .describe('End when the error on held-back images no longer falls'),
  resume: z
    .boolean()
    .default(false)
    .describe('Go on with the training in the folder of --out, which was cut off or has ended'),
};

const out = z
  .string()
  .min(1)
  .describe('Folder for the network, its card and the state of the training');

export const trainCommand = defineCommand({
  id: 'train',
  title: 'Train',
  summary:
    'Trains an autoencoder on a folder of your own images, on this machine, and writes it as an ONNX network with a card. A tenth of the images is held back, to see what it has really learnt.',
  runs: 'terminal',
  get input() {
    return z.object({
      folder: z.string().min(1).describe('Folder of images, walked with its subfolders'),
      ...{ out, ...settings, ...limits, maxMegapixels },
    });
  },
  get output() {
    return z.object({});
  },
  cli: {
    argument: 'folder',
    examples: [
      'hourglass train photos/ --kind denoising --minutes 10 --out models/mine',
      'hourglass train microscopy/ --kind noise2void --out models/cells',
      'hourglass train photos/ --kind variational --width 16 --minutes 5 --out models/codes --json',
      'hourglass train photos/ --out models/mine --resume',
    ],
  },
});

const quality = z.object({
  measure: z.string().describe('What was measured, in words'),
  unit: z.string(),
  network: z.number(),
  beside: z
    .array(z.object({ name: z.string(), value: z.number() }))
    .describe('The same measure of simpler means'),
});
export type TrainingQuality = z.infer<typeof quality>;

export const learnCommand = defineCommand({
  id: 'learn',
  title: 'Learn',
  summary: 'Trains an autoencoder on images.',
  runs: 'engine',
  slot: 'work',
  // An export does not wait for it.
  beside: true,
  writesFolder: true,
  get input() {
    return z.object({
      images: z
        .array(z.object({ path: z.string().min(1), files: z.array(z.string().min(1)).min(1) }))
        .describe('Paths; of several files that are one image, all'),
      ...{ out, ...settings, ...limits, maxMegapixels },
      pictures: z
        .boolean()
        .default(false)
        .describe('Somebody looks on: what becomes of held-back images is told too'),
    });
  },
  get output() {
    return z.object({
      out: z.string(),
      model: z.string().describe('Path of the network'),
      kind: z.enum(kindIds),
      task: z.string().describe('denoise: it cleans, and can be added; autoencoder: it describes'),
      ended: z
        .enum(['steps', 'time', 'plateau', 'stopped'])
        .describe('plateau: it no longer got better; stopped: somebody had enough'),
      steps: z.number().int(),
      best: z.number().int().describe('The step whose network was kept'),
      seconds: z.number().describe('Of training, without what was read and measured before'),
      parameters: z.number().int(),
      quality: z.array(quality).describe('On images that were held back'),
      notices: z.array(noticeSchema),
    });
  },
});

export const steerCommand = defineCommand({
  id: 'steer',
  title: 'Steer a training',
  summary: 'Holds a training that runs, lets it go on, or ends it with the best that it has found.',
  runs: 'engine',
  // It names the folder of a training, which no page knows.
  writesFolder: true,
  get input() {
    return z.object({
      out: z.string().min(1).describe('Folder of the training'),
      to: z.enum(['hold', 'goOn', 'finish']),
    });
  },
  get output() {
    return z.object({ found: z.boolean().describe('false: no such training runs') });
  },
});

export const exportTfjsCommand = defineCommand({
  id: 'exportTfjs',
  title: 'Export for TensorFlow.js',
  summary:
    'Writes a network that was trained here as a layers model of TensorFlow.js: model.json with its weights beside it, for use in web pages. Pictures are channels last there.',
  runs: 'engine',
  writesFolder: true,
  get input() {
    return z.object({
      folder: z.string().min(1).describe('Folder of the training, as --out of train named it'),
      out: z
        .string()
        .min(1)
        .optional()
        .describe('Folder for the model; default: tfjs in the folder of the training'),
    });
  },
  get output() {
    return z.object({
      model: z.string().describe('Path of model.json'),
      weights: z.string().describe('Path of the file of weights'),
      bytes: z.number().int().describe('Of both'),
    });
  },
  cli: {
    argument: 'folder',
    examples: [
      'hourglass export-tfjs models/mine',
      'hourglass export-tfjs models/mine --out web/model',
    ],
  },
});

export const learnActions = defineActions([
  {
    id: 'workspace-learn',
    label: 'Learn',
    keys: ['L'],
    menu: 'view',
    section: 'workspace',
    binding: 'page',
  },
]);

export const learnContract = defineContract({
  commands: {
    train: trainCommand,
    learn: learnCommand,
    steer: steerCommand,
    exportTfjs: exportTfjsCommand,
  },
  actions: learnActions,
});
