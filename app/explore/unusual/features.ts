/** Learning from good pictures by their cells (`patches.ts`, `memory.ts`), and what another picture looks like then. */
import { HourglassError, throwIfCancelled } from '../../contract/index.ts';
import { inferenceThreads, type Inference } from '../../runtime/index.ts';
import type { Plane } from '../plane.ts';
import { joined } from '../search.ts';
import { say } from '../sentences.ts';
import { openMemory, MemoryMaker, type Distances, type Memory, type OpenMemory } from './memory.ts';
import type { Patches } from './patches.ts';

/** Of one picture. */
export interface Pooled {
  /** Mean distance of its cells by their energies: that all of it is a little unlike. */
  readonly mean: number;
  /** Distance of its farthest hundredth of cells by activations: that something in it is unlike. */
  readonly top: number;
}

export interface Units {
  readonly local: number;
  readonly diffuse: number;
}

export interface Learnt {
  readonly memory: Memory;
  /** Of those that were asked for, the numbers of those that could be read: the owners of cells are places in this list. */
  readonly used: readonly number[];
  /** Of each good picture, judged without itself. */
  readonly good: readonly Pooled[];
  /** The distances that one in a hundred cells of good pictures reaches, each judged without its own: 1 on the map. */
  readonly unit: Units;
  /** On the map: what one in a thousand reaches. Beyond it a place is named. */
  readonly edge: number;
}

export type ScoreKind = 'both' | 'mean' | 'top';

/** Patches that are kept between the two looks at good pictures, bytes; the others are made twice. */
const KEPT = 256e6;

/**
 * @param count of the good pictures
 * @param patches of one of them; null: it can not be read
 * @param told after each step: there are two for each picture
 * @throws HourglassError cancelled; invalid-parameter where fewer than two can be read; whatever `patches` throws
 */
export async function learnFeatures(
  count: number,
  patches: (at: number) => Promise<Patches | null>,
  inference: Pick<Inference, 'openGraph'>,
  signal: AbortSignal,
  told: (at: number) => void,
): Promise<Learnt> {
  const maker = new MemoryMaker(count);
  const kept: (Patches | undefined)[] = [];
  let bytes = 0;
  const used: number[] = [];
  for (let at = 0; at < count; at++) {
    throwIfCancelled(signal);
    const seen = await patches(at);
    if (seen) {
      maker.add(seen, used.length);
      bytes += seen.data.byteLength;
      if (bytes <= KEPT) kept[at] = seen;
      used.push(at);
    }
    told(at);
  }
  if (used.length < 2)
    throw new HourglassError('invalid-parameter', say('tooFewGood', { count: used.length }), {
      hint: say('moreGood'),
    });
  const memory = maker.finish();
  const open = await openMemory(memory, inference, inferenceThreads());
  try {
    const good: Pooled[] = [];
    const all: Distances[] = [];
    for (const [owner, at] of used.entries()) {
      throwIfCancelled(signal);
      const seen = kept[at] ?? (await patches(at));
      kept[at] = undefined;
      // It went away in between: its cells stay in the memory, and nothing is said of it.
      if (!seen) continue;
      const distances = await open.distances(seen, owner);
      good.push(pooled(distances));
      all.push(distances);
      told(at);
    }
    const local = joined(all.map((one) => one.local));
    const diffuse = joined(all.map((one) => one.diffuse));
    // Good pictures that are all alike have no distance: then anything is far.
    const unit = {
      local: Math.max(1e-6, reached(local, 0.99)),
      diffuse: Math.max(1e-6, reached(diffuse, 0.99)),
    };
    return { memory, used, good, unit, edge: reached(mapOf({ local, diffuse }, unit), 0.999) };
  } finally {
    await open.close();
  }
}

/** The value that a share of all lies below. */
function reached(values: Float32Array, share: number): number {
  const sorted = values.toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

/** Whichever of both is more. */
const mapOf = ({ local, diffuse }: Distances, unit: Units): Float32Array =>
  local.map((value, at) => Math.max(value / unit.local, diffuse[at]! / unit.diffuse));

/** @returns its map, one sample a cell, in units of what good pictures reach */
export async function judged(
  patches: Patches,
  open: OpenMemory,
  unit: Units,
  without?: number,
): Promise<Pooled & { readonly map: Plane }> {
  const distances = await open.distances(patches, without);
  const map = {
    ...{ width: patches.columns, height: patches.rows },
    data: mapOf(distances, unit),
  };
  return { ...pooled(distances), map };
}

function pooled({ local, diffuse }: Distances): Pooled {
  const sorted = local.toSorted();
  const last = sorted.subarray(sorted.length - Math.max(1, Math.round(sorted.length / 100)));
  return { mean: average(diffuse), top: average(last) };
}

const average = (values: Float32Array | readonly number[]): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};

/** How many deviations of the good pictures' a picture lies above their mean; of both numbers: the mean of the two. */
export function scoring(good: readonly Pooled[], kind: ScoreKind): (of: Pooled) => number {
  const along = (number: 'mean' | 'top'): ((of: Pooled) => number) => {
    const values = good.map((one) => one[number]);
    const middle = average(values);
    const deviation = Math.sqrt(average(values.map((value) => (value - middle) ** 2)));
    return (of) => (of[number] - middle) / Math.max(deviation, 1e-6, 1e-3 * middle);
  };
  if (kind !== 'both') return along(kind);
  const [mean, top] = [along('mean'), along('top')];
  return (of) => (mean(of) + top(of)) / 2;
}
