/**
 * The commands that belong to no capability: open and close documents, read a pixel. Part of the table
 * in `commands.ts`.
 */
import { z } from 'zod';
import { defineCommand } from './command.ts';
import { documentInfoSchema } from './domain.ts';
import { document, maxMegapixels, source } from './fields.ts';

export const openCommand = defineCommand({
  id: 'open',
  title: 'Open',
  summary: 'Decodes an image into the engine and reports what it is.',
  runs: 'engine',
  reads: { field: 'source', kinds: ['photo', 'latent'], many: false },
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
  runs: 'engine',
  input: z.object({ document }),
  output: z.object({}),
});

export const pixelCommand = defineCommand({
  id: 'pixel',
  title: 'Read a pixel',
  summary: 'Stored values of one pixel, in the file’s own depth.',
  runs: 'engine',
  input: z.object({
    document,
    layer: z.string().default('source').describe('source, or the id of a cleaned layer'),
    x: z.number().int().min(0),
    y: z.number().int().min(0),
  }),
  output: z.object({ values: z.array(z.number()).describe('One per stored channel') }),
});

export const coreCommands = {
  open: openCommand,
  close: closeCommand,
  pixel: pixelCommand,
} as const;
