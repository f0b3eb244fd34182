/** What a training tells its listeners while it runs. */
import * as z from 'zod';
import { noticeSchema } from './domain.ts';

/** Of `training-codes`, and as it is kept. */
export const trainingCodes = {
  step: z.number().int(),
  points: z
    .array(z.object({ x: z.number(), y: z.number() }))
    .describe('160 at the most, on their two strongest principal components, -1 to 1'),
  share: z.number().describe('Of the variance of the codes, that both directions have'),
  units: z
    .array(
      z.object({
        spread: z.number().describe('Standard deviation'),
        rate: z.number().nullable().describe('Of variational kinds: nats; below 0.01 unused'),
      }),
    )
    .describe('In the order of the code'),
  side: z.number().int().describe('Of the picture of each point, pixels'),
  tones: z.union([z.literal(1), z.literal(3)]),
  tiles: z.string().describe('The pictures of the points, 8 bits a sample, interleaved, base64'),
  codes: z
    .array(z.array(z.number()))
    .describe('Of the first points of a variational kind: the codes themselves'),
} as const;

export const trainingEventSchemas = [
  z.object({
    type: z.literal('training-reading').describe('An image is being read'),
    job: z.string(),
    done: z.number().int(),
    of: z.number().int(),
    name: z.string(),
  }),
  z.object({
    type: z.literal('training-images').describe('What is learnt from, before the first step'),
    job: z.string(),
    learnt: z.number().int(),
    heldBack: z.number().int(),
    together: z
      .array(
        z.object({
          kind: z.enum(['patient', 'study', 'series', 'burst']),
          count: z.number().int(),
          heldBack: z.number().int().describe('Of these'),
          images: z.number().int().describe('In those that are held back'),
        }),
      )
      .describe('What is held back or learnt from as a whole; empty: each image by itself'),
    leftOut: z.array(z.object({ source: z.string(), reason: z.string() })),
    notices: z.array(noticeSchema),
  }),
  z.object({
    type: z.literal('training-curve').describe('A point of the curve'),
    job: z.string(),
    step: z.number().int(),
    of: z.number().int().nullable().describe('Steps that it will take; null: not known yet'),
    seconds: z.number(),
    loss: z.number().describe('On what is learnt from, mean since the point before'),
    heldBack: z.number().describe('The same on held-back images'),
    floor: z.number().nullable().describe('What noise alone makes of the loss; null: 0'),
    components: z
      .number()
      .nullable()
      .describe('The held-back error of principal components of the same width; null: not known'),
    best: z.boolean(),
  }),
  z.object({
    type: z.literal('training-pictures').describe('What the network makes of held-back images'),
    job: z.string(),
    step: z.number().int(),
    side: z.number().int().describe('Of each square, pixels'),
    tones: z.union([z.literal(1), z.literal(3)]),
    pictures: z
      .array(z.object({ shown: z.string(), given: z.string(), clean: z.string() }))
      .describe(
        'Six at the most: what the network is shown, what it gives, what it should; 8 bits a sample, interleaved, base64',
      ),
  }),
  z.object({
    type: z.literal('training-codes').describe('What the codes of held-back images are like'),
    job: z.string(),
    ...trainingCodes,
  }),
] as const;
export type TrainingEvent = z.infer<(typeof trainingEventSchemas)[number]>;
