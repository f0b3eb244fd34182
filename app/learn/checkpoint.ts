/** The state of a training on the disk: one file that appears whole or not at all, so that a kill at any moment loses what came after it and nothing else. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { HourglassError } from '../contract/index.ts';
import { deviceIds } from '../contract/domain.ts';
import { trainingFiles } from '../contract/training.ts';
import { blindIds, kindIds } from '../contract/learn-kinds.ts';
import { writeWhole } from '../pixels/write-whole.ts';
import { vectors, type TrainingState } from './engine/index.ts';
import { say } from './sentences.ts';

/** Everything besides the weights. */
const headSchema = z.object({
  format: z.literal('hourglass-training'),
  version: z.literal(1),
  settings: z.object({
    kind: z.enum(kindIds),
    loss: z.enum(['mse', 'l1', 'bce']),
    blind: z.enum(blindIds),
    start: z.enum(['random', 'pca']),
    ...{ patch: z.number(), batch: z.number(), rate: z.number(), seed: z.number() },
    ...{ width: z.number(), channels: z.number(), depth: z.number() },
    ...{ sigma: z.number(), sparsity: z.number(), beta: z.number() },
    // Absent in trainings of before they were there.
    ...{ temperature: z.number().default(1), augment: z.number().default(0) },
    scope: z.enum(['squares', 'whole']).default('squares'),
  }),
  tones: z.union([z.literal(1), z.literal(3)]),
  half: z.boolean(),
  recorrupted: z.boolean().default(false),
  /** Of the contents, in the order that the seed gave them. */
  images: z.object({ learnt: z.array(z.string()), heldBack: z.array(z.string()) }),
  step: z.number().int().min(0),
  /** That computed the last steps; absent: nobody had a choice yet. */
  device: z.enum(deviceIds).default('cpu'),
  /** Steps that the learning rate is planned for; null: not known yet. */
  of: z.number().int().nullable(),
  /** That were asked for. */
  minutes: z.number().nullable(),
  seconds: z.number(),
  /** Sum and number of losses since the last point of the curve. */
  since: z.object({ sum: z.number(), count: z.number().int() }),
  best: z.object({ step: z.number().int(), heldBack: z.number().nullable() }),
  curve: z.array(z.object({ step: z.number().int(), loss: z.number(), heldBack: z.number() })),
  parameters: z.number().int().min(1),
});
export type CheckpointHead = z.output<typeof headSchema>;

export interface Checkpoint {
  readonly head: CheckpointHead;
  readonly state: TrainingState;
  /** The weights that did best on held-back images. */
  readonly best: Float32Array;
}

export const checkpointIn = (folder: string): string => join(folder, trainingFiles.state);

/** Of the head without it, and all values: a disk or a stick that changed a bit must not train on. */
const sumOf = (head: object, values: readonly Uint8Array[]): string => {
  const sum = createHash('sha256').update(JSON.stringify(head));
  for (const one of values) sum.update(one);
  return sum.digest('hex');
};

/** Length of the head, the head as JSON, then float32 in little endian: `vectors`, and the best weights. */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const { head, state, best } = checkpoint;
  const values = [...vectors.map((name) => state[name]), best].map((one) =>
    Buffer.from(one.buffer, one.byteOffset, one.byteLength),
  );
  const text = Buffer.from(JSON.stringify({ ...head, sha256: sumOf(head, values) }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  await writeWhole(checkpointIn(folder), Buffer.concat([length, text, ...values]));
}

/** @returns null: there is none. @throws HourglassError damaged-image: it is not whole, or none of ours */
export async function readCheckpoint(folder: string): Promise<Checkpoint | null> {
  const path = checkpointIn(folder);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new HourglassError('file-not-readable', say('stateNotReadable', { path }), {
      cause: error,
    });
  }
  const damaged = (cause?: unknown): HourglassError =>
    new HourglassError('file-not-readable', say('stateDamaged', { path }), {
      hint: say('useACopy'),
      cause,
    });
  if (bytes.length < 4) throw damaged();
  const start = 4 + bytes.readUInt32LE(0);
  if (start > bytes.length) throw damaged();
  let head: CheckpointHead;
  try {
    const { sha256, ...told } = JSON.parse(bytes.subarray(4, start).toString('utf8')) as {
      readonly sha256?: unknown;
    };
    head = headSchema.parse(told);
    // Trainings of before it was there have none.
    if (sha256 !== undefined && sha256 !== sumOf(told, [bytes.subarray(start)])) throw damaged();
  } catch (error) {
    throw damaged(error);
  }
  const { parameters, step } = head;
  if (bytes.length !== start + 4 * parameters * (vectors.length + 1)) throw damaged();
  const vector = (at: number): Float32Array<ArrayBuffer> => {
    const from = bytes.byteOffset + start + 4 * parameters * at;
    return new Float32Array(bytes.buffer.slice(from, from + 4 * parameters) as ArrayBuffer);
  };
  const [theta, m, v, mean, best] = [vector(0), vector(1), vector(2), vector(3), vector(4)];
  return { head, state: { step, theta, m, v, mean }, best };
}
