/**
 * Judging pictures by how well a network that a person trained on good ones gives them back: what it has never seen it can not give back. The error of
 * each place is softened, so that single pixels and edges do not decide, and measured in what good pictures reach.
 *
 * A good picture that the network learnt from is given back better than a fresh one, so that it says nothing of false alarms: only those that were held
 * back, or came later, count.
 */
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { throwIfCancelled } from '../../contract/index.ts';
import { recall, remember } from '../../pixels/remembered.ts';
import type { Rebuilder } from '../networks.ts';
import type { Plane } from '../plane.ts';
import { joined } from '../search.ts';
import { smoothed } from './energies.ts';
import { goodFileOf } from './good-file.ts';
import type { Pooled } from './features.ts';

/** Standard deviation of the softening, of the picture's height. */
const SOFT = 1 / 64;
/** Error below which nothing is seen of it: half a level of 255. */
const LEAST = (0.5 / 255) ** 2;
/** Samples of one good picture that the scale of maps is made of, the same share of each. */
const SAMPLED = 4096;

export interface GoodErrors {
  /** Of each good picture that the network did not learn from. */
  readonly scores: readonly Pooled[];
  /** The error that one in a hundred places of them reaches: 1 on the map. */
  readonly unit: number;
  /** On the map: what one place in a thousand reaches. Beyond it a place is named. */
  readonly edge: number;
  /** Good pictures that it learnt from. */
  readonly learnt: number;
  /** All that could be read. */
  readonly read: number;
}

const schema = z.object({
  format: z.literal('hourglass-errors'),
  version: z.literal(1),
  key: z.string(),
  scores: z.array(z.object({ mean: z.number(), top: z.number() })),
  ...{ unit: z.number(), edge: z.number(), learnt: z.number(), read: z.number() },
});

/** @param folder of the good pictures, absolute @param network SHA-256 */
export const errorsFileOf = (folder: string, network: string): string =>
  join(
    dirname(goodFileOf(folder)),
    `${createHash('sha256').update(`${folder} ${network}`).digest('hex').slice(0, 32)}.errors`,
  );

export const readErrors = (path: string, key: string): Promise<GoodErrors | null> =>
  recall(path, (value) => {
    const found = schema.parse(value);
    if (found.key !== key) throw new Error('of other pictures');
    return found;
  });

/** @throws of the file system */
export const writeErrors = (path: string, key: string, found: GoodErrors): Promise<void> =>
  remember(path, { format: 'hourglass-errors', version: 1, key, ...found });

/** The map of a picture, in errors; its highest place and its mean. */
export function judgedErrors(map: Plane): Pooled & { readonly map: Plane } {
  // Less is no softening.
  const sigma = SOFT * map.height;
  const soft = sigma < 0.3 ? map : smoothed(map, sigma);
  let [sum, top] = [0, 0];
  for (const value of soft.data) {
    sum += value;
    if (value > top) top = value;
  }
  return { mean: sum / soft.data.length, top, map: soft };
}

/**
 * @param errors of a good picture; null: it can not be read
 * @param told after each
 * @throws HourglassError cancelled; whatever `errors` throws
 */
export async function learnErrors(
  good: readonly { readonly path: string; readonly files: readonly string[] }[],
  errors: (at: number) => Promise<Plane | null>,
  rebuilder: Pick<Rebuilder, 'hasLearnt'>,
  signal: AbortSignal,
  told: (at: number) => void,
): Promise<GoodErrors> {
  const scores: Pooled[] = [];
  const fresh: Float32Array[] = [];
  const known: Float32Array[] = [];
  let [learnt, read] = [0, 0];
  for (const [at, { files }] of good.entries()) {
    throwIfCancelled(signal);
    const map = await errors(at);
    told(at);
    if (!map) continue;
    read++;
    const one = judgedErrors(map);
    const isLearnt = await rebuilder.hasLearnt(files, signal);
    (isLearnt ? known : fresh).push(sampled(one.map.data));
    if (isLearnt) learnt++;
    else scores.push({ mean: one.mean, top: one.top });
  }
  // Without a fresh one the colours are of those that it learnt from; nothing is promised then.
  const places = joined(fresh.length > 0 ? fresh : known).sort();
  const reached = (share: number): number =>
    places[Math.min(places.length - 1, Math.floor(share * places.length))] ?? 0;
  const unit = Math.max(LEAST, reached(0.99));
  return { scores, unit, edge: Math.max(1, reached(0.999) / unit), learnt, read };
}

function sampled(values: Float32Array): Float32Array {
  const step = Math.max(1, values.length / SAMPLED);
  return Float32Array.from(
    { length: Math.ceil(values.length / step) },
    (_, at) => values[Math.floor(at * step)]!,
  );
}
