/** Fields of a layer's config, read with their expectation: what does not fit is refused naming the layer, the field and what was expected. */
import { decimal } from '../../contract/sentences/index.ts';
import type { Pair, Sides, Window } from './pictures.ts';
import { shown, unsuitable } from './refuse.ts';
import { say } from './sentences.ts';

/** Farther than any stride, kernel or border that a picture survives. */
const MOST = 4096;

const isWhole = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

export class Config {
  readonly layer: string;
  readonly kind: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(layer: string, kind: string, fields: Readonly<Record<string, unknown>>) {
    this.layer = layer;
    this.kind = kind;
    this.#fields = fields;
  }

  /** Absent, or null as Python writes it. */
  has(field: string): boolean {
    return (this.#fields[field] ?? null) !== null;
  }

  refuse(field: string, expected: string): Error {
    return unsuitable(
      say('layerField', {
        ...{ name: shown(this.layer), kind: shown(this.kind), field, expected },
        value: shown(this.#fields[field]),
      }),
    );
  }

  whole(field: string, fallback: number | null, least = 0, most = MOST): number {
    const value = this.has(field) ? this.#fields[field] : fallback;
    if (isWhole(value, least, most)) return value;
    throw this.refuse(field, say('expectedWhole', range(least, most)));
  }

  number(field: string, fallback: number | null): number {
    const value = this.has(field) ? this.#fields[field] : fallback;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw this.refuse(field, say('expectedNumber'));
  }

  flag(field: string, fallback: boolean): boolean {
    const value = this.has(field) ? this.#fields[field] : fallback;
    if (typeof value === 'boolean') return value;
    throw this.refuse(field, say('expectedFlag'));
  }

  oneOf<T extends string>(field: string, known: readonly T[], fallback: T): T {
    const value = this.has(field) ? this.#fields[field] : fallback;
    const found = known.find((one) => one === value);
    if (found !== undefined) return found;
    throw this.refuse(field, say('expectedOneOf', { list: known.join(', ') }));
  }

  /** A name, or `{ class_name }` as Keras writes activations of its own. */
  named(field: string, fallback: string): string {
    const value = this.has(field) ? this.#fields[field] : fallback;
    const { class_name: kind } = (typeof value === 'object' ? value : {}) as {
      class_name?: unknown;
    };
    const name = kind ?? value;
    if (typeof name === 'string') return name;
    throw this.refuse(field, say('expectedText'));
  }

  /** Two numbers, or one for both. */
  pair(field: string, fallback: Pair | null, least = 1): Pair {
    const value = this.has(field) ? this.#fields[field] : fallback;
    const both = typeof value === 'number' ? [value, value] : value;
    if (Array.isArray(both) && both.length === 2 && both.every((one) => isWhole(one, least, MOST)))
      return both as unknown as Pair;
    throw this.refuse(field, say('expectedPair', range(least, MOST)));
  }

  /** Whole numbers, also negative ones; one may stand without a list. */
  list(field: string, fallback: readonly number[] | null): readonly number[] {
    const value = this.has(field) ? this.#fields[field] : fallback;
    const many = typeof value === 'number' ? [value] : value;
    if (Array.isArray(many) && many.every((one) => isWhole(one, -1, 2 ** 31)))
      return many as number[];
    throw this.refuse(field, say('expectedList'));
  }

  /** One number for all, two for rows and columns, or two pairs. */
  sides(field: string, fallback: number): Sides {
    const value = this.has(field) ? this.#fields[field] : fallback;
    const two = typeof value === 'number' ? [value, value] : value;
    const pairs = Array.isArray(two)
      ? two.map((one: unknown) => (typeof one === 'number' ? [one, one] : one))
      : [];
    const isPair = (pair: unknown): boolean =>
      Array.isArray(pair) && pair.length === 2 && pair.every((one) => isWhole(one, 0, MOST));
    if (pairs.length === 2 && pairs.every(isPair)) return pairs as unknown as Sides;
    throw this.refuse(field, say('expectedSides'));
  }

  /** @throws HourglassError for channels first: TensorFlow.js's own CPU knows them hardly */
  channelsLast(): void {
    const known = ['channels_last', 'channelsLast'];
    if (this.has('data_format') && !known.includes(this.#fields.data_format as string))
      throw this.refuse('data_format', say('expectedChannelsLast'));
  }

  /** @throws HourglassError for another than the last of `rank`, or of any */
  lastAxis(field: string, rank: number | null): void {
    const axes = this.list(field, [-1]);
    const [axis] = axes;
    if (axes.length === 1 && (axis === -1 || (rank !== null && axis === rank - 1))) return;
    throw this.refuse(field, say('expectedLastAxis'));
  }

  /** Of convolutions and pools, besides their size. */
  window(size: Pair, strides: Pair = [1, 1]): Window {
    this.channelsLast();
    const padding = this.oneOf('padding', ['same', 'valid'] as const, 'valid');
    const dilations = this.pair('dilation_rate', [1, 1]);
    return { size, strides: this.pair('strides', strides), dilations, padding };
  }

  /** @throws HourglassError for dilations that TensorFlow.js does not obey */
  undilated(): void {
    if (this.pair('dilation_rate', [1, 1]).some((one) => one !== 1))
      throw this.refuse('dilation_rate', say('expectedDilationOne'));
  }
}

const range = (least: number, most: number) => ({ least: decimal(least), most: decimal(most) });
