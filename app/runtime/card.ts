/**
 * `card.json`, which lies beside every network: its schema, and the reading of one. Which cards there
 * are is `model-store.ts`.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { HourglassError, modelInfoSchema } from '../contract/index.ts';
import type { ModelInfo } from '../contract/index.ts';
import { DEFAULT_NETWORK_MEMORY } from './tiling.ts';
import type { AnyCard, LatentCard, ModelCard, Network } from './types.ts';

const fileSchema = z.object({
  file: z
    .string()
    .refine((name) => name !== '' && name === basename(name), 'must be a plain file name'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().min(0),
});

/** What follows from where the model is and what lies beside it is not for a card to say. */
const told = modelInfoSchema.omit({ origin: true, precisions: true }).shape;

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
  purpose: told.purpose.default(''),
  quality: told.quality.default([]),
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
  grayMapFactor: z.number().positive().default(1),
});

/** A network that is a part of a model: any number of channels, any cells. */
const partSchema = fileSchema.extend({
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

/** A latent model: the two networks and what the entropy coder reads. */
const latentCardSchema = z.object({
  ...told,
  task: z.literal('latent'),
  purpose: told.purpose.default(''),
  quality: told.quality.default([]),
  bytes: z.undefined().optional(),
  sha256: z.undefined().optional(),
  parts: z.object({ analysis: partSchema, synthesis: partSchema, entropy: fileSchema }),
});

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
});

/** True for a model of several parts, false for one that is a single network. */
export const isLatentCard = (card: AnyCard): card is LatentCard => 'parts' in card;

/** The ends of a sentence that begins with the card's path. */
type Damaged = (what: string, cause?: unknown) => HourglassError;

/** @returns null when the folder holds no card (recipes, for example) */
export async function readCard(
  folder: string,
  origin: ModelCard['origin'],
): Promise<AnyCard | null> {
  const path = join(folder, 'card.json');
  const damaged: Damaged = (what, cause) =>
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
  const hasParts = typeof json === 'object' && json !== null && 'parts' in json;
  return hasParts
    ? latentCard(parsed(latentCardSchema, json, folder, damaged), folder, origin, damaged)
    : networkCard(parsed(cardSchema, json, folder, damaged), folder, origin, damaged);
}

/** @throws HourglassError model-damaged, naming the first wrong field */
function parsed<T extends { readonly id: string }>(
  schema: z.ZodType<T>,
  json: unknown,
  folder: string,
  damaged: Damaged,
): T {
  const result = schema.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    throw damaged(`has a wrong field ${issue.path.join('.') || '(whole file)'}: ${issue.message}`);
  }
  if (result.data.id !== basename(folder))
    throw damaged(`has the id “${result.data.id}”, which is not the name of its folder`);
  return result.data;
}

function networkCard(
  data: z.infer<typeof cardSchema>,
  folder: string,
  origin: ModelCard['origin'],
  damaged: Damaged,
): ModelCard {
  const { file, output, variants, ...card } = data;
  if (card.input.multipleOf % output.cell !== 0)
    throw damaged('has an output.cell that does not divide input.multipleOf');
  return {
    ...card,
    path: join(folder, file),
    origin,
    precisions: ['fp32', ...variants.map(({ precision }) => precision)],
    variants: variantFiles(variants, folder),
    output: {
      ...output,
      channels: output.channels ?? (card.task === 'noise' ? 2 : card.input.imageChannels),
    },
  };
}

function latentCard(
  data: z.infer<typeof latentCardSchema>,
  folder: string,
  origin: ModelCard['origin'],
  damaged: Damaged,
): LatentCard {
  const { parts, ...card } = data;
  const { analysis, synthesis, entropy } = parts;
  const latents = analysis.output;
  if (
    analysis.input.imageChannels !== 3 ||
    analysis.input.cell !== 1 ||
    synthesis.output.channels !== 3 ||
    synthesis.output.cell !== 1
  )
    throw damaged('has networks that do not go from three planes of pixels to three');
  if (
    synthesis.input.imageChannels !== latents.channels + 1 ||
    synthesis.input.cell !== latents.cell
  )
    throw damaged('has a synthesis that does not take what its analysis gives, and the step');
  for (const { input, output } of [analysis, synthesis])
    if (input.multipleOf % (input.cell * output.cell) !== 0)
      throw damaged('has a cell that does not divide input.multipleOf');
  return {
    ...card,
    origin,
    bytes: analysis.bytes + synthesis.bytes + entropy.bytes,
    sha256: fingerprint([analysis.sha256, synthesis.sha256, entropy.sha256]),
    // Of the synthesis: the analysis decides what a file holds, and that must not depend on a machine.
    precisions: ['fp32', ...synthesis.variants.map(({ precision }) => precision)],
    parts: {
      analysis: partNetwork(card.id, analysis, folder),
      synthesis: partNetwork(card.id, synthesis, folder),
      entropy: { path: join(folder, entropy.file), sha256: entropy.sha256, bytes: entropy.bytes },
    },
  };
}

/** SHA-256 over the given SHA-256 (bytes, in their order), hexadecimal. */
export const fingerprint = (sums: readonly string[]): string =>
  createHash('sha256')
    .update(Buffer.from(sums.join(''), 'hex'))
    .digest('hex');

const partNetwork = (id: string, part: Part, folder: string): Network => ({
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
