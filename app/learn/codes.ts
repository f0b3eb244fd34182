/**
 * What the codes of held-back images look like while a network learns: where some of them lie on a plane (their two strongest principal components), and
 * what each unit of the code does. As many as a page can show, whatever is held back.
 */
import { componentsOf } from '../runtime/components.ts';
import type { Batch } from './batches.ts';
import { inputChannels, type Plan } from './network.ts';
import { small } from './small.ts';

/** Of all codes that were looked at. */
export interface SeenCodes {
  /** Standard deviation of each unit. */
  readonly spreads: readonly number[];
  /** [points, width] */
  readonly points: Float32Array;
  /** Of the points: what they are codes of, 8 bits a sample, interleaved, [points, side, side, tones]. */
  readonly tiles: Uint8Array;
  readonly side: number;
}

/** As `training-codes` tells it. */
export interface Codes {
  readonly step: number;
  /** Places, from -1 to 1 by the farthest; and the share of the variance that both directions have. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly share: number;
  /** Of each unit: standard deviation, and nats of variational kinds. */
  readonly units: readonly { readonly spread: number; readonly rate: number | null }[];
  readonly side: number;
  readonly tones: 1 | 3;
  readonly tiles: string;
  /** Of the first points: the codes themselves, between which a page can walk. */
  readonly codes: readonly (readonly number[])[];
}

/** Codes that a page shows. */
const MOST_POINTS = 160;
/** Codes that are told of as they are. */
const MOST_CODES = 24;
/** Side of the pictures that stand for them, pixels. */
const TILE = 10;

/** Collects codes, batch by batch. */
export class CodeBook {
  readonly #plan: Plan;
  readonly #every: number;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  readonly #points: number[] = [];
  readonly #tiles: number[] = [];
  readonly #side: number;
  #values = 0;
  #items = 0;

  /** @param held all that will be added */
  constructor(plan: Plan, held: readonly Batch[]) {
    this.#plan = plan;
    const { width, patch, batch } = plan.settings;
    const items = held.reduce((sum, { counted }) => sum + (counted ?? batch), 0);
    this.#every = Math.ceil(items / MOST_POINTS);
    this.#sums = new Float64Array(width);
    this.#squares = new Float64Array(width);
    this.#side = Math.min(TILE, patch);
  }

  /** @param code [items, width], or [items, width, height, width of the picture] */
  add({ x, counted }: Batch, code: Float32Array): void {
    const { tones, settings } = this.#plan;
    const { width, batch, patch } = settings;
    const items = counted ?? batch;
    const rows = counted === undefined ? batch : x.length / (tones * patch * patch);
    const places = code.length / rows / width;
    for (let item = 0; item < items; item++, this.#items++) {
      const isShown = this.#items % this.#every === 0;
      for (let unit = 0; unit < width; unit++) {
        const from = (item * width + unit) * places;
        let sum = 0;
        for (let at = from; at < from + places; at++) {
          const value = code[at]!;
          sum += value;
          this.#squares[unit]! += value * value;
        }
        this.#sums[unit]! += sum;
        if (isShown) this.#points.push(sum / places);
      }
      this.#values += places;
      if (!isShown) continue;
      const start = item * inputChannels(this.#plan) * patch * patch;
      const tile = small(x, start, { tones, patch }, this.#side);
      const plane = tile.length / tones;
      for (let i = 0; i < plane; i++)
        for (let tone = 0; tone < tones; tone++)
          this.#tiles.push(Math.max(0, Math.min(255, Math.round(255 * tile[tone * plane + i]!))));
    }
  }

  done(): SeenCodes {
    const count = this.#values;
    return {
      spreads: Array.from(this.#sums, (sum, unit) =>
        Math.sqrt(Math.max(0, this.#squares[unit]! / count - (sum / count) ** 2)),
      ),
      points: new Float32Array(this.#points),
      tiles: new Uint8Array(this.#tiles),
      side: this.#side,
    };
  }
}

/** Three digits that mean something: it is sent every few seconds. */
const short = (value: number): number => Number(value.toPrecision(3));

/** @param rates nats of each unit; none: the kind has none */
export function codesOf(
  { points, spreads, tiles, side }: SeenCodes,
  rates: readonly number[],
  step: number,
  tones: 1 | 3,
): Codes {
  const width = spreads.length;
  const count = points.length / width;
  const { mean, vectors } = componentsOf(points, width, Math.min(2, width));
  const places = Array.from({ length: count }, (_, at) =>
    [0, 1].map((axis) => {
      const vector = vectors[axis];
      let sum = 0;
      for (let k = 0; vector && k < width; k++)
        sum += (points[at * width + k]! - mean[k]!) * vector[k]!;
      return sum;
    }),
  );
  const farthest = Math.max(1e-12, ...places.flat().map(Math.abs));
  let [all, kept] = [0, 0];
  for (let at = 0; at < count; at++) {
    for (let k = 0; k < width; k++) all += (points[at * width + k]! - mean[k]!) ** 2;
    for (const value of places[at]!) kept += value ** 2;
  }
  return {
    step,
    points: places.map(([x, y]) => ({ x: short(x! / farthest), y: short(y! / farthest) })),
    share: all > 0 ? short(Math.min(1, kept / all)) : 1,
    units: spreads.map((spread, at) => ({
      spread: short(spread),
      rate: rates.length > 0 ? short(rates[at]!) : null,
    })),
    ...{ side, tones, tiles: Buffer.from(tiles).toString('base64') },
    // Of others nothing can be made.
    codes:
      rates.length === 0
        ? []
        : Array.from({ length: Math.min(MOST_CODES, count) }, (_, at) =>
            Array.from(points.subarray(at * width, (at + 1) * width), short),
          ),
  };
}
