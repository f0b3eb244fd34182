/**
 * The commands that belong to no capability: open and close documents, keep what is shown, look here first, read a pixel. A line of the
 * table in `capabilities.ts`.
 */
import * as z from 'zod';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import { documentInfoSchema, noticeSchema, rectSchema } from './domain.ts';
import { imageFormats } from './formats.ts';
import { allowances, document, files, maxMegapixels, page, source } from './fields.ts';
import { planeField } from './planes.ts';

export const openCommand = defineCommand({
  id: 'open',
  title: 'Open',
  summary: 'Decodes an image into the engine and reports what it is.',
  runs: 'engine',
  reads: { field: 'source', files: 'files', kinds: ['photo', 'scan', 'latent'], many: false },
  get input() {
    return z.object({
      source,
      files,
      maxMegapixels,
      ...allowances,
      page,
      plane: planeField,
      document: document.optional().describe('Id to give the document; default: a new one'),
    });
  },
  get output() {
    return documentInfoSchema;
  },
});

export const closeCommand = defineCommand({
  id: 'close',
  title: 'Close',
  summary: 'Forgets an open document and its layers.',
  runs: 'engine',
  get input() {
    return z.object({ document });
  },
  get output() {
    return z.object({});
  },
});

export const leaseCommand = defineCommand({
  id: 'lease',
  title: 'Keep what is shown',
  summary:
    'Tells what a page shows: one document and layers of it stay in memory until the page says otherwise. It takes the place of what the page said before.',
  runs: 'engine',
  get input() {
    return z.object({
      page: z.string().min(1).max(100).describe('Id of the page, made by itself'),
      document: document.optional().describe('Id of the open document; absent: nothing is shown'),
      layers: z
        .array(z.string().min(1).max(200))
        .max(16)
        .default([])
        .describe('Ids of layers of it'),
    });
  },
  get output() {
    return z.object({
      missing: z.array(z.string()).describe('Layers that are not there (any more)'),
    });
  },
});

export const focusCommand = defineCommand({
  id: 'focus',
  title: 'Look here first',
  summary:
    'Tells which region of an open document is visible now: what is being made of it for the screen goes on there.',
  runs: 'engine',
  get input() {
    return z.object({ document, view: rectSchema });
  },
  get output() {
    return z.object({});
  },
});

export const pixelCommand = defineCommand({
  id: 'pixel',
  title: 'Read a pixel',
  summary: 'Stored values of one pixel, in the file’s own depth.',
  runs: 'engine',
  get input() {
    return z.object({
      document,
      layer: z.string().default('source').describe('source, or the id of a layer'),
      x: z.number().int().min(0),
      y: z.number().int().min(0),
    });
  },
  get output() {
    return z.object({ values: z.array(z.number()).describe('One per stored channel') });
  },
});

export const readBackCommand = defineCommand({
  id: 'readBack',
  title: 'Read back',
  summary:
    'Lays a file that was written over the open document that it was made of, as a layer: its pixels as they are in the file.',
  runs: 'engine',
  reads: { field: 'source', kinds: ['photo', 'scan', 'latent'], many: false },
  get input() {
    return z.object({
      source: z
        .string()
        .min(1)
        .describe('The file that was written: a path, or @id of a file that the host has admitted'),
      document,
      maxMegapixels,
    });
  },
  get output() {
    return z.object({
      layer: z.string().describe('Id of the layer'),
      format: z.enum(imageFormats),
      bytes: z.number().int().describe('Size of the file'),
      width: z.number().int().describe('Of the file; smaller than the document, it is stretched'),
      height: z.number().int(),
      notices: z.array(noticeSchema),
    });
  },
});

export const coreContract = defineContract({
  commands: {
    open: openCommand,
    close: closeCommand,
    lease: leaseCommand,
    focus: focusCommand,
    pixel: pixelCommand,
    readBack: readBackCommand,
  },
});
