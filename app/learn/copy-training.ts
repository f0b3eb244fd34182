/**
 * `copyTraining`: a whole training as a folder that can be given away, or taken over: its state, with which it goes on; the network and its card, where it has
 * come to one; and a text that says what is in it. The network is made anew from the state, so that a folder from elsewhere brings no program.
 */
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { HourglassError } from '../contract/index.ts';
import { trainingFiles } from '../contract/training.ts';
import { makeFolders } from '../pixels/make-folders.ts';
import { writeWhole } from '../pixels/write-whole.ts';
import { cardBeside, type Handler } from '../runtime/index.ts';
import { writeCheckpoint, type Checkpoint } from './checkpoint.ts';
import { say } from './sentences.ts';
import { networkOf, trainingIn } from './trained.ts';

const cardSchema = z.looseObject({
  sha256: z.string(),
  quality: z
    .array(z.object({ noise: z.string(), metric: z.string(), value: z.number() }))
    .default([]),
  limits: z.array(z.string()).default([]),
  training: z
    .looseObject({
      beside: z
        .array(
          z.object({
            measure: z.string(),
            beside: z.array(z.object({ name: z.string(), value: z.number() })),
          }),
        )
        .default([]),
    })
    .optional(),
});

/** What a training came to, as its card says it. @returns null: it has no card, or one of another network */
export async function cardOf(folder: string, sha256: string) {
  const card = await cardBeside(folder, sha256, cardSchema);
  if (!card) return null;
  const quality = card.quality.map(({ noise: measure, metric: unit, value: network }) => ({
    ...{ measure, unit, network },
    beside: card.training?.beside.find((one) => one.measure === measure)?.beside ?? [],
  }));
  return { card, quality };
}

/** What is told of a training: how it went, and what it came to. */
export async function factsOf(folder: string, from: Checkpoint) {
  const { head } = from;
  const { bytes, sha256 } = networkOf(from);
  const found = await cardOf(folder, sha256);
  const facts = {
    ...{ folder, kind: head.settings.kind, settings: { ...head.settings } },
    ...{ steps: head.step, best: head.best.step, seconds: head.seconds },
    ...{ parameters: head.parameters, heldBack: head.best.heldBack, ended: found !== null },
    images: { learnt: head.images.learnt.length, heldBack: head.images.heldBack.length },
    curve: head.curve.map((point) => ({ ...point })),
    quality: found?.quality ?? [],
    limits: found?.card.limits ?? [],
  };
  return { facts, bytes, card: found?.card ?? null };
}

/** @throws HourglassError file-not-found, file-not-readable, output-exists, output-not-writable */
export const copyTraining: Handler<'copyTraining'> = async (input) => {
  const folder = resolve(input.folder);
  const out = resolve(input.out);
  const from = await trainingIn(folder);
  const { facts, bytes, card } = await factsOf(folder, from);
  for (const name of [trainingFiles.state, trainingFiles.network, trainingFiles.codec, 'card.json'])
    if (existsSync(join(out, name)))
      throw new HourglassError('output-exists', say('folderTaken', { out }), {
        hint: say('otherFolder'),
      });
  const codec = join(folder, trainingFiles.codec);
  const contents = say('contents', {
    codec: String(existsSync(codec)),
    ...{ kind: facts.kind, learnt: facts.images.learnt, heldBack: facts.images.heldBack },
    ended: String(card !== null),
  });
  try {
    makeFolders(out);
    await writeCheckpoint(out, from);
    if (card) {
      await writeWhole(join(out, trainingFiles.network), bytes);
      await writeWhole(join(out, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
    }
    if (existsSync(codec))
      await cp(codec, join(out, trainingFiles.codec), { recursive: true, errorOnExist: true });
    await writeWhole(join(out, 'contents.txt'), `${contents}\n`);
  } catch (cause) {
    throw new HourglassError('output-not-writable', say('notWritable', { out }), { cause });
  }
  return { ...facts, out, contents };
};

/** Two trainings, and whether what they came to can be compared. */
export const compareTrainings: Handler<'compareTrainings'> = async (input) => {
  const [folder, other] = [resolve(input.folder), resolve(input.other)];
  const [one, another] = [await trainingIn(folder), await trainingIn(other)];
  const heldBack = ({ head }: Checkpoint): string => head.images.heldBack.toSorted().join();
  const [settings, others] = [one.head.settings, another.head.settings];
  return {
    trainings: [(await factsOf(folder, one)).facts, (await factsOf(other, another)).facts],
    sameHeldBack: heldBack(one) === heldBack(another),
    sameError: (['kind', 'loss', 'patch', 'scope'] as const).every(
      (name) => settings[name] === others[name],
    ),
  };
};
