/** The toy capability: negatives, on the screen and into files. A line of the table in `capabilities.ts`. */
import * as z from 'zod';
import { defineActions } from './action.ts';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import { noticeSchema, outputSettingsSchema } from './domain.ts';
import { counted, document, maxMegapixels, source, speed, written } from './fields.ts';

const half = z.boolean().default(false).describe('Only the left half');

const after = z.number().describe('Mean of all stored samples of the negative, 0–1');

export const negativeCommand = defineCommand({
  id: 'negative',
  title: 'Invert for the screen',
  summary: 'Shows the negative of an open document as a layer.',
  runs: 'engine',
  slot: 'view',
  supersedes: ['document'],
  get input() {
    return z.object({ document, half });
  },
  get output() {
    return z.object({ layer: z.string().describe('Id of the layer'), after });
  },
});

export const invertCommand = defineCommand({
  id: 'invert',
  title: 'Invert',
  summary: 'Turns images into their negatives. The originals are never touched.',
  runs: 'engine',
  slot: 'work',
  reads: { field: 'source', kinds: ['photo'], many: true },
  writes: { field: 'out', format: 'chosen', place: 'negatives' },
  get input() {
    return z.object({
      source,
      half,
      ...outputSettingsSchema.shape,
      out: outputSettingsSchema.shape.out.unwrap().default('{dir}/{name}-negative.{ext}'),
      ...counted,
      maxMegapixels,
    });
  },
  get output() {
    return z.object({ ...written, after, ...speed, notices: z.array(noticeSchema) });
  },
  cli: { examples: ['hourglass invert photo.jpg', 'hourglass invert photos/ --half --json'] },
});

// It enters the workspace.
export const invertActions = defineActions([
  {
    id: 'workspace-invert',
    label: 'Invert',
    keys: ['T'],
    menu: 'view',
    section: 'workspace',
    binding: 'page',
  },
]);

export const invertContract = defineContract({
  commands: { negative: negativeCommand, invert: invertCommand },
  actions: invertActions,
});
