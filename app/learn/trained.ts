/** Networks of trainings that are there, to be asked by others: made anew from the state of the training, so that no file of a stranger is run. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import * as z from 'zod';
import { HourglassError } from '../contract/index.ts';
import { cardBeside, sawSchema, UnlikeCount } from '../runtime/index.ts';
import { readCheckpoint, type Checkpoint } from './checkpoint.ts';
import { fileOf, type Plan } from './network.ts';
import { say } from './sentences.ts';

/** @throws HourglassError file-not-found: there is none; file-not-readable */
export async function trainingIn(training: string): Promise<Checkpoint> {
  const from = await readCheckpoint(training);
  if (!from)
    throw new HourglassError('file-not-found', say('noTrainingThere', { training }), {
      hint: say('whatTrainWrites'),
    });
  return from;
}

const sawFile = z.object({ title: z.string(), sha256: z.string(), saw: sawSchema.optional() });

/** Counts what is unlike what a training learnt from, as far as its card says that. @param sha256 of the network */
export async function unlikeCount(training: string, sha256: string): Promise<UnlikeCount> {
  const card = await cardBeside(training, sha256, sawFile);
  return new UnlikeCount(card?.title ?? basename(training), card?.saw ?? null);
}

export const planOf = ({ head: { settings, tones, half, recorrupted } }: Checkpoint): Plan => ({
  ...{ settings, tones, half, recorrupted },
});

/** The best network of a training. */
export function networkOf(from: Checkpoint): {
  readonly plan: Plan;
  readonly bytes: Uint8Array;
  readonly sha256: string;
} {
  const plan = planOf(from);
  const bytes = fileOf(plan, from.best);
  return { plan, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}
