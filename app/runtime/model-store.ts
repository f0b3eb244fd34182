/**
 * The installed models: reads `models/<id>/card.json`, checks it and the checksum of the ONNX file.
 * What a card means to people is in the card; who loads the file is `sessions.ts`.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { HourglassError, modelInfoSchema, toHourglassError } from '../contract/index.ts';
import { DEFAULT_NETWORK_MEMORY } from './tiling.ts';
import type { ModelCard, ModelStore } from './types.ts';

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
const cardSchema = z.object({
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

export interface FolderModelStore extends ModelStore {
  /** Cards that could not be read, as the errors that `get` throws for them. */
  problems(): Promise<readonly HourglassError[]>;
}

interface Found {
  readonly cards: ReadonlyMap<string, ModelCard>;
  /** By folder name. */
  readonly broken: ReadonlyMap<string, HourglassError>;
}

/**
 * Opens a folder of models. It is read once, at first use; each file's checksum once, at first `get`.
 * A damaged card hides only its own model.
 * @param folder absolute path of the folder that holds one folder per model
 */
export function createModelStore(folder: string): FolderModelStore {
  let found: Promise<Found> | null = null;
  const verified = new Map<string, Promise<void>>();
  // A failed reading is not remembered: the folder may be on a disk that comes back.
  const discovered = (): Promise<Found> =>
    (found ??= discover(folder).catch((error: unknown) => {
      found = null;
      throw error;
    }));
  return {
    list: async () => [...(await discovered()).cards.values()],
    problems: async () => [...(await discovered()).broken.values()],
    async get(id) {
      const { cards, broken } = await discovered();
      const card = cards.get(id);
      if (!card) {
        const problem = broken.get(id);
        if (problem) throw problem;
        throw new HourglassError(
          'model-not-found',
          `There is no model “${id}”; installed are: ${[...cards.keys()].join(', ') || 'none'}.`,
          { details: { model: id } },
        );
      }
      const check = verified.get(id) ?? verifyAll(card);
      verified.set(id, check);
      await check;
      return card;
    },
  };
}

async function discover(folder: string): Promise<Found> {
  const cards = new Map<string, ModelCard>();
  const broken = new Map<string, HourglassError>();
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new HourglassError('model-not-found', `The folder of models ${folder} can not be read.`, {
      cause: error,
    });
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory()) continue;
    try {
      const card = await readCard(join(folder, entry.name));
      if (card) cards.set(card.id, card);
    } catch (error) {
      broken.set(entry.name, toHourglassError(error));
    }
  }
  return { cards, broken };
}

/** @returns null when the folder holds no card (recipes, for example) */
async function readCard(folder: string): Promise<ModelCard | null> {
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
    origin: 'shipped',
    precisions: ['fp32', ...variants.map(({ precision }) => precision)],
    variants: variants.map(({ file: name, ...facts }) => ({ ...facts, path: join(folder, name) })),
    output: {
      ...output,
      channels: output.channels ?? (card.task === 'noise' ? 2 : card.input.imageChannels),
    },
  };
}

async function verifyAll(card: ModelCard): Promise<void> {
  for (const file of [card, ...card.variants]) await verify(card.id, file);
}

/** @throws HourglassError model-damaged when the file is missing or is not the one of the card */
async function verify(id: string, { path, sha256 }: { path: string; sha256: string }) {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw new HourglassError('model-damaged', `The model file ${path} can not be read.`, {
      cause: error,
      details: { model: id },
    });
  }
  const actual = hash.digest('hex');
  if (actual !== sha256)
    throw new HourglassError(
      'model-damaged',
      `The model file ${path} does not match its card: its SHA-256 begins with ${actual.slice(0, 12)}, the card says ${sha256.slice(0, 12)}.`,
      { details: { model: id } },
    );
}
