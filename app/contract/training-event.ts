/** What a training tells its listeners while it runs. */
import * as z from 'zod';
import { noticeSchema } from './domain.ts';

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
] as const;
export type TrainingEvent = z.infer<(typeof trainingEventSchemas)[number]>;
