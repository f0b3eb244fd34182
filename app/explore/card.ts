/** `card.json` of the axes by which looks are compared (`descriptor.ts`). */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { HourglassError, type ModelInfo } from '../contract/index.ts';
import { fileSchema, told, type CardKind, type ModelStore } from '../runtime/index.ts';
import { readAxes, type Axes } from './descriptor.ts';
import { say } from './sentences.ts';

export interface LooksCard extends ModelInfo {
  /** Absolute. */
  readonly path: string;
}

const schema = z.object({ ...told, ...fileSchema.shape, task: z.literal('describe') });

export const looksCards: CardKind<LooksCard> = {
  task: 'describe',
  madeFor: 'comparing',
  read(place) {
    const { file, ...card } = place.parse(schema);
    return { ...card, path: place.pathOf(file), origin: place.origin, precisions: ['fp32'] };
  },
  filesOf: (card) => [card],
};

const ID = 'describe-looks';

/** The shipped ones, and by what vectors that were made with them are known. @throws HourglassError model-not-found, model-damaged */
export async function loadAxes(
  models: ModelStore,
): Promise<{ readonly axes: Axes; readonly sha256: string }> {
  const card = await models.ofKind(looksCards, ID);
  const axes = readAxes(await readFile(card.path));
  if (!axes) throw new HourglassError('model-damaged', say('axesOfOtherSize', { path: card.path }));
  return { axes, sha256: card.sha256 };
}
