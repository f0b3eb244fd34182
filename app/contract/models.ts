/**
 * The commands of what networks run on and of the networks themselves: devices, models, and networks that
 * a person adds. A line of the table in `capabilities.ts`.
 */
import * as z from 'zod';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import { deviceReportSchema, modelIdSchema, modelInfoSchema, noticeSchema } from './domain.ts';

export const devicesCommand = defineCommand({
  id: 'devices',
  title: 'Devices',
  summary: 'Checks each device by using it in a throw-away process and comparing it with the CPU.',
  runs: 'process',
  get input() {
    return z.object({
      refresh: z
        .boolean()
        .default(false)
        .describe('Check again instead of using the remembered findings'),
    });
  },
  get output() {
    return z.object({ devices: z.array(deviceReportSchema) });
  },
  cli: { examples: ['hourglass devices', 'hourglass devices --refresh --json'] },
});

export const modelsCommand = defineCommand({
  id: 'models',
  title: 'Models',
  summary: 'Lists the installed models with their licences and limits.',
  runs: 'engine',
  get input() {
    return z.object({});
  },
  get output() {
    return z.object({
      models: z.array(modelInfoSchema),
      problems: z.array(z.string()).describe('Models that are there but can not be used, and why'),
    });
  },
  cli: { examples: ['hourglass models', 'hourglass models --json'] },
});

export const addModelCommand = defineCommand({
  id: 'addModel',
  title: 'Add a model',
  summary:
    'Adds a denoising network of your own from an ONNX file or a TensorFlow.js model, after running it on pictures whose noise is known, or the codec of a training of the kind convolutional. What is neither is refused, with the reason.',
  runs: 'process',
  reads: { field: 'source', kinds: ['network'], many: false },
  administers: true,
  get input() {
    return z.object({
      source: z
        .string()
        .min(1)
        .describe(
          'The ONNX file, the model.json of a TensorFlow.js model with its weights beside it, or the folder of a training that has made a codec: a path, or @id of a file that the host has admitted',
        ),
      id: modelIdSchema
        .regex(/^(denoise|latent)-/)
        .optional()
        .describe(
          'Id to choose it by, denoise-<name>, of a codec latent-<name>; default: made from the file’s name',
        ),
      title: z.string().trim().min(1).max(80).optional().describe('What people call it'),
      licence: z
        .string()
        .trim()
        .min(1)
        .max(200)
        .default('not stated')
        .describe('Its licence, for whoever reads the list of models'),
    });
  },
  get output() {
    return z.object({
      model: modelInfoSchema,
      checks: z.array(z.string()).describe('What was tried and found, plain sentences'),
      notices: z.array(noticeSchema),
    });
  },
  cli: {
    examples: [
      'hourglass add-model my-network.onnx',
      'hourglass add-model tfjs/model.json --id denoise-web',
      'hourglass add-model models/microscope --id latent-microscope',
      'hourglass add-model my-network.onnx --id denoise-mine --licence MIT',
    ],
  },
});

export const removeModelCommand = defineCommand({
  id: 'removeModel',
  title: 'Remove a model',
  summary: 'Removes a model that you added. Models that came with Hourglass stay.',
  runs: 'host',
  administers: true,
  get input() {
    return z.object({ id: modelIdSchema });
  },
  get output() {
    return z.object({});
  },
  cli: { argument: 'id', examples: ['hourglass remove-model denoise-mine'] },
});

export const modelContract = defineContract({
  commands: {
    devices: devicesCommand,
    models: modelsCommand,
    addModel: addModelCommand,
    removeModel: removeModelCommand,
  },
});
