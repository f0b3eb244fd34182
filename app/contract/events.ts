/**
 * What the program tells its listeners while it works. Hosts forward events unchanged: SSE in the
 * browser, IPC in the window, JSON lines on the command line.
 */
import * as z from 'zod';
import { deviceReportSchema, rectSchema } from './domain.ts';
import { exploringEventSchema } from './exploring.ts';
import { folderRunEventSchema } from './folder-run.ts';
import { failureSchema, jobStates, progressSchema } from './jobs.ts';
import { mapEventSchema } from './map-event.ts';
import { sendingEventSchema } from './sending.ts';
import { trainingEventSchemas } from './training-event.ts';
import { trainingDeskEventSchema } from './training.ts';

export const eventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('job'),
    job: z.string().describe('Id of the job, as given by the caller or the host'),
    command: z.string(),
    source: z.string().nullable().describe('The file that the job works on'),
    state: z.enum(jobStates).exclude(['refused']),
    progress: progressSchema.nullable(),
    error: failureSchema.nullable(),
  }),
  z.object({
    type: z.literal('layer'),
    job: z.string().describe('Id of the job that makes the layer'),
    document: z.string(),
    layer: z.string().describe('Id of the layer'),
    rect: rectSchema.describe('Pixels that became final, full-size coordinates'),
    finishedTiles: z.number().int(),
    totalTiles: z.number().int(),
  }),
  z.object({
    type: z.literal('layer-gone'),
    document: z.string(),
    layer: z.string().describe('Id of the layer, whose tiles can not be had any more'),
    reason: z
      .enum(['memory', 'closed', 'changed'])
      .describe(
        'memory: the least recently used makes room; closed: its document was closed or opened anew; changed: its file is another one now',
      ),
  }),
  z.object({
    type: z.literal('document-gone'),
    document: z.string().describe('Id of a document whose pixels can not be had any more'),
    error: failureSchema.describe('Why, and what to do'),
  }),
  z.object({
    type: z.literal('engine'),
    state: z.enum(['starting', 'ready', 'died', 'restarted', 'recycled']),
    detail: z.string(),
  }),
  z.object({
    type: z.literal('resync').describe('Events were missed: ask again for what is shown'),
    detail: z.string(),
  }),
  folderRunEventSchema,
  ...trainingEventSchemas,
  mapEventSchema,
  trainingDeskEventSchema,
  exploringEventSchema,
  sendingEventSchema,
  z.object({
    type: z.literal('models').describe('A network was added or removed: the list is another one'),
  }),
  z.object({ type: z.literal('devices'), devices: z.array(deviceReportSchema) }),
  z.object({
    type: z.literal('open-files'),
    files: z
      .array(z.object({ source: z.string(), name: z.string(), bytes: z.number() }))
      .describe('Files that the host was asked to open (second instance, open-with, command line)'),
  }),
]);
export type HourglassEvent = z.infer<typeof eventSchema>;
