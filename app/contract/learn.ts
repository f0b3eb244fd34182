/**
 * Training an autoencoder on a folder of images: the command that a person types, the one of the engine that it asks for, and what
 * is told while it runs. What each kind is: `app/learn/kinds.ts`.
 */
import * as z from 'zod';
import { defineActions } from './action.ts';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import { deviceIds, noticeSchema } from './domain.ts';
import { maxMegapixels } from './fields.ts';
import { blindIds, kindIds } from './learn-kinds.ts';

const count = (least: number, most: number) => z.number().int().min(least).max(most);

/** What a person turns. Absent: as its kind has it, and as the training was begun when it is resumed. */
const settings = {
  kind: z
    .enum(kindIds)
    .optional()
    .describe(
      'What is learnt: denoising and noise2void clean (from clean images, and from noisy ones alone), siamese finds the same picture again, the others describe images by a short code; default: denoising',
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
    .enum(blindIds)
    .optional()
    .describe(
      'Of noise2void: hide single pixels (noise of neighbours is independent), make two of each gray image with more of its noise (recorrupted: noise that is blurred and alike everywhere), or look at the four images of half the size (any noise that is blurred); auto measures which',
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
  temperature: z
    .number()
    .min(0.01)
    .max(10)
    .optional()
    .describe(
      'Of siamese: how much a wrong picture that is nearly as alike counts more than others: less looks harder at those',
    ),
  augment: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'Of siamese: how much two views of a picture differ in part, light, colour, sharpness and noise, 0 to 1: more learns to overlook more',
    ),
  scope: z
    .enum(['squares', 'whole'])
    .optional()
    .describe(
      'What a code of the dense kinds describes: squares of images as they are, or whole images made as small as one',
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
    .describe(
      'End by itself when the error on held-back images no longer falls; --no-stop-early forbids that',
    ),
  device: z
    .enum(deviceIds)
    .optional()
    .describe(
      'What computes the steps: one that has passed its check, on which the first step is compared with the CPU’s; resumed on another kind of device it is not the same bit for bit; default: cpu',
    ),
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

/** What is made of a variational network. */
const making = {
  count: count(1, 64)
    .default(16)
    .describe('Samples to make; pictures of a way from one to another, or along a unit'),
  seed: count(0, 2 ** 31 - 1)
    .default(1)
    .describe('Of the samples: the same seed makes the same ones'),
  temperature: z
    .number()
    .min(0)
    .max(5)
    .default(1)
    .describe('Below 1 samples are more usual, above it stranger; 0 is the most usual one'),
  unit: count(1, 1024)
    .optional()
    .describe('Move this unit of the code alone, from -3 to 3 of its deviations; the rest stays'),
};

export const generateCommand = defineCommand({
  id: 'generate',
  title: 'Generate',
  summary:
    'Makes new pictures with a variational network that was trained here: samples, the way from one picture to another, or one unit of the code moved. They are written as one PNG file, which is marked as generated; nothing that it shows was photographed.',
  runs: 'terminal',
  get input() {
    return z.object({
      training: z.string().min(1).describe('Folder of a training (--out of train)'),
      out: z.string().min(1).describe('PNG file to write; one that is there is not replaced'),
      ...making,
      between: z
        .array(z.string().min(1))
        .max(2)
        .default([])
        .describe('A picture (given two times): the way from the first to the second'),
      near: z
        .string()
        .min(1)
        .optional()
        .describe(
          'Folder that was learnt from: the nearest of its pictures is put below each sample, so that what was learnt by heart is seen',
        ),
      zoom: count(1, 16).default(4).describe('Pixels of the file for each pixel that is made'),
      maxMegapixels,
    });
  },
  get output() {
    return z.object({});
  },
  cli: {
    argument: 'training',
    examples: [
      'hourglass generate models/codes --out samples.png --count 25 --seed 7',
      'hourglass generate models/codes --out samples.png --temperature 0.7 --near photos/',
      'hourglass generate models/codes --out way.png --between a.jpg --between b.jpg --count 9',
      'hourglass generate models/codes --out unit-3.png --unit 3 --count 13',
    ],
  },
});

const imageFiles = z.object({
  path: z.string().min(1),
  files: z.array(z.string().min(1)).min(1),
});

export const sampleCommand = defineCommand({
  id: 'sample',
  title: 'Sample',
  summary: 'Makes pictures with a variational network.',
  runs: 'engine',
  slot: 'work',
  readsLists: true,
  writesFolder: true,
  get input() {
    return z.object({
      training: z.string().min(1).describe('Absolute'),
      ...making,
      ends: z
        .array(z.union([imageFiles, z.array(z.number())]))
        .max(2)
        .default([])
        .describe(
          'Two: the way between them; one, with `unit`: what is moved. Pictures, or codes of them',
        ),
      near: z.array(imageFiles).default([]).describe('Among them those that were learnt from'),
      file: z
        .object({ path: z.string().min(1).describe('Absolute'), zoom: count(1, 16) })
        .nullable()
        .default(null),
      maxMegapixels,
    });
  },
  get output() {
    return z.object({
      side: z.number().int(),
      tones: z.union([z.literal(1), z.literal(3)]),
      squares: z
        .array(z.string())
        .describe('Made by the network; 8 bits a sample, interleaved, base64'),
      nearest: z
        .array(
          z
            .object({
              path: z.string(),
              distance: z.number().describe('Root of the mean squared difference, levels of 255'),
              square: z.string(),
            })
            .nullable(),
        )
        .describe('Of each, the nearest square that was learnt from; empty: not asked for'),
      typical: z
        .number()
        .nullable()
        .describe(
          'The same distance of pictures that were held back, in the middle: samples that are much nearer were learnt by heart',
        ),
      file: z.string().nullable().describe('Written, and marked as generated'),
    });
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
      codec: z
        .string()
        .nullable()
        .describe('Folder of the codec that was made of it, for latent files; null: none was'),
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

const trainingFacts = {
  folder: z.string(),
  kind: z.enum(kindIds),
  settings: z.record(z.string(), z.union([z.string(), z.number()])),
  steps: z.number().int(),
  best: z.number().int().describe('The step whose network was kept'),
  seconds: z.number(),
  parameters: z.number().int(),
  heldBack: z.number().nullable().describe('The lowest error on held-back images'),
  ended: z.boolean().describe('It has come to a network; else it can go on'),
  images: z.object({ learnt: z.number().int(), heldBack: z.number().int() }),
  curve: z.array(z.object({ step: z.number().int(), loss: z.number(), heldBack: z.number() })),
  quality: z.array(quality).describe('On images that were held back'),
  limits: z.array(z.string()).describe('What its card says is to be known of it, sentences'),
};

export const copyTrainingCommand = defineCommand({
  id: 'copyTraining',
  title: 'Copy a training',
  summary:
    'Writes a whole training into a new folder, to be given away or kept: its state, with which it goes on, its network and card, and a text that says what is in it. No picture is, and no name of one.',
  runs: 'engine',
  writesFolder: true,
  get input() {
    return z.object({
      folder: z.string().min(1).describe('Folder of the training, as --out of train named it'),
      out: z.string().min(1).describe('New folder for the copy'),
    });
  },
  get output() {
    return z.object({
      ...trainingFacts,
      out: z.string(),
      contents: z.string().describe('What is in it, in words'),
    });
  },
  cli: {
    argument: 'folder',
    examples: ['hourglass copy-training models/mine --out usb/mine'],
  },
});

export const compareTrainingsCommand = defineCommand({
  id: 'compareTrainings',
  title: 'Compare trainings',
  summary:
    'Tells how two trainings went, and what they came to, beside each other; and whether they were measured on the same held-back pictures.',
  runs: 'engine',
  writesFolder: true,
  get input() {
    return z.object({
      folder: z.string().min(1).describe('Folder of a training, as --out of train named it'),
      other: z.string().min(1).describe('Folder of another one'),
    });
  },
  get output() {
    return z.object({
      trainings: z.array(z.object(trainingFacts)),
      sameHeldBack: z.boolean().describe('The same pictures were held back from both'),
      sameError: z
        .boolean()
        .describe('Their errors are of one kind: the same kind of network, loss and squares'),
    });
  },
  cli: {
    argument: 'folder',
    second: 'other',
    examples: ['hourglass compare-trainings models/mine models/other'],
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
    copyTraining: copyTrainingCommand,
    compareTrainings: compareTrainingsCommand,
    generate: generateCommand,
    sample: sampleCommand,
  },
  actions: learnActions,
});
