/**
 * `card.json`, which lies beside every network: its schema, and the reading of one. Models of another
 * shape have card kinds, which capabilities bring. Which cards there are is `model-store.ts`.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { HourglassError, modelInfoSchema } from '../contract/index.ts';
import type { ModelInfo } from '../contract/index.ts';
import { DEFAULT_NETWORK_MEMORY } from './tiling.ts';
import { sawSchema } from './training-data/saw.ts';
import { sawInWords } from './training-data/words.ts';
import type { AnyCard, CardKind, CardPlace, ModelCard, Network, PartFile } from './types.ts';
import { say } from './sentences.ts';

export const fileSchema = z.object({
  file: z.string().refine((name) => name !== '' && name === basename(name), {
    error: () => say('mustPlainFileName'),
  }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().min(0),
});

/** What follows from where the model is and what lies beside it is not for a card to say. */
const stated = modelInfoSchema.omit({
  ...{ origin: true, precisions: true, learntFrom: true },
}).shape;
export const told = {
  ...stated,
  purpose: stated.purpose.default(''),
  quality: stated.quality.default([]),
  /** Absent: it is not known. */
  saw: sawSchema.optional(),
};

const variantsSchema = z
  .array(fileSchema.extend({ precision: z.literal('int8') }))
  .max(1)
  .default([]);
const memorySchema = z.object({
  fixedBytes: z.number().min(0),
  bytesPerPixel: z.number().positive(),
});
const cellSchema = z.number().int().min(1).max(64).default(1);
const multipleOfSchema = z.number().int().min(1).max(64);
const haloSchema = z.number().int().min(0).max(512);

/** Only what the program needs; a card also tells people of training and measured limits. */
export const cardSchema = z.object({
  ...told,
  ...fileSchema.shape,
  variants: variantsSchema,
  input: z.object({
    name: z.string().min(1),
    imageChannels: z.union([z.literal(1), z.literal(3)]),
    noiseMap: z.boolean(),
    multipleOf: multipleOfSchema,
  }),
  output: z.object({
    name: z.string().min(1),
    channels: z.number().int().min(1).max(4).optional(),
    cell: cellSchema,
  }),
  memory: memorySchema.default(DEFAULT_NETWORK_MEMORY),
  halo: haloSchema,
  border: haloSchema.optional(),
  grayMapFactor: z.number().positive().default(1),
});

/** A network that is a part of a model: any number of channels, any cells. */
export const partSchema = fileSchema.extend({
  variants: variantsSchema,
  input: z.object({
    name: z.string().min(1),
    imageChannels: z.number().int().min(1).max(4096),
    cell: cellSchema,
    multipleOf: multipleOfSchema,
  }),
  output: z.object({
    name: z.string().min(1),
    channels: z.number().int().min(1).max(4096),
    cell: cellSchema,
  }),
  memory: memorySchema,
  halo: haloSchema,
});
type Part = z.infer<typeof partSchema>;

/** What is written into a `card.json`. */
export type CardFile = z.input<typeof cardSchema>;

/** A card without the parts that only the runtime needs. */
export const modelInfo = (card: AnyCard): ModelInfo => ({
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
  ...(card.saw ? { learntFrom: sawInWords(card.saw) } : {}),
});

/** A card, and the files that belong to it. */
export type ReadCard = (
  | { readonly kind: CardKind; readonly card: AnyCard }
  /** A single network from pixels. */
  | { readonly kind: null; readonly card: ModelCard }
) & { readonly files: readonly Pick<PartFile, 'path' | 'sha256'>[] };

/**
 * @param kinds of models that are no single network
 * @returns null when the folder holds no card (recipes, for example)
 * @throws HourglassError model-damaged, naming the first wrong field
 */
export async function readCard(
  folder: string,
  origin: ModelCard['origin'],
  kinds: readonly CardKind[] = [],
): Promise<ReadCard | null> {
  const path = join(folder, 'card.json');
  const damaged: CardPlace['damaged'] = (what, cause) =>
    new HourglassError('model-damaged', say('modelCard', { path, what }), {
      cause,
      details: { path },
    });
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw damaged(say('canNotRead'), error);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(say('notValidJson'), error);
  }
  const place: CardPlace = {
    folder,
    origin,
    damaged,
    pathOf: (file) => join(folder, file),
    parse: (schema) => parsed(schema, json, folder, damaged),
  };
  const kind = kinds.find(({ task }) => task === taskOf(json));
  if (kind) {
    const card = kind.read(place);
    return { card, files: kind.filesOf(card), kind };
  }
  const card = networkCard(place);
  return { card, files: [card, ...card.variants], kind: null };
}

/** Longer ones are none of ours, characters. */
const MOST_CARD = 16e6;

/**
 * Some fields of the card that lies beside a network, where it is that of this very network.
 * @param sha256 of the network
 * @returns null: there is none, or that of another network, or none of ours
 */
export async function cardBeside<T extends { readonly sha256: string }>(
  folder: string,
  sha256: string,
  schema: z.ZodType<T>,
): Promise<T | null> {
  try {
    const text = await readFile(join(folder, 'card.json'), 'utf8');
    if (text.length > MOST_CARD) return null;
    const card = schema.parse(JSON.parse(text));
    return card.sha256 === sha256 ? card : null;
  } catch {
    return null;
  }
}

const taskOf = (json: unknown): unknown => (json as { task?: unknown } | null)?.task;

function parsed<T extends { readonly id: string }>(
  schema: z.ZodType<T>,
  json: unknown,
  folder: string,
  damaged: CardPlace['damaged'],
): T {
  const result = schema.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    throw damaged(
      say('wrongField', { path: issue.path.join('.') || say('wholeFile'), message: issue.message }),
    );
  }
  if (result.data.id !== basename(folder))
    throw damaged(say('idWhichNotNameFolder', { id: result.data.id }));
  return result.data;
}

function networkCard({ folder, origin, damaged, parse }: CardPlace): ModelCard {
  const { file, output, variants, ...card } = parse(cardSchema);
  if (card.input.multipleOf % output.cell !== 0) throw damaged(say('outputCellDoesNotDivide'));
  return {
    ...card,
    path: join(folder, file),
    origin,
    sameOnAnyCores: origin === 'shipped',
    precisions: ['fp32', ...variants.map(({ precision }) => precision)],
    variants: variantFiles(variants, folder),
    output: {
      ...output,
      channels: output.channels ?? (card.task === 'noise' ? 2 : card.input.imageChannels),
    },
  };
}

/** SHA-256 over the given SHA-256 (bytes, in their order), hexadecimal. */
export const fingerprint = (sums: readonly string[]): string =>
  createHash('sha256')
    .update(Buffer.from(sums.join(''), 'hex'))
    .digest('hex');

export const partNetwork = (id: string, part: Part, folder: string): Network => ({
  id,
  path: join(folder, part.file),
  sha256: part.sha256,
  variants: variantFiles(part.variants, folder),
  input: { ...part.input, noiseMap: false },
  output: part.output,
  memory: part.memory,
  halo: part.halo,
});

const variantFiles = (variants: Part['variants'], folder: string): Network['variants'] =>
  variants.map(({ file, ...facts }) => ({ ...facts, path: join(folder, file) }));
