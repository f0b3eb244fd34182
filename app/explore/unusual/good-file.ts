/**
 * What was learnt from a folder of good pictures, between two runs: in one file among this person's caches that only they can read, and that appears whole
 * or not at all. It counts for exactly these pictures, this network and this way of looking (`keyOf`); anything else is learnt anew.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { cacheFolder } from '../../pixels/cache-folder.ts';
import { makeFolders } from '../../pixels/make-folders.ts';
import { stampOf } from '../../pixels/stamp.ts';
import { writeWhole } from '../../pixels/write-whole.ts';
import type { ImageFiles } from '../indexing.ts';
import type { Learnt } from './features.ts';
import { FEATURES, FEATURES_VERSION } from './patches.ts';

const headSchema = z.object({
  format: z.literal('hourglass-good'),
  version: z.literal(1),
  key: z.string(),
  used: z.array(z.number()),
  good: z.array(z.object({ mean: z.number(), top: z.number() })),
  unit: z.object({ local: z.number(), diffuse: z.number() }),
  edge: z.number(),
  owners: z.array(z.number()),
});

/** @param folder of the good pictures, absolute */
export const goodFileOf = (folder: string): string =>
  join(
    cacheFolder(),
    'explore',
    `${createHash('sha256').update(folder).digest('hex').slice(0, 32)}.good`,
  );

/**
 * Equal for the same pictures, network and way of looking.
 * @param network SHA-256
 * @param maxMegapixels larger ones were left out
 */
export async function keyOf(
  images: readonly ImageFiles[],
  network: string,
  maxMegapixels: number,
): Promise<string> {
  const facts = JSON.stringify([FEATURES_VERSION, network, maxMegapixels]);
  const hash = createHash('sha256').update(facts);
  for (const { path, files } of images)
    // One that can not be looked at is left out of the learning, and counts as such.
    hash.update(JSON.stringify([path, await stampOf(files).catch(() => null)]));
  return hash.digest('hex');
}

/** @returns null: there is nothing that can be used */
export async function readGood(path: string, key: string): Promise<Learnt | null> {
  let bytes: Buffer;
  let head: z.output<typeof headSchema>;
  try {
    bytes = await readFile(path);
    const length = bytes.readUInt32LE(0);
    head = headSchema.parse(JSON.parse(bytes.subarray(4, 4 + length).toString('utf8')));
    bytes = bytes.subarray(4 + length);
  } catch {
    // Not there, not readable, or of something else: it is learnt anew.
    return null;
  }
  const { used, good, unit, edge, owners } = head;
  if (head.key !== key || bytes.length !== 4 * FEATURES * (2 + owners.length)) return null;
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  const memory = {
    mean: values.slice(0, FEATURES),
    scale: values.slice(FEATURES, 2 * FEATURES),
    cells: values.slice(2 * FEATURES),
    owners: new Int32Array(owners),
  };
  return { memory, used, good, unit, edge };
}

/** Length of the head, the head as JSON, then mean, scale and cells (float32, little endian). @throws of the file system */
export async function writeGood(path: string, key: string, learnt: Learnt): Promise<void> {
  const { memory, used, good, unit, edge } = learnt;
  const head: z.output<typeof headSchema> = {
    ...{ format: 'hourglass-good', version: 1, key, unit, edge },
    ...{ used: [...used], good: [...good], owners: [...memory.owners] },
  };
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  makeFolders(dirname(path), 0o700);
  await writeWhole(
    path,
    Buffer.concat([
      ...[length, text],
      ...[memory.mean, memory.scale, memory.cells].map(({ buffer, byteOffset, byteLength }) =>
        Buffer.from(buffer, byteOffset, byteLength),
      ),
    ]),
    0o600,
  );
}
