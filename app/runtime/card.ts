/**
 * `card.json`, which lies beside every network: its schema, and the reading of one. Which cards there
 * are is `model-store.ts`.
 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { HourglassError, modelInfoSchema } from '../contract/index.ts';
import type { ModelInfo } from '../contract/index.ts';
import { DEFAULT_NETWORK_MEMORY } from './tiling.ts';
import type { ModelCard } from './types.ts';

const fileSchema = z.object({
  file: z
    .string()
    .refine((name) => name !== '' && name === basename(name), 'must be a plain file name'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().min(0),
});

/** What follows from where the model is and what lies beside it is not for a card to say. */
const told = modelInfoSchema.omit({ origin: true, precisions: true }).shape;

/** Only what the program needs; a card also tells people of training and measured limits. */
export const cardSchema = z.object({
  ...told,
  purpose: told.purpose.default(''),
  quality: told.quality.default([]),
  ...fileSchema.shape,
  variants: z
    .array(fileSchema.extend({ precision: z.literal('int8') }))
    .max(1)
    .default([]),
  input: z.object({
    name: z.string().min(1),
    imageChannels: z.union([z.literal(1), z.literal(3)]),
    noiseMap: z.boolean(),
    multipleOf: z.number().int().min(1).max(64),
  }),
  output: z.object({
    name: z.string().min(1),
    channels: z.number().int().min(1).max(4).optional(),
    cell: z.number().int().min(1).max(64).default(1),
  }),
  memory: z
    .object({ fixedBytes: z.number().min(0), bytesPerPixel: z.number().positive() })
    .default(DEFAULT_NETWORK_MEMORY),
  halo: z.number().int().min(0).max(512),
  grayMapFactor: z.number().positive().default(1),
});

/** What is written into a `card.json`. */
export type CardFile = z.input<typeof cardSchema>;

/** A card without the parts that only the runtime needs. */
export const modelInfo = (card: ModelCard): ModelInfo => ({
  id: card.id,
  version: card.version,
  title: card.title,
  task: card.task,
  origin: card.origin,
  purpose: card.purpose,
  licence: card.licence,
  bytes: card.bytes,
  sha256: card.sha256,
  precisions: [...card.precisions],
  quality: [...card.quality],
  limits: [...card.limits],
});

/** @returns null when the folder holds no card (recipes, for example) */
export async function readCard(
  folder: string,
  origin: ModelCard['origin'],
): Promise<ModelCard | null> {
  const path = join(folder, 'card.json');
  const damaged = (what: string, cause?: unknown) =>
    new HourglassError('model-damaged', `The model card ${path} ${what}.`, {
      cause,
      details: { path },
    });
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw damaged('can not be read', error);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged('is not valid JSON', error);
  }
  const parsed = cardSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw damaged(`has a wrong field ${issue.path.join('.') || '(whole file)'}: ${issue.message}`);
  }
  const { file, output, variants, ...card } = parsed.data;
  if (card.id !== basename(folder))
    throw damaged(`has the id “${card.id}”, which is not the name of its folder`);
  if (card.input.multipleOf % output.cell !== 0)
    throw damaged('has an output.cell that does not divide input.multipleOf');
  return {
    ...card,
    path: join(folder, file),
    origin,
    precisions: ['fp32', ...variants.map(({ precision }) => precision)],
    variants: variants.map(({ file: name, ...facts }) => ({ ...facts, path: join(folder, name) })),
    output: {
      ...output,
      channels: output.channels ?? (card.task === 'noise' ? 2 : card.input.imageChannels),
    },
  };
}
