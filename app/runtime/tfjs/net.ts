/**
 * A network of TensorFlow's on its way to ONNX: values that know how they lie. TensorFlow has pictures as [N, H, W, C], ONNX as
 * [N, C, H, W]; a value is in the one or the other, or in both, and is turned only where an operator wants it otherwise. A chain of
 * convolutions and what lies between them has no turn at all. Owns what layers and operations share below the level of pictures.
 */
import type { Attribute } from '../onnx.ts';
import { Graph, sizeOf } from '../onnx-graph.ts';
import type { Kind, Weight } from './weights.ts';

export interface Value {
  readonly kind: Kind;
  /** Known before it runs. */
  readonly constant: Weight | null;
  /** Name of the tensor as TensorFlow has it. */
  native: string | null;
  /** Name of it as [N, C, H, W]; only of four dimensions. */
  planar: string | null;
}

const TO_PLANAR = [0, 3, 1, 2];
const TO_NATIVE = [0, 2, 3, 1];
const MOST_RANK = 4;

/** TensorProto.DataType */
const onnxTypes: Readonly<Record<Kind, number>> = { float: 1, int: 7, bool: 9 };

export class Net {
  /** Graphs of the converter compute the same sizes over and over. */
  readonly graph = new Graph({ shares: true });

  value(kind: Kind, names: { readonly native?: string; readonly planar?: string }): Value {
    return { kind, constant: null, native: names.native ?? null, planar: names.planar ?? null };
  }

  constant(weight: Weight): Value {
    return { kind: weight.kind, constant: weight, native: null, planar: null };
  }

  number(value: number): Value {
    return this.constant({ kind: 'float', shape: [], data: Float32Array.of(value) });
  }

  native(value: Value): string {
    value.native ??= value.constant
      ? this.#written(value.constant)
      : this.graph.transpose(value.planar!, TO_NATIVE);
    return value.native;
  }

  /** For values of four dimensions, and for constants that are stretched to four. */
  planar(value: Value): string {
    value.planar ??= value.constant
      ? this.#written(planarOf(value.constant))
      : this.graph.transpose(value.native!, TO_PLANAR);
    return value.planar;
  }

  /** An operator on each number for itself. */
  each(
    type: string,
    x: Value,
    attributes: Readonly<Record<string, Attribute>> = {},
    more: readonly string[] = [],
    kind = x.kind,
  ): Value {
    const lies = x.planar !== null && !x.constant ? 'planar' : 'native';
    return this.value(kind, {
      [lies]: this.graph.op(type, [this[lies](x), ...more], attributes),
    });
  }

  /** An operator on pairs (or more) of numbers, stretched as TensorFlow and ONNX both do. */
  together(
    type: string,
    values: readonly Value[],
    kind = values[0]!.kind,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    const lies = this.lieTogether(values);
    return this.value(kind, {
      [lies]: this.graph.op(
        type,
        values.map((value) => this[lies](value)),
        attributes,
      ),
    });
  }

  /** Planar where one is so only and the others can be at no cost. */
  lieTogether(values: readonly Value[]): 'planar' | 'native' {
    const moving = values.filter(({ constant }) => constant === null);
    return moving.length > 0 &&
      moving.every(({ planar }) => planar !== null) &&
      values.every(({ constant }) => constant === null || constant.shape.length <= MOST_RANK)
      ? 'planar'
      : 'native';
  }

  cast(x: Value, kind: Kind): Value {
    if (x.kind === kind) return x;
    return this.each('Cast', x, { to: onnxTypes[kind] }, [], kind);
  }

  #written({ kind, shape, data }: Weight): string {
    if (kind === 'float') return this.graph.floats(data as Float32Array, shape);
    const whole = this.graph.integers(Array.from(data), shape);
    return kind === 'int' ? whole : this.graph.op('Cast', [whole], { to: onnxTypes.bool });
  }
}

/** A constant beside planar pictures: of four dimensions, or a single number. */
function planarOf(weight: Weight): Weight {
  const { shape } = weight;
  if (shape.length === 0) return weight;
  const whole = [...Array.from({ length: MOST_RANK - shape.length }, () => 1), ...shape];
  return turned({ ...weight, shape: whole }, TO_PLANAR);
}

export const reshaped = (weight: Weight, shape: readonly number[]): Weight => ({
  ...weight,
  shape,
});

/** A constant with its dimensions in another order: `perm[i]` is which of the old becomes the i-th. */
export function turned(weight: Weight, perm: readonly number[]): Weight {
  const { shape, data } = weight;
  const steps = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const to = perm.map((axis) => shape[axis]!);
  const strides = perm.map((axis) => steps[axis]!);
  const out = data.slice();
  const place = to.map(() => 0);
  let from = 0;
  for (let at = 0; at < out.length; at++) {
    out[at] = data[from]!;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++place[axis]! < to[axis]!) break;
      from -= strides[axis]! * to[axis]!;
      place[axis] = 0;
    }
  }
  return { ...weight, shape: to, data: out };
}

/** Keys so that each comes after what it depends on. No depth of calls: a file decides how long a chain is. */
export function inOrder<K>(
  wanted: readonly K[],
  dependencies: (key: K) => readonly K[],
  circle: (key: K) => Error,
): K[] {
  const state = new Map<K, 'open' | 'done'>();
  const order: K[] = [];
  const stack: { readonly key: K; readonly needs: readonly K[]; next: number }[] = [];
  const enter = (key: K): void => {
    const known = state.get(key);
    if (known === 'done') return;
    if (known === 'open') throw circle(key);
    state.set(key, 'open');
    stack.push({ key, needs: dependencies(key), next: 0 });
  };
  for (const key of wanted) {
    enter(key);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const need = top.needs[top.next++];
      if (need !== undefined) enter(need);
      else {
        state.set(top.key, 'done');
        order.push(top.key);
        stack.pop();
      }
    }
  }
  return order;
}
