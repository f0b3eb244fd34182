/**
 * Clusters of vectors by k-means: Lloyd's iteration from centres that are drawn far from each other (k-means++, Arthur & Vassilvitskii, SODA 2007).
 * How many there are is found by the simplified silhouette (Hruschka, de Castro & Campello 2004): how much nearer a vector is to its own
 * centre than to the next. Where no number divides them clearly it is the rule of thumb √(n/2), so that a map has parts to look at. The vectors are compared, never their places on a map, which show some distances and hide others.
 */
import { throwIfCancelled } from '../../contract/index.ts';
import { nextTurn } from '../../pixels/turns.ts';
import { Draws } from '../../runtime/draws.ts';

export interface Clusters {
  /** Cluster of each vector, from 0, the largest first. */
  readonly of: Uint8Array;
  readonly count: number;
  /** Of each vector to the centre of its cluster. */
  readonly distances: Float32Array;
}

interface Vectors {
  /** [count, size] */
  readonly data: Float32Array;
  readonly size: number;
  readonly count: number;
}

interface Division extends Clusters {
  /** [clusters, size] */
  readonly centres: Float32Array;
  readonly sizes: readonly number[];
  /** Sum of the squared distances. */
  readonly spread: number;
}

/** Times that it is begun: the best one counts. */
const BEGINNINGS = 4;
const ROUNDS = 100;
/** More are seldom told apart by a person, who can ask for them. */
const MOST_FOUND = 12;
/** Pictures that a cluster has in the mean, at least, where their number is found. */
const LEAST_MEAN = 3;
/** Mean silhouette below which no structure is substantial (Kaufman & Rousseeuw, Finding Groups in Data, 1990, table 4 of chapter 2). */
const CLEAR = 0.25;
/** How many clusters there are is found by so many vectors. */
const LOOKED_AT = 2000;

/**
 * @param data [count, size]
 * @param wanted clusters, at most 255; null: as many as divide the vectors best
 * @throws HourglassError cancelled
 */
export async function clustersOf(
  data: Float32Array,
  size: number,
  wanted: number | null,
  seed: number,
  signal: AbortSignal,
): Promise<Clusters> {
  const vectors = { data, size, count: data.length / size };
  const count = wanted ?? (await countOf(vectors, seed, signal));
  return divided(vectors, Math.min(count, vectors.count), seed, signal);
}

async function countOf(all: Vectors, seed: number, signal: AbortSignal): Promise<number> {
  const most = Math.min(MOST_FOUND, Math.floor(all.count / LEAST_MEAN));
  const some = drawn(all, new Draws(seed, 1));
  let best = { count: 1, silhouette: CLEAR };
  for (let count = 2; count <= most; count++) {
    const silhouette = silhouetteOf(some, await divided(some, count, seed, signal));
    if (silhouette > best.silhouette) best = { count, silhouette };
  }
  if (best.count > 1) return best.count;
  return Math.max(1, Math.min(most, Math.round(Math.sqrt(all.count / 2))));
}

function drawn(vectors: Vectors, draws: Draws): Vectors {
  const { data, size, count } = vectors;
  if (count <= LOOKED_AT) return vectors;
  // The first of a shuffle (Fisher & Yates).
  const order = Int32Array.from({ length: count }, (_, at) => at);
  const some = new Float32Array(LOOKED_AT * size);
  for (let at = 0; at < LOOKED_AT; at++) {
    const other = at + draws.below(count - at);
    const taken = order[other]!;
    order[other] = order[at]!;
    some.set(data.subarray(taken * size, (taken + 1) * size), at * size);
  }
  return { data: some, size, count: LOOKED_AT };
}

/** −1 to 1, mean of all. A vector counts as if its cluster had not known it, so that small clusters are not nearer for being small. */
function silhouetteOf(
  vectors: Vectors,
  { of, count, centres, sizes, distances }: Division,
): number {
  let sum = 0;
  for (let at = 0; at < vectors.count; at++) {
    const own = of[at]!;
    const size = sizes[own]!;
    if (size < 2) continue;
    const inner = (distances[at]! * size) / (size - 1);
    let outer = Infinity;
    for (let k = 0; k < count; k++)
      if (k !== own) outer = Math.min(outer, squaredDistance(vectors, at, centres, k));
    outer = Math.sqrt(outer);
    const more = Math.max(inner, outer);
    if (more > 0) sum += (outer - inner) / more;
  }
  return sum / vectors.count;
}

async function divided(
  vectors: Vectors,
  count: number,
  seed: number,
  signal: AbortSignal,
): Promise<Division> {
  let best: Division | null = null;
  for (let beginning = 0; beginning < BEGINNINGS; beginning++) {
    const division = await begun(vectors, count, new Draws(seed, count, beginning), signal);
    if (!best || division.spread < best.spread) best = division;
  }
  return bySize(vectors, best!);
}

