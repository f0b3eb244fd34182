/**
 * What is remembered of a folder's pictures between two runs: their vectors and tiny pictures, in one file among this person's caches that only they
 * can read, and that appears whole or not at all. Vectors that were made by other axes, another network, or another version of this file, are not used.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { cacheFolder } from '../pixels/cache-folder.ts';
import { makeFolders } from '../pixels/make-folders.ts';
import { writeWhole } from '../pixels/write-whole.ts';
import { TINY, WIDTH, type Described } from './descriptor.ts';
import type { Unlike } from '../runtime/index.ts';

export interface Entry extends Described {
  readonly path: string;
  /** Sizes and times of change of its files: another one is another picture. */
  readonly stamp: string;
}

/** Ours, from a place that only this person can read. */
const isUnlike = (one: unknown): boolean =>
  typeof one === 'object' && one !== null && 'what' in one;

const headSchema = z.object({
  format: z.literal('hourglass-looks'),
  version: z.literal(3),
  /** SHA-256 of the axes, or of the network that describes. */
  descriptor: z.string(),
  /** Path, stamp, and in what it is unlike what the network learnt from. */
  entries: z.array(z.tuple([z.string(), z.string(), z.array(z.custom<Unlike>(isUnlike))])),
});

const PICTURE = TINY * TINY;

/** @param folder absolute @param network SHA-256 of the network that describes them; null: they are described by their looks */
export const indexOf = (folder: string, network: string | null = null): string =>
  join(
    cacheFolder(),
    'explore',
    `${createHash('sha256').update(folder).digest('hex').slice(0, 32)}${network === null ? '' : `-${network.slice(0, 16)}`}.looks`,
  );

/** @returns null: there is none that can be used @param descriptor SHA-256 of the axes, or of the network @param width numbers of a vector */
export async function readIndex(
  path: string,
  descriptor: string,
  width = WIDTH,
): Promise<readonly Entry[] | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    // Not there, or not readable: it is made anew, which says what is wrong with the place.
    return null;
  }
  const length = bytes.length < 4 ? Infinity : bytes.readUInt32LE(0);
  if (4 + length > bytes.length) return null;
  let head: z.output<typeof headSchema>;
  try {
    head = headSchema.parse(JSON.parse(bytes.subarray(4, 4 + length).toString('utf8')));
  } catch {
    return null;
  }
  const { entries } = head;
  const vector = 4 * width;
  const each = 2 * vector + PICTURE;
  if (head.descriptor !== descriptor || bytes.length !== 4 + length + each * entries.length)
    return null;
  return entries.map(([path, stamp, unlike], at) => {
    const start = 4 + length + at * each;
    return {
      ...{ path, stamp, unlike },
      vector: floats(bytes, start, width),
      mirrored: floats(bytes, start + vector, width),
      tiny: new Uint8Array(bytes.subarray(start + 2 * vector, start + each)),
    };
  });
}

/** A copy: vectors lie anywhere in the file. */
function floats(bytes: Buffer, start: number, width: number): Float32Array {
  const copy = new Float32Array(width);
  new Uint8Array(copy.buffer).set(bytes.subarray(start, start + copy.byteLength));
  return copy;
}

/** Length of the head, the head as JSON, then of each picture its vectors (float32, little endian) and its tiny picture. @throws of the file system */
export async function writeIndex(
  path: string,
  descriptor: string,
  entries: readonly Entry[],
): Promise<void> {
  const head: z.output<typeof headSchema> = {
    ...{ format: 'hourglass-looks', version: 3, descriptor },
    entries: entries.map(({ path, stamp, unlike = [] }) => [path, stamp, [...unlike]]),
  };
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const values = entries.flatMap(({ vector, mirrored, tiny }) => [
    ...[vector, mirrored].map(({ buffer, byteOffset, byteLength }) =>
      Buffer.from(buffer, byteOffset, byteLength),
    ),
    Buffer.from(tiny),
  ]);
  makeFolders(dirname(path), 0o700);
  await writeWhole(path, Buffer.concat([length, text, ...values]), 0o600);
}
