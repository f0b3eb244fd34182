/** The toy capability: negatives. A line of the table in `capabilities.ts`. */
import { z } from 'zod';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import { maxMegapixels, source } from './fields.ts';

export const invertCommand = defineCommand({
  id: 'invert',
  title: 'Invert',
  summary:
    'Turns an image into its negative and says how bright both are; of an open one as a layer.',
  runs: 'engine',
  slot: 'view',
  reads: { field: 'source', kinds: ['photo'], many: false },
  supersedes: ['source'],
  input: z.object({
    source,
    maxMegapixels,
    half: z.boolean().default(false).describe('Only the left half'),
  }),
  output: z.object({
    layer: z.string().nullable().describe('Id of the layer; null: the image is not open'),
    before: z.number().describe('Mean of all stored samples, 0–1'),
    after: z.number().describe('The same of the negative'),
  }),
  cli: { examples: ['hourglass invert photo.jpg', 'hourglass invert photo.jpg --half --json'] },
});

export const invertContract = defineContract({
  commands: { invert: invertCommand },
  // It enters the workspace.
  actions: [
    {
      id: 'workspace-invert',
      label: 'Invert',
      keys: ['I'],
      menu: 'view',
      section: 'workspace',
      binding: 'page',
    },
  ],
});