async function begun(
  vectors: Vectors,
  count: number,
  draws: Draws,
  signal: AbortSignal,
): Promise<Division> {
  const centres = farApart(vectors, count, draws);
  const of = new Uint8Array(vectors.count).fill(255);
  const distances = new Float32Array(vectors.count);
  for (let round = 0; round < ROUNDS; round++) {
    throwIfCancelled(signal);
    await nextTurn();
    if (!assign(vectors, centres, count, of, distances)) break;
    centre(vectors, centres, count, of, distances);
  }
  const sizes = Array.from({ length: count }, () => 0);
  let spread = 0;
  for (let at = 0; at < of.length; at++) {
    sizes[of[at]!]!++;
    spread += distances[at]!;
    distances[at] = Math.sqrt(distances[at]!);
  }
  return { of, count, distances, centres, sizes, spread };
}

/** Each next one is drawn by its squared distance to those before. */
function farApart(vectors: Vectors, count: number, draws: Draws): Float32Array {
  const { data, size } = vectors;
  const centres = new Float32Array(count * size);
  const nearest = new Float64Array(vectors.count).fill(Infinity);
  let next = draws.below(vectors.count);
  for (let k = 0; k < count; k++) {
    centres.set(data.subarray(next * size, (next + 1) * size), k * size);
    let sum = 0;
    for (let at = 0; at < vectors.count; at++) {
      nearest[at] = Math.min(nearest[at]!, squaredDistance(vectors, at, centres, k));
      sum += nearest[at]!;
    }
    let left = draws.next() * sum;
    next = 0;
    while (next < vectors.count - 1 && (left -= nearest[next]!) >= 0) next++;
  }
  return centres;
}

/** Each to the nearest centre. @returns whether any is in another cluster than before */
function assign(
  vectors: Vectors,
  centres: Float32Array,
  count: number,
  of: Uint8Array,
  distances: Float32Array,
): boolean {
  let changed = false;
  for (let at = 0; at < vectors.count; at++) {
    let [nearest, least] = [0, Infinity];
    for (let k = 0; k < count; k++) {
      const distance = squaredDistance(vectors, at, centres, k);
      if (distance < least) [nearest, least] = [k, distance];
    }
    changed ||= of[at] !== nearest;
    of[at] = nearest;
    distances[at] = least;
  }
  return changed;
}

/** Centres to the means of their clusters; one that has lost all its vectors to that which is worst off. */
function centre(
  { data, size, count: all }: Vectors,
  centres: Float32Array,
  count: number,
  of: Uint8Array,
  distances: Float32Array,
): void {
  const sizes = new Int32Array(count);
  const sums = new Float64Array(count * size);
  for (let at = 0; at < all; at++) {
    const k = of[at]!;
    sizes[k]!++;
    for (let i = 0; i < size; i++) sums[k * size + i]! += data[at * size + i]!;
  }
  for (let k = 0; k < count; k++) {
    if (sizes[k]! > 0) {
      for (let i = 0; i < size; i++) centres[k * size + i] = sums[k * size + i]! / sizes[k]!;
      continue;
    }
    let worst = 0;
    for (let at = 1; at < all; at++) if (distances[at]! > distances[worst]!) worst = at;
    centres.set(data.subarray(worst * size, (worst + 1) * size), k * size);
    distances[worst] = 0;
  }
}

function squaredDistance(
  { data, size }: Vectors,
  at: number,
  centres: Float32Array,
  k: number,
): number {
  let sum = 0;
  for (let i = 0, one = at * size, other = k * size; i < size; i++, one++, other++)
    sum += (data[one]! - centres[other]!) ** 2;
  return sum;
}

/** Clusters that nobody is in are none: there were fewer different vectors than were asked for. */
function bySize({ size }: Vectors, division: Division): Division {
  const { of, distances, centres, sizes, spread } = division;
  const order = sizes
    .map((_, k) => k)
    .filter((k) => sizes[k]! > 0)
    .sort((one, other) => sizes[other]! - sizes[one]!);
  const place = new Uint8Array(sizes.length);
  const sorted = new Float32Array(order.length * size);
  for (const [at, k] of order.entries()) {
    place[k] = at;
    sorted.set(centres.subarray(k * size, (k + 1) * size), at * size);
  }
  return {
    ...{ of: of.map((k) => place[k]!), count: order.length, distances, spread },
    ...{ centres: sorted, sizes: order.map((k) => sizes[k]!) },
  };
}
